"""The shelf of a letter day: items with their tags, laid out once for every reader's letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from math import log2
from typing import overload
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from watch.domain import Axis, Tagged
from watch.routing.words import Words

__all__ = ["Shelf"]

Numbers = NDArray[np.float64]

# How near two texts lie that have nothing to do with each other: less says nothing.
_FAR = 0.2
# What is beside a reader's perimeter must be sure of what it is about.
_SURE = 0.8
# Each doubling of the outlets that tell a story adds so much to its worth, three times at most.
_EACH_DOUBLING, _MOST_DOUBLINGS = 0.05, 3


class Shelf(Sequence[Tagged]):
    """Items with their served tags, in any order, with what all readers ask of them."""

    def __init__(
        self,
        items: Iterable[Tagged],
        timezone: str,
        vectors: NDArray[np.float32] | None = None,
        reliability: Mapping[int, float] | None = None,
    ) -> None:
        """Lay out the items; `timezone` says on which day each was published.

        `vectors` has one row an item, in their order, of length 1, zeros where none is known.
        `reliability` holds a factor for each source by its id: 1 is ordinary.
        """
        self._items = tuple(items)
        zone = ZoneInfo(timezone)
        self.days = np.array([_day(one.item.published_at, zone) for one in self], np.intp)
        """When each was published, as ordinal days."""
        self.deadlines = np.array([_day(one.item.record.deadline_at, zone) for one in self])
        """Until when each can be answered, as ordinal days; 0 where there is no such day."""
        keys = [tagged.story.key for tagged in self]
        self.stories: defaultdict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            self.stories[key].append(place)
        self.story_numbers = np.unique(keys, return_inverse=True)[1]
        """The story of each item as a number: its place among the sorted keys."""
        self.vectors = np.zeros((len(self), 1), np.float32) if vectors is None else vectors
        self.worth = np.array([_worth(one, reliability or {}) for one in self], float)
        """What each story weighs for anybody: independent outlets, and the source's reliability."""

    @overload
    def __getitem__(self, place: int) -> Tagged: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Tagged, ...]: ...
    def __getitem__(self, place: int | slice) -> Tagged | tuple[Tagged, ...]:
        return self._items[place]

    def __len__(self) -> int:
        return len(self._items)

    @cached_property
    def words(self) -> Words:
        """The words of all items; indexed when the first reader asks for one."""
        return Words([(one.item.title, f"{_names(one)}{one.item.text}") for one in self])

    @cached_property
    def is_placed(self) -> NDArray[np.bool_]:
        """Whether anybody knows where each item lies."""
        is_placed: NDArray[np.bool_] = np.any(self.vectors, axis=1)
        return is_placed

    def nearness(self, vectors: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32]:
        """Return how near the items lie to each of some vectors (cosine), above what says nothing.

        Shape (n_vectors, n_items); 0 where nobody knows, as of a vector of another model. One
        product for many vectors takes a tenth of the time of one for each.
        """
        size = self.vectors.shape[1]
        known = {at: one for at, one in enumerate(vectors) if one is not None and len(one) == size}
        found = np.zeros((len(vectors), len(self)), np.float32)
        if known:
            above = np.stack(list(known.values())) @ self.vectors.T - _FAR
            found[list(known)] = np.where(self.is_placed, above, 0.0)
        return found

    def is_in(self, *languages: str) -> NDArray[np.bool_]:
        """Return whether each item is written in one of the languages; "" where nobody knows."""
        found = np.zeros(len(self), bool)
        for language in languages:
            found[self._by_language.get(language, _NOWHERE)] = True
        return found

    @cached_property
    def _by_language(self) -> dict[str, NDArray[np.intp]]:
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, tagged in enumerate(self):
            places[tagged.item.language].append(place)
        return {language: np.array(some, np.intp) for language, some in places.items()}

    def is_outside(self, places: Collection[str]) -> NDArray[np.bool_]:
        """Return whether each item states a country or region, and none of these."""
        stated = (self._stated != "").any(1)
        outside: NDArray[np.bool_] = stated & ~np.isin(self._stated, list(places)).any(1)
        return outside

    @cached_property
    def _stated(self) -> NDArray[np.str_]:
        records = (one.item.record for one in self)
        some = [(record.country, record.region) for record in records]
        return np.array(some, np.str_).reshape(-1, 2)

    def sum(self, axis: Axis, shares: Mapping[str, float]) -> Numbers:
        """Return for each item the sum of its tags on an axis, each times the topic's share."""
        found = np.zeros(len(self))
        for topic, share in shares.items():
            places, scores = self._scores.get((axis, topic), (_NOWHERE, _NOTHING))
            found[places] += share * scores
        return found

    @cached_property
    def _scores(self) -> dict[tuple[Axis, str], tuple[NDArray[np.intp], Numbers]]:
        found: defaultdict[tuple[Axis, str], dict[int, float]] = defaultdict(dict)
        for place, tagged in enumerate(self):
            for tag in tagged.tags:
                found[tag.axis, tag.topic][place] = tag.score
        return {
            topic: (np.array(list(scores), np.intp), np.array(list(scores.values())))
            for topic, scores in found.items()
        }

    @cached_property
    def best(self) -> dict[Axis, Numbers]:
        """The score of each item's surest tag on each axis, 0 where it has none."""
        found = {axis: np.zeros(len(self)) for axis in Axis}
        for (axis, _topic), (places, scores) in self._scores.items():
            np.maximum.at(found[axis], places, scores)
        return found

    @cached_property
    def is_sure(self) -> NDArray[np.bool_]:
        """Whether each item's subject is beyond doubt on both axes."""
        return np.minimum(*self.best.values()) >= _SURE


_NOWHERE, _NOTHING = np.zeros(0, np.intp), np.zeros(0)


def _day(at: datetime | None, zone: ZoneInfo) -> int:
    return at.astimezone(zone).toordinal() if at else 0


def _names(tagged: Tagged) -> str:
    """Return the organisations that a structured source names, each apart."""
    return "".join(f"{name}. " for name in tagged.item.record.organisations)


def _worth(tagged: Tagged, reliability: Mapping[int, float]) -> float:
    doublings = min(log2(max(1, len(tagged.story.outlets))), _MOST_DOUBLINGS)
    return (1 + _EACH_DOUBLING * doublings) * reliability.get(tagged.item.source, 1.0)
