"""What a mail provider tells bars who is to be barred, and nobody else."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from django.test import Client, override_settings

from tests.rounds.outbox import CLUSTER, ME, NOW, post, states
from tests.rounds.test_sending import Fates
from watch import settings
from watch.deliver import Following, nothing
from watch.deliver.bounces import Bounce
from watch.deliver.provider import Told
from watch.domain import Fate, Letter, Receipt
from watch.rounds.bounce import told_round
from watch.rounds.send import send_round
from watch.store import letters, subscribers

pytestmark = pytest.mark.django_db


def sent(count: int) -> dict[str, str]:
    """Send letters; return their keys by their readers."""
    post([f"r{n}@pme.example" for n in range(count)])
    send_round(Fates(Fate.SENT), CLUSTER, lambda: NOW, ME)
    return {row.letter.to: row.letter.key for row in letters.rows(CLUSTER)}


def gone(key: str) -> Told:
    return Told(key, "bounced", Bounce(key, True, "5.1.1 no such user"))


def barred(keys: Mapping[str, str]) -> set[str]:
    return {to for to in keys if subscribers.is_suppressed(CLUSTER, to)}


def test_a_dead_address_and_a_complaint_are_barred_and_told_again_change_nothing() -> None:
    keys = sent(10)
    told = [gone(keys["r1@pme.example"]), Told(keys["r2@pme.example"], "complained")]

    report = told_round(told, NOW)
    again = told_round(told[:1], NOW)

    assert (report.counts["bounced"], report.counts["barred"]) == (1, 2)
    assert again.counts["bounced"] == 0
    assert barred(keys) == {"r1@pme.example", "r2@pme.example"}
    assert states()["r1@pme.example"] == "failed"


def test_a_full_mailbox_is_noted_and_not_barred() -> None:
    keys = sent(3)
    key = keys["r1@pme.example"]

    told_round([Told(key, "bounced", Bounce(key, False, "4.2.2 full"))], NOW)

    assert barred(keys) == set()
    assert states()["r1@pme.example"] == "failed"


def test_where_an_unlikely_part_comes_back_one_by_one_the_rest_is_not_barred() -> None:
    keys = sent(20)

    for key in keys.values():
        told_round([gone(key)], NOW)

    assert len(barred(keys)) == 5


def test_an_unknown_letter_says_nothing() -> None:
    sent(1)

    report = told_round([gone("0" * 32), Told("", "complained")], NOW)

    assert (report.counts["bounced"], report.counts["barred"]) == (0, 0)


def body(key: str, signing: str) -> dict[str, Any]:
    signature = hmac.new(signing.encode(), b"1764000000token", "sha256").hexdigest()
    return {
        "signature": {"timestamp": "1764000000", "token": "token", "signature": signature},
        "event-data": {
            "event": "complained", "timestamp": 1764000000, "recipient": "r0@pme.example",
            "user-variables": {"letter": key},
        },
    }  # fmt: skip


def test_over_the_web_it_counts_where_it_is_signed(client: Client) -> None:
    pytest.importorskip("anymail", reason="install django-anymail")
    keys = sent(1)
    key = keys["r0@pme.example"]
    wished = {**settings.WATCH, "post": {**settings.WATCH["post"], "kind": "provider"}}
    wished["post"]["provider"] = "mailgun"

    def told(signing: str) -> int:
        made = json.dumps(body(key, signing))
        return client.post("/told", made, content_type="application/json").status_code

    assert told("s1gn") == 403
    with override_settings(WATCH=wished, PROVIDER_KEY="k", PROVIDER_SIGNING="s1gn"):
        assert told("other") == 403
        assert barred(keys) == set()
        assert told("s1gn") == 204
    assert barred(keys) == {"r0@pme.example"}


def test_who_leaves_after_his_letter_was_read_ahead_gets_none() -> None:
    post([f"r{n}@pme.example" for n in range(4)])

    class Leaving(Fates):
        def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
            if len(self.tried) == 1:
                subscribers.suppress(CLUSTER, "r3@pme.example", "unsubscribed", now)
            return super().send(letter, now, following)

    report = send_round(Leaving(Fate.SENT), CLUSTER, lambda: NOW, ME)

    assert report.counts["sent"] == 3
    assert states()["r3@pme.example"] == "failed"
