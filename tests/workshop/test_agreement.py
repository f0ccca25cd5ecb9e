"""How far people agree on tags, beyond chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watch.domain import Axis, Tag
from watch.workshop.agreement import Level, Question, agreement, answers

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def asked(number: int) -> Question:
    return f"item {number:03}", Axis.MARKET, "sante"


def test_alpha_is_that_of_the_published_example() -> None:
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), part A: binary data, two
    # observers, no missing data; alpha = 0.095.
    one = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    other = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    said = {
        asked(n): {"industry/1": bool(a), "academia/2": bool(b)}
        for n, (a, b) in enumerate(zip(one, other, strict=True))
    }

    found = agreement(said)

    assert found.alpha == pytest.approx(0.095, abs=0.001)
    assert found.questions == 10
    assert found.disputed == (asked(0), asked(2), asked(5), asked(8))
    assert found.low < found.alpha < found.high
    assert found.level is Level.WEAK


def test_questions_that_one_person_answered_say_nothing() -> None:
    found = agreement({asked(n): {"staff/1": True} for n in range(50)})

    assert (found.questions, found.level) == (0, Level.UNKNOWN)


def test_who_always_says_yes_agrees_by_habit() -> None:
    found = agreement({asked(n): {"staff/1": True, "staff/2": True} for n in range(50)})

    assert (found.alpha, found.level) == (1.0, Level.UNKNOWN)


def test_people_may_be_many_and_answer_where_they_like() -> None:
    said = {
        asked(n): {f"industry/{person}": n % 2 == 0 for person in range(2 + n % 3)}
        for n in range(30)
    }

    found = agreement(said)

    assert (found.alpha, found.questions, found.disputed) == (1.0, 30, ())


def test_a_persons_last_word_counts_and_classifiers_are_passed_over() -> None:
    def tag(by: str, score: float, hours: int) -> Tag:
        return Tag("item", Axis.MARKET, "sante", score, by, (), MONDAY + timedelta(hours=hours))

    tags = [
        tag("expert/industry/1", 0.0, 2),
        tag("expert/industry/1", 1.0, 1),
        tag("expert/academia/2", 1.0, 1),
        tag("phrases/1", 0.9, 3),
    ]

    assert answers(tags) == {
        ("item", Axis.MARKET, "sante"): {"industry/1": False, "academia/2": True}
    }
