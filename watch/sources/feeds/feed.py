"""A feed's body -> what it says: RSS, RDF, Atom, JSON Feed, in whatever state they come."""

from __future__ import annotations

import re

from watch.domain import Source, Visit
from watch.sources.encoding import to_utf8
from watch.sources.feeds.feed_json import read_json
from watch.sources.feeds.feed_old import read_old
from watch.sources.feeds.feed_xml import read_xml
from watch.sources.health import VisitFailed
from watch.sources.raw import RawFeed, Reading, to_reading
from watch.sources.request import Reply

# A feed of this size without one entry was not understood.
_SUSPICIOUS = 5_000
_HEAD = 8_192
_FEED_MARK = re.compile(rb"<(?:[a-z]{1,10}:)?(?:rss|feed|rdf|channel)[\s>/]", re.IGNORECASE)
_PAGE_MARK = re.compile(rb"<(?:!doctype\s+html|html|body)[\s>]", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(?!#?[A-Za-z0-9]{1,31};)")
_FORBIDDEN = bytes(byte for byte in range(32) if byte not in b"\t\n\r")


def read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    """Return what a feed says, in its own order.

    Raises `VisitFailed`: empty, not_a_feed, dangerous, broken.
    """
    del visit
    return _read(reply.body, reply.content_type, most_entries)


def read_feed(
    body: bytes,
    content_type: str,
    source: Source,
    base: str = "",
    seen: frozenset[int] = frozenset(),
    most_entries: int = 2_000,
) -> Reading:
    """Return the safe entries of a feed, in its own order.

    `content_type` is the header's value or "". `base` is the address that answered in the end
    (the source's own by default): relative links complete it. Entries whose print is in `seen`
    are counted, not cleaned again. Raises `VisitFailed`: empty, not_a_feed, dangerous, broken.
    """
    return to_reading(_read(body, content_type, most_entries), source, base, seen)


def _read(body: bytes, content_type: str, most_entries: int) -> RawFeed:
    if not body.strip():
        raise VisitFailed("empty")
    return _raw(to_utf8(body, content_type).lstrip(), most_entries)


# -- which reader ---------------------------------------------------------------------------


def _raw(body: bytes, most_entries: int) -> RawFeed:
    if body.startswith(b"{"):
        return read_json(body, most_entries)
    body = body[_start(body) :]
    feed = read_xml(body, most_entries)
    if feed.flaw == "malformed":
        body = _AMPERSAND.sub(b"&amp;", body.translate(None, _FORBIDDEN))
        feed = read_xml(body, most_entries)
    if feed.flaw == "malformed" or (not feed.entries and len(body) > _SUSPICIOUS):
        feed = _fuller(feed, read_old(body, most_entries))
    if feed.flaw and not feed.entries:
        raise VisitFailed("broken", "no entry could be read")
    return feed


def _start(body: bytes) -> int:
    """Return where the feed begins; raise `VisitFailed` for what does not look like one."""
    mark = _FEED_MARK.search(body, 0, _HEAD)
    page = _PAGE_MARK.search(body, 0, _HEAD)
    if mark is None or (page is not None and page.start() < mark.start()):
        raise VisitFailed("not_a_feed", "a page" if page else "no feed begins here")
    prologue = body.find(b"<?xml", 0, mark.start())
    if prologue >= 0:
        return prologue
    return 0 if body.startswith(b"<") else mark.start()


def _fuller(one: RawFeed, other: RawFeed) -> RawFeed:
    """Return the reading that found more entries; of two equal ones the first."""
    return max(one, other, key=lambda feed: len(feed.entries) + feed.skipped_count)
