"""Fingerprints, by which near-equal texts are found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import eq

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

__all__ = ["PrintIndex", "fingerprint", "likeness"]

# 128 hashes of 8 bits each: in 128 bytes the estimate's error is 0.044 at worst, against 0.088
# for 32 hashes of 32 bits. Two different hashes agree by chance once in 256, which `likeness`
# takes off. Source: Li and Koenig, b-Bit Minwise Hashing, WWW 2010.
_HASHES = 128
_SEED = 1
_CHANCE = 1 / 256

_SHINGLE = 3
_FEWEST_WORDS = 5
# Words after these change a print no more: an article's copy differs within its first pages.
_MOST_WORDS = 2_000

# Bands of 4 hashes: a pair of likeness 0.6 shares one with probability 0.99, of 0.5 with 0.87.
_BAND = 4

_WORDS = re.compile(r"\w+")


def fingerprint(text: str) -> bytes:
    """Return 128 bytes that near-equal texts nearly share; b"" for fewer than 5 words.

    Case and punctuation do not count; runs of three words do.
    """
    words = _WORDS.findall(text.lower())[:_MOST_WORDS]
    if len(words) < _FEWEST_WORDS:
        return b""
    minhash = RMinHash(num_perm=_HASHES, seed=_SEED)
    minhash.update([" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)])
    return bytes([value & 0xFF for value in minhash.digest()])


def likeness(one: bytes, other: bytes) -> float:
    """Return the share of word runs that two printed texts have in common, in [0, 1].

    An estimate, within 0.09 of the truth 19 times in 20. 0 where either has no print.
    """
    if not one or len(one) != len(other):
        return 0.0
    agreeing: float = sum(map(eq, one, other)) / len(one)
    return max(0.0, (agreeing - _CHANCE) / (1 - _CHANCE))


class PrintIndex:
    """Prints in the order in which they were given; finds those that are near a new one.

    Bands are sorted columns of numbers: 50,000 prints take 19 MB, against 300 in a dictionary.
    """

    def __init__(self, prints: Sequence[bytes]) -> None:
        """Index prints; an empty one keeps its place and is never found."""
        self._places, self._prints = _table(prints)
        bands = _bands(self._prints)
        self._orders = np.argsort(bands, axis=1).astype(np.int32)
        self._bands = np.take_along_axis(bands, self._orders, axis=1)

    def near(self, sought: Sequence[bytes], least: float) -> list[dict[int, float]]:
        """Return, for each print sought, place -> likeness of every print at least so near.

        A pair of likeness 0.5 is missed once in eight, of 0.6 once in a hundred.
        """
        found: list[dict[int, float]] = [{} for _ in sought]
        if not len(self._places):
            return found
        asking, asked = _table(sought)
        rows: list[list[NDArray[np.int32]]] = [[] for _ in asking]
        for column, kept, order in zip(_bands(asked), self._bands, self._orders, strict=True):
            first = np.searchsorted(kept, column)
            met = np.flatnonzero(kept[np.minimum(first, len(kept) - 1)] == column)
            last = np.searchsorted(kept, column[met], "right")
            for row, start, end in zip(met.tolist(), first[met], last, strict=True):
                rows[row].append(order[start:end])
        for row, parts in enumerate(rows):
            if parts:
                is_met = np.zeros(len(self._places), dtype=bool)
                is_met[np.concatenate(parts)] = True
                some = np.flatnonzero(is_met)
                rated = _rate((self._prints[some] == asked[row]).mean(axis=1))
                places, ratings = self._places[some[rated >= least]], rated[rated >= least]
                found[int(asking[row])] = dict(zip(places.tolist(), ratings.tolist(), strict=True))
        return found


def _rate(agreeing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return likenesses from shares of agreeing hashes."""
    return np.maximum(0.0, (agreeing - _CHANCE) / (1 - _CHANCE))


def _table(prints: Sequence[bytes]) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return the places of the prints that are none empty, and these prints, one per row."""
    places = [place for place, one in enumerate(prints) if len(one) == _HASHES]
    rows = np.frombuffer(b"".join(prints[place] for place in places), dtype=np.uint8)
    return np.array(places, dtype=np.int32), rows.reshape(-1, _HASHES)


def _bands(table: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return one row per band of 4 hashes, one column per print."""
    return np.ascontiguousarray(table.view(np.uint32).T)
