"""What it teaches that somebody called an item done."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.classify.samples import news
from watch.classify.reviewed import ReviewedItem, lessons_from, verdicts
from watch.domain import Axis, Review, Verdict

LIDAR = (Axis.TECHNOLOGY, "lidar")


def said(topic: str, verdict: Verdict) -> Review:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Review("i" * 32, Axis.TECHNOLOGY, topic, verdict, 7, "industry", at)


def test_an_item_that_is_done_is_an_example_against_all_topics_that_nobody_named() -> None:
    confirmed, done = said("lidar", Verdict.CONFIRM), said("", Verdict.DONE)

    (plain,) = lessons_from([ReviewedItem(news("Un lidar"), "s", (confirmed,))])
    (whole,) = lessons_from([ReviewedItem(news("Un lidar"), "s", (confirmed, done))])

    assert plain.others < whole.others == 1.0
    assert whole.about == {LIDAR: True}
    assert whole.unsure == frozenset()


def test_that_an_item_is_done_says_nothing_of_any_topic() -> None:
    assert verdicts([said("", Verdict.DONE)]) == {}
