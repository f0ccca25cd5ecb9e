"""Items: stored once, whoever shows them; edited ones keep what they said before."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from watch.domain import Item, WebUrl
from watch.store import models, opposition, records, search, vectors
from watch.store.among import among
from watch.store.clusters import primary_key
from watch.store.instants import as_columns
from watch.text.authors import signed
from watch.text.urls import without_www
from watch.text.words import searched

__all__ = [
    "Enriched",
    "Kept",
    "Owed",
    "Owes",
    "by_key",
    "count",
    "enrich",
    "keep",
    "owed",
    "owed_count",
    "to_item",
    "visible",
]


@dataclass(frozen=True, slots=True)
class Kept:
    """What storing a batch came to: how many were new, and which sources brought them."""

    new: int
    revised: int
    known: int
    new_by_source: Mapping[int, int]


class Owed(NamedTuple):
    """A stored item whose words nobody has looked at, and its number in the store."""

    id: int
    item: Item
    owes_story: bool
    """False for a revised one: it stays in the story where its readers found it."""


class Enriched(NamedTuple):
    """What was found in the words of a stored item, as they had this digest."""

    id: int
    digest: str
    language: str
    print: bytes
    stems: str
    story: str = ""
    """"" where it stays in its story."""
    why: str = ""
    marks: bytes = b""
    vector: bytes = b""
    """Where its title and text lie, as float16; b"" where no model was asked."""
    strand: str = ""
    """Where it was found to belong; "" where no act ties that to another story."""


class Owes(IntEnum):
    """What the column says. New items owe all; most stored ones owe nothing."""

    WORDS = 1
    PRINT = 2
    STORY = 4


# -- collecting ----------------------------------------------------------------------------


def keep(items: Sequence[Item], now: datetime) -> Kept:
    """Store items, sightings and revisions; call it inside `transaction.writing`.

    New items, and revised ones, owe what `owed` says. An item that is stored already changes
    only when its first source shows it with other words, or when its own site first shows it:
    then the old words become a revision and the item owes its readings again. Authors who
    oppose are not named.
    """
    if not items:  # as most visits bring
        return Kept(0, 0, 0, {})
    stored = _stored({item.key for item in items})
    sites = _sites(_contested(items, stored))
    first: dict[str, Item] = {}
    for item in items:
        if item.key not in first or _speaks_over(item.source, first[item.key].source, item, sites):
            first[item.key] = item
    fresh = [item for item in first.values() if item.key not in stored]
    revised = [
        (stored[item.key], item)
        for item in first.values()
        if item.key in stored and _may_revise(item, stored[item.key], sites)
    ]
    instant, opposed = as_columns(), opposition.every()
    at = instant(now)
    with connection.cursor() as cursor:
        cursor.executemany(_NEW, [_line(item, opposed, instant) for item in fresh])
        shown = dict.fromkeys((item.source, at, item.key) for item in items)
        cursor.executemany(_SIGHTING, list(shown))
    _revise(revised, opposed, now)
    counts: dict[int, int] = {}
    for item in fresh:
        counts[item.source] = counts.get(item.source, 0) + 1
    return Kept(len(fresh), len(revised), len(first) - len(fresh) - len(revised), counts)


# One executemany costs a fifth of what bulk_create does, which makes an object of every row and
# one long statement of every batch (`python -m bench.collect`).
_COLUMNS = (
    "key", "url", "title", "text", "language", "published_at", "first_seen_at", "source_id",
    "outlet", "kind", "author", "record", "deadline_at", "digest", "print", "marks", "story",
    "story_why", "owes", "cites",
)  # fmt: skip
_NEW = (
    f"INSERT INTO store_item ({', '.join(_COLUMNS)})"  # noqa: S608 - all of it is constant
    f" VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT DO NOTHING"
)
_SIGHTING = (
    "INSERT INTO store_sighting (item_id, source_id, seen_at)"
    " SELECT id, %s, %s FROM store_item WHERE key = %s ON CONFLICT DO NOTHING"
)


def _line(
    item: Item, opposed: frozenset[str], instant: Callable[[datetime], Any]
) -> tuple[Any, ...]:
    """Return the values of a new item's columns. Until it has a story it is one by itself."""
    record = json.dumps(records.to_json(item.record)) if item.record else "{}"
    deadline_at = item.record.deadline_at
    return (
        item.key,
        item.url,
        item.title,
        item.text,
        item.language,
        instant(item.published_at),
        instant(item.first_seen_at),
        item.source,
        item.outlet,
        item.kind,
        signed(item.author, opposed),
        record,
        instant(deadline_at) if deadline_at else None,
        item.digest,
        b"",
        b"",
        item.key,
        "",
        _debt(item) | Owes.STORY,
        " ".join(item.cites),
    )


def _debt(item: Item) -> int:
    return Owes.WORDS | Owes.PRINT if item.has_own_text else Owes.WORDS


# SQLite takes 32,766 values in a question, or more; a batch of long feeds may bring as many keys.
_KEYS_AT_ONCE = 10_000


class _Stored(NamedTuple):
    """What deciding about a revision needs of a stored item."""

    id: int
    digest: str
    source: int


def _stored(keys: Collection[str]) -> dict[str, _Stored]:
    every = list(keys)
    found: dict[str, _Stored] = {}
    for start in range(0, len(every), _KEYS_AT_ONCE):
        some = among(every[start : start + _KEYS_AT_ONCE])
        rows = models.Item.objects.filter(key__in=some)
        columns = rows.values_list("key", "pk", "digest", "source_id")
        found |= {key: _Stored(pk, digest, source) for key, pk, digest, source in columns}
    return found


def _contested(items: Iterable[Item], stored: Mapping[str, _Stored]) -> set[int]:
    """Return the sources that show what another source shows, or has shown, too."""
    shown: dict[str, int] = {key: row.source for key, row in stored.items()}
    contested: set[int] = set()
    for item in items:
        other = shown.setdefault(item.key, item.source)
        if other != item.source:
            contested |= {other, item.source}
    return contested


def _sites(sources: Collection[int]) -> dict[int, str]:
    """Return the host of each source."""
    if not sources:
        return {}
    rows = models.Source.objects.filter(pk__in=sources).values_list("pk", "url")
    return {id: site_of(url) for id, url in rows}


def _may_revise(item: Item, row: _Stored, sites: Mapping[int, str]) -> bool:
    """Return whether the source that shows an item may change what is stored of it."""
    if item.source == row.source:
        return item.digest != row.digest
    return _speaks_over(item.source, row.source, item, sites)


def _speaks_over(one: int, other: int, item: Item, sites: Mapping[int, str]) -> bool:
    """Return whether the page is that of one source's own site, and not of the other's.

    Else whoever links to a page first could put words into its mouth for good.
    """
    if one == other:
        return False
    page = site_of(item.url)
    return is_of(sites.get(one, ""), page) and not is_of(sites.get(other, ""), page)


def site_of(url: str) -> str:
    """Return the host of an address, without www."""
    return without_www(urlsplit(url).hostname or "")


def is_of(site: str, page: str) -> bool:
    """Return whether a page's host is a source's own: the same, above or below it."""
    return bool(site) and (site == page or site.endswith(f".{page}") or page.endswith(f".{site}"))


def _revise(pairs: Sequence[tuple[_Stored, Item]], opposed: frozenset[str], now: datetime) -> None:
    if not pairs:
        return
    rows = models.Item.objects.in_bulk([row.id for row, _ in pairs])
    set_aside(rows.values(), now)
    for stored, item in pairs:
        row = rows[stored.id]
        row.title, row.text, row.digest = item.title, item.text, item.digest
        row.source_id, row.outlet = item.source, item.outlet
        row.author = signed(item.author, opposed)
        row.language = item.language or row.language
        row.cites = " ".join(item.cites)
        row.record, row.deadline_at = records.to_json(item.record), item.record.deadline_at
        row.owes = row.owes & Owes.STORY | _debt(item)
    columns = [
        "title",
        "text",
        "digest",
        "source",
        "outlet",
        "author",
        "language",
        "record",
        "cites",
    ]
    models.Item.objects.bulk_update(rows.values(), [*columns, "deadline_at", "owes"])
    # Its page may have changed, too: it is owed anew.
    models.PageAttempt.objects.filter(item__in=list(rows)).delete()


def set_aside(rows: Collection[models.Item], now: datetime) -> None:
    """Keep what items say before it changes: as revisions. They owe their readings again.

    The index forgets only who tells it all the words that it was told; what still owes its words
    was never told to it.
    """
    models.Revision.objects.bulk_create(
        models.Revision(
            item=row, title=row.title, text=row.text, digest=row.digest, replaced_at=now
        )
        for row in rows
    )
    search.forget([
        (row.pk, searched(row.title, row.text, row.language))
        for row in rows
        if not row.owes & Owes.WORDS
    ])  # fmt: skip
    models.Reading.objects.filter(item__in=[row.pk for row in rows]).delete()


# -- enriching -----------------------------------------------------------------------------


def owed(after: int, limit: int) -> list[Owed]:
    """Return items that are not enriched, with a number above `after`, in the order they came."""
    rows = models.Item.objects.filter(owes__gt=0, pk__gt=after).order_by("pk")[:limit]
    return [
        Owed(
            row.pk,
            replace(to_item(row), has_own_text=bool(row.owes & Owes.PRINT)),
            bool(row.owes & Owes.STORY),
        )
        for row in rows
    ]


def owed_count() -> int:
    """Return how many items are not enriched."""
    return models.Item.objects.filter(owes__gt=0).count()


def enrich(found: Sequence[Enriched], model: str = "") -> int:
    """Keep what was found in items' words and index them; return of how many.

    `model` is the id of the embedder whose vectors they bring. Call it inside
    `transaction.writing`. What somebody else has enriched meanwhile, or what was revised, is
    passed over: the latter owes it again.
    """
    rows = models.Item.objects.filter(pk__in=[one.id for one in found], owes__gt=0)
    waiting = set(rows.select_for_update().values_list("pk", "digest"))
    some = [one for one in found if (one.id, one.digest) in waiting]
    with connection.cursor() as cursor:
        cursor.executemany(_WORDS, [(o.language, o.print, o.marks, o.id) for o in some])
        cursor.executemany(_STORY, [(o.story, o.strand, o.why, o.id) for o in some if o.story])
    search.index([(one.id, one.stems) for one in some])
    vectors.keep(model, [(one.id, one.vector) for one in some if one.vector])
    return len(some)


_WORDS = "UPDATE store_item SET language = %s, print = %s, marks = %s, owes = 0 WHERE id = %s"
_STORY = "UPDATE store_item SET story = %s, strand = %s, story_why = %s WHERE id = %s"


# -- asking --------------------------------------------------------------------------------


def by_key(cluster: str, key: str) -> Item | None:
    """Return one item if the cluster may see it."""
    row = visible(primary_key(cluster)).filter(key=key).first()
    return to_item(row) if row else None


def revisions(cluster: str, key: str) -> list[tuple[datetime, str, str]]:
    """Return what an item said before, newest first: (replaced at, title, text)."""
    rows = models.Revision.objects.filter(
        item__in=visible(primary_key(cluster)).filter(key=key)
    ).order_by("-replaced_at")
    return list(rows.values_list("replaced_at", "title", "text"))


def count(cluster: str = "") -> int:
    """Return how many items there are, or how many a cluster can see."""
    rows = visible(primary_key(cluster)) if cluster else models.Item.objects.all()
    return rows.aggregate(count=Count("pk"))["count"] or 0


def visible(cluster_pk: int) -> QuerySet[models.Item]:
    """Return the items that a source of the cluster has shown: nothing else may it see."""
    shown = models.Sighting.objects.filter(
        item=OuterRef("pk"), source__holdings__cluster=cluster_pk
    )
    return models.Item.objects.filter(Exists(shown))


def to_item(row: models.Item) -> Item:
    """Return the value that a row mirrors."""
    return Item(
        key=row.key,
        url=WebUrl(row.url),
        title=row.title,
        text=row.text,
        language=row.language,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        source=row.source_id,
        outlet=row.outlet,
        kind=row.kind,
        author=row.author,
        record=records.from_json(row.record),
        digest=row.digest,
        print=bytes(row.print),
        cites=tuple(row.cites.split()),
    )
