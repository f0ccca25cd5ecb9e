"""JSON Feed 1 and 1.1 (jsonfeed.org); a field of an unexpected type counts as not said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from watch.sources.health import VisitFailed
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.request import Request


def read_json(body: bytes, most_entries: int) -> RawFeed:
    """Return the feed of a UTF-8 body; raise `VisitFailed` (not_a_feed, broken)."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise VisitFailed("broken", f"no JSON: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise VisitFailed("not_a_feed", "JSON without a list of items")
    entries = [item for item in items if isinstance(item, dict)]
    author = _author(feed)
    return RawFeed(
        title=_word(feed, "title"),
        link=_word(feed, "home_page_url"),
        language=_word(feed, "language"),
        entries=[_entry(item, author) for item in entries[:most_entries]],
        skipped_count=max(len(entries) - most_entries, 0),
        next=Request(_word(feed, "next_url")) if _word(feed, "next_url") else None,
        hub=_hub(feed),
    )


def _hub(feed: Mapping[str, Any]) -> str:
    """Return the address of the first hub for subscriptions (WebSub)."""
    hubs = feed.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and _word(hub, "type").lower() in ("websub", "pubsubhubbub"):
            return _word(hub, "url")
    return ""


def _entry(item: Mapping[str, Any], author: str) -> RawEntry:
    tags = item.get("tags")
    return RawEntry(
        guid=_word(item, "id"),
        url=_word(item, "url") or _word(item, "external_url"),
        title=_word(item, "title"),
        text=_word(item, "content_html") or _word(item, "content_text") or _word(item, "summary"),
        author=_author(item) or author,
        published=_word(item, "date_published"),
        updated=_word(item, "date_modified"),
        language=_word(item, "language"),
        categories=tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else (),
    )


def _author(said: Mapping[str, Any]) -> str:
    """Return the first author's name: `authors` of version 1.1, else `author` of version 1."""
    authors = said.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else said.get("author")
    return _word(first, "name") if isinstance(first, dict) else ""


def _word(said: Mapping[str, Any], key: str) -> str:
    """Return a string; a number where an id was meant; "" for anything else."""
    value = said.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**30 else ""
    return value.strip() if isinstance(value, str) else ""
