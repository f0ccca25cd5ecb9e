"""Items put into the store as if they had been collected and enriched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from watch.domain import Item
from watch.store import items
from watch.store.items import Enriched, Kept
from watch.store.transaction import writing
from watch.text.words import searched

__all__ = ["keep"]


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
