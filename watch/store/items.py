"""Items: stored once, whoever shows them; edited ones keep what they said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import Count, Exists, OuterRef, QuerySet

from watch.domain import Item, WebUrl
from watch.store import models, records, search
from watch.store.clusters import primary_key

__all__ = ["Card", "Kept", "by_key", "cards", "count", "keep", "to_item", "visible"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What storing a batch came to: how many were new, and which sources brought them."""

    new: int
    revised: int
    known: int
    new_by_source: Mapping[int, int]


class Card(NamedTuple):
    """What joining stories needs of a stored item."""

    key: str
    story: str
    title: str
    print: bytes
    published_at: datetime
    language: str


def keep(items: Sequence[Item], stories: Mapping[str, tuple[str, str]], now: datetime) -> Kept:
    """Store items, sightings and revisions; call it inside `transaction.writing`.

    `stories` maps the key of each new item to its story's key and to what ties it there; an
    item without an entry begins a story of its own. An item that is stored already changes
    only when its first source shows it with other words, or when its own site first shows it:
    then the old words become a revision and the item owes its readings again.
    """
    stored = _stored(item.key for item in items)
    sites = _sites(items, stored)
    first: dict[str, Item] = {}
    for item in items:
        if item.key not in first or _speaks_over(item.source, first[item.key].source, item, sites):
            first[item.key] = item
    fresh = [item for item in first.values() if item.key not in stored]
    models.Item.objects.bulk_create(
        [_row(item, *stories.get(item.key, (item.key, ""))) for item in fresh],
        ignore_conflicts=True,
        batch_size=500,
    )
    ids = {key: row.pk for key, row in _stored(first).items()}
    revised = [
        (stored[item.key], item)
        for item in first.values()
        if item.key in stored and _may_revise(item, stored[item.key], sites)
    ]
    _revise(revised, now)
    models.Sighting.objects.bulk_create(
        [
            models.Sighting(item_id=ids[key], source_id=source, seen_at=now)
            for key, source in sorted({(item.key, item.source) for item in items})
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    search.index([(ids[item.key], item) for item in fresh])
    counts: dict[int, int] = {}
    for item in fresh:
        counts[item.source] = counts.get(item.source, 0) + 1
    return Kept(len(fresh), len(revised), len(first) - len(fresh) - len(revised), counts)


def _stored(keys: Iterable[str]) -> dict[str, models.Item]:
    rows = models.Item.objects.filter(key__in=list(keys)).only("key", "digest", "source_id")
    return {row.key: row for row in rows}


def _sites(items: Sequence[Item], stored: Mapping[str, models.Item]) -> dict[int, str]:
    """Return the host of every source that has to do with a batch."""
    ids = {item.source for item in items} | {row.source_id for row in stored.values()}
    rows = models.Source.objects.filter(pk__in=ids).values_list("pk", "url")
    return {id: _site(url) for id, url in rows}


def _may_revise(item: Item, row: models.Item, sites: Mapping[int, str]) -> bool:
    """Return whether the source that shows an item may change what is stored of it."""
    if item.source == row.source_id:
        return item.digest != row.digest
    return _speaks_over(item.source, row.source_id, item, sites)


def _speaks_over(one: int, other: int, item: Item, sites: Mapping[int, str]) -> bool:
    """Return whether the page is that of one source's own site, and not of the other's.

    Else whoever links to a page first could put words into its mouth for good.
    """
    page = _site(item.url)
    return is_of(sites.get(one, ""), page) and not is_of(sites.get(other, ""), page)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def is_of(site: str, page: str) -> bool:
    """Return whether a page's host is a source's own: the same, above or below it."""
    return bool(site) and (site == page or site.endswith(f".{page}") or page.endswith(f".{site}"))


def _revise(pairs: Sequence[tuple[models.Item, Item]], now: datetime) -> None:
    if not pairs:
        return
    rows = models.Item.objects.in_bulk([row.pk for row, _ in pairs])
    models.Revision.objects.bulk_create(
        models.Revision(
            item=row, title=row.title, text=row.text, digest=row.digest, replaced_at=now
        )
        for row in rows.values()
    )
    search.forget([(pk, to_item(row)) for pk, row in rows.items()])
    for short, item in pairs:
        row = rows[short.pk]
        row.title, row.text, row.digest, row.print = item.title, item.text, item.digest, item.print
        row.source_id, row.outlet, row.author = item.source, item.outlet, item.author
        row.record, row.deadline_at = records.to_json(item.record), item.record.deadline_at
    columns = ["title", "text", "digest", "print", "source", "outlet", "author", "record"]
    columns.append("deadline_at")
    models.Item.objects.bulk_update(rows.values(), columns)
    search.index([(pk, to_item(row)) for pk, row in rows.items()])
    models.Reading.objects.filter(item__in=list(rows)).delete()
    # Its page may have changed, too: it is owed anew.
    models.PageAttempt.objects.filter(item__in=list(rows)).delete()


def stored_keys(keys: Iterable[str]) -> frozenset[str]:
    """Return those of the keys that are stored."""
    rows = models.Item.objects.filter(key__in=list(keys))
    return frozenset(rows.values_list("key", flat=True))


def cards(since: datetime, until: datetime) -> list[Card]:
    """Return the stored items of a stretch of time, as joining stories needs them."""
    rows = models.Item.objects.filter(published_at__gte=since, published_at__lte=until)
    columns = rows.values_list("key", "story", "title", "print", "published_at", "language")
    return [
        Card(key, story, title, bytes(p), at, lang) for key, story, title, p, at, lang in columns
    ]


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
    )


def _row(item: Item, story: str, why: str) -> models.Item:
    return models.Item(
        key=item.key,
        url=item.url,
        title=item.title,
        text=item.text,
        language=item.language,
        published_at=item.published_at,
        first_seen_at=item.first_seen_at,
        source_id=item.source,
        outlet=item.outlet,
        kind=item.kind,
        author=item.author,
        record=records.to_json(item.record),
        deadline_at=item.record.deadline_at,
        digest=item.digest,
        print=item.print,
        story=story,
        story_why=why,
    )
