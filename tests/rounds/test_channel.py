"""The officer's selection reaches the channel once, whatever the service answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.conftest import Town
from tests.doors import Reply, WebServer, Write
from watch.deliver.channel import Channel
from watch.domain import Manners, Report
from watch.rounds.channel import channel_round, choices, compose, write_bulletin
from watch.rounds.send import Sender
from watch.store import bulletins

ME = Sender("me", lambda _holder: False)
HOOK = "/hooks/t0p-secret"


def go(web: WebServer, now: datetime, me: Sender = ME, **more: object) -> Report:
    manners = replace(Manners(open_addresses=frozenset({web.address})), pause=timedelta(0), **more)
    return channel_round(Channel("slack", web.url(HOOK)), "essai", lambda: now, me, manners)


def queued(town: Town, now: datetime) -> str:
    keys = [one.item for one in choices("essai", now)][:2]
    assert write_bulletin("essai", keys, "Bonjour.", now)
    return bulletins.rows("essai")[0].bulletin.key


def state() -> tuple[str, str]:
    row = bulletins.rows("essai")[0]
    return row.state, row.detail


def test_what_can_be_chosen_is_one_line_a_story_with_its_topics(town: Town) -> None:
    found = choices("essai", timezone.now())

    assert len({one.story for one in found}) == len(found) > 2
    assert "Recette du pain" not in [one.title for one in found]
    first = next(one for one in found if one.item == town.first.key)
    assert set(first.why.split(", ")) == {"Automobile", "Lidar"}
    assert len(first.excerpt) <= 160


def test_a_selection_is_posted_once_however_often_it_is_chosen(town: Town) -> None:
    now = timezone.now()
    queued(town, now)
    keys = [one.item for one in bulletins.rows("essai")[0].bulletin.lines]
    with WebServer({HOOK: Reply(b"ok")}) as web:
        first = go(web, now)
        assert not write_bulletin("essai", keys, "Bonjour.", now)
        go(web, now)

    assert first.counts["sent"] == 1
    assert web.paths == [HOOK]
    assert state() == ("sent", "")
    posted = json.loads(web.asked[0].body)
    assert "Bonjour." in posted["blocks"][0]["text"]["text"]
    assert web.asked[0].headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("status", [201, 202, 204])
def test_every_yes_is_a_yes(town: Town, status: int) -> None:
    now = timezone.now()
    queued(town, now)
    with WebServer({HOOK: Reply(status=status)}) as web:
        go(web, now)

    assert state()[0] == "sent"


def test_a_service_that_asks_for_patience_is_left_alone_as_long_as_it_says(town: Town) -> None:
    now = timezone.now()
    queued(town, now)
    answers = iter([Reply(status=429, headers={"Retry-After": "1800"}), Reply(b"ok")])

    def answer(_: Mapping[str, str]) -> Reply:
        return next(answers)

    with WebServer({HOOK: answer}) as web:
        go(web, now)
        assert state() == ("queued", "status 429")
        go(web, now + timedelta(minutes=29))
        assert len(web.asked) == 1
        go(web, now + timedelta(minutes=31))

    assert state()[0] == "sent"
    assert len(web.asked) == 2


def cut(_: Write) -> None:
    """Take the whole request and break off before a word."""


def half(write: Write) -> None:
    write(b"HTTP/1.1 2")


@pytest.mark.parametrize("broken", [cut, half])
def test_broken_off_it_is_uncertain_and_waits_for_an_officer(town: Town, broken: Write) -> None:
    now = timezone.now()
    key = queued(town, now)
    with WebServer({HOOK: Reply(raw=broken)}) as web:
        report = go(web, now)
        go(web, now + timedelta(days=3))
        assert len(web.asked) == 1
        assert state()[0] == "uncertain"
        assert key in report.problems[0]

        web.answers[HOOK] = Reply(b"ok")
        assert bulletins.decide("essai", key, True, now)
        go(web, now)

    assert state()[0] == "sent"


def test_a_service_that_never_answers_is_not_waited_for(town: Town) -> None:
    now = timezone.now()
    queued(town, now)

    def silent(write: Write) -> None:
        import time

        time.sleep(2)

    with WebServer({HOOK: Reply(raw=silent)}) as web:
        go(web, now, deadline=timedelta(seconds=0.3))

    assert state() == ("uncertain", "timeout")


def test_stopped_in_the_middle_it_is_uncertain_and_not_doubled(town: Town) -> None:
    now = timezone.now()
    queued(town, now)
    assert bulletins.claim("essai", "dead", now, timedelta(minutes=10))
    with WebServer({HOOK: Reply(b"ok")}) as web:
        go(web, now)
        assert state()[0] == "sending"
        go(web, now, Sender("me", lambda holder: holder == "dead"))

    assert state()[0] == "uncertain"
    assert web.asked == []


def test_nobody_there_means_later(town: Town) -> None:
    now = timezone.now()
    queued(town, now)
    with WebServer({}) as web:
        address = web.url(HOOK)
    manners = Manners(open_addresses=frozenset({web.address}))

    channel_round(Channel("slack", address), "essai", lambda: now, ME, manners)

    assert state()[0] == "queued"


def test_an_address_inside_is_not_asked_and_nothing_shows_the_secret(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    queued(town, now)
    with WebServer({HOOK: Reply(b"ok")}) as web, caplog.at_level(logging.DEBUG):
        channel = Channel("slack", web.url(HOOK))
        report = channel_round(channel, "essai", lambda: now, ME, Manners())

    assert web.asked == []
    assert state() == ("failed", "blocked")
    assert "t0p-secret" not in f"{report} {caplog.text} {bulletins.rows('essai')}"


def test_a_redirect_is_not_followed_with_the_secret(town: Town) -> None:
    now = timezone.now()
    queued(town, now)
    with WebServer({"/other": Reply(b"ok")}) as web:
        web.answers[HOOK] = Reply(status=307, headers={"Location": web.url("/other")})
        report = go(web, now)

    assert web.paths == [HOOK]
    assert state()[0] == "failed"
    assert "t0p-secret" not in str(report)


def test_a_huge_answer_is_read_to_no_end(town: Town) -> None:
    now = timezone.now()
    queued(town, now)
    with WebServer({HOOK: Reply(b"o" * 1_000_000)}) as web:
        go(web, now)

    assert state()[0] == "sent"


def test_nothing_that_the_cluster_cannot_see_is_posted(town: Town) -> None:
    assert compose("essai", ["0" * 32, town.items[-1].key], "", timezone.now()) is None
    assert compose("voisin", [town.first.key], "", timezone.now()) is None
