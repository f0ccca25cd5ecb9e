"""Titles and texts -> rows of words, by a vocabulary that is frozen once it was learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from watch.text.words import STOP_WORDS, fold, root, words

__all__ = ["Vocabulary", "vocabulary"]

_MOST = 100_000
_SILENT = frozenset().union(*STOP_WORDS.values())
# Words of one text that are looked at, and signs in which they are looked for.
_LONGEST = 600
_SIGNS = 20_000


@dataclass(frozen=True)
class Vocabulary:
    """The words that count, and how rare each is: ln((1 + texts) / (1 + texts with it)) + 1."""

    known: tuple[str, ...]
    rarity: NDArray[np.float32]
    rarest: float
    """What a word weighs that nobody taught: it says nothing, and yet the text speaks of it."""

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {word: place for place, word in enumerate(self.known)}

    def rows(self, texts: Iterable[tuple[str, str]]) -> Any:
        """Return a CSR matrix of float32, one row for each (title, text).

        A row is no longer than 1: less where words of the text are not known."""
        from scipy.sparse import csr_matrix

        places: list[int] = []
        values: list[NDArray[np.float32]] = []
        ends = [0]
        for title, text in texts:
            counts = Counter(_counted(title, text))
            seen = [(self._places[w], 1 + log(n)) for w, n in counts.items() if w in self._places]
            where = [place for place, _ in seen]
            weights = np.array([weight for _, weight in seen], np.float32) * self.rarity[where]
            new = sum((1 + log(n)) ** 2 for w, n in counts.items() if w not in self._places)
            length = sqrt(float(weights @ weights) + new * self.rarest**2) or 1.0
            places += where
            values.append(weights / np.float32(length))
            ends.append(len(places))
        shape = len(ends) - 1, len(self.known)
        flat = np.concatenate([*values, np.zeros(0, np.float32)])
        return csr_matrix((flat, np.array(places, np.int32), ends), shape=shape)


def vocabulary(texts: Sequence[tuple[str, str]], least: int = 1) -> Vocabulary:
    """Return what counts in these (title, text): what stands in at least so many of them.

    Where that is more than 100,000 words and pairs of words, the most frequent.
    """
    found: Counter[str] = Counter()
    for title, text in texts:
        found.update(set(_counted(title, text)))
    often = sorted(((word, n) for word, n in found.items() if n >= least), key=_order)[:_MOST]
    counts = np.array([count for _, count in often], np.float32)
    rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
    return Vocabulary(
        tuple(word for word, _ in often), rarity.astype(np.float32), log(1 + len(texts)) + 1
    )


def _order(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _counted(title: str, text: str) -> list[str]:
    """Return the roots of the words that say something, and the pairs of neighbours; twice those
    of the title."""
    first, then = _grams(title), _grams(text)
    return [*first, *first, *then]


def _grams(text: str) -> list[str]:
    said = [root(word) for word in words(text[:_SIGNS])[:_LONGEST] if fold(word) not in _SILENT]
    return [*said, *(f"{one} {next}" for one, next in pairwise(said))]
