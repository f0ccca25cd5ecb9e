"""Plain functions that rounds hand to the engine: they join crafts and touch no store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from watch.classify.phrases import Phrases
from watch.domain import Item, Perimeter, Tag
from watch.perimeter.read import read

__all__ = ["perimeter_of", "tag_items"]


def tag_items(items: Sequence[Item], perimeter: str) -> list[Tag]:
    """Read items under a perimeter, given as its text."""
    return Phrases().tag(items, perimeter_of(perimeter))


@lru_cache(maxsize=16)
def perimeter_of(text: str) -> Perimeter:
    """Return the perimeter that a stored text says; its fifth of a second is spent once."""
    return read(text)
