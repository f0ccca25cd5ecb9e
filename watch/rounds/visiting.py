"""What a worker does on a tour: it visits hosts and names what they gave; it touches no store.

Kept apart from the other tasks, so that a worker that only collects loads nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from watch.domain import Harvest, HouseRules, Item, Manners, Outcome, Trip, Visit, WebUrl
from watch.enrich.items import to_items
from watch.sources.travel import travel

__all__ = ["Gathered", "Unchanged", "folded", "gather", "gathered", "unfolded"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A harvest without its entries, and the items that they became."""

    harvest: Harvest
    items: tuple[Item, ...]


class Unchanged(NamedTuple):
    """A harvest of nothing, folded for the way back: the rest of it stands in the visit.

    Most are such, and whole ones would take a tenth of a visit without news to cross.
    """

    source: int
    status: int
    moved_to: WebUrl
    size: int
    wait: timedelta | None
    seconds: float
    is_reserved: bool
    rules: tuple[HouseRules, ...]


def gather(trips: Sequence[Trip], now: datetime, manners: Manners) -> list[Gathered | Unchanged]:
    """Visit hosts and name what they gave."""
    return [folded(harvest) for harvest in travel(trips, now, manners)]


def folded(harvest: Harvest) -> Gathered | Unchanged:
    """Return a harvest as it crosses back to the writing process."""
    if harvest.outcome is not Outcome.UNCHANGED:
        return gathered(harvest)
    return Unchanged(
        harvest.source.id, harvest.status, harvest.moved_to, harvest.size, harvest.wait,
        harvest.seconds, harvest.is_reserved, harvest.rules,
    )  # fmt: skip


def gathered(harvest: Harvest) -> Gathered:
    """Return a harvest with its entries made items."""
    if not harvest.entries:
        return Gathered(harvest, ())
    # The entries stay here: what crosses back to the writing process is their items.
    count = harvest.known_count + len(harvest.entries)
    return Gathered(replace(harvest, entries=(), known_count=count), tuple(to_items(harvest)))


def unfolded(one: Gathered | Unchanged, under_way: Mapping[int, Visit], now: datetime) -> Gathered:
    """Return what crossed as it was; `under_way` holds the visits by source id."""
    if isinstance(one, Gathered):
        return one
    id, status, moved_to, size, wait, seconds, is_reserved, rules = one
    harvest = Harvest(
        under_way[id].source, now, Outcome.UNCHANGED, status=status, moved_to=moved_to,
        size=size, wait=wait, seconds=seconds, is_reserved=is_reserved, rules=rules,
    )  # fmt: skip
    return Gathered(harvest, ())
