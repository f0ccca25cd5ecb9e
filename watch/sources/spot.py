"""What a page shows of its site's feeds and sitemaps: declared in its head, or usual for sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from watch.domain import Source, WebUrl
from watch.sources.encoding import to_utf8
from watch.sources.request import Reply
from watch.text.clean import one_line
from watch.text.urls import canonical, host, joined

__all__ = ["declared_feeds", "head_links", "page_title", "usual_feeds", "usual_sitemaps"]

_USUAL = ("/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/spip.php?page=backend")
# What a site tells robots comes first: it names its sitemaps, wherever they lie.
_SITEMAPS = ("/robots.txt", "/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")
_TYPES = frozenset(
    f"application/{name}" for name in ("rss+xml", "atom+xml", "feed+json", "rdf+xml")
)
# A feed of comments is no news; many sites declare one beside their own.
_ASIDE = re.compile(r"/comments?/|commentaires?|/comments$", re.IGNORECASE)
_MOST_PAGE = 300_000
_TAG = re.compile(r"<(link|base)\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z-]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)


def declared_feeds(reply: Reply) -> Iterator[Source]:
    """Yield the feeds that a page declares, in its order, those of comments last."""
    found: dict[WebUrl, Source] = {}
    for said in head_links(reply):
        if said.get("type", "").lower() in _TYPES and "alternate" in said.get("rel", "").lower():
            url = canonical(said["href"])
            if url:
                found.setdefault(url, Source(url, one_line(said.get("title", "")) or host(url)))
    yield from sorted(found.values(), key=lambda source: bool(_ASIDE.search(source.url)))


def usual_feeds(reply: Reply) -> Iterator[Source]:
    """Yield the addresses at which sites of every make keep a feed that they do not declare."""
    below = reply.url.partition("?")[0].rstrip("/")
    site = "/".join(reply.url.split("/", 3)[:3])
    # A site that is a folder of another keeps its feed in the folder.
    folder = [below + _USUAL[0]] if below != site else []
    for place in (*folder, *(site + path for path in _USUAL)):
        url = canonical(place)
        if url:
            yield Source(url, host(url))


def usual_sitemaps(reply: Reply) -> Iterator[Source]:
    """Yield the addresses at which a site keeps its sitemap, or says where it lies."""
    site = "/".join(reply.url.split("/", 3)[:3])
    for path in _SITEMAPS:
        if url := canonical(site + path):
            yield Source(url, host(url), "sitemap")


def head_links(reply: Reply) -> Iterator[dict[str, str]]:
    """Yield the attributes of a page's `<link>`s; `href` is absolute, by its `<base>`."""
    base = reply.url
    for tag, written in _TAG.findall(_html(reply)):
        said = {
            name.lower(): unescape(one or two or three).strip()
            for name, one, two, three in _ATTRIBUTE.findall(written)
        }
        if tag.lower() == "base":
            base = joined(reply.url, said.get("href", ""))
        elif said.get("href"):
            yield {**said, "href": joined(base, said["href"])}


def page_title(reply: Reply) -> str:
    """Return what a page calls itself, or ""."""
    found = _TITLE.search(_html(reply))
    return one_line(found[1], 200) if found else ""


def _html(reply: Reply) -> str:
    return to_utf8(reply.body[:_MOST_PAGE], reply.content_type).decode("utf-8", "replace")
