"""Sites on the loopback, made from real pages and feeds: what an officer may paste.

Each is named for what it is; `answers` are its pages, `start` what is pasted, `way` how it is to
be watched first ("" for not at all), `count` how many items that brings at least.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from tests.doors import Reply
from watch.domain import Entry, Source, WebUrl
from watch.sources.feeds import read_feed

Base = str
Answers = Mapping[str, Reply]

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """One site. `answers` is given its own base address ("http://127.0.0.1:4711")."""

    name: str
    answers: Callable[[Base], Answers]
    way: str
    count: int = 0
    start: str = "/"
    reason: str = ""
    host: str = "127.0.0.1"
    """Its name, where that tells what it is."""


class Real:
    """Real feeds and pages from the measuring data, by the path within their set."""

    def __init__(self, feeds: Path, pages: Path) -> None:
        self._feeds, self._pages = feeds, pages

    def feed(self, path: str) -> bytes:
        """Return the body of a feed."""
        return (self._feeds / path).read_bytes()

    def page(self, name: str) -> bytes:
        """Return a page as its site sent it."""
        return (self._pages / name / "source.html").read_bytes()

    def entries(self, path: str, most: int = 20) -> list[Entry]:
        """Return the entries of a feed, for pages and sitemaps that are made of them."""
        found = read_feed(self.feed(path), "", Source(WebUrl("https://journal.example/"), ""))
        return [entry for entry in found.entries if entry.title][:most]


def sites(real: Real) -> Iterator[Site]:
    """Yield every site."""
    blog = real.feed("kagisearch/tests/integration/davidbau.xml")
    games = "kagisearch/tests/integration/gamersnexus.xml"
    news = real.entries(games)
    atom = real.feed("danmactough/test/feeds/tpm.atom")
    rdf = real.feed("feed-rs/feed-rs/fixture/rss1/rss_1.0_debian.xml")
    article = real.page("wordpress")
    french = real.page("lemonde-1")

    yield Site(
        "a blog that declares its feed",
        lambda _: {"/": with_head(article, declared("/fil.xml")), "/fil.xml": Reply(blog)},
        "declared",
        5,
    )
    yield Site("a feed itself", lambda _: {"/rss": Reply(blog)}, "itself", 5, "/rss")
    yield Site("a feed in Atom", lambda _: {"/a": Reply(atom)}, "itself", 5, "/a")
    yield Site("a feed in RDF", lambda _: {"/r": Reply(rdf)}, "itself", 1, "/r")
    yield Site(
        "a JSON Feed",
        lambda _: {
            "/f.json": Reply(real.feed("kagisearch/tests/integration/json_feed_sample.json"))
        },
        "itself",
        1,
        "/f.json",
    )
    yield Site(
        "a feed told to be a page",
        lambda _: {"/f": Reply(blog, headers={"Content-Type": "text/html"})},
        "itself",
        5,
        "/f",
    )
    yield Site(
        "a feed that moved for good",
        lambda _: {"/old": moved("/new"), "/new": Reply(atom)},
        "itself",
        5,
        "/old",
    )
    yield Site(
        "a feed behind four redirects",
        lambda _: {**{f"/{n}": moved(f"/{n + 1}", 302) for n in range(4)}, "/4": Reply(atom)},
        "itself",
        5,
        "/0",
    )
    yield Site(
        "a page where a feed was",
        lambda _: {"/feed.xml": Reply(with_head(french, "").body)},
        "changes",
        0,
        "/feed.xml",
    )
    yield Site(
        "a page where a feed was, with another feed",
        lambda _: {
            "/feed.xml": with_head(french, declared("/nouveau.xml")),
            "/nouveau.xml": Reply(blog),
        },
        "declared",
        5,
        "/feed.xml",
    )
    yield Site(
        "a site with a feed that it does not mention",
        lambda _: {"/": Reply(article), "/feed/": Reply(blog)},
        "usual",
        5,
    )
    yield Site(
        "a SPIP site with a feed that it does not mention",
        lambda _: {"/": Reply(article), "/spip.php?page=backend": Reply(blog)},
        "usual",
        5,
    )
    yield Site(
        "a folder of a site with a feed of its own",
        lambda _: {"/optique/": Reply(article), "/optique/feed/": Reply(blog)},
        "usual",
        5,
        "/optique/",
    )
    yield Site(
        "news before comments",
        lambda _: {
            "/": with_head(article, declared("/comments/feed/") + declared("/feed/")),
            "/comments/feed/": Reply(rdf),
            "/feed/": Reply(blog),
        },
        "declared",
        5,
    )
    yield Site(
        "a page with a base",
        lambda _: {
            "/": with_head(article, "<base href='/b/'>" + declared("fil.xml")),
            "/b/fil.xml": Reply(blog),
        },
        "declared",
        5,
    )
    yield Site(
        "a WordPress site without a feed",
        lambda base: {
            "/": with_head(article, f"<link rel='https://api.w.org/' href='{base}/wp-json/'>"),
            **wordpress(base, news),
        },
        "interface",
        10,
    )
    yield Site(
        "a list of articles, made of cards",
        lambda _: {"/actualites": Reply(cards(news))},
        "list",
        10,
        "/actualites",
    )
    yield Site(
        "a list of articles with French dates",
        lambda _: {"/actualites": Reply(items(news))},
        "list",
        10,
        "/actualites",
    )
    yield Site(
        "a list of articles in a table",
        lambda _: {"/communiques": Reply(table(news))},
        "list",
        10,
        "/communiques",
    )
    yield Site(
        "a news site without a feed that names its news sitemap to robots",
        lambda base: {
            "/": page("<main><h1>Bienvenue</h1><p>Bonjour.</p></main>"),
            "/robots.txt": Reply(f"User-agent: *\nSitemap: {base}/actualites.xml\n".encode()),
            "/actualites.xml": Reply(news_sitemap(base, news)),
        },
        "sitemap",
        10,
    )
    yield Site(
        "a site without a feed whose sitemap stands behind an index",
        lambda base: {
            "/": page("<main><h1>Bienvenue</h1><p>Bonjour.</p></main>"),
            "/sitemap.xml": Reply(sitemap_index(base, "/pages.xml")),
            "/pages.xml": Reply(sitemap(base, news)),
            **{_path(n): Reply(french) for n in range(len(news))},
        },
        "sitemap",
        10,
    )
    yield Site(
        "a packed sitemap itself",
        lambda base: {
            "/sitemap.xml.gz": Reply(gzip.compress(news_sitemap(base, news))),
        },
        "sitemap",
        10,
        "/sitemap.xml.gz",
    )
    yield Site("a single article", lambda _: {"/a": Reply(french)}, "changes", 0, "/a")
    yield Site(
        "a page that needs scripts",
        lambda _: {"/": page("<div id=app></div><script src=app.js></script>")},
        "",
        0,
        "/",
        "not_a_feed",
    )
    yield Site(
        "a site that keeps robots out",
        lambda _: {"/robots.txt": Reply(b"User-agent: *\nDisallow: /"), "/f": Reply(blog)},
        "",
        0,
        "/f",
        "robots",
    )
    yield Site("a site that refuses", lambda _: {"/": Reply(b"no", 403)}, "", 0, "/", "refused")
    yield Site("nothing there", lambda _: {}, "", 0, "/", "missing")
    yield Site("closed for good", lambda _: {"/": Reply(b"", 410)}, "", 0, "/", "gone")
    yield Site("a site out of order", lambda _: {"/": Reply(b"", 500)}, "", 0, "/", "server_error")
    yield Site("an empty answer", lambda _: {"/": Reply(b"")}, "", 0, "/", "empty")
    yield Site(
        "a document",
        lambda _: {
            "/d.pdf": Reply(
                b"%PDF-1.7\n" + bytes(range(256)) * 40, headers={"Content-Type": "application/pdf"}
            )
        },
        "",
        0,
        "/d.pdf",
        "not_a_feed",
    )
    yield Site(
        "redirects without end",
        lambda _: {"/a": moved("/b"), "/b": moved("/a")},
        "",
        0,
        "/a",
        "too_many_redirects",
    )
    channel = "UC" + "x" * 22
    videos = {f"/feeds/videos.xml?channel_id={channel}": Reply(atom)}
    yield Site("a video channel, by its number", lambda _: videos, "service", 5,
               f"/channel/{channel}/videos", host="www.youtube.com")  # fmt: skip
    yield Site(
        "a video channel, by its name",
        lambda _: {
            "/@optique": page(f"<link href='/feeds/videos.xml?channel_id={channel}'>"),
            **videos,
        },
        "service",
        5,
        "/@optique",
        host="www.youtube.com",
    )
    yield Site("a program on GitHub", lambda _: {"/optique/rayons/releases.atom": Reply(atom)},
               "service", 5, "/optique/rayons/releases", host="github.com")  # fmt: skip
    yield Site(
        "a program on GitLab, in a group of groups",
        lambda _: {"/optique/ondes/rayons/-/releases.atom": Reply(atom)},
        "service",
        5,
        "/optique/ondes/rayons/-/tags",
        host="gitlab.example.org",
    )
    yield Site("a feed whose texts are reserved", lambda _: {
        "/.well-known/tdmrep.json": Reply(b'[{"location": "/", "tdm-reservation": 1}]'),
        "/f": Reply(blog)}, "itself", 5, "/f")  # fmt: skip


# -- pieces --------------------------------------------------------------------------------


def page(body: str, head: str = "") -> Reply:
    """Return a page of our own."""
    top = f"<!doctype html><html lang=fr><head><title>Essai</title>{head}</head>"
    html = f"{top}<body>{body}</body></html>"
    return Reply(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def with_head(html: bytes, more: str) -> Reply:
    """Return a real page with its own feeds taken out and `more` in its head."""
    plain = html.replace(b"application/rss+xml", b"x").replace(b"application/atom+xml", b"x")
    plain = plain.replace(b"https://api.w.org/", b"x")
    return Reply(plain.replace(b"<head>", b"<head>" + more.encode(), 1))


def declared(href: str) -> str:
    """Return how a page declares a feed."""
    return f"<link rel='alternate' type='application/rss+xml' title='Fil' href='{href}'>"


def moved(to: str, status: int = 301) -> Reply:
    """Return a redirect."""
    return Reply(status=status, headers={"Location": to})


def _path(place: int) -> str:
    return f"/actualites/article-{place}.html"


def _on(entry: Entry) -> datetime:
    assert entry.published_at
    return entry.published_at


def cards(entries: Sequence[Entry]) -> bytes:
    """Return a list as many modern sites write one."""
    menu = "<nav><ul><li><a href=/>Accueil</a><li><a href=/qui>Qui sommes-nous</a></ul></nav>"
    blocks = "".join(
        f"<div class='card col-4'><a href='{_path(n)}'><img src=i.png alt=''></a><div class=body>"
        f"<time datetime='{_on(e):%Y-%m-%d}'>{_on(e):%d/%m/%Y}</time>"
        f"<h3><a href='{_path(n)}'>{escape(e.title)}</a></h3>"
        f"<p>{escape(e.text[:150])}</p></div></div>"
        for n, e in enumerate(entries)
    )
    return page(f"{menu}<main><h1>Actualités</h1><div class=row>{blocks}</div></main>").body


def items(entries: Sequence[Entry]) -> bytes:
    """Return a list as a page of 2005 wrote one, with French dates."""
    blocks = "".join(
        f"<li><span class=date>{_on(e).day} {MONTHS[_on(e).month - 1]} {_on(e).year}</span> "
        f"<a href='{_path(n)}'>{escape(e.title)}</a></li>"
        for n, e in enumerate(entries)
    )
    side = "<div id=side><ul>" + "<li><a href=/x>Plan du site</a></li>" * 8 + "</ul></div>"
    return page(
        f"{side}<div id=content><h2>Nos actualités</h2><ul class=news>{blocks}</ul></div>"
    ).body


def table(entries: Sequence[Entry]) -> bytes:
    """Return a list in a table."""
    rows = "".join(
        f"<tr><td>{_on(e):%d/%m/%Y}</td><td><a href='{_path(n)}'>{escape(e.title)}</a></td></tr>"
        for n, e in enumerate(entries)
    )
    return page(f"<table id=cp><tr><th>Date<th>Communiqué</tr>{rows}</table>").body


def wordpress(base: str, entries: Sequence[Entry]) -> Answers:
    """Return what a WordPress site answers to programs, whatever fields are asked for."""
    posts = [
        {
            "id": n, "link": f"{base}{_path(n)}", "date_gmt": f"{_on(e):%Y-%m-%dT%H:%M:%S}",
            "title": {"rendered": escape(e.title)}, "content": {"rendered": escape(e.text)},
        }
        for n, e in enumerate(entries)
    ]  # fmt: skip
    fields = "id,link,date_gmt,modified_gmt,title,excerpt,content"
    path = f"/wp-json/wp/v2/posts?per_page=50&page=1&_fields={fields}"
    return {path: Reply(json.dumps(posts).encode())}


def news_sitemap(base: str, entries: Sequence[Entry]) -> bytes:
    """Return a sitemap as news sites keep one."""
    urls = "".join(
        f"<url><loc>{base}{_path(n)}</loc><news:news><news:publication><news:name>Journal"
        f"</news:name><news:language>fr</news:language></news:publication><news:publication_date>"
        f"{_on(e):%Y-%m-%dT%H:%M:%SZ}</news:publication_date><news:title>{escape(e.title)}"
        "</news:title></news:news></url>"
        for n, e in enumerate(entries)
    )
    return _SITEMAP.format("urlset", urls).encode()


def sitemap(base: str, entries: Sequence[Entry]) -> bytes:
    """Return a plain sitemap, with the pages that announce nothing."""
    paths = ["/", "/contact", *(_path(n) for n in range(len(entries)))]
    return _SITEMAP.format(
        "urlset", "".join(f"<url><loc>{base}{path}</loc></url>" for path in paths)
    ).encode()


def sitemap_index(base: str, *paths: str) -> bytes:
    """Return an index of sitemaps."""
    inner = "".join(f"<sitemap><loc>{base}{path}</loc></sitemap>" for path in paths)
    return _SITEMAP.format("sitemapindex", inner).encode()


_SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?><{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{1}</{0}>'
)
