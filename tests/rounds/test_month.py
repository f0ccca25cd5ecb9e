from __future__ import annotations

from datetime import timedelta

import pytest

from bench.month import figures, live, lives

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_month_of_sources_is_visited_sparingly_and_nothing_is_missed_or_told_twice() -> None:
    month = live(lives(100, 30, seed=1), 30, timedelta(hours=1))

    said = figures(month)

    assert said.missed == 0
    assert said.late_ratio <= 1.3
    assert said.in_time >= 0.9
    assert (said.false_alarms, said.twice) == (0, 0)
    assert said.silence_in_time
    assert said.troubles["outage"] - said.ends["outage"] == 1  # the one that died
    assert said.troubles["silence"] == 1
    assert said.ends["followed"] == 1
