"""How well an item meets what a reader follows."""

from __future__ import annotations

import pytest

from tests.routing.shelf import told
from watch.domain import Axis, Interest
from watch.routing.interest import fit, is_beside

CARS = Interest(Axis.MARKET, "cars")
LIDAR, LASER = Interest(Axis.TECHNOLOGY, "lidar"), Interest(Axis.TECHNOLOGY, "laser")


def test_an_item_that_meets_both_axes_without_doubt_fits_wholly() -> None:
    score, met = fit(told("a", score=1.0), [CARS, LIDAR])

    assert score == 1.0
    assert [tag.topic for tag in met] == ["cars", "lidar"]


def test_both_axes_are_worth_four_times_one() -> None:
    both, _ = fit(told("a", score=1.0), [CARS, LIDAR])
    one, met = fit(told("b", technology="", score=1.0), [CARS, LIDAR])

    assert both == 4 * one
    assert [tag.topic for tag in met] == ["cars"]


def test_a_reader_of_one_axis_asks_nothing_of_the_other() -> None:
    assert fit(told("a", market="health", score=1.0), [LIDAR])[0] == 1.0


def test_an_item_on_other_subjects_does_not_fit() -> None:
    assert fit(told("a", "health", "laser"), [CARS, LIDAR]) == (0.0, ())
    assert fit(told("a"), []) == (0.0, ())


def test_a_heavier_interest_counts_more_on_its_own_axis() -> None:
    interests = [CARS, LIDAR, Interest(Axis.TECHNOLOGY, "laser", 2.0)]

    assert fit(told("a", technology="laser"), interests)[0] > fit(told("b"), interests)[0]
    assert fit(told("c", technology="laser", score=1.0), interests)[0] == 1.0


def test_an_interest_of_no_weight_is_none() -> None:
    assert fit(told("a"), [Interest(Axis.MARKET, "cars", 0.0)]) == (0.0, ())


def test_a_surer_tag_fits_better() -> None:
    assert fit(told("a", score=0.9), [CARS, LIDAR])[0] > fit(told("b", score=0.7), [CARS, LIDAR])[0]


@pytest.mark.parametrize(
    ("market", "technology", "expected"),
    [
        ("health", "lidar", True),
        ("cars", "laser", True),
        ("cars", "lidar", False),
        ("", "lidar", False),
        ("health", "laser", False),
    ],
)
def test_kin_is_what_meets_one_axis_and_speaks_of_another_topic_on_the_other(
    market: str, technology: str, expected: bool
) -> None:
    item = told("a", market, technology)

    assert is_beside(item, [CARS, LIDAR], fit(item, [CARS, LIDAR])[1]) is expected


def test_nothing_is_beside_for_a_reader_of_one_axis() -> None:
    item = told("a", "health", "lidar")

    assert not is_beside(item, [LIDAR, LASER], fit(item, [LIDAR, LASER])[1])
