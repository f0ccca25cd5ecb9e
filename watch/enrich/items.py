"""A harvest's entries as items: one identity and one date each, and no doubles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

from watch.domain import Entry, Harvest, Item, Record, Source
from watch.text.clean import shorten
from watch.text.digests import digest
from watch.text.urls import host, without_www

__all__ = ["to_items"]

# A title made of the first words of a text.
_TITLE_LENGTH = 90
_OUTLET_MARKS = (" - ", " – ", " — ", " | ", " · ", " :: ")
_FIRST_YEAR = 1990

# Identifiers that stand for one publication everywhere; of several the first decides.
_REGISTERS = ("doi", "family", "patent", "notice", "project")

_ROOT = re.compile(r"https?://[^/]+/(?:index\.\w+)?")


def to_items(harvest: Harvest) -> list[Item]:
    """Return one item per publication, in the order of the entries.

    Entries without title, text and address are left out. Of entries with one key the first
    gives its place and the longest text its words. The effective date is the earlier of the
    stated one and the visit's: what claims to come from the future is dated today.
    """
    shared = _shared(harvest.entries, _page)
    common = _shared(harvest.entries, _text)
    items: dict[str, Item] = {}
    for entry in harvest.entries:
        if not (entry.title.strip() or entry.text.strip() or entry.url):
            continue
        key = _key(entry, harvest, shared)
        known = items.get(key)
        if known is None or len(entry.text) > len(known.text):
            items[key] = _item(key, entry, harvest, has_own_text=entry.text not in common)
    return list(items.values())


def _item(key: str, entry: Entry, harvest: Harvest, has_own_text: bool) -> Item:
    """Return the item of one entry, with what is said of its language and without a print."""
    source = harvest.source
    outlet = source.name or harvest.title
    title = _title(entry, {outlet, harvest.title})
    return Item(
        key=key,
        url=entry.url,
        title=title,
        text=entry.text,
        language=(entry.language or source.language or harvest.language)[:2],
        published_at=_effective(entry.published_at, harvest.visited_at),
        first_seen_at=harvest.visited_at,
        source=source.id,
        outlet=outlet,
        kind=entry.kind or "news",
        author=entry.author,
        record=entry.record,
        digest=digest(title, entry.text, *_stated(entry.record)),
        has_own_text=has_own_text,
        cites=_elsewhere(entry, source),
    )


def _elsewhere(entry: Entry, source: Source) -> tuple[str, ...]:
    """Return the hosts that an entry cites, without its own and its source's."""
    if not entry.cites:
        return ()
    own = {without_www(host(url)) for url in (entry.url, source.url)}
    return tuple(name for name in entry.cites if without_www(name) not in own)


def _stated(record: Record) -> tuple[str, ...]:
    """Return what makes another revision of an item when it changes beside its words."""
    if not record:
        return ()
    return (str(record.deadline_at), record.status, str(record.amount))


def _shared(entries: Iterable[Entry], part: Callable[[Entry], str]) -> frozenset[str]:
    """Return the addresses, or the texts, that entries with different titles have in common."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        titles[part(entry)].add(entry.title)
    return frozenset(value for value, some in titles.items() if len(some) > 1)


def _text(entry: Entry) -> str:
    return entry.text


def _page(entry: Entry) -> str:
    """Return an address without what changes when a site moves to https or drops its www."""
    return without_www(entry.url.partition("://")[2])


def _key(entry: Entry, harvest: Harvest, shared: Collection[str]) -> str:
    """Return 32 hexadecimal digits: by address, else by guid, else by title, host and day.

    An address that several entries share, or a site's front page, tells nothing by itself and
    is joined with the title: where addresses are of no use, guids often change or are all the
    same. A guid is worth something on its own site only. What a register numbers has that
    number as its key, whichever service shows it.
    """
    for scheme in _REGISTERS:
        if scheme in entry.record.identifiers:
            return digest(scheme, entry.record.identifiers[scheme].casefold())
    page = _page(entry)
    if page and page not in shared and not _ROOT.fullmatch(entry.url):
        return digest("url", page)
    if page:
        return digest("page", page, entry.title or entry.guid or entry.text)
    place = host(harvest.source.url)
    if entry.guid:
        return digest("guid", place, entry.guid)
    # The day as it is stated: one that the visit sets would make another item at each visit.
    day = entry.published_at.date().isoformat() if entry.published_at else ""
    return digest("title", entry.title or entry.text, place, day)


def _title(entry: Entry, outlets: Collection[str]) -> str:
    """Return the entry's title without its outlet's name at the end, or the text's first words."""
    title = entry.title.strip()
    if not title:
        return shorten(" ".join(entry.text.split()), _TITLE_LENGTH) or str(entry.url)
    for mark in _OUTLET_MARKS:
        head, found, tail = title.rpartition(mark)
        if found and head.strip() and tail.strip().casefold() in {o.casefold() for o in outlets}:
            return head.strip()
    return title


def _effective(stated: datetime | None, seen_at: datetime) -> datetime:
    """Return the earlier of the stated instant and the one when we saw it."""
    if stated is None or stated.tzinfo is None or stated.year < _FIRST_YEAR or stated > seen_at:
        return seen_at
    return stated.astimezone(UTC)
