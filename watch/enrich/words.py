"""What an item's own words tell: language, print, marks, where they lie, their stems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from watch.domain import Item
from watch.text.language import language
from watch.text.marks import marks
from watch.text.meaning import Embedder, as_one
from watch.text.prints import fingerprint
from watch.text.words import searched

__all__ = ["Words", "words_of"]

_FEWEST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of the item `key` tell."""

    key: str
    language: str
    print: bytes
    marks: bytes
    stems: str
    """As the search index keeps them."""
    vector: bytes = b""
    """Where title and lead lie, as float16; b"" where no model was asked."""


def words_of(items: Sequence[Item], model: Embedder | None = None) -> list[Words]:
    """Return what the words of each item tell; its language until now is the hint.

    Only a text of its own and of some length has a print: what two teasers share ties no event.
    """
    found = [_words(item) for item in items]
    if model is None:
        return found
    vectors = model.encode([as_one(item.title, item.text) for item in items])
    kept = vectors.astype(np.float16)
    return [replace(one, vector=row.tobytes()) for one, row in zip(found, kept, strict=True)]


def _words(item: Item) -> Words:
    written = f"{item.title}\n{item.text}"
    has_print = item.has_own_text and item.text.count(" ") >= _FEWEST_WORDS
    found = language(written, item.language)
    return Words(
        key=item.key,
        language=found,
        print=fingerprint(written) if has_print else b"",
        marks=marks(item.title, item.text),
        stems=searched(item.title, item.text, found),
    )
