"""What votes teach: what a reader said of his lines -> what he will want more and less of.

"Useful" and "to look into" raise what is near in meaning, and the item's topics; "not for me"
lowers them, or the place or the kind of text alone where that was the reason. "Seen already" says
that the choice was right, and nothing more. A useful vote lowers nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from watch.domain import Axis, Say, Tagged, Vote
from watch.routing.shelf import Shelf

__all__ = ["NO_LESSON", "Lesson", "Voted", "learn"]

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

# How much one vote says of an item of the same meaning, in grades of relevance. Tuned with
# `python -m tests.quality routing`.
_SAYS = {Say.USEFUL: 1.0, Say.DIG: 1.5, Say.SEEN: 0.0, Say.NOT_FOR_ME: -1.0}
_STRENGTH = 0.5
# Each vote moves a topic's share by so much of itself, within these bounds.
_A_TOPIC = 0.1
_LEAST, _MOST = 0.4, 1.6
_ELSEWHERE = -0.3
_TOO_TECHNICAL = -0.3
_TECHNICAL = frozenset({"publication", "preprint", "thesis", "patent", "standard"})


@dataclass(frozen=True, slots=True)
class Voted:
    """A vote, the item that it is about, and where that lies in a space of meanings."""

    vote: Vote
    tagged: Tagged
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a reader's votes come to."""

    voted: tuple[Voted, ...] = ()
    factors: dict[tuple[Axis, str], float] = field(default_factory=dict)
    places: frozenset[str] = frozenset()
    """Countries that are too far away for him."""
    is_technical_unwelcome: bool = False

    def factor(self, axis: Axis, topic: str) -> float:
        """Return by how much the share of a topic has grown or shrunk; 1 is not at all."""
        return self.factors.get((axis, topic), 1.0)

    def nearness(self, shelf: Shelf) -> NDArray[np.float32]:
        """Return how near each item lies to each vote's: 0 or above, shape (n_votes, n_items)."""
        return np.maximum(shelf.nearness([one.vector for one in self.voted]), 0.0)

    def worth(self, shelf: Shelf, places: Places, near: NDArray[np.float32]) -> Numbers:
        """Return what the votes add to the relevance of some items, in grades."""
        says = np.array([_SAYS[one.vote.say] for one in self.voted])
        found: Numbers = (_STRENGTH * says) @ near[:, places]
        for row, place in enumerate(places.tolist() if self._is_choosy else ()):
            item = shelf[place].item
            found[row] += _ELSEWHERE * (item.record.country in self.places)
            found[row] += _TOO_TECHNICAL * (self.is_technical_unwelcome and item.kind in _TECHNICAL)
        return found

    @property
    def _is_choosy(self) -> bool:
        return bool(self.places) or self.is_technical_unwelcome

    @property
    def _useful(self) -> list[int]:
        return [at for at, one in enumerate(self.voted) if _SAYS[one.vote.say] > 0]

    def is_alike(self, near: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return which items are near enough to a useful one to be looked at for that alone."""
        found: NDArray[np.bool_] = np.any(near[self._useful] >= _LOOKED_AT, axis=0)
        return found

    def liked(self, near: NDArray[np.float32]) -> Voted | None:
        """Return the useful item that most speaks for another one, if it does so clearly.

        `near` is the column of that other one.
        """
        best = max(self._useful, key=near.__getitem__, default=None)
        return self.voted[best] if best is not None and near[best] >= _CLEARLY else None


_CLEARLY = 0.25
_LOOKED_AT = 0.1
NO_LESSON = Lesson()


def learn(voted: Iterable[Voted]) -> Lesson:
    """Return what votes teach; their order does not matter."""
    some = sorted(voted, key=lambda one: (one.vote.said_at, one.vote.item))
    about = [one for one in some if _objection(one) in ("", "topic")]
    moves: Counter[tuple[Axis, str]] = Counter()
    for one in about:
        for tag in one.tagged.tags:
            # Counted in whole tenths: sums of floats would depend on their order.
            moves[tag.axis, tag.topic] += round(10 * _SAYS[one.vote.say])
    far = (one for one in some if _objection(one) == "place")
    return Lesson(
        voted=tuple(about),
        factors={key: min(max(1 + _A_TOPIC * n / 10, _LEAST), _MOST) for key, n in moves.items()},
        places=frozenset(filter(None, (one.tagged.item.record.country for one in far))),
        is_technical_unwelcome=any(_objection(one) == "technical" for one in some),
    )


def _objection(one: Voted) -> str:
    return one.vote.reason if one.vote.say is Say.NOT_FOR_ME else ""
