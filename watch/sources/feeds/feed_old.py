"""What feedparser makes of a body that is no XML: twenty years of other people's mistakes.

It costs thirty times the pass over expat, so it is asked only where that pass stumbled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from watch.sources.feeds.wishes import in_channel
from watch.sources.feeds.words import person
from watch.sources.health import VisitFailed
from watch.sources.raw import RawEntry, RawFeed

MOST_BYTES = 1_000_000
"""What is read of such a body."""

# It takes some 20 microseconds a tag; a real feed of this size has 20,000.
_MOST_TAGS = 50_000
_MOST_EQUALS = 200
_LONG_TAG = re.compile(rb"<[^<>]{1000,}")
# Of a feed whose every element bears a prefix, declared nowhere.
_PREFIX = re.compile(rb"(</?)(?:rss|rdf|atom)\d{0,2}:(?=[a-z])", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:rss|rdf|feed)[\s>:]", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[a-z0-9]{1,10}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def read_old(body: bytes, most_entries: int) -> RawFeed:
    """Return what feedparser finds in a UTF-8 body; raise `VisitFailed` where that is unsafe.

    `flaw` is "malformed", or "cut_short" where only the beginning was read.
    """
    head = body[:MOST_BYTES]
    if not _ITEM.search(head):
        return RawFeed(flaw="malformed")
    if _ENTITY.search(head):
        raise VisitFailed("dangerous", "it declares entities of its own")
    if head.count(b"<") > _MOST_TAGS:
        raise VisitFailed("dangerous", f"no XML, and more than {_MOST_TAGS} tags")
    if any(tag.count(b"=") > _MOST_EQUALS for tag in _LONG_TAG.findall(head)):
        raise VisitFailed("dangerous", "an element has hundreds of attributes")
    found = _parsed(head)
    if not found.get("entries") and _PREFIX.search(head):
        # Such a feed may begin with a broken declaration too: its root is a new beginning.
        root = _ROOT.search(head)
        found = _parsed(_PREFIX.sub(rb"\1", head[root.start() if root else 0 :]))
    entries = found.get("entries", [])
    channel = found.get("feed", {})
    return RawFeed(
        title=_word(channel, "title"),
        link=_word(channel, "link"),
        language=_word(channel, "language"),
        asked_every=in_channel({"ttl": _word(channel, "ttl")}),
        hub=_address(channel, "hub"),
        # As plain dictionaries: its own kind warns, and takes one date for another.
        entries=[_entry(dict(entry)) for entry in entries[:most_entries]],
        skipped_count=max(len(entries) - most_entries, 0),
        flaw="malformed" if len(head) == len(body) else "cut_short",
    )


def _parsed(body: bytes) -> Mapping[str, Any]:
    """Return feedparser's result: of a stream, for bytes or text it would open as file or URL."""
    # Not before it is needed: it and what it loads take 3 MB, and most rounds never ask it.
    import feedparser

    try:
        found: Mapping[str, Any] = feedparser.parse(
            BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # it raises whatever a broken body trips it over
        raise VisitFailed("broken", f"{type(error).__name__}: {error}") from error
    return found


def _entry(entry: Mapping[str, Any]) -> RawEntry:
    contents = [_word(content, "value") for content in entry.get("content", ())]
    return RawEntry(
        guid=_word(entry, "id"),
        url=_word(entry, "link"),
        title=_word(entry, "title"),
        text=max([_word(entry, "summary"), *contents], key=len),
        author=person(_word(entry, "author")),
        published=_word(entry, "published"),
        updated=_word(entry, "updated"),
        language=_word(entry.get("title_detail") or {}, "language"),
        categories=tuple(filter(None, (_word(tag, "term") for tag in entry.get("tags", ())))),
    )


def _address(channel: Mapping[str, Any], rel: str) -> str:
    links = (link for link in channel.get("links", ()) if link.get("rel") == rel)
    return _word(next(links, {}), "href")


def _word(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""
