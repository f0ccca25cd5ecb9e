"""Weeks, quarters and their first and last instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from watch.domain import Period
from watch.rounds.calendar import before, bounds, last_days, quarter_of, today, week_of


def test_a_week_runs_from_monday_to_sunday() -> None:
    assert week_of(date(2026, 11, 22)) == Period(date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 11, 23), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_a_quarter_has_three_months(day: date, first: date, last: date) -> None:
    assert quarter_of(day) == Period(first, last)


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert before(last_days(date(2026, 11, 23), 60)) == last_days(date(2026, 9, 24), 60)


def test_a_day_on_which_the_hours_change_is_not_24_hours_long() -> None:
    autumn = date(2026, 10, 25)
    since, until = bounds(Period(autumn, autumn), "Europe/Paris")
    assert until - since == timedelta(hours=25)


def test_the_local_day_is_not_the_day_of_utc() -> None:
    assert today(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "Europe/Paris") == date(2026, 11, 24)
