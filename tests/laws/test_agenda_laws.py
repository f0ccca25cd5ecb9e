"""Laws of the agenda: bounded, without doubles, the same for equal input in any order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.classify.samples import key_of
from watch.classify.agenda import SAMPLE, Reason, Waiting, agenda, is_sample
from watch.domain import Axis, Tag

TOPICS = [(Axis.MARKET, "sante"), (Axis.MARKET, "auto"), (Axis.TECHNOLOGY, "lidar")]
JUDGES = ["phrases/1", "nearness/1", "expert/industry/1", "expert/academia/2"]
SIZE = 8


@st.composite
def waiting(draw: st.DrawFn) -> list[Waiting]:
    numbers = draw(st.lists(st.integers(0, 400), unique=True, max_size=30))
    return [draw(one(key_of(number))) for number in numbers]


@st.composite
def one(draw: st.DrawFn, item: str) -> Waiting:
    said = draw(
        st.lists(
            st.tuples(st.sampled_from(TOPICS), st.sampled_from(JUDGES), st.floats(0, 1)),
            unique_by=lambda tag: tag[:2],
            max_size=5,
        )
    )
    tags = [
        Tag(item, axis, topic, round(score) if by.startswith("expert") else score, by)
        for (axis, topic), by, score in said
    ]
    return Waiting(item, draw(st.sampled_from("abcdefgh")), tuple(tags))


def vectors(some: list[Waiting]) -> np.ndarray:
    """Return rows that follow from the keys alone, whatever the order of the items."""
    rows = [np.random.default_rng(int(one.item, 16)).normal(size=SIZE) for one in some]
    found = np.array(rows, np.float32).reshape(-1, SIZE)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


NOTHING = np.zeros((0, SIZE), np.float32)


@given(waiting(), st.integers(0, 20), st.randoms())
def test_an_agenda_does_not_depend_on_the_order_of_what_waits(some, count, chance):
    other = chance.sample(some, len(some))

    found = agenda(some, vectors(some), NOTHING, {}, count)

    assert found == agenda(other, vectors(other), NOTHING, {}, count)


@given(waiting(), st.integers(0, 20), st.floats(0, 1))
def test_an_agenda_is_bounded_and_asks_no_story_twice(some, count, share):
    found = agenda(some, vectors(some), NOTHING, {}, count, share)

    stories = [next(w.story for w in some if w.item == one.item) for one in found]
    assert len(found) <= count
    assert len(set(stories)) == len(stories)


@given(waiting(), st.integers(0, 20))
def test_what_is_kept_for_measuring_is_chosen_by_chance_alone(some, count):
    found = agenda(some, vectors(some), NOTHING, {}, count)

    plain = [one for one in found if one.reason is Reason.CHANCE]
    assert {one.item for one in found if is_sample(one.item)} == {one.item for one in plain}
    assert len(plain) <= round(count * SAMPLE)
    assert all(one.topic is None for one in plain)


@given(waiting(), st.integers(1, 20))
def test_a_longer_agenda_keeps_the_plain_items_of_a_shorter_one(some, count):
    def plain(count: int) -> set[str]:
        found = agenda(some, vectors(some), NOTHING, {}, count)
        return {one.item for one in found if one.reason is Reason.CHANCE}

    assert plain(count) <= plain(2 * count)
