"""Pairs of items -> the odds that both tell one event: their meaning, words, names, numbers, days.

What is shared counts by how rare it is among the items of the last months, and in proportion to
what is not shared, so that neither long texts nor common words tie anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watch.text.marks import KINDS, MARKS, kinds

__all__ = [
    "FEATURES",
    "Bags",
    "Judge",
    "Judges",
    "Numbers",
    "Places",
    "Rarity",
    "cosines",
    "judges",
]

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

FEATURES = ("meaning", *(f"{kind}s" for kind in KINDS), "days", "language")
"""What a judge weighs: cosines, ln(1 + days apart), and whether both are in one language."""

PAIRS = Path(__file__).with_name("pairs.json")


@dataclass(frozen=True)
class Bags:
    """The marks of items, one after the other: those of item n end before `ends[n]`."""

    marks: NDArray[np.uint32]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, kept: Sequence[bytes]) -> Bags:
        """Return the bags of items whose marks were kept as bytes."""
        sizes = np.fromiter((len(one) // 4 for one in kept), np.int64, len(kept))
        return cls(np.frombuffer(b"".join(kept), np.uint32), np.cumsum(sizes))

    def __len__(self) -> int:
        """Return of how many items."""
        return len(self.ends)

    def and_then(self, others: Bags) -> Bags:
        """Return these bags, and the others after them."""
        before = self.ends[-1] if len(self) else 0
        return Bags(
            np.concatenate([self.marks, others.marks]),
            np.concatenate([self.ends, others.ends + before]),
        )

    def some(self, places: Places) -> Bags:
        """Return the bags of the items at these places."""
        sizes = np.diff(self.ends, prepend=0)[places]
        starts = self.ends[places] - sizes
        ends = np.cumsum(sizes)
        at = np.arange(sizes.sum()) + np.repeat(starts - (ends - sizes), sizes)
        return Bags(self.marks[at], ends)

    def rows(self) -> Places:
        """Return to which item each mark belongs."""
        return np.repeat(np.arange(len(self)), np.diff(self.ends, prepend=0))

    def table(self, weights: NDArray[np.float32]) -> Any:
        """Return a CSR matrix, one row an item, one column a mark, with the weight of each."""
        from scipy.sparse import csr_matrix

        starts = np.concatenate([[0], self.ends])
        shape = len(self), len(weights)
        return csr_matrix((weights[self.marks], self.marks.astype(np.int32), starts), shape=shape)


@dataclass(frozen=True)
class Rarity:
    """In how many of some items each mark stands."""

    counts: NDArray[np.int32]
    items: int

    @classmethod
    def of(cls, bags: Bags) -> Rarity:
        """Count the marks of items."""
        return cls(np.bincount(bags.marks, minlength=MARKS).astype(np.int32), len(bags))

    def and_of(self, others: Rarity) -> Rarity:
        """Return in how many of these items and of some others each mark stands."""
        return Rarity(self.counts + others.counts, self.items + others.items)

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """Return how much each mark weighs: ln((items + 1) / (items with it + 1/2))."""
        every = np.arange(self.counts.max() + 1)
        of_count = np.log((self.items + 1) / (every + 0.5)).astype(np.float32)
        return of_count[self.counts]

    @property
    def most(self) -> float:
        """What a mark weighs that stands in one item."""
        return log((self.items + 1) / 1.5)


def cosines(bags: Bags, rarity: Rarity, pairs: tuple[Places, Places]) -> tuple[Numbers, Numbers]:
    """Return how much pairs of items share: one row a pair, one column for each of `KINDS`.

    And how unlikely the words and numbers that they share are to meet by chance among so many
    items, as a logarithm. `pairs` are two arrays of places in `bags`. For the cosines it is as if
    each text had one rare mark more of each kind, which the other lacks.
    """
    one, other = pairs
    weights = rarity.weights
    table = bags.table(weights)
    shared = table[one].multiply(table[other]).tocoo()
    many = len(KINDS)
    sums = np.bincount(
        shared.row * many + kinds(shared.col.astype(np.uint32)), shared.data, len(one) * many
    ).reshape(-1, many)
    lengths = np.bincount(
        bags.rows() * many + kinds(bags.marks), weights[bags.marks] ** 2, len(bags) * many
    ).reshape(-1, many)
    solid = lengths + rarity.most**2
    norms = np.sqrt(solid[one] * solid[other])
    found: Numbers = np.divide(sums, norms, out=np.zeros(sums.shape), where=norms > 0)
    plain = np.sqrt(shared.data) * (kinds(shared.col.astype(np.uint32)) != KINDS.index("name"))
    together = np.bincount(shared.row, plain, len(one)).astype(np.float64)
    return found, together - log(rarity.items + 1)


@dataclass(frozen=True)
class Judge:
    """How much each feature speaks for one event: the weights of a logistic regression."""

    weights: Mapping[str, float]
    """By feature; one that is not named does not count."""
    offset: float

    def odds(self, rows: Numbers) -> Numbers:
        """Return the logarithm of the odds for each row of `FEATURES`; 0 is as likely as not."""
        weights = np.array([self.weights.get(name, 0.0) for name in FEATURES])
        odds: Numbers = rows @ weights + self.offset
        return odds


class Judges(NamedTuple):
    """Who judges pairs: with the vectors of a model where both items have one, else by marks."""

    with_meaning: Judge
    by_marks: Judge


@lru_cache(maxsize=4)
def judges(model: str = "") -> Judges:
    """Return the judges for vectors of this model; of an unknown one the meaning is passed over.

    Fitted with `python -m tests.quality.fit_pairs`.
    """
    written = json.loads(PAIRS.read_text(encoding="utf-8"))["judges"]
    by_marks = Judge(**written[""])
    return Judges(Judge(**written[model]) if model in written else by_marks, by_marks)
