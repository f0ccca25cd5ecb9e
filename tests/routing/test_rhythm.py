"""When a letter is due, and when silence has lasted too long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.routing.shelf import WEEK
from watch.domain import Rhythm
from watch.routing.rhythm import is_due, is_long_silent


@pytest.mark.parametrize(
    ("rhythm", "weeks", "expected"),
    [
        (Rhythm.WEEKLY, 1, True),
        (Rhythm.FORTNIGHTLY, 1, False),
        (Rhythm.FORTNIGHTLY, 2, True),
        (Rhythm.MONTHLY, 3, False),
        (Rhythm.MONTHLY, 4, True),
    ],
)
def test_a_letter_comes_as_often_as_its_reader_wants(
    rhythm: Rhythm, weeks: int, expected: bool
) -> None:
    assert is_due(rhythm, WEEK.last_on - timedelta(weeks=weeks), WEEK) is expected


@pytest.mark.parametrize("rhythm", Rhythm)
def test_the_first_letter_is_due_at_once(rhythm: Rhythm) -> None:
    assert is_due(rhythm, None, WEEK)


def test_four_weeks_without_a_letter_are_a_long_silence() -> None:
    assert is_long_silent(date(2026, 10, 25), WEEK)
    assert not is_long_silent(date(2026, 10, 26), WEEK)
