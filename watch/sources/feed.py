"""A feed's body -> its entries, safe: RSS, RDF, Atom, JSON Feed, in whatever state they come."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from watch.domain import NO_URL, Entry, Source
from watch.sources.encoding import to_utf8
from watch.sources.feed_json import read_json
from watch.sources.feed_old import read_old
from watch.sources.feed_xml import read_xml
from watch.sources.health import VisitFailed
from watch.sources.raw import RawEntry, RawFeed
from watch.text.clean import one_line, to_text
from watch.text.dates import read_date
from watch.text.urls import canonical

MOST_TITLE = 500
MOST_NAME = 200
MOST_TEXT = 20_000
MOST_CATEGORIES = 50
_MOST_RAW_NAME = 1_000

# A feed of this size without one entry was not understood.
_SUSPICIOUS = 5_000
_HEAD = 8_192
_FEED_MARK = re.compile(rb"<(?:[a-z]{1,10}:)?(?:rss|feed|rdf|channel)[\s>/]", re.IGNORECASE)
_PAGE_MARK = re.compile(rb"<(?:!doctype\s+html|html|body)[\s>]", re.IGNORECASE)
_AMPERSAND = re.compile(rb"&(?!#?[A-Za-z0-9]{1,31};)")
_FORBIDDEN = bytes(byte for byte in range(32) if byte not in b"\t\n\r")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body held. `entries` are the new and the changed; `seen` are the prints of all."""

    entries: tuple[Entry, ...]
    seen: frozenset[int]
    known_count: int = 0
    skipped_count: int = 0
    flaw: str = ""
    title: str = ""
    language: str = ""


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
    if not body.strip():
        raise VisitFailed("empty")
    feed = _raw(to_utf8(body, content_type).lstrip(), most_entries)
    prints = [entry.print() for entry in feed.entries]
    fresh = [e for e, mark in zip(feed.entries, prints, strict=True) if mark not in seen]
    language = _language(feed.language)
    address = _joined(base or source.url, feed.link)
    return Reading(
        entries=tuple(_safe(entry, address, language, source.language) for entry in fresh),
        seen=frozenset(prints),
        known_count=len(prints) - len(fresh),
        skipped_count=feed.skipped_count,
        flaw=feed.flaw,
        title=one_line(feed.title, MOST_NAME),
        language=language,
    )


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


# -- making it safe -------------------------------------------------------------------------


def _safe(raw: RawEntry, base: str, feed_language: str, source_language: str) -> Entry:
    language = _language(raw.language) or feed_language
    spoken = language or source_language
    return Entry(
        guid=one_line(raw.guid, MOST_TITLE),
        url=canonical(raw.url, base) if raw.url else NO_URL,
        title=one_line(raw.title, MOST_TITLE),
        text=to_text(raw.text, MOST_TEXT),
        author=_name(raw.author[:_MOST_RAW_NAME]),
        published_at=read_date(raw.published, spoken) if raw.published else None,
        updated_at=read_date(raw.updated, spoken) if raw.updated else None,
        language=language,
        categories=_categories(raw.categories[:MOST_CATEGORIES]),
    )


def _categories(raw: Iterable[str]) -> tuple[str, ...]:
    """Return each category once, in the feed's order."""
    names = (_name(category[:_MOST_RAW_NAME]) for category in raw)
    return tuple(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=4096)
def _name(raw: str) -> str:
    """Return the safe name of an author or a category: a feed repeats few of them often."""
    return one_line(raw, MOST_NAME)


def _language(written: str) -> str:
    """Return the two letters of "fr", "fr-FR" or "FR_fr"; "" for anything else.

    >>> _language("fr-CA"), _language("français"), _language("x")
    ('fr', '', '')
    """
    found = re.match(r"([A-Za-z]{2})(?:[-_]|$)", written.strip())
    return found[1].lower() if found else ""


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return base
