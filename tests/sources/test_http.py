"""The door's own client: what it makes of a connection, byte by byte."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.doors import Reply, WebServer, Write
from watch.domain import Manners
from watch.sources.door import Answer, Door, run
from watch.sources.door.names import Names
from watch.sources.door.unpack import Unpacking
from watch.sources.health import VisitFailed
from watch.sources.request import Request
from watch.sources.travel import without_keys

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
OK = Reply(b"<rss/>")
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HOW = Manners(deadline=timedelta(seconds=2), pause=timedelta(), robots=False)


def asked(how: Manners, *requests: Request | str) -> list[Answer | VisitFailed]:
    """Return what each of these brings, one after another through one door."""

    async def ask(door: Door, request: Request) -> Answer | VisitFailed:
        try:
            return await door.ask(request)
        except VisitFailed as failure:
            return failure

    async def tour() -> list[Answer | VisitFailed]:
        async with Door(how, NOW) as door:
            plain = [Request(one) if isinstance(one, str) else one for one in requests]
            return [await ask(door, one) for one in plain]

    return run(tour())


def near(*webs: WebServer, **wishes: Any) -> Manners:
    return replace(HOW, open_addresses=frozenset(web.address for web in webs), **wishes)


def said(reply: Callable[[Write], None] | bytes) -> Answer | VisitFailed:
    """Return what is made of the raw bytes of one reply."""
    raw = (lambda write: write(reply)) if isinstance(reply, bytes) else reply
    with WebServer({"/": Reply(raw=raw)}) as web:
        return asked(near(web), web.url("/"))[0]


def body_of(answer: Answer | VisitFailed) -> tuple[bytes, bool]:
    assert isinstance(answer, Answer)
    return answer.body, answer.is_whole


def reason_of(answer: Answer | VisitFailed) -> str:
    return answer.reason if isinstance(answer, VisitFailed) else ""


# -- replies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "body", "is_whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlaser", b"laser", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlaser", b"laser", False),
        (b"HTTP/1.1 200 OK\r\n\r\nlaser", b"laser", True),
        (b"HTTP/1.0 200 OK\r\n\r\nlaser", b"laser", True),
        (b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nlaser", b"laser", True),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nlaser", b"laser", True),
        (b"HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nlaser", b"laser", True),
        (
            CHUNKED + b"2\r\nla\r\n3 \r\nser\r\n0\r\n\r\n",
            b"laser",
            True,
        ),
        (
            CHUNKED + b"5;a=b\r\nlaser\r\n0\r\nX: y\r\n\r\n",
            b"laser",
            True,
        ),
        (CHUNKED + b"5\r\nlaser\r\n", b"laser", False),
        (CHUNKED + b"5\r\nlaser\r\nzz", b"laser", False),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlaser",
            b"laser",
            True,
        ),
    ],
    ids=[
        "a length", "a length too long", "no length", "HTTP/1.0", "no phrase", "bare line feeds",
        "an empty header", "chunks", "trailers", "no last chunk", "a broken chunk", "1xx first",
    ],
)  # fmt: skip
def test_a_body_is_read_to_its_end(reply: bytes, body: bytes, is_whole: bool) -> None:
    assert body_of(said(reply)) == (body, is_whole)


def test_lines_of_one_name_are_one_value_in_any_case() -> None:
    answer = said(b"HTTP/1.1 200 OK\r\nX-Robots-Tag: noindex\r\nx-robots-tag: noai\r\n\r\nx")

    assert isinstance(answer, Answer)
    assert answer.headers["X-ROBOTS-TAG"] == "noindex, noai"
    assert answer.is_reserved


@pytest.mark.parametrize(
    "reply",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nlaser",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"y" * 600_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: " + b"y" * 600_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 30_000,
    ],
    ids=[
        "another protocol", "half a line", "a length below 0", "two lengths", "length and chunks",
        "a length of 5000 digits", "another protocol after all", "N14 500 headers",
        "N14 a header of 200 kB", "a phrase of 600 kB", "N15 a cookie of 600 kB", "1xx for ever",
    ],
)  # fmt: skip
def test_a_reply_against_the_rules_is_a_bad_answer(reply: bytes) -> None:
    assert reason_of(said(reply)) in {"bad_answer", "unreachable"}


def test_n12_trailers_without_end_end() -> None:
    def endless(write: Write) -> None:
        write(CHUNKED + b"5\r\nlaser\r\n0\r\nX: ")
        while True:
            write(b"y" * 65_536)

    began = time.monotonic()
    assert body_of(said(endless)) == (b"laser", False)
    assert time.monotonic() - began < 2


def test_n21_a_body_that_stops_is_no_answer() -> None:
    def stops(write: Write) -> None:
        write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlaser")
        time.sleep(2.5)

    assert reason_of(said(stops)) == "timeout"


# -- connections ---------------------------------------------------------------------------


def test_one_connection_serves_a_site_again_and_again() -> None:
    with WebServer({"/": OK, "/304": Reply(status=304)}) as web:
        missing = web.url("/robots.txt")
        answers = asked(near(web), web.url("/"), missing, web.url("/304"), web.url("/"))

    assert [reason_of(answer) for answer in answers] == ["", "missing", "bad_answer", ""]
    assert web.connections == 1


@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0"])
def test_a_connection_that_is_closed_after_an_answer_is_not_used_again(version: bytes) -> None:
    def once(write: Write) -> None:
        write(version + b" 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlaser")

    with WebServer({"/": Reply(raw=once)}) as web:
        answers = asked(near(web), web.url("/"), web.url("/"))

    assert [body_of(answer) for answer in answers] == [(b"laser", True)] * 2
    assert web.connections == 2


def test_a_connection_that_a_site_closed_unsaid_costs_no_answer() -> None:
    def silently(write: Write) -> None:
        write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlaser")  # and the server closes

    with WebServer({"/": Reply(raw=silently)}) as web:
        answers = asked(near(web), *[web.url("/")] * 5)

    assert [body_of(answer) for answer in answers] == [(b"laser", True)] * 5
    assert len(web.asked) == 5


def test_a_site_that_never_answers_is_asked_once() -> None:
    with WebServer({"/": Reply(raw=lambda write: None)}) as web:
        answers = asked(near(web), web.url("/"))

    assert reason_of(answers[0]) == "unreachable"
    assert len(web.asked) == 1


@pytest.mark.parametrize(("most_bytes", "reason"), [(10_000, ""), (1_000, "too_large")])
def test_what_a_body_held_is_gone_before_garbage_is_looked_for(
    most_bytes: int, reason: str
) -> None:
    with WebServer({"/": Reply(b"x" * 5_000)}) as web:
        gc.disable()
        try:
            assert [
                reason_of(one) for one in asked(near(web, most_bytes=most_bytes), web.url("/"))
            ] == [reason]
            assert not [one for one in gc.get_objects() if type(one) is Unpacking]
        finally:
            gc.enable()


def test_what_follows_an_answer_unasked_is_no_answer_to_the_next_question() -> None:
    def twice(write: Write) -> None:
        one = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        write(one + b"laser" + one + b"false")

    with WebServer({"/": Reply(raw=twice), "/next": OK}) as web:
        first, second = asked(near(web), web.url("/"), web.url("/next"))

    assert (body_of(first)[0], body_of(second)[0]) == (b"laser", b"<rss/>")
    assert web.connections == 2


def test_what_is_posted_arrives_with_its_length() -> None:
    with WebServer({"/": OK}) as web:
        asked(near(web), Request(web.url("/"), "POST", {"Content-Type": "a/b"}, body=b"question"))

    assert web.asked[0].body == b"question"
    assert web.asked[0].headers["Content-Type"] == "a/b"


def test_a_header_cannot_bring_another() -> None:
    with WebServer({"/": OK}) as web:
        answer = asked(near(web), Request(web.url("/"), headers={"X-Key": "a\r\nX-Evil: b"}))[0]

    assert reason_of(answer) == "bad_options"
    assert web.connections == 0


# -- names and numbers ---------------------------------------------------------------------


class Known(Names):
    """DNS with the answers that a test writes down."""

    def __init__(self, manners: Manners, numbers: list[str]) -> None:
        super().__init__(manners)
        self.numbers = numbers

    async def _ask_dns(self, host: str, port: int) -> list[tuple[str, int]]:
        return [(number, port) for number in self.numbers]


def asked_at(how: Manners, url: str, *numbers: str) -> Answer | VisitFailed:
    """Return the answer of a name that DNS gives these addresses."""

    async def tour() -> Answer | VisitFailed:
        async with Door(how, NOW) as door:
            door._pool._names = Known(how, list(numbers))
            try:
                return await door.get(url)
            except VisitFailed as failure:
                return failure

    return run(tour())


@pytest.mark.parametrize("private", ["127.0.0.1", "10.0.0.1", "::1", "fd12::1"])
@pytest.mark.parametrize("is_first", [True, False])
def test_n17_one_private_address_closes_the_name(private: str, is_first: bool) -> None:
    numbers = (private, "1.1.1.1") if is_first else ("1.1.1.1", private)

    assert reason_of(asked_at(HOW, "http://site.example/", *numbers)) == "blocked"


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with WebServer({"/": OK}) as web:
        port = web.address[1]
        how = replace(HOW, open_addresses=frozenset({("127.0.0.2", port), ("127.0.0.1", port)}))
        answer = asked_at(how, f"http://site.example:{port}/", "127.0.0.2", "127.0.0.1")

    assert body_of(answer) == (b"<rss/>", True)
    assert web.asked[0].headers["Host"] == f"site.example:{port}"


@pytest.mark.parametrize(
    ("written", "host", "target"),
    [
        ("http://b\u00fccher.example:80/a b?q=\u00e9", "", ""),
        ("http://b\u00fccher.example:80/\u00e9?q=1#top", "xn--bcher-kva.example", "/%C3%A9?q=1"),
        ("http://SITE.example?q=1", "site.example", "/?q=1"),
        ("http://site.example/a%2Fb|c", "site.example", "/a%2Fb%7Cc"),
    ],
)  # fmt: skip
def test_n04_an_address_is_read_in_one_way(written: str, host: str, target: str) -> None:
    with WebServer({target: OK}) as web:
        directory = {f"{host}:80": web.address}
        answer = asked(near(web, directory=directory), written)[0]

    assert reason_of(answer) == ("" if host else "bad_address")
    assert web.paths == ([target] if host else [])


# -- keys ----------------------------------------------------------------------------------

KEY = "s3cr3t+key/1"


def with_key(url: str) -> Request:
    return Request(url, headers={"X-Api-Key": KEY}, secrets={"api_key": KEY})


def test_n23_a_key_is_sent_to_its_own_site_and_shown_nowhere() -> None:
    with WebServer({"/?": OK}) as web:
        answer = asked(near(web), with_key(web.url("/?q=1")))[0]

    assert web.paths == ["/?q=1&api_key=s3cr3t%2Bkey%2F1"]
    assert isinstance(answer, Answer)
    assert answer.url == web.url("/?q=1")
    assert KEY not in repr(with_key(""))


@pytest.mark.parametrize("status", [301, 302, 307])
def test_n23_a_redirect_elsewhere_loses_the_key_that_it_repeats(status: int) -> None:
    with WebServer({"/?": OK}) as other:

        def to_other(headers: object) -> Reply:
            return Reply(
                status=status, headers={"Location": other.url("/?q=1&api_key=s3cr3t%2Bkey%2F1")}
            )

        with WebServer({"/?": to_other}) as web:
            answer = asked(near(web, other), with_key(web.url("/?q=1")))[0]

    assert isinstance(answer, Answer)
    assert other.paths == ["/?q=1"]
    assert "X-Api-Key" not in other.asked[0].headers
    assert "s3cr3t" not in answer.url + answer.moved_to


def test_n23_a_redirect_that_hides_the_key_elsewhere_is_not_followed() -> None:
    with WebServer({"/?": OK}) as other:
        away = Reply(status=302, headers={"Location": other.url("/x?other=s3cr3t%2bkey/1")})
        with WebServer({"/?": away}) as web:
            answer = asked(near(web, other), with_key(web.url("/")))[0]

    assert reason_of(answer) == "bad_answer"
    assert "s3cr3t" not in str(answer)
    assert other.connections == 0


@pytest.mark.parametrize("body", [b"", b"<html>not a feed</html>"])
def test_n23_no_failure_tells_a_key(body: bytes) -> None:
    with WebServer({"/?": Reply(body, status=500)}) as web:
        answer = asked(near(web), with_key(web.url("/")))[0]

    assert "s3cr3t" not in str(answer)


def test_n23_what_a_service_says_of_a_key_is_told_without_it() -> None:
    how = replace(HOW, keys={"openalex": KEY, "unset": ""})

    assert without_keys(f"the key {KEY} is not valid", how) == "the key … is not valid"


# -- the environment -----------------------------------------------------------------------


def test_n18_proxies_and_passwords_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with WebServer({"/": OK}) as web:
        answer = asked(near(web), web.url("/"))[0]

    assert body_of(answer) == (b"<rss/>", True)
    assert "Authorization" not in web.asked[0].headers
