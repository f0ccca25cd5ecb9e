"""What a worker does on a tour: it visits hosts and names what they gave; it touches no store.

Kept apart from the other tasks, so that a worker that only collects loads nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watch.domain import Harvest, Item, Manners, Trip
from watch.enrich.items import to_items
from watch.sources.travel import travel

__all__ = ["Gathered", "gather", "gathered"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A harvest without its entries, and the items that they became."""

    harvest: Harvest
    items: tuple[Item, ...]


def gather(trips: Sequence[Trip], now: datetime, manners: Manners) -> list[Gathered]:
    """Visit hosts and name what they gave."""
    return [gathered(harvest) for harvest in travel(trips, now, manners)]


def gathered(harvest: Harvest) -> Gathered:
    """Return a harvest with its entries made items."""
    if not harvest.entries:
        return Gathered(harvest, ())
    # The entries stay here: what crosses back to the writing process is their items.
    count = harvest.known_count + len(harvest.entries)
    return Gathered(replace(harvest, entries=(), known_count=count), tuple(to_items(harvest)))
