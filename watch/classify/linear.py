"""Rows of words and vectors -> scores of all topics at once, by one linear model.

Ridge regression: the weights that answer the lessons best, none of them large. On texts it is as
good as a support vector machine (Rifkin and Klautau, In Defense of One-Vs-All, 2004), and what all
topics share is computed once: a step towards the solution is one product of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rows", "Weights", "fit", "scores"]

Matrix = NDArray[np.float32]

# Steps of conjugate gradients. Scores of held-out texts stand still in the third decimal after 20
# on 1,500 sentences as on 9,600 articles; a text's score is no better known than that.
_STEPS = 30
_TINY = np.float32(1e-12)


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts as a linear model sees them, one row each."""

    words: Any
    """Scipy's CSR matrix of float32, shape (n_texts, n_words), no row longer than 1."""
    vectors: Matrix
    """Shape (n_texts, size)."""

    def __getitem__(self, places: NDArray[np.intp] | NDArray[np.bool_]) -> Rows:
        """Return the rows at these places."""
        return Rows(self.words[places], self.vectors[places])


@dataclass(frozen=True, slots=True)
class Weights:
    """What a word, and a direction of meaning, say of each topic."""

    words: Matrix
    """Shape (n_words, n_topics)."""
    vectors: Matrix
    """Shape (size, n_topics)."""
    offsets: Matrix
    """Shape (n_topics,): the score of a text that says nothing."""


def scores(rows: Rows, weights: Weights) -> Matrix:
    """Return one row a text, one column a topic: about 1 where it is the topic, -1 where not."""
    found: Matrix = rows.words @ weights.words + rows.vectors @ weights.vectors + weights.offsets
    return found


def fit(rows: Rows, targets: Matrix, trust: Matrix, strength: float) -> Weights:
    """Return the weights of all topics, by conjugate gradients on the normal equations.

    `targets` and `trust` have shape (n_texts, n_topics): 1 for what is the topic and -1 for what
    is not; how much that weighs, 0 where nobody knows. `strength` holds the weights down.

    Source: Hestenes and Stiefel, J. Res. Nat. Bur. Standards 49 (1952), for all columns together.
    """
    across = rows.words.T.tocsr()
    places = np.hstack([rows.vectors, np.ones((len(targets), 1), np.float32)])
    held = np.full((places.shape[1], 1), strength, np.float32)
    held[-1] = 1e-3  # the offset may be what it must

    def upward(some: Matrix) -> tuple[Matrix, Matrix]:
        return across @ some, places.T @ some

    by_word = np.zeros((rows.words.shape[1], targets.shape[1]), np.float32)
    by_place = np.zeros((places.shape[1], targets.shape[1]), np.float32)
    left: tuple[Any, Any] = upward(trust * targets)
    step = left
    size = _squared(*left)
    for _ in range(_STEPS):
        seen = rows.words @ step[0] + places @ step[1]
        pulled = upward(trust * seen)
        bent: tuple[Any, Any] = (pulled[0] + strength * step[0], pulled[1] + held * step[1])
        curve = (step[0] * bent[0]).sum(0) + (step[1] * bent[1]).sum(0)
        length: Any = size / np.maximum(curve, _TINY)
        by_word += length * step[0]
        by_place += length * step[1]
        left = left[0] - length * bent[0], left[1] - length * bent[1]
        was, size = size, _squared(*left)
        turn: Any = size / np.maximum(was, _TINY)
        step = left[0] + turn * step[0], left[1] + turn * step[1]
    return Weights(by_word, by_place[:-1], by_place[-1])


def _squared(one: Any, other: Any) -> Matrix:
    total: Matrix = (one * one).sum(0) + (other * other).sum(0)
    return total
