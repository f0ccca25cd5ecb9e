"""For each reader the few items worth his time, or no letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing.shelf import CLUSTER, PERIMETER, READER, WEEK, told
from watch.domain import (
    Axis,
    Cause,
    Digest,
    Interest,
    Period,
    Reason,
    Record,
    Say,
    Tagged,
    Vote,
)
from watch.routing.compose import FEWEST, Shelf, _first_stories, compose
from watch.routing.interest import Known
from watch.routing.votes import Voted, learn


def digest(
    shelf: Sequence[Tagged], had: frozenset[str] = frozenset(), period: Period = WEEK, **reader: Any
) -> Digest:
    return compose(CLUSTER, PERIMETER, replace(READER, **reader), shelf, had, period)


def keys(shelf: Sequence[Tagged], had: frozenset[str] = frozenset(), **reader: Any) -> list[str]:
    """Return the items that the reader gets, in order."""
    return [pick.tagged.item.key for pick in digest(shelf, had, **reader).picks]


THREE = [told("a", score=0.9), told("b", score=0.8), told("c", score=0.7)]


def test_the_strongest_stands_first_with_the_tags_that_met() -> None:
    found = digest(THREE)

    assert [pick.tagged.item.key for pick in found.picks] == ["a", "b", "c"]
    assert [tag.topic for tag in found.picks[0].why] == ["cars", "lidar"]
    assert (found.cluster, found.perimeter, found.period) == (CLUSTER, PERIMETER, WEEK)
    assert all(0 < pick.score <= 1 for pick in found.picks)


def test_fewer_than_three_good_lines_are_no_letter() -> None:
    assert keys(THREE[: FEWEST - 1]) == []
    assert keys([]) == []


def test_a_line_beside_does_not_make_a_letter() -> None:
    assert keys([*THREE[:2], told("x", "health")]) == []


def test_a_story_that_was_told_is_not_told_again() -> None:
    assert keys([*THREE, told("d", score=1.0)], frozenset({"d"})) == ["a", "b", "c"]


def test_one_story_is_one_line_in_the_reader_s_language() -> None:
    english = told("e", story="s", language="en", day=16)
    french = told("f", story="s", language="fr", day=17)
    later = told("g", story="s", language="fr", day=18)

    assert "f" in keys([*THREE, english, french, later])
    assert len(keys([*THREE, english, french, later])) == 4
    assert "e" in keys([*THREE, english, french, later], language="en")
    assert "e" in keys([*THREE, english, french, later], language="de")


def test_a_story_stands_where_its_best_item_stands() -> None:
    weak = told("f", story="s", score=0.6)
    strong = told("e", story="s", score=1.0, language="en")

    assert keys([*THREE, weak, strong])[0] == "f"


@pytest.mark.parametrize(("quota", "count"), [(1, 3), (4, 4), (10, 10), (40, 10)])
def test_a_letter_has_as_many_lines_as_its_reader_wants_from_three_to_ten(
    quota: int, count: int
) -> None:
    assert len(keys([told(f"i{n}") for n in range(30)], quota=quota)) == count


def test_newer_goes_before_older() -> None:
    assert keys([told("a", day=2), told("b", day=18), told("c", day=17)]) == ["b", "c", "a"]


def test_a_reader_s_own_language_goes_first_where_all_else_is_equal() -> None:
    assert keys([told("a", language="en"), *THREE[1:], told("z")])[0] == "z"


def test_what_is_dated_after_the_period_waits() -> None:
    assert keys([*THREE, told("z", day=23, score=1.0)]) == ["a", "b", "c"]


def test_days_are_those_of_the_cluster() -> None:
    late_on_sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert "z" not in keys([*THREE, told("z", published_at=late_on_sunday)])


def test_at_most_one_line_lies_beside_and_it_is_the_last() -> None:
    found = digest([*THREE, told("x", "health", day=21), told("y", "farming", day=21)])

    assert [pick.is_beside for pick in found.picks] == [False, False, False, True]
    assert found.picks[-1].tagged.item.key == "x"
    assert found.picks[-1].why == ()


def test_a_line_beside_takes_no_place_in_the_shortest_letter() -> None:
    assert keys([*THREE, told("x", "health")], quota=3) == ["a", "b", "c"]


def test_what_lies_beside_must_be_sure() -> None:
    assert keys([*THREE, told("x", "health", score=0.7)]) == ["a", "b", "c"]


def test_an_item_silent_on_one_axis_is_part_of_what_is_followed() -> None:
    found = digest([*THREE, told("d", market="")])

    assert [pick.is_beside for pick in found.picks] == [False] * 4
    assert "d" in {pick.tagged.item.key for pick in found.picks}


def test_lines_are_varied_in_their_subjects() -> None:
    interests = (*READER.interests, Interest(Axis.TECHNOLOGY, "laser"))
    same = [told(f"a{n}", score=0.9) for n in range(6)]

    assert "z" in keys([*same, told("z", technology="laser", score=0.8)], interests=interests)[:3]


def test_lines_are_varied_in_their_outlets() -> None:
    same = [told(f"a{n}", score=0.9, outlet="One Paper") for n in range(6)]

    assert "z" in keys([*same, told("z", score=0.8, outlet="Another")])[:4]


def test_an_only_subject_still_fills_a_letter() -> None:
    assert len(keys([told(f"a{n}", outlet="One Paper") for n in range(8)])) == READER.quota


def test_a_reader_without_interests_gets_nothing() -> None:
    assert keys(THREE, interests=()) == []


def test_a_month_lets_its_stories_age_more_slowly() -> None:
    month = Period(WEEK.first_on.replace(day=1), WEEK.last_on.replace(day=30))
    old = [told(f"o{n}", day=2) for n in range(3)]

    assert digest(old, period=month).picks[0].score > digest(old).picks[0].score


def until(day: int) -> Record:
    return Record(
        deadline_at=datetime(2026, 11 + (day > 30), day - 30 * (day > 30), 12, tzinfo=UTC)
    )


def test_what_can_no_longer_be_answered_is_not_told() -> None:
    past, last_day = (told(f"t{n}", kind="tender", record=until(n)) for n in (20, 22))

    assert keys([*THREE, past, last_day]) == ["a", "b", "c"]
    assert "t23" in keys([*THREE, told("t23", kind="tender", record=until(23))])


def test_a_deadline_that_is_near_stands_first_however_old_the_call_is() -> None:
    call = told("call", score=0.7, day=1, record=until(30))
    found = digest([*THREE, call])

    assert found.picks[0].tagged.item.key == "call"
    assert found.picks[0].reasons == (Reason(Cause.DEADLINE, ("2026-11-30",)),)


def test_a_followed_actor_stands_before_the_strongest() -> None:
    named = told("n", score=0.6, title="Scanvia opens a plant")

    found = digest([*THREE, named], actors=("Scanvia",))

    assert found.picks[0].tagged.item.key == "n"
    assert Reason(Cause.ACTOR, ("Scanvia",)) in found.picks[0].reasons


def test_a_line_says_which_of_his_words_it_holds() -> None:
    found = digest([*THREE, told("w", text="Deux chirps.")], watch_words=("chirp", "golf"))

    reasons = {pick.tagged.item.key: pick.reasons for pick in found.picks}
    assert Reason(Cause.WORD, ("chirp",)) in reasons["w"]


def test_a_language_that_he_does_not_read_goes_last() -> None:
    english = told("e", language="en", score=1.0)

    assert keys([*THREE, english])[0] == "e"
    assert keys([*THREE, english], reads=("fr",))[-1] == "e"


def test_what_happens_elsewhere_goes_after_what_happens_where_he_works() -> None:
    far = told("far", score=1.0, record=Record(country="US"))

    assert keys([*THREE, far], places=("FR", "DE"))[-1] == "far"
    assert keys([*THREE, far])[0] == "far"


def test_many_outlets_and_a_reliable_source_weigh() -> None:
    alone, copied = told("x1"), told("x2")
    copied = replace(copied, story=replace(copied.story, outlets=("A", "B", "C", "D")))
    trusted = told("x3", source=9)
    shelf = Shelf([alone, copied, trusted], CLUSTER.timezone, reliability={9: 1.5})

    assert keys(shelf) == ["x3", "x2", "x1"]


def test_a_useful_vote_is_seen_in_the_next_letter_with_its_reason() -> None:
    shelf = [told("a"), told("b"), told("c"), told("z", "health", "optics")]
    vectors = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    liked = told("v", title="A lens that was liked")
    vote = Vote("v", Say.USEFUL, datetime(2026, 11, 20, tzinfo=UTC))
    lesson = learn([Voted(vote, liked, np.array([0, 1], np.float32))])

    laid = Shelf(shelf, CLUSTER.timezone, vectors)
    found = compose(CLUSTER, PERIMETER, READER, laid, frozenset(), WEEK, Known(lesson=lesson))

    assert keys(laid) == ["a", "b", "c"]
    reasons = {pick.tagged.item.key: pick.reasons for pick in found.picks}
    assert Reason(Cause.LIKED, ("A lens that was liked",)) in reasons["z"]


ITEMS = st.builds(
    told,
    st.integers(0, 99).map("i{:02}".format),
    st.sampled_from(["cars", "health", ""]),
    st.sampled_from(["lidar", "laser"]),
    st.sampled_from([0.6, 0.8, 1.0]),
    day=st.integers(1, 25),
    language=st.sampled_from(["fr", "en"]),
    outlet=st.sampled_from(["A", "B", "C"]),
)

SHELVES = st.lists(ITEMS, max_size=25, unique_by=lambda tagged: tagged.item.key)


@given(SHELVES.flatmap(lambda i: st.tuples(st.just(i), st.permutations(i))))
def test_a_digest_does_not_depend_on_the_order_of_the_shelf(
    shelves: tuple[list[Tagged], list[Tagged]],
) -> None:
    shelf, shuffled = shelves

    assert digest(shelf) == digest(Shelf(shuffled, CLUSTER.timezone))


@given(SHELVES, st.sets(st.integers(0, 99).map("i{:02}".format)))
def test_what_was_told_never_comes_again(shelf: list[Tagged], had: set[str]) -> None:
    assert not had & {pick.tagged.story.key for pick in digest(shelf, frozenset(had)).picks}


@given(SHELVES, st.integers(0, 12))
def test_a_digest_is_never_filled_up_nor_too_long(shelf: list[Tagged], quota: int) -> None:
    picks = digest(shelf, quota=quota).picks

    assert not picks or FEWEST <= len(picks) <= max(quota, FEWEST)
    assert len({pick.tagged.story.key for pick in picks}) == len(picks)
    assert sum(pick.is_beside for pick in picks) <= 1
    assert all(pick.why or pick.reasons or pick.is_beside for pick in picks)


@given(
    rows=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0.1, 0.2, 0.3, 0.4])), max_size=60),
    most=st.integers(1, 6),
)
def test_the_first_stories_are_those_that_sorting_all_of_them_finds(
    rows: list[tuple[int, float]], most: int
) -> None:
    best: dict[int, float] = {}
    for story, worth in rows:
        best[story] = max(worth, best.get(story, 0.0))
    stories = np.array([story for story, _worth in rows], np.intp)
    found = _first_stories(stories, np.array([worth for _story, worth in rows]), most)

    assert found == sorted(best, key=lambda story: (-best[story], story))[:most]
