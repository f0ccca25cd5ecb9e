"""The words of many texts: in which of them a phrase stands, and how like each is to a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from watch.text.words import is_break, roots, stems

__all__ = ["Words"]

Places = NDArray[np.intp]

# Signs of a text that are looked at: what follows the lead names things only in passing.
_LONGEST = 2_000
_NOWHERE = np.zeros(0, np.intp)


class Words:
    """An index of texts by their words, made once and asked by every reader."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        """Index (title, text)."""
        self._texts = [f"{title}. {text[:_LONGEST]}" for title, text in texts]
        self._written = [f" {' '.join(roots(text))} " for text in self._texts]
        self._found: dict[str, Places] = {}

    def holding(self, phrase: str) -> Places:
        """Return the places of the texts in which a phrase stands, in rising order.

        Accents, case and plurals do not matter; a phrase all of capitals (DAS) stands in capitals.
        """
        if phrase not in self._found:
            self._found[phrase] = self._look(phrase)
        return self._found[phrase]

    def _look(self, phrase: str) -> Places:
        path = [root for root in roots(phrase) if not is_break(root)]
        columns = [self._columns[root] for root in path if root in self._columns]
        if not path or len(columns) < len(path):
            return _NOWHERE
        starts = self._by_word.indptr
        rarest = min(columns, key=lambda at: starts[at + 1] - starts[at])
        rows = self._by_word.indices[starts[rarest] : starts[rarest + 1]]
        asked = f" {' '.join(path)} "
        whole = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)") if phrase.isupper() else None
        return np.array(
            [
                row
                for row in sorted(rows.tolist())
                if asked in self._written[row] and (not whole or whole.search(self._texts[row]))
            ],
            np.intp,
        )

    def likeness(self, text: str) -> NDArray[np.float32]:
        """Return the cosine of a text with each of the texts by their words; rare ones weigh most.

        Shape (n_texts,). Source: Salton and Buckley, Term-Weighting Approaches (1988).
        """
        if not self._texts:
            return np.zeros(0, np.float32)
        known = [at for stem in stems(text) if (at := self._columns.get(stem)) is not None]
        columns, counts = np.unique(np.array(known, np.intp), return_counts=True)
        weights = (1 + np.log(counts)) * self._rarity[columns]
        length = float(np.linalg.norm(weights)) or 1.0
        found: NDArray[np.float32] = self._by_word[:, columns] @ (weights / length).astype("f4")
        return found

    @cached_property
    def _columns(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for written in self._written:
            for root in written.split():
                found.setdefault(root, len(found))
        return found

    @cached_property
    def _counts(self) -> Any:
        """Scipy's CSR matrix: how often each text uses each word."""
        from scipy.sparse import csr_matrix

        columns = self._columns
        rows = [[columns[root] for root in written.split()] for written in self._written]
        ends = np.cumsum([0, *map(len, rows)])
        flat = np.array([at for row in rows for at in row], np.intp)
        shape = (len(rows), len(columns))
        counts = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape)
        counts.sum_duplicates()
        return counts

    @cached_property
    def _rarity(self) -> NDArray[np.float64]:
        held = np.bincount(self._counts.indices, minlength=len(self._columns))
        is_word = np.array([not is_break(root) for root in self._columns])
        rarity: NDArray[np.float64] = is_word * np.log((len(self._texts) + 1) / (held + 0.5))
        return rarity

    @cached_property
    def _by_word(self) -> Any:
        """Scipy's CSC matrix: what each word weighs in each text, no text longer than 1."""
        weights = self._counts.copy()
        weights.data = (1 + np.log(weights.data)) * self._rarity[weights.indices]
        lengths = np.sqrt(weights.multiply(weights).sum(1).A1)
        rows = np.repeat(lengths, np.diff(weights.indptr))
        weights.data = (weights.data / np.where(rows > 0, rows, 1)).astype(np.float32)
        return weights.tocsc()
