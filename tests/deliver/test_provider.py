"""Letters through a mail provider: as they are, once; and what it tells is believed if signed."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from gzip import compress
from threading import Event
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.test import RequestFactory

from tests.deliver.letters import LETTER, THURSDAY, letter
from tests.doors import Reply, WebServer, Write
from watch.deliver.provider import Provider, ProviderPost, Told, read_told
from watch.domain import Fate, Receipt
from watch.errors import PostError, SettingsError

pytest.importorskip("anymail", reason="install django-anymail")

TAKEN = {
    "mailgun": ("/pole.example/messages", {"id": "<x>", "message": "Queued. Thank you."}),
    "postmark": (
        "/email",
        {"ErrorCode": 0, "Message": "OK", "MessageID": "p1", "To": LETTER.to, "SubmittedAt": "x"},
    ),
    "brevo": ("/smtp/email", {"messageId": "<b1>"}),
}


def sent(web: WebServer, name: str = "postmark") -> Receipt:
    post = ProviderPost(Provider(name, "k3y", url=web.url("")))
    try:
        return post.send(LETTER, THURSDAY)
    finally:
        post.close()


def answering(name: str = "postmark", **reply: Any) -> WebServer:
    return WebServer({TAKEN[name][0]: Reply(**reply)})


@pytest.mark.parametrize("name", TAKEN)
def test_a_letter_goes_as_it_is_with_its_number_and_the_way_out(name: str) -> None:
    with answering(name, body=json.dumps(TAKEN[name][1]).encode()) as web:
        assert sent(web, name).fate is Fate.SENT

    said = unquote_plus(web.asked[0].body.decode())
    assert LETTER.message_id in said
    assert "List-Unsubscribe=One-Click" in said
    assert "/u/" + "x" * 90 in said
    assert LETTER.key in said
    assert LETTER.to in said
    assert "k3y" not in said


def test_postmark_is_told_to_keep_the_number_and_to_count_nothing() -> None:
    with answering(body=json.dumps(TAKEN["postmark"][1]).encode()) as web:
        sent(web)

    said = json.loads(web.asked[0].body)
    assert {"Name": "X-PM-KeepID", "Value": "true"} in said["Headers"]
    assert said["TrackOpens"] is False
    assert said["TrackLinks"] == "None"
    assert said["HtmlBody"] == LETTER.html


@pytest.mark.parametrize(
    ("status", "fate"),
    [(422, Fate.LATER), (429, Fate.LATER), (500, Fate.LATER), (504, Fate.UNCERTAIN)],
)
def test_a_refusal_bars_nobody_and_a_lost_answer_is_uncertain(status: int, fate: Fate) -> None:
    with answering(status=status, body=b"no") as web:
        assert sent(web).fate is fate


def test_an_address_that_the_provider_knows_as_dead_is_refused() -> None:
    words = f"You tried. Found inactive addresses: {LETTER.to}. Inactive recipients are ones"
    said = {"ErrorCode": 406, "Message": words}
    with answering(status=422, body=json.dumps(said).encode()) as web:
        assert sent(web).fate is Fate.REFUSED


def test_a_wrong_key_stops_the_post() -> None:
    with answering(status=401, body=b"{}") as web, pytest.raises(PostError) as stopped:
        sent(web)

    assert "k3y" not in str(stopped.value)


def test_cut_off_it_is_uncertain_and_nobody_there_means_later() -> None:
    def cut(_: Write) -> None:
        pass

    with answering(raw=cut) as web:
        assert sent(web).fate is Fate.UNCERTAIN
    assert sent(web).fate is Fate.LATER


@pytest.mark.parametrize("part", ["head", "body"])
def test_an_answer_that_drips_is_cut_off_and_uncertain(part: str) -> None:
    is_left = Event()
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n" + b"\r\n" * (part == "body")

    def drip(write: Write) -> None:
        # Each byte is in time for itself: only the whole is not.
        with suppress(OSError):
            write(head)
            while not is_left.wait(0.05):
                write(b"x")

    with answering(raw=drip) as web:
        post = ProviderPost(Provider("postmark", "k3y", url=web.url("")), timeout=0.4)
        assert post.send(LETTER, THURSDAY).fate is Fate.UNCERTAIN
        is_left.set()
        post.close()


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_not_read_to_its_end(packed: bool) -> None:
    def pour(write: Write) -> None:
        write(b"HTTP/1.1 200 OK\r\n" + b"Content-Encoding: gzip\r\n" * packed + b"\r\n")
        zeros = bytes(1_000_000)
        with suppress(OSError):
            while True:
                write(compress(zeros) if packed else zeros)

    with answering(raw=pour) as web:
        assert sent(web).fate is Fate.UNCERTAIN


def test_a_key_does_not_follow_a_redirect() -> None:
    with WebServer({"/there": Reply(b"{}")}) as other:
        with answering(status=307, headers={"Location": other.url("/there")}) as web:
            assert sent(web).fate is Fate.LATER
        assert other.asked == []


def test_what_is_no_address_goes_nowhere() -> None:
    with answering() as web:
        post = ProviderPost(Provider("postmark", "k3y", url=web.url("")))
        assert post.send(letter("a@x.example, b@x.example"), THURSDAY).fate is Fate.REFUSED
        assert web.asked == []


def test_settings_name_what_is_wrong_and_show_no_key() -> None:
    for wrong in (("pigeon", ""), ("brevo", "http://api.example")):
        with pytest.raises(SettingsError):
            Provider(wrong[0], "k3y", url=wrong[1])
    assert "k3y" not in repr(Provider("brevo", "k3y", "s1gn"))


def mailgun(event: Mapping[str, Any], key: str = "s1gn") -> list[Told] | None:
    signature = hmac.new(key.encode(), b"1764000000token", "sha256").hexdigest()
    body = {
        "signature": {"timestamp": "1764000000", "token": "token", "signature": signature},
        "event-data": {"timestamp": 1764000000, "user-variables": {"letter": "k1"}, **event},
    }
    request = RequestFactory().post("/told", body, content_type="application/json")
    return read_told(Provider("mailgun", "k3y", "s1gn"), request)


GONE = {
    "event": "failed", "severity": "permanent", "reason": "bounce", "recipient": LETTER.to,
    "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
}  # fmt: skip


def test_a_signed_bounce_is_believed_and_another_is_not() -> None:
    (told,) = mailgun(GONE) or []
    assert (told.letter, told.kind) == ("k1", "bounced")
    assert told.bounce
    assert told.bounce.is_for_good
    assert mailgun(GONE, "other") is None
    assert mailgun({**GONE, "severity": "temporary"}) == []
    assert mailgun({"event": "complained", "recipient": LETTER.to}) == [Told("k1", "complained")]
    assert mailgun({"event": "opened", "recipient": LETTER.to}) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"signature": 3}', b"null"])
def test_what_is_no_event_is_not_believed(body: bytes) -> None:
    request = RequestFactory().post("/told", body, content_type="application/json")

    assert read_told(Provider("mailgun", "k3y", "s1gn"), request) is None


def brevo(event: Mapping[str, Any], password: str = "name:s1gn", ours: str = "name:s1gn") -> Any:
    basic = b64encode(password.encode()).decode()
    told = {"email": LETTER.to, "X-Mailin-custom": '{"letter": "k1"}', "ts_epoch": 1764000000000}
    request = RequestFactory().post(
        "/told", {**told, **event}, content_type="application/json",
        HTTP_AUTHORIZATION=f"Basic {basic}",
    )  # fmt: skip
    return read_told(Provider("brevo", "k3y", ours), request)


def test_a_full_mailbox_is_no_wrong_address() -> None:
    hard, soft = brevo({"event": "hard_bounce"}), brevo({"event": "soft_bounce"})

    assert hard[0].bounce.is_for_good
    assert not soft[0].bounce.is_for_good
    assert brevo({"event": "hard_bounce"}, "name:other") is None
    assert brevo({"event": "hard_bounce"}, ours="") is None


def test_a_day_is_long_enough_for_nothing_to_have_been_kept_open() -> None:
    with answering(body=json.dumps(TAKEN["postmark"][1]).encode()) as web:
        post = ProviderPost(Provider("postmark", "k3y", url=web.url("")))
        for hours in (0, 24):
            assert post.send(LETTER, THURSDAY + timedelta(hours=hours)).fate is Fate.SENT
        post.close()
        post.close()

    assert web.connections == 1
