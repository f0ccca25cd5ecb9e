from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer
from tests.shared import shared
from watch.domain import Harvest, HouseRules, Manners, Outcome, Source, Trip, Visit, WebUrl
from watch.sources.door import Door
from watch.sources.door.reservation import (
    is_page_reserved,
    read_reservations,
    reserves,
    says_no_training,
)
from watch.sources.door.robots import read_rules
from watch.sources.door.waits import rest_of
from watch.sources.travel import travel

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FEED = b"""<rss version="2.0"><channel><title>Revue</title>
<item><title>Un laser</title><description>Des mots</description><guid>1</guid>
<link>http://site.example/art/1</link></item></channel></rss>"""
TDMREP = b'[{"location": "/art/*", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]'


def harvest(web: WebServer, now: datetime = NOW, *known: HouseRules) -> Harvest:
    how = Manners(
        deadline=timedelta(seconds=2),
        pause=timedelta(),
        open_addresses=frozenset({web.address}),
        directory={"site.example:80": web.address},
    )
    visit = Visit(Source(WebUrl("http://site.example/feed"), "a source"))
    return travel([Trip("site.example", (visit,), known)], now, how)[0]


def test_house_rules_are_asked_once_a_day_whoever_asks() -> None:
    with WebServer({"/feed": Reply(FEED)}) as web:
        first = harvest(web)
        harvest(web, NOW + timedelta(hours=23), *first.rules)
        later = harvest(web, NOW + timedelta(hours=25), *first.rules)

    assert web.paths.count("/robots.txt") == 2
    assert web.paths.count("/.well-known/tdmrep.json") == 2
    assert [rules.origin for rules in first.rules] == ["http://site.example"]
    assert later.rules[0].read_at == NOW + timedelta(hours=25)


def test_remembered_rules_serve_while_the_site_cannot_say_what_it_wants() -> None:
    with WebServer({"/robots.txt": Reply(status=503), "/feed": Reply(FEED)}) as web:
        old = HouseRules("http://site.example", "User-agent: *\nDisallow: /feed", (), NOW)
        obeyed = harvest(web, NOW + timedelta(days=3), old)
        too_old = harvest(web, NOW + timedelta(days=31), old)

    assert (obeyed.reason, too_old.reason) == ("robots", "server_error")
    assert obeyed.rules == too_old.rules == ()


def test_rules_survive_being_written() -> None:
    said = b"User-agent: *\nDisallow: /a b#c\nAllow: /a/*.xml$\nCrawl-delay: 2.5"
    rules = read_rules(said, "ZoomMarche/1")

    assert read_rules(rules.written().encode(), "ZoomMarche/1") == rules


def test_entries_whose_pages_are_reserved_keep_title_and_link_alone() -> None:
    """L02, the pattern of a tdmrep.json."""
    with WebServer({"/feed": Reply(FEED), "/.well-known/tdmrep.json": Reply(TDMREP)}) as web:
        found = harvest(web)

    assert not found.is_reserved
    assert (found.entries[0].title, found.entries[0].text) == ("Un laser", "")


@pytest.mark.parametrize(
    ("headers", "is_reserved"),
    [
        ({"tdm-reservation": "1"}, True),
        ({"TDM-Reservation": "0"}, False),
        ({"X-Robots-Tag": "noindex, noai"}, True),
        ({"X-Robots-Tag": "noindex"}, False),
    ],
)
def test_a_reservation_in_a_header_is_noted(headers: dict[str, str], is_reserved: bool) -> None:
    """L01."""
    with WebServer({"/feed": Reply(FEED, headers=headers)}) as web:
        assert harvest(web).is_reserved is is_reserved


def test_a_reservation_in_a_page_is_read() -> None:
    page = shared("hostile", "pages", "robots_noai.html").read_bytes()

    assert is_page_reserved({"Content-Type": "text/html"}, page) is True
    assert is_page_reserved({}, b"<meta content=0 name=tdm-reservation>") is False
    assert is_page_reserved({}, b"<p>") is None


@pytest.mark.parametrize("body", [b"", b"{", b"[1, null]", b"[" * 90_000, b'{"location": 1}'])
def test_nonsense_reserves_nothing(body: bytes) -> None:
    assert not reserves(read_reservations(body), "/")


def test_no_training_in_a_robots_file_is_a_reservation() -> None:
    assert says_no_training(b"User-agent: *\nContent-Signal: search=yes, ai-train=no\n")
    assert not says_no_training(b"Content-Signal: search=yes, ai-train=yes\n")


def test_an_allowance_that_is_nearly_spent_is_left_alone_until_it_is_renewed() -> None:
    spent = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "10", "X-RateLimit-Reset": "3600"}

    assert rest_of(spent, NOW) == timedelta(hours=1)
    assert rest_of({**spent, "X-RateLimit-Remaining": "11"}, NOW) is None
    assert rest_of({**spent, "X-RateLimit-Reset": "5"}, NOW) is None


@pytest.mark.parametrize("agent", ["", "Robot", "Zoom Marché/1 (+https://a.example)", "a/1 (\n)"])
def test_a_robot_says_its_name_its_version_and_its_contact(agent: str) -> None:
    with pytest.raises(ValueError, match="contact"):
        Door(replace(Manners(), agent=agent), NOW)


def test_the_feed_is_read_all_the_same() -> None:
    with WebServer({"/feed": Reply(FEED)}) as web:
        assert harvest(web).outcome is Outcome.NEWS
