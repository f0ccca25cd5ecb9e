"""The few items whose review teaches most, and why each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from tests.classify.samples import key_of
from watch.classify.agenda import (
    SECONDS,
    Choice,
    Reason,
    Waiting,
    agenda,
    is_sample,
    seconds_an_item,
)  # fmt: skip
from watch.domain import Axis, Tag
from watch.text.meaning import Counted

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LIDAR = (Axis.TECHNOLOGY, "lidar")
NOTHING = np.zeros((0, Counted.size), np.float32)


def hard(count: int, start: int = 0) -> list[str]:
    """Return keys of items that chance alone would not choose."""
    keys = (key_of(n) for n in range(start, 1_000))
    return [key for key in keys if not is_sample(key)][:count]


def waits(item: str, *said: tuple[str, str, float], story: str = "") -> Waiting:
    tags = [Tag(item, Axis.TECHNOLOGY, topic, score, by) for by, topic, score in said]
    return Waiting(item, story or item, tuple(tags))


def lie(*texts: str) -> np.ndarray:
    return Counted().encode(texts)


def test_what_is_most_in_doubt_comes_first() -> None:
    sure, torn, unlikely = hard(3)
    waiting = [
        waits(sure, ("phrases/1", "lidar", 0.95)),
        waits(torn, ("phrases/1", "lidar", 0.5)),
        waits(unlikely, ("phrases/1", "lidar", 0.2)),
    ]

    found = agenda(waiting, lie("mer", "ville", "route"), NOTHING, {LIDAR: 9}, 2)

    assert found == [
        Choice(torn, Reason.DOUBT, LIDAR),
        Choice(unlikely, Reason.DOUBT, LIDAR),
    ]


def test_judges_at_odds_and_topics_with_few_reviews_come_before_plain_doubt() -> None:
    odds, few, plain = hard(3)
    waiting = [
        waits(odds, ("phrases/1", "lidar", 0.95), ("nearness/1", "lidar", 0.4)),
        waits(few, ("nearness/1", "led", 0.4)),
        waits(plain, ("nearness/1", "lidar", 0.4)),
    ]

    found = agenda(waiting, lie("mer", "ville", "route"), NOTHING, {LIDAR: 40}, 3)

    assert [(one.item, one.reason) for one in found] == [
        (few, Reason.FEW),
        (odds, Reason.JUDGES),
        (plain, Reason.DOUBT),
    ]


def test_where_as_many_people_say_yes_as_no_one_more_is_asked() -> None:
    (item,) = hard(1)
    split = waits(item, ("expert/industry/1", "lidar", 1.0), ("expert/academia/2", "lidar", 0.0))

    assert agenda([split], lie("mer"), NOTHING, {}, 5) == [Choice(item, Reason.SPLIT, LIDAR)]


def test_what_people_have_settled_is_asked_no_more() -> None:
    (item,) = hard(1)
    settled = waits(item, ("phrases/1", "lidar", 0.5), ("expert/industry/1", "lidar", 1.0))

    assert agenda([settled], lie("mer"), NOTHING, {}, 5) == []


def test_what_is_near_to_a_reviewed_item_waits_behind_what_is_new() -> None:
    again, new, other = hard(3)
    waiting = [waits(one, ("phrases/1", "lidar", 0.5)) for one in (again, new, other)]
    vectors = lie("un lidar voit la route", "un laser soude la coque", "une fibre pose le réseau")

    found = agenda(waiting, vectors, lie("un lidar voit la route"), {}, 3)

    assert found[-1].item == again


def test_copies_of_one_story_are_asked_once() -> None:
    keys = [*hard(5), *(key for n in range(99) if is_sample(key := key_of(n)))]
    waiting = [waits(key, ("phrases/1", "lidar", 0.5), story="same") for key in keys]

    assert len(agenda(waiting, lie(*keys), NOTHING, {}, 10)) == 1


def test_an_item_in_five_is_plain_and_they_are_strewn_in() -> None:
    keys = [key_of(n) for n in range(200)]
    waiting = [waits(key, ("phrases/1", "lidar", 0.5)) for key in keys]

    found = agenda(waiting, lie(*keys), NOTHING, {}, 10)

    plain = [at for at, one in enumerate(found) if one.reason is Reason.CHANCE]
    assert len(found) == 10
    assert plain == [2, 7]


def test_plain_items_need_no_opinion() -> None:
    sample = next(key for n in range(99) if is_sample(key := key_of(n)))

    assert agenda([waits(sample)], lie("pain"), NOTHING, {}, 5) == [Choice(sample, Reason.CHANCE)]


def test_nothing_waits_and_nothing_is_asked() -> None:
    assert agenda([], NOTHING, NOTHING, {}, 10) == []


def test_the_time_that_an_item_takes_is_learnt_from_the_steps_between_reviews() -> None:
    def said(steps: int, seconds: int, person: int = 1) -> list[tuple[int, str, datetime]]:
        return [
            # Two words on each item: the step is from the last of one to the last of the next.
            (person, f"item {n}", MONDAY + timedelta(seconds=n * seconds - before))
            for n in range(steps + 1)
            for before in (5, 0)
        ]

    assert seconds_an_item([]) == SECONDS
    assert seconds_an_item(said(9, 30)) == SECONDS
    assert seconds_an_item(said(10, 30)) == 30
    assert seconds_an_item([*said(10, 30), *said(4, 3600, person=2)]) == 30
