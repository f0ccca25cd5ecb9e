"""Rows of the safety list that belong to several rooms at once; see `test_safety_rows`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.doors import Reply, WebServer
from tests.shared import shared
from watch.domain import Harvest, Manners, Outcome, Source, Trip, Visit, WebUrl
from watch.sources.discover import check
from watch.sources.lists import read_list
from watch.sources.pages import WATCH
from watch.sources.pages.article import read_article
from watch.sources.request import Reply as Answered
from watch.sources.request import Request
from watch.sources.travel import travel

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><item><title>Un laser</title></item></channel></rss>"
REFUSED = (
    "file:///etc/passwd", "ftp://site.example/f", "gopher://site.example/", "data:text/xml,<a/>",
    "//site.example/f", "http://127.0.0.1:80\\@site.example/", "http://user:pass@site.example/",
    "http://site.example\u0009/f",
)  # fmt: skip


def manners(*webs: WebServer, agent: str = Manners().agent) -> Manners:
    return Manners(
        agent=agent, deadline=timedelta(seconds=2), pause=timedelta(),
        open_addresses=frozenset(web.address for web in webs),
    )  # fmt: skip


def visited(how: Manners, *urls: str) -> list[Harvest]:
    visits = tuple(Visit(Source(WebUrl(url), "a source")) for url in urls)
    return travel([Trip("a host", visits)], NOW, how)


@pytest.mark.parametrize("address", REFUSED)
def test_n03_n04_what_is_no_web_address_is_refused_at_its_line(address: str) -> None:
    xml = address.replace("<", "&lt;").replace("\t", "&#9;")
    outline = f'<outline text="Une source" xmlUrl="{xml}"/>'
    opml = read_list(f"<opml><body>\n\n{outline}\n</body></opml>", "l.opml", "en")
    entry = f"  - {{name: Une source, url: {json.dumps(address)}}}"
    ours = read_list(f"schema: sources/1\nsources:\n{entry}\n", "l.yaml", "en")

    for listing, line in ((opml, 3), (ours, 3)):
        assert listing.sources == ()
        assert f"line {line}," in str(listing.problems[0])


def test_n07_a_list_cannot_send_us_inside() -> None:
    with WebServer({"/": Reply(FEED)}) as inside:
        text = f'<opml><body><outline text="x" xmlUrl="{inside.url("/")}"/></body></opml>'
        [source] = read_list(text, "l.opml", "en").sources
        [found] = visited(manners(), source.url)

    assert found.reason == "blocked"
    assert inside.connections == 0


@pytest.mark.parametrize("file", ["/robots.txt", "/.well-known/tdmrep.json"])
def test_n07_house_rules_cannot_send_us_inside(file: str) -> None:
    with WebServer({"/": Reply(b"secret")}) as inside, WebServer({"/feed": Reply(FEED)}) as web:
        rules = f"User-agent: *\nAllow: /\nSitemap: {inside.url('/')}\n".encode()
        web.answers["/robots.txt"] = Reply(rules)
        web.answers[file] = Reply(status=302, headers={"Location": inside.url("/")})
        visited(manners(web), web.url("/feed"))

    assert inside.connections == 0


def test_n07_a_sitemap_cannot_send_us_inside() -> None:
    with (
        WebServer({"/list.xml": Reply(FEED), "/page": Reply(FEED)}) as inside,
        WebServer({}) as web,
    ):
        lists = f"<sitemap><loc>{inside.url('/list.xml')}</loc></sitemap>"
        pages = f"<url><loc>{inside.url('/page')}</loc></url>"
        web.answers = {
            "/index.xml": Reply(f"<sitemapindex>{lists}</sitemapindex>".encode()),
            "/sitemap.xml": Reply(f"<urlset>{pages}</urlset>".encode()),
            "/robots.txt": Reply(f"Sitemap: {inside.url('/list.xml')}\n".encode()),
        }
        for path in web.answers:
            source = Source(WebUrl(web.url(path)), "a site", kind="sitemap")
            travel([Trip("a host", (Visit(source),))], NOW, manners(web))

    assert inside.connections == 0


def test_n01_n02_the_hostile_list_of_inner_addresses_is_blocked_at_each() -> None:
    listing = read_list(shared("hostile", "yaml", "ssrf_urls.yaml").read_text(), "l.yaml", "en")
    found = visited(manners(), *(source.url for source in listing.sources))

    assert len(found) + len(listing.problems) == 11
    assert {one.reason for one in found} == {"blocked"}


OPENED: list[str] = []


def _note(event: str, words: tuple[Any, ...]) -> None:
    if event == "socket.connect" or (event == "open" and "canary" in str(words[0])):
        OPENED.append(f"{event} {words}")


def test_n08_a_page_that_is_read_loads_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "canary.css"
    secret.write_text("secret")
    with WebServer({}) as web:
        body = "".join(
            f"<link rel=stylesheet href='{to}'><img src='{to}'><iframe src='{to}'></iframe>"
            f"<script src='{to}'></script><object data='{to}'></object><base href='{to}'>"
            for to in (web.url("/x"), secret.as_uri(), str(secret))
        )
        sys.addaudithook(_note)
        OPENED.clear()
        read_article(f"<html><body>{body}<p>Des mots.</p></body></html>".encode(), "", NOW)

    assert OPENED == []
    assert web.connections == 0


@pytest.mark.parametrize(
    "unit", ["1", "1 ", "1.", "1.1.1 ", "2026-11-1 ", "il y a ", "a1", "12 h "]
)
def test_f14_no_watched_page_makes_a_pattern_backtrack(unit: str) -> None:
    html = f"<html><body><p>{unit * (2_900_000 // len(unit))}</p></body></html>".encode()
    url = "https://site.example/page"
    reply = Answered(Request(url), url, html, {"Content-Type": "text/html"}, NOW)
    began = time.process_time()
    assert WATCH.read
    WATCH.read(reply, Visit(Source(WebUrl(url), "a source", "watch")), 100)

    assert time.process_time() - began < 5


# -- the pages that others collected -------------------------------------------------------


def _reserved(body: bytes) -> None:
    article = read_article(body, "https://site.example/a", NOW)

    assert article is not None
    assert article.is_reserved
    assert article.text == ""


def _our_own_group(body: bytes) -> None:
    answers = {"/robots.txt": Reply(body), "/flux": Reply(FEED), "/prive": Reply(FEED)}
    with WebServer({**answers, "/autre": Reply(FEED)}) as web:
        how = manners(web, agent="WatchBot/1.0 (+https://site.example)")
        found = visited(how, web.url("/flux"), web.url("/prive"), web.url("/autre"))

    assert [one.outcome is Outcome.NEWS for one in found] == [True, False, False]
    assert set(web.paths) == {"/robots.txt", "/.well-known/tdmrep.json", "/flux"}


def _points_inside(body: bytes) -> None:
    with WebServer({"/": Reply(b"secret")}) as inside, WebServer({}) as web:
        port = str(inside.address[1]).encode()
        web.answers["/"] = Reply(body.replace(b"127.0.0.1:9", b"127.0.0.1:" + port))
        check(web.url("/"), NOW, manners(web))

    assert inside.connections == 0


PAGES: Mapping[str, Callable[[bytes], None]] = {
    "robots_noai.html": _reserved,
    "robots.txt": _our_own_group,
    "meta_refresh_internal.html": _points_inside,
}


def test_every_hostile_page_is_survived_as_its_manifest_asks() -> None:
    items = json.loads(shared("hostile", "manifest.json").read_text())["items"]
    for one in items:
        if one["file"].startswith("pages/"):
            body = shared("hostile", one["file"]).read_bytes()
            began = time.process_time()
            PAGES[Path(one["file"]).name](body)
            assert time.process_time() - began < one["expected"].get("max_seconds", 5)
