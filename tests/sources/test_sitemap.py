"""Sitemaps: what a site lists becomes entries, a few requests at a time, and nothing twice."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer
from watch.domain import Harvest, Manners, Outcome, Source, Trip, Visit, WebUrl, packed
from watch.sources.health import VisitFailed
from watch.sources.pages import SITEMAP
from watch.sources.pages.course import LISTS_A_VISIT, PAGES_A_VISIT
from watch.sources.pages.listing import MOST_ADDRESSES, read_listing
from watch.sources.pages.sitemap import FIRST_PAGES, is_listed
from watch.sources.registry import KINDS
from watch.sources.travel import travel

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOW = Manners(deadline=timedelta(seconds=2), pause=timedelta(), robots=False)
GONE = Reply(status=404)


def urlset(web: WebServer, paths: Iterable[str], changed: str = "2026-11-20") -> Reply:
    urls = "".join(
        f"<url><loc>{web.url(path)}</loc><lastmod>{changed}</lastmod></url>" for path in paths
    )
    return Reply(f"<urlset>{urls}</urlset>".encode())


def undated(web: WebServer, paths: Iterable[str]) -> Reply:
    return Reply("\n".join(web.url(path) for path in paths).encode())


def index(web: WebServer, **lists: str) -> Reply:
    inner = "".join(
        f"<sitemap><loc>{web.url(f'/{name}.xml')}</loc>"
        f"{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for name, changed in lists.items()
    )
    return Reply(f"<sitemapindex>{inner}</sitemapindex>".encode())


def article(title: str, day: str = "2026-11-19") -> Reply:
    html = (
        f"<!doctype html><html lang=fr><head><title>{title} | Le Photon</title>"
        f"<meta property=og:site_name content='Le Photon'>"
        f"<meta property=article:published_time content='{day}T08:00:00+00:00'>"
        f"<meta name=description content='Résumé de {title}.'></head>"
        f"<body><main><h1>{title}</h1><p>Texte.</p></main></body></html>"
    )
    return Reply(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def articles(count: int, first: int = 0) -> dict[str, Reply]:
    return {f"/news/{n}": article(f"Un lidar numéro {n}") for n in range(first, first + count)}


def visited(
    web: WebServer, last: Harvest | None = None, at: datetime = NOW, path: str = "/sitemap.xml",
    **options: str,
) -> Harvest:  # fmt: skip
    source = Source(WebUrl(web.url(path)), "", "sitemap", options=options)
    visit = Visit(source)
    if last:
        visit = Visit(
            source,
            etag=last.etag,
            body_hash=last.body_hash,
            prints=packed(last.seen),
            mark=last.mark,
        )
    how = replace(HOW, open_addresses=frozenset({web.address}))
    web.asked.clear()
    [found] = travel([Trip("h", (visit,))], at, how)
    return found


def titles(found: Harvest) -> list[str]:
    return [entry.title for entry in found.entries]


# -- pages ---------------------------------------------------------------------------------


def test_the_pages_of_a_plain_sitemap_say_title_day_and_summary() -> None:
    with WebServer({"/news/1": article("Un lidar sans miroir")}) as web:
        web.answers["/sitemap.xml"] = urlset(web, ["/", "/news/1", "/logo.png"])
        found = visited(web)

        assert web.paths == ["/sitemap.xml", "/news/1"]
        [entry] = found.entries
        assert entry.url == web.url("/news/1")
    assert entry.title == "Un lidar sans miroir"
    assert entry.text == "Résumé de Un lidar sans miroir."
    assert entry.published_at == datetime(2026, 11, 19, 8, tzinfo=UTC)
    assert entry.language == "fr"
    assert found.title == "Le Photon"


def test_a_page_is_asked_once_and_an_unchanged_list_ends_the_visit() -> None:
    with WebServer(articles(3)) as web:
        web.answers["/sitemap.xml"] = urlset(web, ["/news/0", "/news/1"])
        first = visited(web)
        second = visited(web, first)
        third = visited(web, second)
        web.answers["/sitemap.xml"] = urlset(web, ["/news/0", "/news/1", "/news/2"])
        # An unchanged list leaves to the next visit what the one before it left.
        fourth = visited(web, second)

        assert web.paths == ["/sitemap.xml", "/news/2"]
    assert [len(one.entries) for one in (first, second, third, fourth)] == [2, 0, 0, 1]
    assert third.outcome is Outcome.UNCHANGED


def test_a_first_visit_takes_the_newest_of_a_month_and_no_more_later() -> None:
    with WebServer(articles(FIRST_PAGES + 30)) as web:
        old = urlset(web, (f"/old/{n}" for n in range(500)), "2026-09-01").body
        new = urlset(web, (f"/news/{n}" for n in range(FIRST_PAGES + 30))).body
        web.answers["/sitemap.xml"] = Reply(old.replace(b"</urlset>", b"") + new[8:])
        counts, asked, last = [], 0, None
        for _ in range(5):
            last = visited(web, last)
            counts.append(len(last.entries))
            asked += len([path for path in web.paths if path.startswith("/news")])

    assert counts == [PAGES_A_VISIT, PAGES_A_VISIT, FIRST_PAGES - 2 * PAGES_A_VISIT, 0, 0]
    assert asked == FIRST_PAGES


def test_later_everything_new_is_asked_in_the_end() -> None:
    with WebServer(articles(101)) as web:
        web.answers["/sitemap.xml"] = undated(web, ["/news/0"])
        last = visited(web)
        web.answers["/sitemap.xml"] = undated(web, (f"/news/{n}" for n in range(101)))
        found: list[str] = []
        for _ in range(7):
            last = visited(web, last)
            assert len(web.paths) <= PAGES_A_VISIT + 1
            found += titles(last)

    assert len(found) == len(set(found)) == 100


def test_what_must_wait_is_told() -> None:
    with WebServer(articles(40)) as web:
        web.answers["/sitemap.xml"] = urlset(web, (f"/news/{n}" for n in range(40)))
        assert visited(web).skipped_count == 40 - PAGES_A_VISIT


def test_a_dead_page_blocks_nothing_and_is_given_up() -> None:
    with WebServer(articles(2)) as web:
        web.answers["/sitemap.xml"] = urlset(
            web, ["/news/gone", "/news/broken", "/news/0", "/news/1"]
        )
        web.answers["/news/broken"] = Reply(status=500)
        last = first = visited(web)
        tries = web.paths.count("/news/broken")
        for _ in range(4):
            last = visited(web, last)
            tries += web.paths.count("/news/broken")
            assert "/news/gone" not in web.paths

    assert sorted(titles(first)) == ["Un lidar numéro 0", "Un lidar numéro 1"]
    assert tries == 3
    assert last.outcome is Outcome.UNCHANGED


def test_a_page_that_comes_back_is_not_lost() -> None:
    with WebServer({"/news/1": Reply(status=500)}) as web:
        web.answers["/sitemap.xml"] = urlset(web, ["/news/1"])
        last = visited(web)
        web.answers["/news/1"] = article("Un lidar revenu")
        last = visited(web, last)

    assert titles(last) == ["Un lidar revenu"]


def test_a_host_that_finds_us_too_many_is_left_alone() -> None:
    busy = Reply(status=429, headers={"Retry-After": "600"})
    with WebServer({**articles(9), "/news/0": busy}) as web:
        web.answers["/sitemap.xml"] = urlset(web, (f"/news/{n}" for n in range(9)))
        found = visited(web)
        assert web.paths == ["/sitemap.xml", "/news/0"]
        later = visited(web, found)

    assert found.wait == timedelta(minutes=10)
    assert later.outcome is Outcome.NEWS
    assert len(later.entries) == 8


def test_a_page_that_leads_to_the_first_page_is_no_publication() -> None:
    moved = Reply(status=302, headers={"Location": "/"})
    with WebServer({"/news/1": moved, "/": article("Accueil du site")}) as web:
        web.answers["/sitemap.xml"] = urlset(web, ["/news/1"])
        assert visited(web).entries == ()


# -- lists ---------------------------------------------------------------------------------


def test_lists_that_have_not_changed_are_not_asked_again() -> None:
    with WebServer(articles(3)) as web:
        web.answers["/sitemap.xml"] = index(web, a="2026-11-20", b="2026-11-21")
        web.answers["/a.xml"] = urlset(web, ["/news/0"])
        web.answers["/b.xml"] = urlset(web, ["/news/1"])
        first = visited(web)
        assert web.paths[:3] == ["/sitemap.xml", "/b.xml", "/a.xml"]
        second = visited(web, first)
        assert web.paths == ["/sitemap.xml"]
        web.answers["/sitemap.xml"] = index(web, a="2026-11-20", b="2026-11-22")
        web.answers["/b.xml"] = urlset(web, ["/news/1", "/news/2"])
        third = visited(web, second)
        assert web.paths == ["/sitemap.xml", "/b.xml", "/news/2"]

    assert [len(one.entries) for one in (first, second, third)] == [2, 0, 1]
    assert first.seen <= third.seen


def test_a_site_tells_its_sitemaps_in_its_robots_file() -> None:
    with WebServer(articles(1)) as web:
        web.answers["/robots.txt"] = Reply(
            f"User-agent: *\nAllow: /\nSitemap: {web.url('/map.xml.gz')}\n".encode()
        )
        packed = gzip.compress(urlset(web, ["/news/0"]).body)
        web.answers["/map.xml.gz"] = Reply(packed, headers={"Content-Type": "application/gzip"})
        found = visited(web, path="/robots.txt")

    assert titles(found) == ["Un lidar numéro 0"]


def test_a_news_sitemap_needs_no_pages_and_spares_those_of_other_lists() -> None:
    with WebServer({}) as web:
        news = (
            f"<urlset><url><loc>{web.url('/news/0')}</loc><news:news>"
            "<news:publication><news:name>Le Photon</news:name></news:publication>"
            "<news:title>Un lidar</news:title></news:news></url></urlset>"
        )
        web.answers["/sitemap.xml"] = index(web, posts="2026-11-21", news="2026-11-20")
        web.answers["/posts.xml"] = urlset(web, ["/news/0"])
        web.answers["/news.xml"] = Reply(news.encode())
        found = visited(web)
        assert web.paths == ["/sitemap.xml", "/posts.xml", "/news.xml"]
        again = visited(web, found)

    assert (titles(found), found.title) == (["Un lidar"], "Le Photon")
    assert again.entries == ()


def test_every_list_is_read_in_the_end_however_many_there_are() -> None:
    names = [f"l{n:02}" for n in range(25)]
    with WebServer({f"/news/{name}": article(f"Un lidar {name}") for name in names}) as web:
        web.answers["/sitemap.xml"] = index(web, **dict.fromkeys(names, ""))
        for name in names:
            web.answers[f"/{name}.xml"] = undated(web, [f"/news/{name}"])
        found, last = [], None
        for _ in range(5):
            last = visited(web, last)
            assert len([path for path in web.paths if path.endswith(".xml")]) <= LISTS_A_VISIT
            found += titles(last)

    assert len(found) == len(set(found)) == 25


def test_a_dead_list_blocks_no_other() -> None:
    with WebServer(articles(1)) as web:
        web.answers["/sitemap.xml"] = index(web, dead="2026-11-22", page="2026-11-21", a="")
        web.answers["/page.xml"] = Reply(b"<html>Maintenance</html>")
        web.answers["/a.xml"] = urlset(web, ["/news/0"])
        found = visited(web)

    assert titles(found) == ["Un lidar numéro 0"]
    assert (found.outcome, found.reason) == (Outcome.NEWS, "cut_short")


def test_dead_lists_keep_no_other_from_being_read() -> None:
    with WebServer(articles(1)) as web:
        dead = [f"dead{n}" for n in range(2 * LISTS_A_VISIT)]
        web.answers["/sitemap.xml"] = index(web, **dict.fromkeys([*dead, "a"], ""))
        web.answers["/a.xml"] = urlset(web, ["/news/0"])
        found, last = [], None
        for _ in range(4):
            last = visited(web, last)
            found += titles(last)

    assert found == ["Un lidar numéro 0"]


def test_an_officer_chooses_paths() -> None:
    with WebServer({**articles(2), "/en/1": article("A lidar")}) as web:
        web.answers["/sitemap.xml"] = index(web, shop="2026-11-21", a="")
        web.answers["/a.xml"] = urlset(web, ["/news/0", "/news/1", "/en/1"])
        found = visited(web, only="/news/", without="/shop *1$")
        assert "/shop.xml" not in web.paths

    assert titles(found) == ["Un lidar numéro 0"]


@pytest.mark.parametrize(
    ("only", "without", "is_in"),
    [
        ("", "", True),
        ("/actu", "", True),
        ("/blog /actu/*-lidar", "", True),
        ("/actu$", "", False),
        ("/actualités", "", False),
        ("", "*lidar", False),
        ("/actu", "/actu/x, /shop", True),
    ],
)
def test_path_patterns_are_those_of_robots(only: str, without: str, is_in: bool) -> None:
    url = "https://a.example/actu/un-lidar"

    assert is_listed(url, {"only": only, "without": without}) is is_in


def test_a_wrong_pattern_is_told_when_it_is_written() -> None:
    only = next(option for option in KINDS["sitemap"].options if option.name == "only")

    assert only.complaint("news/")
    assert not only.complaint("/news/, *-press-")


# -- hostile -------------------------------------------------------------------------------


def test_lists_that_name_each_other_end() -> None:
    with WebServer({}) as web:
        web.answers["/sitemap.xml"] = index(web, a="", sitemap="")
        web.answers["/a.xml"] = index(web, b="", a="", sitemap="")
        web.answers["/b.xml"] = index(web, a="", b="", c="")
        web.answers["/c.xml"] = urlset(web, [])
        visited(web)

        assert web.paths == ["/sitemap.xml", "/a.xml", "/b.xml"]


def test_an_index_without_end_takes_ten_requests() -> None:
    with WebServer({}) as web:
        web.answers["/sitemap.xml"] = index(web, **{f"l{n}": "" for n in range(5_000)})
        found = visited(web)

        assert len(web.paths) == LISTS_A_VISIT
        assert len(found.mark) < 100_000


def test_nothing_of_another_host_is_asked() -> None:
    with WebServer({}) as inside, WebServer({}) as web:
        page = f"<url><loc>{inside.url('/secret')}</loc></url>"
        web.answers["/sitemap.xml"] = Reply(f"<urlset>{page * 3}</urlset>".encode())
        found = visited(web)
        web.answers["/robots.txt"] = Reply(f"Sitemap: {inside.url('/sitemap.xml')}".encode())
        visited(web, path="/robots.txt")

    assert found.skipped_count == 3
    assert inside.connections == 0


def test_a_page_that_redirects_inside_is_blocked() -> None:
    with WebServer({"/secret": article("secret")}) as inside, WebServer(articles(1)) as web:
        web.answers["/news/1"] = Reply(status=302, headers={"Location": inside.url("/secret")})
        web.answers["/sitemap.xml"] = urlset(web, ["/news/1", "/news/0"])
        found = visited(web)

    assert titles(found) == ["Un lidar numéro 0"]
    assert inside.connections == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(b"\0" * 60_000_000), "too_large"),
        (gzip.compress(b"<urlset>" + b"<url></url>" * 1_000_000), "too_large"),
        (b"<urlset>" + b"<a/>" * 1_000_000, "dangerous"),
        (b"<urlset>" + b"<a>" * 60_000, "dangerous"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><urlset/>", "dangerous"),
        (b"", "empty"),
        (b"\x1f\x8b\x08broken", "bad_encoding"),
        (b"<urlset><url><loc", "not_a_sitemap"),
        (b"User-agent: *\nDisallow: /", "not_a_sitemap"),
    ],
    ids=[
        "bomb",
        "too well packed",
        "many",
        "deep",
        "entity",
        "empty",
        "no gzip",
        "cut",
        "robots without any",
    ],
)
def test_what_is_no_honest_sitemap_is_refused(body: bytes, reason: str) -> None:
    with WebServer({"/sitemap.xml": Reply(body)}) as web:
        found = visited(web)

    assert (found.outcome, found.reason) == (Outcome.FAILED, reason)


def test_a_list_past_the_limit_of_the_protocol_is_cut_and_counted() -> None:
    url = b"<url><loc>https://a.example/%d</loc></url>"
    body = b"".join(url % n for n in range(MOST_ADDRESSES + 7))

    listing = read_listing(b"<urlset>" + body + b"</urlset>")

    assert (len(listing.addresses), listing.skipped_count) == (MOST_ADDRESSES, 7)


def test_what_was_read_of_a_list_that_ends_early_is_kept() -> None:
    listing = read_listing(b"<urlset><url><loc>https://a.example/1</loc></url><url><loc>https")

    assert ([one.url for one in listing.addresses], listing.flaw) == (
        ["https://a.example/1"], "cut_short",
    )  # fmt: skip


@pytest.mark.parametrize("mark", ["{", "[]", '{"lists": 3, "x": 1}', "until 2026-11-20"])
def test_a_mark_that_makes_no_sense_is_none(mark: str) -> None:
    with WebServer(articles(1)) as web:
        web.answers["/sitemap.xml"] = urlset(web, ["/news/0"])
        how = replace(HOW, open_addresses=frozenset({web.address}))
        source = Source(WebUrl(web.url("/sitemap.xml")), "", "sitemap")
        [found] = travel([Trip("h", (Visit(source, mark=mark),))], NOW, how)

    assert len(found.entries) == 1
    assert json.loads(found.mark)["is_first"] is False


def test_a_listing_is_never_taken_for_more_than_it_is() -> None:
    with pytest.raises(VisitFailed):
        read_listing(b"<feed><url><loc>https://a.example/</loc></url></feed>")
    assert SITEMAP.spot is not None


def test_a_list_larger_than_we_let_in_is_refused_until_the_officer_lets_it_in() -> None:
    chance = random.Random(1)
    with WebServer({}) as web:
        listed = urlset(web, [f"/news/{chance.randbytes(1_000).hex()}" for _ in range(5_000)]).body
        web.answers["/sitemap.xml"] = Reply(listed)
        web.answers["/packed.xml"] = Reply(gzip.compress(listed))
        how = replace(HOW, open_addresses=frozenset({web.address}))
        refused = _first_visit(web.url("/sitemap.xml"), how)
        let_in = _first_visit(web.url("/sitemap.xml"), replace(how, most_bytes=50_000_000))
        packed = _first_visit(web.url("/packed.xml"), how)

    assert (refused.outcome, refused.reason) == (Outcome.FAILED, "too_large")
    assert let_in.outcome is Outcome.NEWS
    assert packed.outcome is Outcome.NEWS


def _first_visit(url: str, how: Manners) -> Harvest:
    visit = Visit(Source(WebUrl(url), "a site", kind="sitemap"))
    return travel([Trip("a host", (visit,))], NOW, how)[0]
