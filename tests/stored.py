"""Items put into the store as if they had been collected and enriched, and visits out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from watch.domain import Item, Visit
from watch.store import items, visits
from watch.store.items import Enriched, Kept
from watch.store.transaction import writing
from watch.text.words import searched

__all__ = ["due", "keep"]


def keep(
    some: Sequence[Item], now: datetime, stories: Mapping[str, tuple[str, str]] | None = None
) -> Kept:
    """Store items in the languages that they say; `stories` says in which, and what ties them."""
    with writing():
        kept = items.keep(some, now)
        items.enrich([
            Enriched(
                owed.id,
                owed.item.digest,
                owed.item.language,
                b"",
                searched(owed.item.title, owed.item.text, owed.item.language),
                *(stories or {}).get(owed.item.key, ()),
            )
            for owed in items.owed(0, 10_000)
        ])  # fmt: skip
    return kept


def due(now: datetime) -> list[Visit]:
    """Return all visits that are due."""
    return visits.of([id for ids in visits.due(now, 10_000).values() for id in ids])
