"""The sample web as a visitor meets it: real requests over loopback."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse

import feedparser
import pytest

from watch.demo.sites import ADVERTISED_PORT, INVENTED, SampleFeed, SampleSite, articles, sites
from watch.demo.web import SampleWeb, directory, feeds, open_addresses

ANCHOR = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
READABLE = [
    pytest.param(site, feed, id=f"{site.name}{feed.path}")
    for site in sites()
    for feed in site.feeds
    if feed.format not in ("unavailable", "json")
]


@pytest.fixture(scope="module")
def web() -> Iterator[SampleWeb]:
    with SampleWeb(ANCHOR) as serving:
        yield serving


def ask(
    web: SampleWeb, name: str, path: str, method: str = "GET", **headers: str
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", web.port, timeout=5)
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    host = f"{name}.localhost:{ADVERTISED_PORT}"
    connection.request(method, path, headers={"Host": host, **named})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize(("site", "feed"), READABLE)
def test_a_feed_yields_all_its_articles_with_their_texts(
    web: SampleWeb, site: SampleSite, feed: SampleFeed
) -> None:
    _, body = ask(web, site.name, feed.path)
    parsed = feedparser.parse(io.BytesIO(body))
    held = [a for a in articles(site, ANCHOR, 1) if a.sample.feed == feed.name]

    assert not parsed.bozo
    assert [entry.link for entry in parsed.entries] == [article.link for article in held]
    assert INVENTED[site.language] in parsed.feed.description
    for entry, article in zip(parsed.entries, held, strict=True):
        told = entry.content[0].value if "content" in entry else entry.description
        assert INVENTED[site.language] in told
        assert article.text.partition("&")[0][:80] in told


def test_the_json_feed_yields_all_its_articles(web: SampleWeb) -> None:
    answer, body = ask(web, "drive-sensing", "/feed.json")
    site = next(site for site in sites() if site.name == "drive-sensing")
    written = json.loads(body)
    assert answer.headers.get_content_type() == "application/feed+json"
    assert len(written["items"]) == len(articles(site, ANCHOR, 1))
    assert all(INVENTED["en"] in item["content_text"] for item in written["items"])


def test_a_feed_states_the_dates_counted_from_the_anchor(web: SampleWeb) -> None:
    _, body = ask(web, "mobilites-capteurs", "/flux.xml")
    entries = feedparser.parse(io.BytesIO(body)).entries
    dates = {entry.link.rpartition("/")[2]: entry.published for entry in entries}
    assert dates["orvane-harrowgate-serie"] == "Thu, 19 Nov 2026 07:00:00 GMT"


def test_one_feed_states_a_date_that_no_calendar_has(web: SampleWeb) -> None:
    _, body = ask(web, "photonique-hebdo", "/flux/technologies.xml")
    assert b"<pubDate>Wed, 31 Feb 2026 09:00:00 GMT</pubDate>" in body


def test_one_title_carries_markup_and_one_link_carries_trackers(web: SampleWeb) -> None:
    _, journal = ask(web, "journal-optique", "/rss.xml")
    _, mobilites = ask(web, "mobilites-capteurs", "/flux.xml")
    assert b"Mesure &lt;b&gt;sans contact&lt;/b&gt;" in journal
    assert b"?utm_source=flux&amp;utm_medium=rss" in mobilites


def test_the_oldest_feed_speaks_latin_one(web: SampleWeb) -> None:
    answer, body = ask(web, "gazette-vallorne", "/gazette.xml")
    assert answer.headers.get_content_charset() == "iso-8859-1"
    assert b'<rss version="0.91">' in body
    assert "Collège".encode("iso-8859-1") in body


def test_a_feed_that_is_known_is_not_sent_again(web: SampleWeb) -> None:
    first, _ = ask(web, "laser-review", "/news.atom")
    by_tag, body = ask(web, "laser-review", "/news.atom", If_None_Match=first.headers["ETag"])
    since = first.headers["Last-Modified"]
    by_date, _ = ask(web, "laser-review", "/news.atom", If_Modified_Since=since)
    other, _ = ask(
        web, "laser-review", "/news.atom", If_None_Match='W/"other"', If_Modified_Since=since
    )
    assert (by_tag.status, body, by_date.status, other.status) == (304, b"", 304, 200)


def test_an_edited_article_makes_its_feed_new(web: SampleWeb) -> None:
    first, _ = ask(web, "journal-optique", "/rss.xml")
    etag, since = first.headers["ETag"], first.headers["Last-Modified"]
    with SampleWeb(ANCHOR, visit=2) as later:
        by_tag, body = ask(later, "journal-optique", "/rss.xml", If_None_Match=etag)
        by_date, _ = ask(later, "journal-optique", "/rss.xml", If_Modified_Since=since)
        elsewhere, _ = ask(later, "light-notes", "/notes.rdf", If_None_Match=etag)
    assert (by_tag.status, by_date.status, elsewhere.status) == (200, 200, 200)
    assert b"Rectificatif" in body


def test_what_is_accepted_gzipped_is_sent_gzipped(web: SampleWeb) -> None:
    _, plain = ask(web, "light-notes", "/notes.rdf")
    answer, packed = ask(web, "light-notes", "/notes.rdf", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain


def test_the_failing_site_is_unwell_but_lets_robots_in(web: SampleWeb) -> None:
    feed, _ = ask(web, "bulletin-capteurs", "/flux.xml")
    robots, _ = ask(web, "bulletin-capteurs", "/robots.txt")
    assert (feed.status, feed.headers["Retry-After"], robots.status) == (503, "3600", 200)


def test_every_article_has_a_page_that_says_that_it_is_invented(web: SampleWeb) -> None:
    for site in sites():
        for article in articles(site, ANCHOR, 1):
            answer, page = ask(web, site.name, f"/articles/{article.sample.id}?utm_source=flux")
            assert answer.status == 200
            assert INVENTED[site.language] in page.decode()


def test_a_home_page_lists_its_articles_and_names_its_feeds(web: SampleWeb) -> None:
    _, page = ask(web, "photonique-hebdo", "/")
    assert page.count(b'rel="alternate"') == 2
    assert page.count(b'href="/articles/') == 29


def test_a_site_answers_only_under_its_own_name(web: SampleWeb) -> None:
    assert ask(web, "laser-review", "/rss.xml")[0].status == 404
    assert ask(web, "nowhere", "/")[0].status == 404


def test_a_head_request_brings_no_body(web: SampleWeb) -> None:
    answer, body = ask(web, "laser-review", "/", method="HEAD")
    assert (answer.status, body) == (200, b"")


def test_only_loopback_is_bound_and_every_source_leads_there(web: SampleWeb) -> None:
    assert open_addresses(web.port) == {("127.0.0.1", web.port)}
    assert set(directory(web.port).values()) == {("127.0.0.1", web.port)}
    assert len(feeds()) == 13
    assert all(source.url.split("/")[2] in directory(web.port) for source in feeds())


def test_the_addresses_do_not_depend_on_the_port(web: SampleWeb) -> None:
    with SampleWeb(ANCHOR) as other:
        assert other.port != web.port
        assert (
            ask(other, "laser-review", "/news.atom")[1]
            == (ask(web, "laser-review", "/news.atom")[1])
        )
