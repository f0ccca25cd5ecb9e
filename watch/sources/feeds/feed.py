"""A feed's body -> what it says: RSS, RDF, Atom, JSON Feed, in whatever state they come."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from watch.domain import Manners, Source, Visit
from watch.sources.door.unpack import Unpacking
from watch.sources.encoding import to_utf8
from watch.sources.feeds.feed_json import read_json
from watch.sources.feeds.feed_old import read_old
from watch.sources.feeds.feed_xml import read_xml
from watch.sources.feeds.wishes import in_headers, longest
from watch.sources.health import VisitFailed
from watch.sources.raw import RawFeed, Reading, to_reading
from watch.sources.request import Reply, Request
from watch.sources.xml_guard import FORBIDDEN
from watch.text.urls import canonical, host

# A feed of this size without one entry was not understood.
_SUSPICIOUS = 5_000
_HEAD = 8_192
# Of a source that is new here, so many pages are read.
_FIRST_PAGES = 3
_HUB = re.compile(
    r"""<([^<>]{1,2000})>[^<>]{0,500}?;\s*rel\s*=\s*"?(?:[\w-]+\s+)*hub\b""", re.IGNORECASE
)
_FEED_MARK = re.compile(rb"<(?:[a-z]{1,10}:)?(?:rss|feed|rdf|channel|entry)[\s>/]", re.IGNORECASE)
_PAGE_MARK = re.compile(rb"<(?:!doctype\s+html|html|body)[\s>]", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(?!#?[A-Za-z0-9]{1,31};)")
_NUMBER = re.compile(rb"&#(?:([0-9]{1,7})|[xX]([0-9A-Fa-f]{1,6}));")


def read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    """Return what a feed says, in its own order.

    Raises `VisitFailed`: empty, not_a_feed, dangerous, broken.
    """
    feed = _read(reply.body, reply.content_type, most_entries)
    _heed_headers(feed, reply)
    feed.next = _following(feed, reply, visit)
    return feed


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
    if body.startswith(b"\x1f\x8b"):
        body = _inflated(body)
    return _raw(to_utf8(body, content_type).lstrip(), most_entries)


def _inflated(body: bytes) -> bytes:
    """Return what was stored packed, and sent as if it were not."""
    unpacking = Unpacking(Manners(), is_packed=True)
    unpacking.take(body)
    return unpacking.body()


# -- what an answer says besides its body ---------------------------------------------------


def _heed_headers(feed: RawFeed, reply: Reply) -> None:
    """Add what the headers say: where the body lives, its language, its hub, how long it holds."""
    place = canonical(reply.headers.get("Content-Location", ""), reply.url)
    if place and "Content-Location" in reply.headers:
        feed.link = urljoin(place, feed.link.strip())
    languages = reply.headers.get("Content-Language", "")
    if not feed.language and "," not in languages:
        feed.language = languages.strip()
    if not feed.hub and (hub := _HUB.search(reply.headers.get("Link", ""))):
        feed.hub = hub[1]
    feed.asked_every = longest(feed.asked_every, in_headers(reply.headers, reply.asked_at))


def _following(feed: RawFeed, reply: Reply, visit: Visit) -> Request | None:
    """Return the request for the page before this one (RFC 5005), where it may hold what is new.

    It may at a first visit, three pages far, and wherever nothing on this page is known. It lies
    on the same host, or is not asked for.
    """
    if feed.next is None or not feed.entries:
        return None
    page = int(reply.request.step or 1)
    url = canonical(feed.next.url, urljoin(reply.url, feed.link.strip()))
    if not url or url == canonical(reply.url) or host(url) != host(canonical(reply.url)):
        return None
    if visit.seen:
        is_wanted = visit.seen.isdisjoint(entry.print() for entry in feed.entries)
    else:
        is_wanted = page < _FIRST_PAGES
    return Request(url, step=str(page + 1)) if is_wanted else None


# -- which reader ---------------------------------------------------------------------------


def _raw(body: bytes, most_entries: int) -> RawFeed:
    if body.startswith(b"{"):
        return read_json(body, most_entries)
    body = body[_start(body) :]
    feed = read_xml(body, most_entries)
    if feed.flaw == "malformed":
        body = _NUMBER.sub(_possible, body.translate(None, FORBIDDEN))
        body = _AMPERSAND.sub(b"&amp;", body)
        feed = read_xml(body, most_entries)
    if feed.flaw == "malformed" or (not feed.entries and len(body) > _SUSPICIOUS):
        feed = _fuller(feed, read_old(body, most_entries))
    if feed.flaw and not feed.entries:
        raise VisitFailed("broken", "no entry could be read")
    return feed


def _possible(reference: re.Match[bytes]) -> bytes:
    """Return the reference to a character, or nothing where XML knows no such character."""
    code = int(reference[1]) if reference[1] else int(reference[2], 16)
    is_one = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0x110000
    return reference[0] if is_one else b""


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
