"""A perimeter and reviewed items -> a learner that was examined, its marks, where it is worse.

What it is asked about it had not learned from: it is taught several times, each time without a part
of the events, and answers for that part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from watch.classify.learner import Learner, examine
from watch.classify.lessons import Key, Lesson, lessons_of
from watch.classify.measure import calibration_error, is_worse
from watch.classify.opinions import beliefs, heard, probabilities
from watch.classify.phrases import Phrases
from watch.classify.reviewed import ReviewedItem, lessons_from
from watch.classify.scale import Scale, shipped
from watch.classify.settle import SERVED
from watch.classify.thresholds import shipped_cuts, thresholds
from watch.domain import Axis, Mark, Perimeter
from watch.text.meaning import Embedder

__all__ = ["Answers", "Truth", "answers_of", "marks", "school", "truth_of", "worse_at"]

# So many tags of an axis must be known to be true, and so many to be false, before its
# probabilities and thresholds follow the reviews.
_ENOUGH = 20

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """What people said of items; arrays of shape (n_items, n_topics)."""

    topics: tuple[Key, ...]
    languages: tuple[str, ...]
    is_true: Flags
    is_said: Flags
    """Where people said anything."""
    is_known: Flags
    """There, and where neither a judge nor a person named the topic: nobody takes it for true."""

    def of(self, axis: Axis) -> Flags:
        """Return which columns are topics of an axis."""
        return np.array([topic[0] is axis for topic in self.topics], bool)

    def is_enough(self, axis: Axis) -> bool:
        """Return whether enough is known of an axis to go by it."""
        known = self.is_known & self.of(axis)
        true = int((known & self.is_true).sum())
        return min(true, int(known.sum()) - true) >= _ENOUGH


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody says of items; arrays of shape (n_items, n_topics)."""

    shares: NDArray[np.float64]
    is_served: Flags


def truth_of(items: Sequence[ReviewedItem], topics: Sequence[Key]) -> Truth:
    """Return what people said of items."""
    lessons = lessons_from(items)

    def where(holds: Callable[[Lesson, Key], bool]) -> Flags:
        rows = [[holds(lesson, key) for key in topics] for lesson in lessons]
        return np.array(rows, bool).reshape(len(lessons), len(topics))

    return Truth(
        tuple(topics),
        tuple(one.item.language for one in items),
        where(lambda lesson, key: lesson.about.get(key, False)),
        where(lambda lesson, key: key in lesson.about),
        where(lambda lesson, key: key not in lesson.unsure),
    )


def school(
    perimeter: Perimeter, items: Sequence[ReviewedItem], model: Embedder, precision: float
) -> Learner:
    """Return what a perimeter and reviews teach, with the answers of its examination.

    On an axis of which people said little, scale and thresholds are those that we ship.
    """
    topics = [(topic.axis, topic.id) for topic in perimeter.topics]
    own, lessons = lessons_of(perimeter), lessons_from(items)
    texts = [one.item for one in items]
    named = heard(Phrases().tag(texts, perimeter), texts, topics)
    asked = range(len(own), len(own) + len(items))
    learner, scores = examine([*own, *lessons], topics, model, named, asked)
    truth = truth_of(items, topics)
    scale = _mixed(learner.scale, shipped(topics, model.id, learner.weights.offsets), truth)
    shares = scale.probabilities(scores, named)
    cuts = shipped_cuts(model.id, precision)
    for axis in Axis:
        at = truth.is_known & truth.of(axis)
        if truth.is_enough(axis):
            cuts[axis] = thresholds(shares[at], truth.is_true[at], precision)
    keys = tuple(item.key for item in texts)
    return replace(learner, scale=scale, cuts=cuts, asked=keys, answers=shares)


def _mixed(learned: Scale, plain: Scale, truth: Truth) -> Scale:
    enough = {axis: truth.is_enough(axis) for axis in Axis}
    chosen = [learned if enough[axis] else plain for axis, _id in truth.topics]
    return Scale(
        tuple(one.slopes[at] for at, one in enumerate(chosen)),
        tuple(one.trusts[at] for at, one in enumerate(chosen)),
        tuple(one.offsets[at] for at, one in enumerate(chosen)),
    )


def answers_of(
    learner: Learner, perimeter: Perimeter, items: Sequence[ReviewedItem], model: Embedder
) -> Answers:
    """Return what a learner says of items; of those that taught it, what it said without them."""
    texts = [one.item for one in items]
    known = {key: row for row, key in enumerate(learner.asked)}
    shares = np.zeros((len(items), len(learner.topics)))
    new = [place for place, item in enumerate(texts) if item.key not in known]
    for place, item in enumerate(texts):
        if item.key in known:
            shares[place] = learner.answers[known[item.key]]
    if new:
        some = [texts[place] for place in new]
        shares[new] = probabilities(learner, some, Phrases().tag(some, perimeter), model)
    return Answers(shares, beliefs(learner, shares) >= SERVED)


def marks(truth: Truth, answers: Answers) -> list[Mark]:
    """Return marks of each axis, of its languages, and of each topic, on what people said."""
    found = []
    for axis, language, at in _parts(truth):
        found.append(_mark(truth, answers, at, axis, language=language))
    for column, (axis, topic) in enumerate(truth.topics):
        at = np.zeros_like(truth.is_said)
        at[:, column] = truth.is_said[:, column]
        found.append(_mark(truth, answers, at, axis, topic=topic))
    return found


def worse_at(truth: Truth, before: Answers, after: Answers) -> list[tuple[Axis, str]]:
    """Return on which axes, and in which languages of these, answers got worse."""
    return [
        (axis, language)
        for axis, language, at in _parts(truth)
        if is_worse(
            (before.is_served == truth.is_true)[at].tolist(),
            (after.is_served == truth.is_true)[at].tolist(),
        )
    ]


def _parts(truth: Truth) -> Iterator[tuple[Axis, str, Flags]]:
    """Yield each axis, and each axis in each language, with the answers that people gave there."""
    spoken = np.array(truth.languages)
    for axis in Axis:
        on = truth.is_said & truth.of(axis)
        yield axis, "", on
        for language in sorted(set(truth.languages) - {""}):
            yield axis, language, on & (spoken == language)[:, None]


def _mark(
    truth: Truth, answers: Answers, at: Flags, axis: Axis, topic: str = "", language: str = ""
) -> Mark:
    true, served = truth.is_true[at], answers.is_served[at]
    return Mark(
        axis.value,
        topic,
        language,
        hits=int((true & served).sum()),
        said=int(served.sum()),
        true=int(true.sum()),
        reviewed=int(at.sum()),
        off=round(calibration_error(answers.shares[at].tolist(), true.tolist()), 4),
    )
