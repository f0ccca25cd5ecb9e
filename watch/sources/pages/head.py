"""A page's answer -> what it says of itself in its head: an entry, and the name of its site."""

from __future__ import annotations

from html import escape

from watch.domain import WebUrl
from watch.sources.raw import RawEntry
from watch.sources.request import Reply

__all__ = ["read_head"]

_DESCRIPTIONS = ("description", "og:description", "dc.description", "twitter:description")
_INSTANTS = ("article:published_time", "og:published_time", "datepublished")


def read_head(reply: Reply, url: WebUrl, changed: str) -> tuple[RawEntry, str] | None:
    """Return the entry of the page at `url` and its site's name; None for what is no page.

    `changed` is when its site says that it last changed: the date of a page that tells none.
    """
    # A worker that visits feeds alone need not carry the parsers of pages.
    from watch.sources.pages.markup import parse
    from watch.sources.pages.published import published_on
    from watch.sources.pages.title import page_title, site_name

    page = parse(reply.body, url, reply.content_type)
    title = page_title(page) if page else ""
    if page is None or not title:
        return None
    day = published_on(page, reply.asked_at)
    written = day.isoformat() if day else changed
    # Where the page states the hour of that very day, it is believed.
    instants = (page.meta(name) for name in _INSTANTS)
    published = next((one for one in instants if day and one.startswith(written)), written)
    entry = RawEntry(
        guid=url,
        url=url,
        title=escape(title, quote=False),
        text=escape(page.meta(*_DESCRIPTIONS), quote=False),
        published=published,
        language=page.tree.get("lang") or "",
    )
    return entry, site_name(page)
