"""What a source said, word for word, before anything is made safe; and the way to make it safe.

Kinds return a `RawFeed`; `to_reading` alone turns one into entries. Nothing raw leaves the craft.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from watch.domain import NO_RECORD, NO_URL, Entry, Record, Source, WebUrl
from watch.sources.request import Request
from watch.text.cited import cited_hosts
from watch.text.clean import one_line, to_text
from watch.text.dates import read_date
from watch.text.language import two_letters
from watch.text.urls import canonical, joined

__all__ = ["RawEntry", "RawFeed", "Reading", "to_reading"]

MOST_TITLE = 500
MOST_NAME = 200
MOST_TEXT = 20_000
MOST_CATEGORIES = 50
_MOST_RAW_NAME = 1_000


@dataclass(slots=True)
class RawEntry:
    """One entry, word for word; "" for what it does not say."""

    guid: str = ""
    url: str = ""
    title: str = ""
    text: str = ""
    author: str = ""
    published: str | datetime = ""
    """As it is written, or an aware instant where the kind has read it itself."""
    updated: str | datetime = ""
    language: str = ""
    """"" where the feed's own is meant; a code without two letters, such as "und", for none."""
    categories: tuple[str, ...] = ()
    kind: str = ""
    record: Record = NO_RECORD

    def print(self) -> int:
        """Return 64 bits that change when a word of the entry changes."""
        words = (self.guid, self.url, self.title, self.text, self.author, str(self.published))
        written = "\0".join((*words, str(self.updated), *self.categories))
        if self.record:
            written += f"\0{self.record.deadline_at}\0{self.record.status}\0{self.record.amount}"
        digest = blake2b(written.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest)


@dataclass(slots=True)
class RawFeed:
    """One answer: the first `most_entries` of its entries, and how many more it holds."""

    title: str = ""
    link: str = ""
    """The site's own address: relative links are completed with it."""
    language: str = ""
    entries: list[RawEntry] = field(default_factory=list)
    skipped_count: int = 0
    flaw: str = ""
    """Empty, or a reason of `health.REASONS`: cut_short, malformed."""
    next: Request | None = None
    """What to ask for to read on: the next page, what a token opens."""
    mark: str | None = None
    """What the kind wants to know at the next visit; None leaves what was."""
    asked_every: timedelta | None = None
    """How often the source wishes to be asked, as it says itself (ttl, skip hours, a period)."""
    hub: str = ""
    """Where one could subscribe (WebSub)."""
    known: frozenset[int] = frozenset()
    """Prints that the next visit must know besides those of `entries`."""
    asks_again: bool = False
    """The next visit wants the whole body, even where nothing has changed."""


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
    asked_every: timedelta | None = None
    hub: WebUrl = NO_URL


def to_reading(
    feed: RawFeed,
    source: Source,
    base: str = "",
    seen: frozenset[int] = frozenset(),
    item_kind: str = "",
) -> Reading:
    """Return the safe entries of what a source said, in its own order.

    `base` is the address that answered in the end (the source's own by default): relative links
    complete it. Entries whose print is in `seen` are counted, not cleaned again. `item_kind` is
    what an entry is that does not say.
    """
    prints = [entry.print() for entry in feed.entries]
    fresh = [e for e, mark in zip(feed.entries, prints, strict=True) if mark not in seen]
    language = two_letters(feed.language)
    address = joined(base or source.url, feed.link)
    return Reading(
        entries=tuple(_safe(e, address, language, source.language, item_kind) for e in fresh),
        seen=frozenset(prints) | feed.known,
        known_count=len(prints) - len(fresh),
        skipped_count=feed.skipped_count,
        flaw=feed.flaw,
        title=one_line(feed.title, MOST_NAME),
        language=language,
        asked_every=feed.asked_every,
        hub=canonical(feed.hub, address) if feed.hub else NO_URL,
    )


def _safe(
    raw: RawEntry, base: str, feed_language: str, source_language: str, item_kind: str
) -> Entry:
    language = two_letters(raw.language) if raw.language else feed_language
    spoken = language or source_language
    return Entry(
        guid=one_line(raw.guid, MOST_TITLE),
        url=canonical(raw.url, base) if raw.url else NO_URL,
        title=one_line(raw.title, MOST_TITLE),
        text=to_text(raw.text, MOST_TEXT),
        author=_name(raw.author[:_MOST_RAW_NAME]),
        published_at=_instant(raw.published, spoken),
        updated_at=_instant(raw.updated, spoken),
        language=language,
        categories=_categories(raw.categories[:MOST_CATEGORIES]),
        kind=raw.kind or item_kind,
        record=_safe_record(raw.record) if raw.record else NO_RECORD,
        cites=cited_hosts(raw.text),
    )


def _safe_record(raw: Record) -> Record:
    return replace(
        raw,
        identifiers={scheme: one_line(id, MOST_NAME) for scheme, id in raw.identifiers.items()},
        codes={
            scheme: tuple(one_line(code, MOST_NAME) for code in codes[:MOST_CATEGORIES])
            for scheme, codes in raw.codes.items()
        },
        organisations=_categories(raw.organisations[:MOST_CATEGORIES]),
        currency=one_line(raw.currency, 3),
        country=one_line(raw.country, 2),
        region=one_line(raw.region, MOST_NAME),
        status=one_line(raw.status, MOST_NAME),
    )


def _instant(written: str | datetime, language: str) -> datetime | None:
    if isinstance(written, str):
        return read_date(written, language) if written else None
    return written


def _categories(raw: Iterable[str]) -> tuple[str, ...]:
    """Return each name once, in the source's order."""
    names = (_name(category[:_MOST_RAW_NAME]) for category in raw)
    return tuple(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=4096)
def _name(raw: str) -> str:
    """Return the safe name of an author or a category: a feed repeats few of them often."""
    return one_line(raw, MOST_NAME)
