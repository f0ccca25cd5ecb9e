"""Reviewed items -> lessons: what most people say of each topic, and how much that weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from watch.classify.lessons import Key, Lesson
from watch.domain import Item, Review, Verdict

__all__ = ["MOST_A_DAY", "ReviewedItem", "busy_days", "lessons_from", "verdicts"]

# How much one reviewed item weighs beside one term of a perimeter, and how much of that as an
# example against the topics that neither a judge nor a person named:
# `python -m tests.quality photonics`.
_WEIGHT, _OTHERS = 2.0, 0.3
MOST_A_DAY = 100
"""Of one person's reviews of one day so many weigh fully; more of them share that weight."""


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """An item, and all that people said of it."""

    item: Item
    story: str
    reviews: tuple[Review, ...]
    claimed: frozenset[Key] = frozenset()
    """Topics that judges named and that may be true without anybody having said so."""


def busy_days(reviews: Iterable[Review]) -> dict[tuple[int, date], int]:
    """Return the days (UTC) on which one person said more than weighs fully, with the count."""
    counts = Counter(map(_day, reviews))
    return {day: count for day, count in counts.items() if count > MOST_A_DAY}


def lessons_from(items: Sequence[ReviewedItem]) -> list[Lesson]:
    """Return one lesson an item, in their order: what the majority says; a tie says nothing."""
    busy = busy_days(review for one in items for review in one.reviews)
    found = []
    for one in items:
        about = verdicts(one.reviews, busy)
        # Who called an item done has looked for all topics, and found no other.
        is_done = any(review.verdict is Verdict.DONE for review in one.reviews)
        named = {key for review in one.reviews for key, _is_about in _said(review)}
        found.append(
            Lesson(
                one.item.title,
                one.item.text,
                about,
                _WEIGHT * max((_trust(review, busy) for review in one.reviews), default=0.0),
                1.0 if is_done else _OTHERS,
                unsure=frozenset((one.claimed | named) - set(about)),
                group=one.story,
            )
        )
    return found


def verdicts(
    reviews: Iterable[Review], busy: Mapping[tuple[int, date], int] | None = None
) -> dict[Key, bool]:
    """Return what most people say of each topic; their latest word counts, a tie does not."""
    latest: dict[tuple[Key, int], tuple[bool, float]] = {}
    for review in sorted(reviews, key=lambda one: one.said_at):
        for key, is_about in _said(review):
            latest[key, review.reviewer] = is_about, _trust(review, busy or {})
    balance: dict[Key, float] = {}
    for (key, _reviewer), (is_about, trust) in latest.items():
        balance[key] = balance.get(key, 0.0) + (trust if is_about else -trust)
    return {key: weight > 0 for key, weight in balance.items() if weight}


def _said(review: Review) -> list[tuple[Key, bool]]:
    if review.verdict is Verdict.DONE:
        return []
    said = [((review.axis, review.topic), review.verdict is Verdict.CONFIRM)]
    if review.verdict is Verdict.CORRECT and review.instead not in {"", review.topic}:
        said.append(((review.axis, review.instead), True))
    return said


def _trust(review: Review, busy: Mapping[tuple[int, date], int]) -> float:
    return MOST_A_DAY / max(MOST_A_DAY, busy.get(_day(review), 0))


def _day(review: Review) -> tuple[int, date]:
    return review.reviewer, review.said_at.astimezone(UTC).date()
