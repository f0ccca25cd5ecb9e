from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer
from watch.domain import Manners, Outcome
from watch.sources import check

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOW = Manners(deadline=timedelta(seconds=2), pause=timedelta(), robots=False)


def feed(title: str, days: range) -> Reply:
    items = "".join(
        f"<item><title>{day}</title><pubDate>2026-11-{day:02}</pubDate></item>" for day in days
    )
    channel = f"<title>{title}</title><language>fr-FR</language>{items}"
    return Reply(f'<rss version="2.0"><channel>{channel}</channel></rss>'.encode())


def page(*links: str) -> Reply:
    head = "".join(links)
    return Reply(f"<!doctype html><html><head>{head}</head><body>Bonjour</body></html>".encode())


def link(href: str, kind: str = "application/rss+xml") -> str:
    return f"<link rel='alternate' type={kind} title=\"Fil\" href='{href}'>"


def opened(web: WebServer) -> Manners:
    return replace(HOW, open_addresses=frozenset({web.address}))


def test_a_feed_is_described_by_its_newest_entries_its_language_and_its_rhythm() -> None:
    with WebServer({"/fil": feed("Revue inventée", range(2, 20, 2))}) as web:
        found = check(web.url("/fil"), NOW, opened(web))

    assert found.kind == "feed"
    assert found.source is not None
    assert (found.source.name, found.source.language) == ("Revue inventée", "fr")
    assert [entry.title for entry in found.newest] == [
        "18",
        "16",
        "14",
        "12",
        "10",
        "8",
        "6",
        "4",
        "2",
    ]
    assert found.every == timedelta(days=2)
    assert found.feeds == (found.source,)


def test_a_feed_that_moved_is_kept_at_its_new_address() -> None:
    moved = Reply(status=301, headers={"Location": "/new"})
    with WebServer({"/old": moved, "/new": feed("x", range(1, 3))}) as web:
        found = check(web.url("/old"), NOW, opened(web))

        assert found.source is not None
        assert found.source.url == web.url("/new")
    assert found.every is None


def test_the_feeds_that_a_page_names_are_tried() -> None:
    named = page("<base href='/blog/'>", link("a.xml"), link("/b?x=1&amp;y=2"), link("/missing"))
    answers = {
        "/": named,
        "/blog/a.xml": feed("A", range(1, 5)),
        "/b?x=1&y=2": feed("B", range(1, 5)),
    }
    with WebServer(answers) as web:
        found = check(web.url("/"), NOW, opened(web))

    assert found.kind == "page"
    assert [source.name for source in found.feeds] == ["A", "B"]
    assert found.source is None
    assert len(found.newest) == 4
    assert (found.harvest.outcome, found.harvest.reason) == (Outcome.FAILED, "not_a_feed")


def test_a_page_that_names_none_is_asked_at_the_usual_paths() -> None:
    answers = {"/a/page": page(), "/rss.xml": feed("A", range(1, 5))}
    with WebServer(answers) as web:
        found = check(web.url("/a/page"), NOW, opened(web))

    assert [source.name for source in found.feeds] == ["A"]
    assert len(web.asked) == 6


@pytest.mark.parametrize("count", [0, 3, 50])
def test_at_most_six_addresses_are_asked(count: int) -> None:
    with WebServer({"/": page(*(link(f"/f{n}") for n in range(count)))}) as web:
        found = check(web.url("/"), NOW, opened(web))

    assert found.kind == "nothing"
    assert len(web.asked) <= 6


@pytest.mark.parametrize(
    "href", ["http://127.0.0.1:{port}/", "file:///etc/hosts", "//127.0.0.1:{port}/", "http://[::1"]
)
def test_a_page_cannot_send_us_inside(href: str) -> None:
    with WebServer({"/": feed("secret", range(1, 5))}) as inside, WebServer({}) as web:
        inner = href.format(port=inside.address[1])
        refresh = f"<meta http-equiv=refresh content='0;url={inner}'>"
        web.answers["/"] = page(refresh, link(inner), f"<base href='{inner}'>", link("feed"))
        found = check(web.url("/"), NOW, opened(web))

    assert found.kind == "nothing"
    assert inside.connections == 0


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "not an address", "file:///a"])
def test_what_is_no_address_is_nothing(address: str) -> None:
    found = check(address, NOW, HOW)

    assert (found.kind, found.harvest.reason) == ("nothing", "bad_address")


def test_a_dead_site_is_nothing_with_its_reason() -> None:
    with WebServer({}) as web:
        url, how = web.url("/"), opened(web)

    assert check(url, NOW, how).harvest.reason == "unreachable"
