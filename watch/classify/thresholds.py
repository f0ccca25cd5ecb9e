"""From reviewed items to the two thresholds of an axis: above is a tag, below is nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Thresholds", "best_cut", "thresholds"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `served` on a tag is a fact; from `doubt` up to there it waits for an expert."""

    served: float = 0.6
    doubt: float = 0.3


def thresholds(
    shares: NDArray[np.float64],
    truth: NDArray[np.bool_],
    precision: float = 0.85,
    left: float = 0.2,
) -> Thresholds:
    """Return the thresholds that serve as much as they can at the precision asked for.

    `shares` are probabilities of pairs (item, topic) on which the learner was not taught, `truth`
    what people said of them, both of one shape. `left` is how many of the tags that are served or
    doubtful may be doubtful at most. Where no threshold reaches the precision, the highest share
    serves alone.
    """
    flat, right = shares.ravel(), truth.ravel()
    order = np.argsort(-flat, kind="stable")
    hits, said = np.cumsum(right[order]), np.arange(1, len(flat) + 1)
    # One more miss than was seen: of few tags, the next may be one.
    reached = np.nonzero(hits >= precision * (said + 1))[0]
    last = int(reached[-1]) if len(reached) else 0
    served = float(flat[order[last]])
    most = min(len(flat) - 1, int((last + 1) / (1 - left)) - 1)
    return Thresholds(served, min(served, float(flat[order[most]])))


def best_cut(shares: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Return the one threshold at which F1 is highest: for whoever never reviews.

    >>> best_cut(np.array([0.9, 0.6, 0.4, 0.1]), np.array([True, True, False, False]))
    0.6
    """
    flat, right = shares.ravel(), truth.ravel()
    order = np.argsort(-flat, kind="stable")
    hits, said = np.cumsum(right[order]), np.arange(1, len(flat) + 1)
    return float(flat[order[int((2 * hits / (said + right.sum())).argmax())]])
