"""Plain functions that rounds hand to the engine: they join crafts and touch no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from watch.classify.phrases import Phrases
from watch.domain import Harvest, Item, Manners, Perimeter, Tag, Trip
from watch.enrich.items import to_items
from watch.perimeter.read import read
from watch.sources.travel import travel

__all__ = ["Gathered", "gather", "perimeter_of", "tag_items"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A harvest without its entries, and the items that they became."""

    harvest: Harvest
    items: tuple[Item, ...]


def gather(trips: Sequence[Trip], now: datetime, manners: Manners) -> list[Gathered]:
    """Visit hosts and clean what they gave."""
    return [
        # The entries stay here: what crosses back to the writing process is their items.
        Gathered(
            replace(harvest, entries=(), known_count=harvest.known_count + len(harvest.entries)),
            tuple(to_items(_permitted(harvest))),
        )
        for harvest in travel(trips, now, manners)
    ]


def _permitted(harvest: Harvest) -> Harvest:
    """Return the harvest with no more of its words than the source leaves to us."""
    if not (harvest.is_reserved or harvest.source.rights.is_reserved):
        return harvest
    return replace(harvest, entries=tuple(replace(one, text="") for one in harvest.entries))


def tag_items(items: Sequence[Item], perimeter: str) -> list[Tag]:
    """Read items under a perimeter, given as its text."""
    return Phrases().tag(items, perimeter_of(perimeter))


@lru_cache(maxsize=16)
def perimeter_of(text: str) -> Perimeter:
    """Return the perimeter that a stored text says; its fifth of a second is spent once."""
    return read(text)
