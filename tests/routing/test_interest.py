"""How well an item suits a reader: his topics, his firm's words, and what he said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routing.shelf import READER, told
from watch.domain import Axis, Interest, Record, Say, Tagged, Vote
from watch.routing.interest import NOTHING_KNOWN, Fits, Known, Named, in_words
from watch.routing.shelf import Shelf
from watch.routing.votes import Voted, learn

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CARS = Interest(Axis.MARKET, "cars")
LIDAR, LASER = Interest(Axis.TECHNOLOGY, "lidar"), Interest(Axis.TECHNOLOGY, "laser")
OTHERS = [told(f"o{n}", "health", "optics", text=f"Filler number {n}.") for n in range(9)]


def suits(
    items: Sequence[Tagged], known: Known = NOTHING_KNOWN, vectors: Any = None, **reader: Any
) -> dict[str, float]:
    """Return the relevance of each item that has a reason to be the reader's, by key."""
    shelf = Shelf([*items, *OTHERS], "Europe/Paris", vectors)
    fits = Fits(shelf, replace(READER, **reader), known)
    return dict(
        zip((shelf[p].item.key for p in fits.places), fits.relevance().tolist(), strict=True)
    )


def voted(item: Tagged, say: Say, reason: str = "", vector: Any = (0.0, 1.0)) -> Voted:
    return Voted(Vote(item.item.key, say, NOW, reason), item, np.array(vector, np.float32))


def test_a_text_on_other_subjects_is_nothing_to_him() -> None:
    assert suits([told("a", "health", "laser")]) == {}
    assert suits([told("a")], interests=()) == {}


def test_both_axes_are_worth_more_than_one() -> None:
    found = suits([told("a"), told("b", "health")])

    assert found["a"] > found["b"]


def test_a_surer_tag_suits_better() -> None:
    found = suits([told("a", score=0.9), told("b", score=0.7)])

    assert found["a"] > found["b"]


def test_a_heavier_interest_counts_more_on_its_own_axis() -> None:
    interests = (CARS, LIDAR, Interest(Axis.TECHNOLOGY, "laser", 2.0))
    found = suits([told("a", technology="laser"), told("b")], interests=interests)

    assert found["a"] > found["b"]


def test_an_interest_of_no_weight_is_none() -> None:
    assert suits([told("a")], interests=(Interest(Axis.MARKET, "cars", 0.0),)) == {}


def test_a_reader_of_one_axis_asks_nothing_of_the_other() -> None:
    found = suits([told("a", "health"), told("b")], interests=(LIDAR,))

    assert found["a"] == found["b"] > 0


def test_a_watch_word_finds_what_no_topic_does() -> None:
    chirp = told("a", "health", "optics", text="Deux chirps de plus.")

    assert "a" in suits([chirp], watch_words=("chirp",))
    assert suits([chirp]) == {}


def test_what_is_excluded_is_not_told() -> None:
    golf = told("a", text="Un lidar de golf.")

    assert suits([golf], exclusions=("golf",)) == {}


def test_a_followed_actor_is_told_wherever_it_is_named() -> None:
    named = told("a", "health", "optics", record=Record(organisations=("Scanvia",)))

    assert suits([named], actors=("Scanvia",))["a"] > 0


def test_what_is_near_to_the_firm_s_own_words_suits_better() -> None:
    near = np.zeros((2 + len(OTHERS), 2), np.float32)
    near[0], near[1] = (1, 0), (0, 1)
    known = Known(vector=np.array([1, 0], np.float32))
    found = suits([told("a"), told("b")], known, near, about="Ranging modules.")

    assert found["a"] > found["b"]


def test_many_vectors_lie_where_each_lies_alone_and_an_unknown_one_nowhere() -> None:
    lies = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]], np.float32)
    shelf = Shelf([told("a"), told("b"), told("c")], "Europe/Paris", lies)
    of_another_model = np.ones(2, np.float32)
    vectors = [lies[1], None, of_another_model, lies[0]]
    found = shelf.nearness(vectors)

    assert [row.tolist() for row in found] == [shelf.nearness([v])[0].tolist() for v in vectors]
    assert found[0] == pytest.approx([-0.2, 0.8, 0])
    assert found[3] == pytest.approx([0.8, -0.2, 0])
    assert not found[1:3].any()


def test_a_phrase_is_named_where_it_stands_and_nowhere_else() -> None:
    shelf = Shelf([told("a", text="Scanvia hires."), told("b"), *OTHERS], "Europe/Paris")
    named = Named(shelf, ["Nobody", "Scanvia", "hires"])

    assert named.is_any.tolist() == [True] + [False] * (1 + len(OTHERS))
    assert named.of(0) == ("Scanvia", "hires")
    assert named.of(1) == ()


def test_vectors_of_another_model_say_nothing() -> None:
    known = Known(vector=np.ones(3, np.float32))
    some = np.ones((1 + len(OTHERS), 2), np.float32)

    assert suits([told("a")], known, some) == suits([told("a")])


def test_a_topic_read_in_his_words_counts_less_than_a_declared_one() -> None:
    known = Known(implied=(Interest(Axis.TECHNOLOGY, "laser", 1.0),))
    items = [told("a"), told("b", technology="laser"), told("c", technology="optics")]
    found = suits(items, known)

    assert found["a"] > found["b"] > found["c"]


def test_a_firm_s_words_are_what_it_does_and_what_it_looks_for() -> None:
    reader = replace(READER, about="We make lasers.", watch_words=("chirp", "FMCW"))

    assert in_words(reader) == "We make lasers. chirp, FMCW"
    assert in_words(READER) == ""


# -- what votes teach


def test_useful_raises_what_is_like_it_and_not_for_me_lowers_it() -> None:
    vectors = np.tile(np.array([0, 1], np.float32), (1 + len(OTHERS), 1))
    plain = suits([told("a")], vectors=vectors)["a"]

    useful = Known(lesson=learn([voted(told("v"), Say.USEFUL)]))
    refused = Known(lesson=learn([voted(told("v"), Say.NOT_FOR_ME)]))
    assert suits([told("a")], useful, vectors)["a"] > plain
    assert suits([told("a")], refused, vectors)["a"] < plain


def test_seen_already_changes_nothing() -> None:
    seen = Known(lesson=learn([voted(told("v"), Say.SEEN)]))

    assert suits([told("a")], seen) == suits([told("a")])


def test_too_far_lowers_the_place_and_not_the_topic() -> None:
    far = told("v", record=Record(country="US"))
    known = Known(lesson=learn([voted(far, Say.NOT_FOR_ME, "place")]))
    items = [told("a", record=Record(country="US")), told("b", record=Record(country="FR"))]

    assert suits(items, known)["b"] == suits(items)["b"]
    assert suits(items, known)["a"] < suits(items)["a"]


def test_too_technical_lowers_papers_and_not_the_topic() -> None:
    paper = told("v", kind="publication")
    known = Known(lesson=learn([voted(paper, Say.NOT_FOR_ME, "technical")]))
    items = [told("a", kind="patent"), told("b")]

    assert suits(items, known)["b"] == suits(items)["b"]
    assert suits(items, known)["a"] < suits(items)["a"]


VOTES = st.lists(
    st.builds(
        voted,
        st.builds(
            told,
            st.integers(0, 9).map("v{}".format),
            st.sampled_from(["cars", "health"]),
            st.sampled_from(["lidar", "laser"]),
        ),
        st.sampled_from(list(Say)),
        st.sampled_from(["", "topic", "place", "technical"]),
        st.sampled_from([(1.0, 0.0), (0.0, 1.0), (0.6, 0.8)]),
    ),
    max_size=6,
)
SOME = [told("a"), told("b", "health"), told("c", technology="laser", kind="patent")]
PLACED = np.tile(np.array([0.6, 0.8], np.float32), (len(SOME) + len(OTHERS), 1))


@given(VOTES, st.sampled_from([Say.USEFUL, Say.DIG]))
def test_a_useful_vote_never_lowers_its_topics(votes: list[Voted], say: Say) -> None:
    more = [*votes, voted(told("new"), say, vector=(1.0, 0.0))]
    before = suits(SOME, Known(lesson=learn(votes)), PLACED)
    after = suits(SOME, Known(lesson=learn(more)), PLACED)

    assert all(after[key] >= before[key] - 1e-9 for key in before)


@given(VOTES.flatmap(lambda v: st.tuples(st.just(v), st.permutations(v))))
def test_what_votes_teach_does_not_depend_on_their_order(
    votes: tuple[list[Voted], list[Voted]],
) -> None:
    one, other = (suits(SOME, Known(lesson=learn(some)), PLACED) for some in votes)

    assert one.keys() == other.keys()
    assert all(abs(one[key] - other[key]) < 1e-9 for key in one)
