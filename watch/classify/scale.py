"""Scores of a linear model and of the phrases -> one probability that means what it says.

Of a hundred tags with 0.7, seventy are to be true. Platt's way (1999): a logistic curve over the
scores, here over those of both judges, with one slope an axis and an offset a topic. Few reviews
say little about one topic, so its offset stays near its axis's until many speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watch.classify.lessons import Key
from watch.domain import Axis

__all__ = ["Scale", "fit_scale", "levelled", "shipped"]

Matrix = NDArray[np.float64]

# Slope, trust and offset of a learner that a perimeter alone has taught, on the development items:
# `python -m tests.quality photonics` prints them. The offset is that of a text that says nothing:
# what such a text scores depends on how many topics share the axis, and no more does the rest.
_SHIPPED = {Axis.MARKET: (8.62, 2.76, -3.78), Axis.TECHNOLOGY: (16.02, 1.20, -5.33)}
# The same where no encoder is installed, and words are only counted.
_COUNTED = {Axis.MARKET: (10.23, 2.86, -3.46), Axis.TECHNOLOGY: (15.32, 1.79, -4.84)}
# As many pairs (text, topic) as a topic's offset must outweigh to leave that of its axis.
SHRINK = 4.0
_NEWTON_STEPS = 25


@dataclass(frozen=True, slots=True)
class Scale:
    """What a score comes to, by axis: log odds = slope * score + trust * phrases + offset."""

    slopes: tuple[float, ...]
    """One for each topic, as are the other two."""
    trusts: tuple[float, ...]
    offsets: tuple[float, ...]

    def probabilities(self, scores: NDArray[np.float32], phrases: NDArray[np.float32]) -> Matrix:
        """Return what both scores come to; all of shape (n_texts, n_topics)."""
        odds = scores * np.array(self.slopes) + phrases * np.array(self.trusts)
        odds = np.clip(odds + np.array(self.offsets), -30, 30)
        shares: Matrix = 1 / (1 + np.exp(-odds))
        return shares


def shipped(topics: Sequence[Key], model: str, silence: NDArray[np.float32]) -> Scale:
    """Return what scores come to where nobody has reviewed anything yet.

    `model` is the embedder's id, `silence` the score of a text that says nothing, by topic.
    """
    known = _COUNTED if model.startswith("counted/") else _SHIPPED
    curves = [known[axis] for axis, _ in topics]
    return Scale(
        tuple(slope for slope, _trust, _offset in curves),
        tuple(trust for _slope, trust, _offset in curves),
        tuple(
            offset - slope * float(score)
            for (slope, _trust, offset), score in zip(curves, silence, strict=True)
        ),
    )


def levelled(topics: Sequence[Key], silence: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the silence of topics that were taught alike: that of their axis, as in the fit.

    Where a perimeter alone has taught, a topic in a lower voice than its neighbours is so because
    it has more examples against it, and is no less likely for it.
    """
    level = silence.astype(np.float32)
    for axis in Axis:
        at = [place for place, (on, _id) in enumerate(topics) if on is axis]
        level[at] = silence[at].mean() if at else 0
    return level


def fit_scale(
    topics: Sequence[Key],
    scores: NDArray[np.float32],
    phrases: NDArray[np.float32],
    truth: NDArray[np.bool_],
    known: NDArray[np.bool_],
    shrink: float = SHRINK,
) -> Scale:
    """Return the scale under which what is known is most probable, by Newton's method.

    All arrays have shape (n_texts, n_topics); only pairs that are `known` count. The scores must
    come from a model that did not learn from these texts. The more `shrink`, the nearer the offsets
    of an axis to each other.
    """
    slopes, trusts, offsets = (np.zeros(len(topics)) for _ in range(3))
    for axis in Axis:
        places = np.array([at for at, topic in enumerate(topics) if topic[0] is axis], np.intp)
        if len(places):
            slopes[places], trusts[places], offsets[places] = _fit(
                scores[:, places], phrases[:, places], truth[:, places], known[:, places], shrink
            )
    return Scale(tuple(slopes.tolist()), tuple(trusts.tolist()), tuple(offsets.tolist()))


def _fit(
    scores: NDArray[np.float32],
    phrases: NDArray[np.float32],
    truth: NDArray[np.bool_],
    known: NDArray[np.bool_],
    shrink: float,
) -> tuple[float, float, Matrix]:
    """Return slope, trust and one offset a topic, of one axis."""
    count = scores.shape[1]
    at = np.nonzero(known)
    shared = np.stack([scores[at], phrases[at], np.ones(len(at[0]))], 1).astype(np.float64)
    answer, topic = truth[at].astype(np.float64), at[1]
    held = np.concatenate([[0.1, 0.1, 1e-3], np.full(count, shrink)])
    found = np.zeros(3 + count)
    for _ in range(_NEWTON_STEPS):
        odds = np.clip(shared @ found[:3] + found[3 + topic], -30, 30)
        share = 1 / (1 + np.exp(-odds))
        pull, bend = answer - share, np.maximum(share * (1 - share), 1e-6)
        slope = np.concatenate([shared.T @ pull, np.bincount(topic, pull, count)]) - held * found
        curve = np.diag(np.concatenate([np.zeros(3), np.bincount(topic, bend, count)]) + held)
        curve[:3, :3] += shared.T @ (shared * bend[:, None])
        for column in range(3):
            curve[column, 3:] += np.bincount(topic, bend * shared[:, column], count)
        curve[3:, :3] = curve[:3, 3:].T
        step = np.linalg.solve(curve, slope)
        found += step / max(1.0, float(np.abs(step).max()) / 5)
        if np.abs(step).max() < 1e-6:
            break
    return float(found[0]), float(found[1]), found[2] + found[3:]
