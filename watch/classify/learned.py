"""Lessons -> a learner, and what it says of texts: the topics of a perimeter, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from watch.classify.lessons import Key, Lesson
from watch.classify.linear import Rows, Weights, fit, scores
from watch.classify.scale import Scale, fit_scale
from watch.classify.vocabulary import Vocabulary, vocabulary
from watch.text.meaning import Embedder, normal

__all__ = ["Learner", "examine", "see", "taught", "teach"]

Matrix = NDArray[np.float32]

# How the parts weigh and how much the weights are held down: `python -m tests.quality photonics`.
_WORDS = 1.5
_TITLE = 0.5
_STRENGTH = 3.0
# Above so many lessons a word that stands in one alone teaches nothing.
_MANY = 5_000
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Learner:
    """What was learned of topics, from which texts are judged."""

    topics: tuple[Key, ...]
    model: str
    """The id of the embedder whose vectors it learned from: those of another say nothing."""
    vocabulary: Vocabulary
    background: Matrix
    """Where all that was learned from lies in the mean: what is near to everything."""
    weights: Weights
    scale: Scale | None = None
    """What its scores come to; None where no reviewed item told."""

    def scores(self, texts: Sequence[tuple[str, str]], embedder: Embedder) -> Matrix:
        """Return one row for each (title, text), one column for each of `topics`."""
        return scores(see(texts, self.vocabulary, self.background, embedder), self.weights)


def see(
    texts: Sequence[tuple[str, str]],
    vocabulary: Vocabulary,
    background: Matrix,
    embedder: Embedder,
) -> Rows:
    """Return texts as the learner sees them: words, and the meaning of title and lead."""
    whole = embedder.encode([f"{title}. {text}" if title else text for title, text in texts])
    vectors = normal(whole - background)
    titled = [place for place, (title, text) in enumerate(texts) if title and text]
    if titled:
        titles = embedder.encode([texts[place][0] for place in titled])
        vectors[titled] = normal(vectors[titled] + _TITLE * normal(titles - background))
    return Rows(vocabulary.rows(texts) * np.float32(_WORDS), vectors)


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


def taught(lessons: Sequence[Lesson], topics: Sequence[Key]) -> tuple[Matrix, Matrix]:
    """Return targets (1, -1) and trust of lessons, both of shape (n_lessons, n_topics)."""
    column = {topic: place for place, topic in enumerate(topics)}
    targets = np.full((len(lessons), len(topics)), -1, np.float32)
    trust = np.zeros_like(targets)
    for row, lesson in enumerate(lessons):
        trust[row] = lesson.others * lesson.weight
        for topic, is_about in lesson.about.items():
            if topic in column:
                targets[row, column[topic]] = 1 if is_about else -1
                trust[row, column[topic]] = lesson.weight
    return targets, trust


def teach(lessons: Sequence[Lesson], topics: Sequence[Key], embedder: Embedder) -> Learner:
    """Return what the lessons teach; their order does not matter."""
    learner, _ = _begin(lessons, topics, embedder)
    return learner


def _begin(
    lessons: Sequence[Lesson], topics: Sequence[Key], embedder: Embedder
) -> tuple[Learner, _Class]:
    texts = [(lesson.title, lesson.text) for lesson in lessons]
    words = vocabulary(texts, least=1 if len(texts) <= _MANY else 2)
    background = embedder.encode([f"{title} {text}" for title, text in texts]).mean(0)
    rows = see(texts, words, background, embedder)
    told = _Class(rows, *taught(lessons, topics))
    return Learner(tuple(topics), embedder.id, words, background, told.learn()), told


def examine(
    lessons: Sequence[Lesson],
    topics: Sequence[Key],
    embedder: Embedder,
    phrases: Matrix,
    asked: Sequence[int],
) -> tuple[Learner, Matrix]:
    """Return a learner with its scale, and what it would say of lessons that it had not had.

    `asked` are the places of the lessons to ask about; `phrases` holds what the phrases say of
    these. The scores have the shape (n_asked, n_topics), each from a learner that was taught
    without the lessons of its group.
    """
    learner, told = _begin(lessons, topics, embedder)
    fold = _folds([lessons[place].group or str(place) for place in asked])
    places = np.array(asked, np.intp)
    said = np.zeros((len(asked), len(topics)), np.float32)
    for turn in range(_FOLDS):
        held = np.zeros(len(lessons), bool)
        held[places[fold == turn]] = True
        if held.any():
            said[fold == turn] = scores(told.rows[held], told.without(held).learn())
    known = told.trust[places] > 0
    scale = fit_scale(topics, said, phrases, told.targets[places] > 0, known)
    return replace_scale(learner, scale), said


def replace_scale(learner: Learner, scale: Scale) -> Learner:
    """Return the same learner with another scale."""
    return Learner(
        learner.topics,
        learner.model,
        learner.vocabulary,
        learner.background,
        learner.weights,
        scale,
    )


def _folds(groups: Iterable[str]) -> NDArray[np.intp]:
    """Return to which part each belongs: whole groups, in turn, in the order of their digests."""
    from zlib import crc32

    names = list(groups)
    turn = {name: at for at, name in enumerate(sorted(set(names), key=lambda n: crc32(n.encode())))}
    return np.array([turn[name] % _FOLDS for name in names], np.intp)
