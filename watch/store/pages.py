"""Pages of items: which are owed, and what their articles change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from watch.domain import Item
from watch.store import models, opposition
from watch.store.clusters import primary_key
from watch.store.items import Owes, is_of, set_aside, site_of, to_item, visible
from watch.text.authors import signed

__all__ = ["Attempt", "keep", "owed"]

MOST_TRIES: Final = 3
"""The first attempt, and two more after failures."""
_LATER: Final = timedelta(hours=12)
# Older news is read by nobody any more: a new perimeter must not set off a crawl of the past.
_LOOK_BACK: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How the fetching of an item's page ended, and the item as the page changes it."""

    item: str
    reason: str = ""
    is_final: bool = True
    """Whether another attempt would be of no use."""
    changed: Item | None = None


def owed(cluster: str, now: datetime, limit: int, most_a_host: int) -> list[Item]:
    """Return the items whose page should be fetched now, newest first.

    They have a settled tag in the cluster, their source allows its full texts and reserves
    nothing, their page lies on the source's own site, and they were not fetched before.
    """
    key = primary_key(cluster)
    settled = models.Settled.objects.filter(cluster=key, item=OuterRef("pk"))
    attempts = models.PageAttempt.objects.filter(item=OuterRef("pk"))
    rows = (
        visible(key)
        .filter(
            Exists(settled),
            ~Exists(attempts.filter(Q(is_final=True) | Q(next_at__gt=now))),
            source__full_text=True,
            source__is_reserved=False,
            first_seen_at__gte=now - _LOOK_BACK,
        )
        .exclude(url="")
        .annotate(source_url=F("source__url"))
        .order_by("-pk")
    )
    found: list[Item] = []
    by_host: Counter[str] = Counter()
    for row in rows.iterator(chunk_size=500):
        page = site_of(row.url)
        if is_of(site_of(row.source_url), page) and by_host[page] < most_a_host:
            by_host[page] += 1
            found.append(to_item(row))
        if len(found) == limit:
            break
    return found


def keep(attempts: Sequence[Attempt], now: datetime) -> int:
    """Record attempts, and what they change; return how many items changed.

    Call it inside `transaction.writing`. What a changed item said before is kept as a revision,
    and it owes its readings again. Its digest stays the feed's own, so that a feed that shows
    the same entry again does not put back what it said.
    """
    rows = {row.key: row for row in _rows(attempts)}
    known = {
        one.item_id: one
        for one in models.PageAttempt.objects.filter(item__in=[row.pk for row in rows.values()])
    }
    for attempt in attempts:
        row = rows.get(attempt.item)
        if row is None:
            continue
        tries = (known[row.pk].tries if row.pk in known else 0) + 1
        models.PageAttempt.objects.update_or_create(
            item=row,
            defaults={
                "tries": tries,
                "reason": attempt.reason,
                "is_final": attempt.is_final or tries >= MOST_TRIES,
                "tried_at": now,
                "next_at": now + _LATER * tries,
            },
        )
    changed = [(rows[a.item], a.changed) for a in attempts if a.changed and a.item in rows]
    _change(changed, now)
    return len(changed)


def _rows(attempts: Sequence[Attempt]) -> QuerySet[models.Item]:
    return models.Item.objects.filter(key__in=[attempt.item for attempt in attempts])


def _change(pairs: Sequence[tuple[models.Item, Item]], now: datetime) -> None:
    rows, opposed = [row for row, _ in pairs], opposition.every()
    set_aside(rows, now)
    for row, item in pairs:
        row.title, row.text, row.language = item.title, item.text, item.language
        row.published_at, row.author = item.published_at, signed(item.author, opposed)
        row.owes = row.owes & Owes.STORY | Owes.WORDS | Owes.PRINT
    columns = ["title", "text", "language", "published_at", "author", "owes"]
    models.Item.objects.bulk_update(rows, columns, batch_size=100)
