"""What a feed says besides its entries: where it goes on, how often to come, where to subscribe."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer
from watch.domain import Harvest, Manners, Source, Trip, Visit, WebUrl, packed
from watch.sources.feeds.feed import read
from watch.sources.raw import RawFeed
from watch.sources.request import Reply as Answer
from watch.sources.request import Request
from watch.sources.travel import travel

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ADDRESS = "https://journal.example/feed"
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


def rss(number: int, channel: str = "") -> bytes:
    item = f"<item><title>n° {number}</title><link>/{number}</link></item>"
    return f"<rss {ATOM} {SY}><channel>{channel}{item}</channel></rss>".encode()


def link(rel: str, address: str) -> str:
    return f'<atom:link rel="{rel}" href="{address}"/>'


def said(body: bytes, seen: frozenset[int] = frozenset(), **headers: str) -> RawFeed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Answer(Request(ADDRESS), ADDRESS, body, named, NOW)
    return read(answer, Visit(Source(WebUrl(ADDRESS), "s"), prints=packed(seen)), 100)


def pages(count: int) -> dict[str, Reply]:
    """An archive: each page names the one before it, without end."""
    return {f"/{n}": Reply(rss(n, link("next", f"/{n + 1}"))) for n in range(count)}


def visited(web: WebServer, seen: frozenset[int] = frozenset()) -> Harvest:
    how = Manners(pause=timedelta(), robots=False, open_addresses=frozenset({web.address}))
    visit = Visit(Source(WebUrl(web.url("/0")), "s"), prints=packed(seen))
    return travel([Trip("a host", (visit,))], NOW, how)[0]


# -- pages ---------------------------------------------------------------------------------


def test_three_pages_are_read_of_a_source_that_is_new() -> None:
    with WebServer(pages(9)) as web:
        found = visited(web)

    assert web.paths == ["/0", "/1", "/2"]
    assert [entry.title for entry in found.entries] == ["n° 0", "n° 1", "n° 2"]


def test_pages_are_turned_until_something_is_known() -> None:
    known = frozenset({said(rss(3)).entries[0].print()})
    with WebServer(pages(9)) as web:
        found = visited(web, known)

    assert web.paths == ["/0", "/1", "/2", "/3"]
    assert (len(found.entries), found.known_count, found.skipped_count) == (3, 1, 0)


def test_the_first_page_is_enough_where_something_on_it_is_known() -> None:
    known = frozenset({said(rss(0)).entries[0].print()})
    with WebServer(pages(9)) as web:
        visited(web, known)

    assert web.paths == ["/0"]


def test_an_archive_without_end_is_left_and_said_to_hold_more() -> None:
    with WebServer(pages(30)) as web:
        found = visited(web, frozenset({1}))

    assert len(web.paths) == 6
    assert found.skipped_count == 1


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/2", "javascript:x", "/feed", "http://[", ""]
)
def test_a_next_page_elsewhere_or_nowhere_is_not_asked_for(address: str) -> None:
    assert said(rss(1, link("next", address))).next is None


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_an_archive_is_named_in_rss_and_in_atom(rel: str) -> None:
    body = '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="{}" href="?page=2"/>{}</feed>'
    atom = said(body.format(rel, "<entry><title>a</title></entry>").encode())
    old = said(rss(1, link(rel, "?page=2")))

    assert [feed.next.url for feed in (atom, old) if feed.next] == [f"{ADDRESS}?page=2"] * 2


def test_a_json_feed_names_its_next_page_and_its_hub() -> None:
    hub = {"type": "WebSub", "url": "https://hub.example/"}
    feed = {"items": [{"id": "1"}], "next_url": f"{ADDRESS}?page=2", "hubs": [hub]}
    found = said(json.dumps(feed).encode())

    assert found.next is not None
    assert (found.next.url, found.hub) == (f"{ADDRESS}?page=2", "https://hub.example/")


# -- hubs, places, languages ----------------------------------------------------------------


def test_a_hub_is_noted_from_the_feed_or_from_the_answer() -> None:
    header = '<https://journal.example/>; rel=self, <https://hub.example/2>; rel="hub"'

    assert said(rss(1, link("hub", "https://hub.example/1"))).hub == "https://hub.example/1"
    assert said(rss(1), Link=header).hub == "https://hub.example/2"
    assert said(rss(1)).hub == ""


def test_the_place_and_the_language_of_an_answer_count_where_the_feed_is_silent() -> None:
    assert said(rss(1), Content_Location="/lettre/").link == "https://journal.example/lettre/"
    assert said(rss(1), Content_Language="fr").language == "fr"
    assert said(rss(1, "<language>en</language>"), Content_Language="fr").language == "en"
    assert said(rss(1), Content_Language="fr, en").language == ""


# -- how often -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "hours"),
    [
        ("", None),
        ("<ttl>90</ttl>", 1.5),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>99999999</ttl>", 168),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 24),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6),
        ("<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(20)) + "</skipHours>", 6),
        ("<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24)) + "</skipHours>", None),
        ("<skipDays><day>Saturday</day><day>Sunday</day></skipDays>", None),
        (
            "<skipDays>"
            + "".join(f"<day>{day}</day>" for day in ["Sun", "Tue", "Wed", "Thu", "Fri", "Sat"])
            + "</skipDays>",
            168,
        ),
        ("<ttl>60</ttl><sy:updatePeriod>weekly</sy:updatePeriod>", 168),
    ],
)
def test_a_feed_says_how_often_it_is_to_be_asked(channel: str, hours: float | None) -> None:
    asked = said(rss(1, channel)).asked_every

    assert asked == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("headers", "hours"),
    [
        ({"Cache_Control": "public, max-age=7200"}, 2),
        ({"Cache_Control": "max-age=31536000"}, 24),
        ({"Cache_Control": "no-cache, max-age=7200"}, None),
        ({"Cache_Control": "s-maxage=7200"}, None),
        ({"Cache_Control": "max-age=0"}, None),
        ({"Expires": "Mon, 23 Nov 2026 11:00:00 GMT"}, 3),
        ({"Expires": "0"}, None),
        ({"Expires": "Mon, 23 Nov 2020 11:00:00 GMT"}, None),
        ({"Expires": "Mon, 23 Nov 9999 11:00:00"}, None),
    ],
)
def test_an_answer_says_how_long_it_stays_fresh(
    headers: dict[str, str], hours: float | None
) -> None:
    asked = said(rss(1), **headers).asked_every

    assert asked == (None if hours is None else timedelta(hours=hours))
