"""Lessons -> a learner, and what it says of texts: the topics of a perimeter, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from watch.classify.lessons import Key, Lesson
from watch.classify.linear import Rows, Weights, fit, scores
from watch.classify.named import draw
from watch.classify.scale import Scale, fit_scale, levelled, shipped
from watch.classify.thresholds import Thresholds, shipped_cuts
from watch.classify.vocabulary import Vocabulary, vocabulary
from watch.domain import Axis
from watch.text.meaning import Embedder, as_one, normal

__all__ = ["Learner", "examine", "folds", "teach"]

Matrix = NDArray[np.float32]
Answers = NDArray[np.float64]

# How the parts weigh and how much the weights are held down: `python -m tests.quality photonics`.
_WORDS = 3.0
_STRENGTH = 4.0
# Above so many lessons a word that stands in one alone teaches nothing.
_MANY = 5_000
PARTS = 5


@dataclass(frozen=True, slots=True)
class Learner:
    """What was learned of topics, from which texts are judged."""

    topics: tuple[Key, ...]
    model: str
    """The id of the embedder whose vectors it learned from: those of another say nothing."""
    vocabulary: Vocabulary
    background: Matrix
    """Where the texts that it learned from lie in the mean: what is near to everything."""
    weights: Weights
    scale: Scale
    """What its scores come to."""
    cuts: Mapping[Axis, Thresholds]
    """From where on a probability is a fact, or to review."""
    asked: tuple[str, ...] = ()
    """Keys of the reviewed items that taught it."""
    answers: Answers = field(default_factory=lambda: np.zeros((0, 0)))
    """What it would have said of these without them: probabilities, (n_asked, n_topics)."""

    def scores(self, texts: Sequence[tuple[str, str]], embedder: Embedder) -> Matrix:
        """Return one row for each (title, text), one column for each of `topics`."""
        return scores(self.rows(texts, embedder), self.weights)

    def rows(self, texts: Sequence[tuple[str, str]], embedder: Embedder) -> Rows:
        """Return (title, text) as the learner sees them: their words, and where they lie."""
        vectors = embedder.encode([as_one(*text) for text in texts])
        return _rows(self.vocabulary.rows(texts), vectors, self.background)


def _rows(words: Any, vectors: Matrix, background: Matrix) -> Rows:
    return Rows(words * np.float32(_WORDS), normal(vectors - background))


@dataclass(frozen=True, slots=True)
class _Class:
    """Lessons in arrays: what is taught, and to which topics."""

    rows: Rows
    targets: Matrix
    trust: Matrix

    def without(self, held: NDArray[np.bool_]) -> _Class:
        keep = ~held
        return _Class(self.rows[keep], self.targets[keep], self.trust[keep])

    def learn(self) -> Weights:
        return fit(self.rows, self.targets, self.trust, _STRENGTH)


def _taught(lessons: Sequence[Lesson], topics: Sequence[Key]) -> tuple[Matrix, Matrix]:
    """Return targets (1, -1) and trust of lessons, both of shape (n_lessons, n_topics)."""
    column = {topic: place for place, topic in enumerate(topics)}
    targets = np.full((len(lessons), len(topics)), -1, np.float32)
    trust = np.zeros_like(targets)
    for row, lesson in enumerate(lessons):
        trust[row] = lesson.others * lesson.weight
        trust[row, [column[topic] for topic in lesson.unsure if topic in column]] = 0
        for topic, is_about in lesson.about.items():
            if topic in column:
                targets[row, column[topic]] = 1 if is_about else -1
                trust[row, column[topic]] = lesson.weight
    return targets, trust


def teach(lessons: Sequence[Lesson], topics: Sequence[Key], embedder: Embedder) -> Learner:
    """Return what the lessons teach; their order does not matter.

    Texts that name no topic are welcome: where all the others are but names, they draw these to
    what is written about them.
    """
    learner, _ = _begin(lessons, topics, embedder)
    return learner


def _begin(
    lessons: Sequence[Lesson], topics: Sequence[Key], embedder: Embedder
) -> tuple[Learner, _Class]:
    texts = [(lesson.title, lesson.text) for lesson in lessons]
    words = vocabulary(texts, least=1 if len(texts) <= _MANY else 2)
    vectors = embedder.encode([as_one(*text) for text in texts])
    full = [at for at, lesson in enumerate(lessons) if not lesson.is_name]
    background = vectors[full].sum(0) / np.float32(max(1, len(full)))
    rows = _rows(words.rows(texts), vectors, background)
    told = _Class(rows, *_taught(lessons, topics))
    taught_by_texts = any(lesson.about and not lesson.is_name for lesson in lessons)
    weights = told.learn() if taught_by_texts else _by_name(told, topics)
    scale = shipped(topics, embedder.id, levelled(topics, weights.offsets))
    cuts = shipped_cuts(embedder.id)
    return Learner(tuple(topics), embedder.id, words, background, weights, scale, cuts), told


def _by_name(told: _Class, topics: Sequence[Key]) -> Weights:
    """Return weights of topics of which nothing but names is known; words of names mislead."""
    named = ((told.targets > 0) * told.trust).T @ told.rows.vectors
    unread = told.rows.vectors[~told.trust.any(1)]
    places = np.zeros_like(named)
    for axis in Axis:
        at = [place for place, topic in enumerate(topics) if topic[0] is axis]
        places[at] = draw(named[at], unread)
    silent = np.zeros((told.rows.words.shape[1], len(topics)), np.float32)
    # As far from a name as from all others is as far as can be: -1.
    return Weights(silent, places.T, np.full(len(topics), -1, np.float32))


def examine(
    lessons: Sequence[Lesson],
    topics: Sequence[Key],
    embedder: Embedder,
    phrases: Matrix,
    asked: Sequence[int],
    parts: int = PARTS,
) -> tuple[Learner, Matrix]:
    """Return a learner with its scale, and what it would say of lessons that it had not had.

    `asked` are the places of the lessons to ask about; `phrases` holds what the phrases say of
    these. The scores have the shape (n_asked, n_topics), each from a learner that was taught
    without the lessons of its group.
    """
    learner, told = _begin(lessons, topics, embedder)
    fold = folds([lessons[place].group or str(place) for place in asked], parts)
    places = np.array(asked, np.intp)
    said = np.zeros((len(asked), len(topics)), np.float32)
    for turn in range(parts):
        held = np.zeros(len(lessons), bool)
        held[places[fold == turn]] = True
        if held.any():
            said[fold == turn] = scores(told.rows[held], told.without(held).learn())
    known = told.trust[places] > 0
    scale = fit_scale(topics, said, phrases, told.targets[places] > 0, known)
    return replace(learner, scale=scale), said


def folds(groups: Iterable[str], parts: int = PARTS) -> NDArray[np.intp]:
    """Return to which of the parts each belongs: whole groups, by the order of their digests."""
    names = list(groups)
    turn = {name: at for at, name in enumerate(sorted(set(names), key=lambda n: crc32(n.encode())))}
    return np.array([turn[name] % parts for name in names], np.intp)
