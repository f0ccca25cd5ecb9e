from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer
from watch.domain import Manners, Outcome
from watch.sources.discover import check

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
    with WebServer({"/fil": feed("Revue inventée", range(2, 28, 2))}) as web:
        found = check(web.url("/fil"), NOW, opened(web))

    [way] = found.proposals
    assert way.way == "itself"
    assert (way.source.name, way.source.language) == ("Revue inventée", "fr")
    assert [entry.title for entry in way.newest] == [str(day) for day in range(26, 6, -2)]
    assert way.every == timedelta(days=2)


def test_a_feed_that_moved_is_kept_at_its_new_address() -> None:
    moved = Reply(status=301, headers={"Location": "/new"})
    with WebServer({"/old": moved, "/new": feed("x", range(1, 3))}) as web:
        found = check(web.url("/old"), NOW, opened(web))

        assert found.proposals[0].source.url == web.url("/new")
    assert found.proposals[0].every is None


def test_the_feeds_that_a_page_names_are_tried() -> None:
    named = page("<base href='/blog/'>", link("a.xml"), link("/b?x=1&amp;y=2"), link("/missing"))
    answers = {
        "/": named,
        "/blog/a.xml": feed("A", range(1, 5)),
        "/b?x=1&y=2": feed("B", range(1, 5)),
    }
    with WebServer(answers) as web:
        found = check(web.url("/"), NOW, opened(web))

    ways = [(way.source.name, way.way) for way in found.proposals]
    assert ways == [("A", "declared"), ("B", "declared")]
    assert (found.harvest.outcome, found.harvest.reason) == (Outcome.FAILED, "not_a_feed")


def test_a_page_that_names_none_is_asked_at_the_usual_paths() -> None:
    answers = {"/a/page": page(), "/rss.xml": feed("A", range(1, 5))}
    with WebServer(answers) as web:
        found = check(web.url("/a/page"), NOW, opened(web))

    assert [(way.source.name, way.way) for way in found.proposals] == [("A", "usual")]


@pytest.mark.parametrize("count", [0, 3, 50])
def test_a_site_is_not_asked_without_end(count: int) -> None:
    with WebServer({"/": page(*(link(f"/f{n}") for n in range(count)))}) as web:
        found = check(web.url("/"), NOW, opened(web))

    assert found.proposals == ()
    assert len(web.asked) <= 24


def test_a_list_page_is_asked_once_and_offers_its_list_and_itself() -> None:
    words = "Un laser vert perce le verre épais sans bruit. " * 9
    items = "".join(
        f"<article><h2><a href='/a/{n}'>Le laser numéro {n} perce le verre</a></h2>"
        f"<time datetime='2026-11-{n + 1:02}'></time><p>{words}</p></article>"
        for n in range(12)
    )
    body = f"<!doctype html><html><body><main>{items}</main></body></html>"
    with WebServer({"/": Reply(body.encode(), headers={"Content-Type": "text/html"})}) as web:
        found = check(web.url("/"), NOW, opened(web))

        assert web.paths.count("/") == 1
    assert {way.way for way in found.proposals} == {"list", "changes"}


def test_each_address_is_told_before_it_is_asked() -> None:
    told: list[str] = []
    with WebServer({"/": page(link("/fil")), "/fil": feed("A", range(1, 5))}) as web:
        check(web.url("/"), NOW, opened(web), told.append)

        assert told[:2] == [web.url("/"), web.url("/fil")]


@pytest.mark.parametrize(
    "href", ["http://127.0.0.1:{port}/", "file:///etc/hosts", "//127.0.0.1:{port}/", "http://[::1"]
)
def test_a_page_cannot_send_us_inside(href: str) -> None:
    """N07: what a page names goes under the same guard as the page."""
    with WebServer({"/": feed("secret", range(1, 5))}) as inside, WebServer({}) as web:
        inner = href.format(port=inside.address[1])
        refresh = f"<meta http-equiv=refresh content='0;url={inner}'>"
        web.answers["/"] = page(refresh, link(inner), f"<base href='{inner}'>", link("feed"))
        found = check(web.url("/"), NOW, opened(web))

    assert found.proposals == ()
    assert inside.connections == 0


def test_a_robots_file_cannot_send_us_inside() -> None:
    with WebServer({"/s.xml": feed("secret", range(1, 5))}) as inside, WebServer({}) as web:
        inner = inside.url("/s.xml")
        index = f"<sitemapindex><sitemap><loc>{inner}</loc></sitemap></sitemapindex>"
        web.answers["/"] = page()
        web.answers["/robots.txt"] = Reply(f"Sitemap: {inner}".encode())
        web.answers["/sitemap.xml"] = Reply(index.encode())
        found = check(web.url("/"), NOW, opened(web))

    assert found.proposals == ()
    assert inside.connections == 0


def test_a_sitemap_is_proposed_where_there_is_no_feed_alone() -> None:
    titles = "".join(
        f"<url><loc>{{0}}/a/{n}</loc>"
        f"<news:news><news:title>Un lidar {n}</news:title></news:news></url>"
        for n in range(3)
    )
    with WebServer({"/": page()}) as web:
        site = web.url("")
        web.answers["/robots.txt"] = Reply(f"Sitemap: {site}/news.xml".encode())
        web.answers["/news.xml"] = Reply(f"<urlset>{titles.format(site)}</urlset>".encode())
        [without] = check(web.url("/"), NOW, opened(web)).proposals
        web.answers["/feed/"] = feed("A", range(1, 5))
        [with_feed] = check(web.url("/"), NOW, opened(web)).proposals

    assert (without.way, without.source.kind, len(without.newest)) == ("sitemap", "sitemap", 3)
    assert with_feed.way == "usual"


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "not an address", "file:///a"])
def test_what_is_no_address_is_nothing(address: str) -> None:
    found = check(address, NOW, HOW)

    assert (found.proposals, found.harvest.reason) == ((), "bad_address")


def test_a_dead_site_is_nothing_with_its_reason() -> None:
    with WebServer({}) as web:
        url, how = web.url("/"), opened(web)

    assert check(url, NOW, how).harvest.reason == "unreachable"
