"""From reviewed items to the two thresholds of an axis: above is a tag, below is nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watch.classify.settle import DOUBT, SERVED
from watch.domain import Axis

__all__ = ["Thresholds", "best_cut", "shipped_cuts", "thresholds"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `served` on a tag is a fact; from `doubt` up to there it waits for an expert."""

    served: float = SERVED
    doubt: float = DOUBT

    def beliefs(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities as scores of tags: stretched so that `served` comes to `SERVED`.

        A score so means the same whoever gave it and on whichever axis: from `SERVED` on it is
        a fact, from `DOUBT` on it is to review. Their order stays; 0 stays 0, and 1 stays 1.
        Hundredths, rounded down: nothing rises to a threshold.

        >>> Thresholds(0.8, 0.5).beliefs(np.array([0.0, 0.5, 0.79, 0.8, 1.0])).tolist()
        [0.0, 0.3, 0.59, 0.6, 1.0]
        """
        served = min(max(self.served, 0.02), 0.99)
        doubt = min(max(self.doubt, 0.01), served - 0.01)
        found = np.interp(shares, [0, doubt, served, 1], [0, DOUBT, SERVED, 1])
        hundredths: NDArray[np.float64] = np.floor(found * 100 + 1e-6) / 100
        return hundredths


# Of what a perimeter alone has taught, by the precision that was asked for, on the development
# items: `python -m tests.quality photonics` prints them, of the encoder and of counted words.
_SHIPPED: Mapping[bool, Mapping[Axis, Sequence[tuple[float, Thresholds]]]] = {
    False: {
        Axis.MARKET: (
            (0.70, Thresholds(0.41, 0.30)),
            (0.75, Thresholds(0.46, 0.36)),
            (0.80, Thresholds(0.75, 0.63)),
            (0.85, Thresholds(0.83, 0.73)),
            (0.90, Thresholds(0.87, 0.80)),
            (0.95, Thresholds(0.95, 0.91)),
        ),
        Axis.TECHNOLOGY: (
            (0.70, Thresholds(0.23, 0.15)),
            (0.75, Thresholds(0.29, 0.19)),
            (0.80, Thresholds(0.38, 0.23)),
            (0.85, Thresholds(0.49, 0.31)),
            (0.90, Thresholds(0.59, 0.45)),
            (0.95, Thresholds(0.79, 0.58)),
        ),
    },
    True: {
        Axis.MARKET: (
            (0.70, Thresholds(0.38, 0.28)),
            (0.75, Thresholds(0.43, 0.34)),
            (0.80, Thresholds(0.55, 0.41)),
            (0.85, Thresholds(0.66, 0.55)),
            (0.90, Thresholds(0.76, 0.66)),
            (0.95, Thresholds(0.81, 0.74)),
        ),
        Axis.TECHNOLOGY: (
            (0.70, Thresholds(0.21, 0.15)),
            (0.75, Thresholds(0.26, 0.18)),
            (0.80, Thresholds(0.36, 0.23)),
            (0.85, Thresholds(0.54, 0.33)),
            (0.90, Thresholds(0.76, 0.62)),
            (0.95, Thresholds(0.95, 0.88)),
        ),
    },
}


def shipped_cuts(model: str, precision: float = 0.85) -> dict[Axis, Thresholds]:
    """Return the thresholds of each axis where nobody has reviewed anything yet.

    `model` is the id of the embedder. Between two precisions that were measured the higher one
    counts; above the highest, that one.
    """
    return {
        axis: next((cut for at, cut in cuts if at >= precision - 1e-9), cuts[-1][1])
        for axis, cuts in _SHIPPED[model.startswith("counted/")].items()
    }


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
