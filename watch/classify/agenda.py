"""What waits for a person -> the few items whose review teaches most, and why each of them.

An item is worth a look where the judges are in doubt or at odds about topics, the more so where
few reviews have spoken of a topic yet. Two items that say the same teach once: what is near to
what was reviewed or chosen loses by its nearness (k-centre; Sener and Savarese, Active Learning
for Convolutional Neural Networks: A Core-Set Approach, 2018).

A teacher who only sees hard cases cannot say how good the tags are. So one item in five, by the
chance of its key, is never chosen for being hard: of these come the plain ones of an agenda, and
the quality of tags is to be measured on these alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from math import sqrt
from operator import itemgetter
from statistics import median

import numpy as np
from numpy.typing import NDArray

from watch.classify.lessons import Key
from watch.classify.settle import settle
from watch.domain import Tag
from watch.text.meaning import normal
from watch.text.translate import speaker

__all__ = [
    "SAMPLE_END", "SECONDS", "Choice", "Reason", "Waiting", "agenda", "because",
    "is_sample", "seconds_an_item",
]  # fmt: skip

Matrix = NDArray[np.float32]

SECONDS = 45.0
"""What one item takes where nobody has told otherwise yet."""
_LONGEST_LOOK = timedelta(minutes=10)
_GAPS = 10

SAMPLE = 0.2
"""The share of all items that is only ever chosen by chance."""
SAMPLE_END = "33333333"
"""Keys below it are those of the sample: a key is a digest, and so are its digits chance."""
# A topic of which so many items were reviewed counts half as much as one that nobody spoke of.
_FEW = 5
# Between the scores of two judges from which they are at odds, not merely unlike.
_AT_ODDS = 0.4
_TINY = 1e-6


class Reason(StrEnum):
    """Why an item stands on an agenda."""

    CHANCE = "chance"
    """By chance alone: it tells how good the tags are."""
    SPLIT = "split"
    """As many people say yes as no."""
    JUDGES = "judges"
    """The classifiers say different things."""
    FEW = "few"
    """Few items of this topic were reviewed."""
    DOUBT = "doubt"
    """It lies between yes and no."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that waits for a person, with all that was said of it."""

    item: str
    """Its key."""
    story: str
    opinions: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """An item to review, why, and which topic is the reason; none where chance alone is."""

    item: str
    reason: Reason
    topic: Key | None = None


def is_sample(item: str) -> bool:
    """Return whether an item, by its key, is one of those that are chosen by chance alone.

    >>> is_sample("2f" * 16), is_sample("a0" * 16)
    (True, False)
    """
    return item < SAMPLE_END


def agenda(
    waiting: Sequence[Waiting],
    vectors: Matrix,
    reviewed: Matrix,
    counts: Mapping[Key, int],
    count: int,
    share: float = SAMPLE,
) -> list[Choice]:
    """Return at most `count` items, those that teach most first, plain ones strewn in between.

    `vectors` has one row for each of `waiting`, `reviewed` one for each item reviewed before, of
    length 1, both from one embedder. `counts` tells how many reviewed items have each topic.
    `share` of the agenda are items by chance. Equal input gives an equal agenda, whatever the
    order of `waiting`; of one story at most one item is chosen.
    """
    order = sorted(range(len(waiting)), key=lambda at: waiting[at].item)
    sample = [at for at in order if is_sample(waiting[at].item)]
    plain = _one_a_story(waiting, sample)[: round(count * share)]
    told = {waiting[at].story for at in plain}
    hard = [at for at in order if not is_sample(waiting[at].item) and waiting[at].story not in told]
    chosen = _teaching(
        [waiting[at] for at in hard],
        vectors[hard],
        np.vstack([reviewed, vectors[plain]]),
        counts,
        count - len(plain),
    )
    return _strewn(chosen, [Choice(waiting[at].item, Reason.CHANCE) for at in plain])


def _one_a_story(waiting: Sequence[Waiting], places: Iterable[int]) -> list[int]:
    first: dict[str, int] = {}
    for at in places:
        first.setdefault(waiting[at].story, at)
    return list(first.values())


def _strewn(chosen: Sequence[Choice], plain: Sequence[Choice]) -> list[Choice]:
    """Return both as one list, evenly mixed, so that whoever stops early has seen both."""
    turns = [
        ((at + 0.5) / len(some), one) for some in (chosen, plain) for at, one in enumerate(some)
    ]
    return [one for _turn, one in sorted(turns, key=lambda turn: (turn[0], turn[1].item))]


# -- what an item is worth -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Case:
    """What the topic of an item that is worth most is worth, and why."""

    worth: float
    choice: Choice


def _teaching(
    waiting: Sequence[Waiting],
    vectors: Matrix,
    seen: Matrix,
    counts: Mapping[Key, int],
    count: int,
) -> list[Choice]:
    """Return the choices whose worth, less by their nearness to what is seen, is highest."""
    cases = [_case(one, counts) for one in waiting]
    worth = np.array([case.worth for case in cases])
    # What all items have in common tells none from another.
    middle = vectors.mean(0) if len(vectors) else np.zeros(vectors.shape[1], np.float32)
    rows, known = normal(vectors - middle), normal(seen - middle)
    near = (rows @ known.T).max(1) if len(known) else np.zeros(len(rows), np.float32)
    stories = np.array([one.story for one in waiting])
    found: list[Choice] = []
    while len(found) < count and worth.any():
        best = int((worth * np.sqrt(np.clip(1 - near, _TINY, None))).argmax())
        found.append(cases[best].choice)
        worth[stories == stories[best]] = 0
        near = np.maximum(near, rows @ rows[best])
    return found


def _case(one: Waiting, counts: Mapping[Key, int]) -> _Case:
    """Return what an item is worth: that of its topic that is worth most, not the sum of all.

    With the sum, items that touch on many topics crowd out the others, and the F1 of
    technologies is .01 lower (`python -m tests.quality agenda`).
    """
    said: dict[Key, dict[str, float]] = {}
    for tag in one.opinions:
        said.setdefault((tag.axis, tag.topic), {})[tag.by.partition("/")[0]] = tag.score
    judges = {judge for scores in said.values() for judge in scores} - {"expert"}
    best = _Case(0.0, Choice(one.item, Reason.DOUBT))
    for tag in settle(one.opinions):
        key = tag.axis, tag.topic
        if "expert" in said[key] and tag.score in {0.0, 1.0}:
            continue
        # A judge that names other topics and not this one says no to it.
        scores = [said[key].get(judge, 0.0) for judge in judges]
        apart = max(scores, default=0.0) - min(scores, default=0.0)
        count = counts.get(key, 0)
        # The variance of a yes that is so probable, and that of two judges so far apart.
        doubt = tag.score * (1 - tag.score) + apart * apart / 4
        worth = doubt * sqrt(_FEW / (_FEW + count))
        if worth > best.worth:
            best = _Case(worth, Choice(one.item, _reason(tag, apart, count), key))
    return best


def _reason(tag: Tag, apart: float, count: int) -> Reason:
    if tag.by.startswith("expert/"):
        return Reason.SPLIT
    if apart >= _AT_ODDS:
        return Reason.JUDGES
    return Reason.FEW if count < _FEW else Reason.DOUBT


def because(reason: Reason, topic: str, language: str) -> str:
    """Return in a few words why an item stands on an agenda; `topic` is the topic's name."""
    _ = speaker(language)
    return {
        Reason.CHANCE: _("by chance, to measure the tags"),
        Reason.SPLIT: _("people differ on “{topic}”"),
        Reason.JUDGES: _("the classifiers differ on “{topic}”"),
        Reason.FEW: _("few reviews of “{topic}” so far"),
        Reason.DOUBT: _("in doubt about “{topic}”"),
    }[reason].format(topic=topic)


# -- how long it takes ---------------------------------------------------------------------


def seconds_an_item(reviews: Iterable[tuple[int, str, datetime]]) -> float:
    """Return how long people take for an item: the median from one item to the next.

    `reviews` are (reviewer, item, said at), in any order. What took more than ten minutes was a
    pause. With fewer than ten such steps it is `SECONDS`.
    """
    by_person: dict[int, list[tuple[datetime, str]]] = {}
    for reviewer, item, said_at in reviews:
        by_person.setdefault(reviewer, []).append((said_at, item))
    gaps = [gap for said in by_person.values() for gap in _gaps(sorted(said))]
    return max(1.0, median(gaps)) if len(gaps) >= _GAPS else SECONDS


def _gaps(said: Sequence[tuple[datetime, str]]) -> Iterable[float]:
    """Yield the seconds from the last word on one item to the last word on the next."""
    last = [max(at for at, _item in some) for _item, some in groupby(said, itemgetter(1))]
    for one, then in pairwise(last):
        if timedelta(0) < then - one <= _LONGEST_LOOK:
            yield (then - one).total_seconds()
