"""How well items suit a reader: a shelf, his profile and his votes -> a number each, and why.

Relevance is a weighted sum of a few parts: the topics that an item meets, how near it is to what
the firm says it does (by meaning and by words), whether a watch word or an actor is named, and what
the reader said of items like it. `python -m tests.quality routing` measures it and prints the
weights that suit the development profiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watch.domain import Axis, Interest, Subscriber, Tag
from watch.routing.shelf import Shelf
from watch.routing.votes import NO_LESSON, Lesson

__all__ = ["NOTHING_KNOWN", "PARTS", "WEIGHTS", "Fits", "Known", "Named", "in_words"]

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

PARTS = ("technology", "market", "near", "alike", "word", "foreign")
"""What relevance is the sum of, in the order of `WEIGHTS`."""

WEIGHTS = (0.42, 0.11, 1.59, 5.43, 0.27, 0.23)
_START = -0.09
"""Grades of relevance, 0 to 2, are nearest to start + parts x weights on the development items."""
_HIGHEST = 2.0

# A topic that a classifier reads in the firm's own words counts so much beside a declared one.
IMPLIED = 0.4
# Words in common from which an item that meets no topic may yet be for the firm (cosine).
_ALIKE = 0.06
# Of a text that names no market, nobody knows that it is for another one.
_SILENT = 0.6
_GOOD, _GOOD_BY_TOPICS = 0.3, 0.12
_CLEARLY_NEAR, _CLEARLY_ALIKE = 0.2, 0.1
# A followed customer or competitor alone makes an acceptable line. Not measured: no profile of the
# development set follows any.
_ACTOR = 0.8


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a reader besides his profile."""

    vector: NDArray[np.float32] | None = None
    """Where `in_words` of him lies, shape (size,), length 1; None where no model is installed."""
    implied: tuple[Interest, ...] = ()
    """The topics that a classifier reads in what he says of his firm; weights are probabilities."""
    lesson: Lesson = NO_LESSON
    """What his votes teach."""
    near: NDArray[np.float32] | None = None
    """Its row of the shelf's nearness, where that is worked out for many readers at once."""


NOTHING_KNOWN = Known()


def in_words(reader: Subscriber) -> str:
    """Return what the firm says it does and looks for, "" where it says nothing."""
    return " ".join(part for part in (reader.about, ", ".join(reader.watch_words)) if part)


class Named:
    """Which of some phrases stand in which items of a shelf."""

    def __init__(self, shelf: Shelf, phrases: Iterable[str]) -> None:
        self._places = [(phrase, shelf.words.holding(phrase)) for phrase in phrases]
        self.is_any = np.zeros(len(shelf), bool)
        """Whether any of them stands in each item."""
        for _phrase, places in self._places:
            self.is_any[places] = True

    def of(self, place: int) -> tuple[str, ...]:
        """Return those that stand in one item, in their order."""
        return tuple(phrase for phrase, places in self._places if place in places)


class Fits:
    """How well the items of a shelf suit one reader: only those with a reason to be his."""

    def __init__(self, shelf: Shelf, reader: Subscriber, known: Known = NOTHING_KNOWN) -> None:
        self.shelf, self.reader, self.known = shelf, reader, known
        self.shares = {axis: _shares(reader.interests, axis, known.lesson) for axis in Axis}
        """Of each topic that he follows: its weight over the heaviest on its axis."""
        self.words = Named(shelf, reader.watch_words)
        """The watch words, and where they stand."""
        self.actors = Named(shelf, reader.actors)
        """The followed actors, and what names them."""
        self.near_votes = known.lesson.nearness(shelf)
        """How near each item lies to what he voted on, shape (n_votes, n_items)."""
        self.met = {axis: shelf.sum(axis, self.shares[axis]) for axis in Axis}
        """How much each item of the shelf meets what he follows on an axis."""
        said = in_words(reader)
        self.alike = shelf.words.likeness(said) if said else np.zeros(len(shelf))
        """How like each item of the shelf is to what the firm says, by its words."""
        self.places = self._places()
        """The items with a reason to be his, in rising order."""
        self.parts = self._parts()
        """One row for each of `places`, one column for each of `PARTS`."""

    def _places(self) -> Places:
        has_reason = self.met[Axis.MARKET] + self.met[Axis.TECHNOLOGY] > 0
        has_reason |= self.alike >= _ALIKE
        has_reason |= self.known.lesson.is_alike(self.near_votes)
        has_reason |= self.words.is_any | self.actors.is_any
        has_reason &= ~Named(self.shelf, self.reader.exclusions).is_any
        return np.nonzero(has_reason)[0]

    def _parts(self) -> Numbers:
        reader, shelf, at = self.reader, self.shelf, self.places
        topics = self._topics()
        word = self.words.is_any[at]
        # Where the words are those of another language, their absence says nothing.
        foreign = ~shelf.is_in(reader.language)[at] & bool(in_words(reader))
        found = (topics[Axis.TECHNOLOGY], topics[Axis.MARKET], self._near())
        columns = (*found, self.alike[at], word, foreign)
        return np.stack(columns, axis=1).astype(float)

    def _topics(self) -> dict[Axis, Numbers]:
        """Return how well the items meet each axis: the second topic adds less than the first.

        Whoever follows topics of one axis alone asks nothing of the other.
        """
        found: dict[Axis, Numbers] = {}
        for axis in Axis:
            guessed = {i.topic: IMPLIED * i.weight for i in self.known.implied if i.axis is axis}
            both = self.met[axis] + self.shelf.sum(axis, guessed)
            found[axis] = np.sqrt(both[self.places])
        is_silent = self.shelf.best[Axis.MARKET][self.places] == 0
        found[Axis.MARKET][is_silent] = np.maximum(found[Axis.MARKET][is_silent], _SILENT)
        for axis, other in ((Axis.MARKET, Axis.TECHNOLOGY), (Axis.TECHNOLOGY, Axis.MARKET)):
            if not self.shares[axis]:
                found[axis] = found[other]
        return found

    def _near(self) -> Numbers:
        """Return how near each item lies to what the firm says, above what says nothing."""
        near = self.known.near
        if near is None:
            [near] = self.shelf.nearness([self.known.vector])
        found: Numbers = near[self.places].astype(float)
        return found

    @property
    def least(self) -> float:
        """The relevance without which no line is worth telling.

        At it and above, 17 of a hundred graded lines are of grade 0 where the firm says what it
        does, 19 where topics alone are known, of the pairs that were graded.
        """
        return _GOOD if self.reader.about else _GOOD_BY_TOPICS

    @property
    def is_tied(self) -> NDArray[np.bool_]:
        """Whether something else than topics ties each of `places` to the firm itself."""
        named = self.words.is_any | self.actors.is_any
        liked = self.known.lesson.is_alike(self.near_votes)
        tied: NDArray[np.bool_] = (named | liked | (self.alike >= _ALIKE))[self.places]
        return tied

    def is_about(self, place: int) -> bool:
        """Return whether an item is clearly near to what the firm says it does."""
        row = int(np.searchsorted(self.places, place))
        near, alike = (float(self.parts[row, PARTS.index(part)]) for part in ("near", "alike"))
        return near >= _CLEARLY_NEAR or alike >= _CLEARLY_ALIKE

    def tags(self, place: int) -> tuple[Tag, ...]:
        """Return the tags of an item that meet a topic of the reader's, best first."""
        met = [
            (self.shares[tag.axis][tag.topic] * tag.score, tag)
            for tag in self.shelf[place].tags
            if tag.topic in self.shares[tag.axis]
        ]
        met.sort(key=lambda one: (-one[0], one[1].axis, one[1].topic))
        return tuple(tag for _share, tag in met)

    def relevance(self, weights: Sequence[float] = WEIGHTS, start: float = _START) -> Numbers:
        """Return one number in [0, 1] for each of `places`: 1 is worth a line in any letter."""
        found = start + self.parts @ np.array(weights)
        found += _ACTOR * self.actors.is_any[self.places]
        found += self.known.lesson.worth(self.shelf, self.places, self.near_votes)
        relevance: Numbers = np.clip(found / _HIGHEST, 0.0, 1.0)
        return relevance


def _shares(interests: Iterable[Interest], axis: Axis, lesson: Lesson) -> dict[str, float]:
    """Return the topics of an axis with their shares, as his votes have changed them."""
    weights = {i.topic: i.weight for i in interests if i.axis is axis and i.weight > 0}
    heaviest = max(weights.values(), default=1.0)
    return {
        topic: weight / heaviest * lesson.factor(axis, topic) for topic, weight in weights.items()
    }
