"""Plain functions that rounds hand to the engine: they join crafts and touch no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from watch.classify.kept import from_bytes
from watch.classify.learner import Learner
from watch.classify.nearness import Nearness
from watch.classify.opinions import opinions
from watch.classify.phrases import Phrases
from watch.domain import Item, Perimeter, Tag
from watch.perimeter.read import read
from watch.text.meaning import Recalling, as_one, embedder

__all__ = ["Jury", "perimeter_of", "tag_items"]


@dataclass(frozen=True, slots=True)
class Jury:
    """Who reads a cluster's items: the perimeter's words, and whoever has learned most.

    Plain values: it crosses to another process with every task.
    """

    perimeter: str
    """Its text."""
    precision: float = 0.85
    """Of a hundred tags that are served so many are to be true."""
    learner: str = ""
    """The name of the learner that serves; "" for none."""
    kept: bytes = b""
    """That learner as its file holds it, or what the perimeter itself teaches; b"": learn it."""
    digest: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the judges call themselves, whoever outranks the others last."""
        if self.learner:
            return Phrases.name, self.learner
        if any(topic.examples_for for topic in perimeter_of(self.perimeter).topics):
            return Phrases.name, Nearness.name
        return (Phrases.name,)


def tag_items(
    items: Sequence[Item], jury: Jury, vectors: NDArray[np.float32] | None = None
) -> list[Tag]:
    """Return what the judges say of items, in the order of the jury.

    `vectors` has one row an item: where it lies, zeros where nobody has worked that out.
    """
    perimeter = perimeter_of(jury.perimeter)
    said = _phrases().tag(items, perimeter)
    if len(jury.names) == 1:
        return said
    learner = (
        _learned(jury.kept, jury.digest)
        if jury.kept
        else _nearness(jury.precision).learner(perimeter)
    )
    known = {
        as_one(item.title, item.text): row
        for item, row in zip(items, () if vectors is None else vectors, strict=vectors is not None)
        if row.any()
    }
    return [
        *said,
        *opinions(learner, items, said, Recalling(embedder(), known), jury.names[-1]),
    ]


@lru_cache(maxsize=16)
def perimeter_of(text: str) -> Perimeter:
    """Return the perimeter that a stored text says; its fifth of a second is spent once."""
    return read(text)


@lru_cache(maxsize=1)
def _phrases() -> Phrases:
    return Phrases()


@lru_cache(maxsize=4)
def _nearness(precision: float) -> Nearness:
    return Nearness(precision=precision)


@lru_cache(maxsize=4)
def _learned(kept: bytes, digest: str) -> Learner:
    return from_bytes(kept, digest)
