"""A site made with WordPress that hides its feed still answers programs: its posts as JSON.

Source: WordPress REST API handbook, "Posts".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from watch.domain import NO_URL, Manners, Source, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.request import Reply, Request
from watch.sources.spot import head_links, page_title
from watch.text.urls import canonical, host

__all__ = ["WORDPRESS"]

_RELATION = "https://api.w.org/"
_PAGE = 50
_FIELDS = "id,link,date_gmt,modified_gmt,title,excerpt,content"


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners, now
    return Request(_posts(visit.source.url, 1))


def _posts(root: str, page: int) -> str:
    """Return the address of a page of posts, newest first; a root may hide in a query."""
    if "rest_route=" in root:
        return f"{root.rstrip('/')}/wp/v2/posts&per_page={_PAGE}&page={page}&_fields={_FIELDS}"
    return f"{root.rstrip('/')}/wp/v2/posts?per_page={_PAGE}&page={page}&_fields={_FIELDS}"


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    try:
        posts = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise VisitFailed("broken", f"no JSON: {error}") from error
    if not isinstance(posts, list):
        raise VisitFailed("broken", "JSON without a list of posts")
    some = [post for post in posts if isinstance(post, dict)]
    feed = RawFeed(entries=[_entry(post) for post in some[:most_entries]])
    # Older pages are asked for only where nothing of this one is known: then posts were missed.
    is_gap = bool(visit.seen) and not any(e.print() in visit.seen for e in feed.entries)
    if is_gap and len(posts) == _PAGE:
        page = int(reply.request.step or 1) + 1
        feed.next = Request(_posts(visit.source.url, page), step=str(page))
    return feed


def _entry(post: Mapping[str, Any]) -> RawEntry:
    link = post.get("link")
    return RawEntry(
        guid=str(link or post.get("id", "")),
        url=link if isinstance(link, str) else "",
        title=_rendered(post, "title"),
        text=_rendered(post, "content") or _rendered(post, "excerpt"),
        published=_utc(post.get("date_gmt")),
        updated=_utc(post.get("modified_gmt")),
    )


def _rendered(post: Mapping[str, Any], name: str) -> str:
    said = post.get(name)
    html = said.get("rendered") if isinstance(said, dict) else ""
    return html if isinstance(html, str) else ""


def _utc(written: object) -> str:
    return f"{written}Z" if isinstance(written, str) and written else ""


def _spot(reply: Reply) -> Iterator[Source]:
    for said in head_links(reply) if reply.body else ():
        url = canonical(said["href"]) if said.get("rel") == _RELATION else NO_URL
        if url:
            yield Source(url, page_title(reply) or host(url), WORDPRESS.name)
            return


WORDPRESS = Kind(
    "wordpress",
    "The posts of a site made with WordPress, asked from the site itself",
    read=_read,
    first=_first,
    most_requests=10,
    is_window=True,
    spot=_spot,
    example={"url": "https://journal.example/wp-json/"},
)
