"""Marks: the words, names and numbers by which two texts on one event are known, as numbers.

A word is cut to how it begins, so that two languages share what they write alike: "lidar",
"photon|ique", "Bolog|ne". Each mark is a number of 22 bits: two say of which kind it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from watch.text.words import STOP_WORDS, fold, root

__all__ = ["KINDS", "MARKS", "as_marks", "kinds", "marks", "named"]

KINDS = ("word", "name", "number")
"""What a mark may be, in the order of its two highest bits."""
_BITS = 20
MARKS = len(KINDS) << _BITS
"""Every mark is below it."""

_STOP = STOP_WORDS["fr"] | STOP_WORDS["en"]
# Signs of a text that are looked at: what follows the lead tells of other things as well.
_LONGEST = 1_000
_WORD_BEGINS = 6
_NAME_BEGINS = 7
# A title in which more of the words begin with a capital says nothing of names.
_MOST_CAPITALS = 0.6
_FEW_WORDS = 3
_THOUSANDS = re.compile(r"(?<=\d)[\s.,](?=\d{3}(?!\d))")
_PIECES = re.compile(r"[^\W_]\w*|[.!?…:;«“\"\n]")
_BEGINNINGS = frozenset('.!?…:;«“"\n')
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def marks(title: str, text: str) -> bytes:
    """Return the marks of a text: unsigned numbers of 32 bits, each once, in their order.

    >>> as_marks(marks("", "a lidar")).tolist() == as_marks(marks("", "The lidar")).tolist()
    True
    """
    found = {mark for mark, _ in named(title, text)}
    return np.array(sorted(found), np.uint32).tobytes()


def as_marks(kept: bytes) -> NDArray[np.uint32]:
    """Return the marks that were kept as bytes."""
    return np.frombuffer(kept, np.uint32)


def kinds(some: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return of which of `KINDS` each mark is, as its place there."""
    return some >> np.uint32(_BITS)


def named(title: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield each mark with the word or number that it stands for, as it is written.

    A name begins with a capital inside of a sentence, or holds one after its first letter.
    """
    for part in (title[:_LONGEST], text[:_LONGEST]):
        written = _spoken(part)
        capitals = sum(word[0].isupper() for word, _ in written)
        shouts = (
            part is title
            and len(written) > _FEW_WORDS
            and (capitals > _MOST_CAPITALS * len(written))
        )
        for word, is_first in written:
            if mark := _of_word(word):
                yield mark, word
                if not shouts and word[0].isupper() and not (is_first and word[1:].islower()):
                    yield _of_name(word), word
        for number in _NUMBER.findall(_THOUSANDS.sub("", part)):
            if len(number) > 1:
                yield _mark(2, number.replace(",", ".")), number


def _spoken(text: str) -> list[tuple[str, bool]]:
    """Return the words of a text that are no numbers, and whether each begins a sentence."""
    found = []
    begins = True
    for piece in _PIECES.findall(text):
        if piece[0].isalpha():
            found.append((piece, begins))
        begins = piece[0] in _BEGINNINGS
    return found


@lru_cache(maxsize=1 << 16)
def _of_word(word: str) -> int:
    """Return the mark of a word, 0 for one that says little."""
    found = root(word)
    return 0 if len(found) < 2 or fold(word) in _STOP else _mark(0, found[:_WORD_BEGINS])


@lru_cache(maxsize=1 << 15)
def _of_name(word: str) -> int:
    return _mark(1, fold(word)[:_NAME_BEGINS])


def _mark(kind: int, sign: str) -> int:
    # The lowest number is left out: 0 says "no mark".
    return kind << _BITS | max(1, crc32(sign.encode("utf-8", "replace")) & ((1 << _BITS) - 1))
