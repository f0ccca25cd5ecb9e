"""What a review means."""

from __future__ import annotations

from datetime import UTC, datetime

from watch.domain import Axis, Review, Verdict
from watch.workshop.ballot import opinions


def said(verdict: Verdict, instead: str = "") -> list[tuple[str, float]]:
    review = Review(
        "i" * 32, Axis.MARKET, "spatial", verdict, 7, "industry",
        datetime(2026, 11, 16, tzinfo=UTC), instead,
    )  # fmt: skip
    found = opinions(review)
    assert {tag.by for tag in found} <= {"expert/industry/7"}
    return [(tag.topic, tag.score) for tag in found]


def test_a_confirmation_says_yes() -> None:
    assert said(Verdict.CONFIRM) == [("spatial", 1.0)]


def test_a_rejection_says_no() -> None:
    assert said(Verdict.REJECT) == [("spatial", 0.0)]


def test_a_correction_says_no_and_names_the_right_topic() -> None:
    assert said(Verdict.CORRECT, "defense") == [("spatial", 0.0), ("defense", 1.0)]


def test_a_correction_into_nothing_or_itself_only_says_no() -> None:
    assert said(Verdict.CORRECT) == [("spatial", 0.0)]
    assert said(Verdict.CORRECT, "spatial") == [("spatial", 0.0)]


def test_that_an_item_is_done_is_an_opinion_on_no_topic() -> None:
    assert said(Verdict.DONE) == []
