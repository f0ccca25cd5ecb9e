"""Measuring agreement: counts, shares, and how sure they are."""

from __future__ import annotations

import pytest

from watch.classify.measure import Score, by_topic, interval, score

TRUE = {("a", "lidar"), ("a", "led"), ("b", "led"), ("c", "led")}
SAID = {("a", "lidar"), ("b", "led"), ("d", "laser")}


def test_every_pair_counts_the_same():
    measured = score(TRUE, SAID)

    assert measured == Score(hits=2, said=3, true=4)
    assert measured.precision == pytest.approx(2 / 3)
    assert measured.recall == 0.5
    assert measured.f1 == pytest.approx(4 / 7)


def test_topics_are_measured_one_by_one_and_add_up():
    measured = by_topic(TRUE, SAID)

    assert measured == {"laser": Score(0, 1, 0), "led": Score(1, 1, 3), "lidar": Score(1, 1, 1)}


def test_where_there_is_nothing_every_share_is_nought():
    nothing = score(set(), set())

    assert (nothing.precision, nothing.recall, nothing.f1) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [(0, 0, (0.0, 1.0)), (0, 10, (0.0, 0.278)), (10, 10, (0.722, 1.0)), (50, 100, (0.404, 0.596))],
)
def test_few_trials_leave_a_wide_interval(successes, trials, expected):
    assert interval(successes, trials) == pytest.approx(expected, abs=0.001)
