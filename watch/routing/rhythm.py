"""When a reader's letter is due, and when silence has lasted so long that one line ends it."""

from __future__ import annotations

from datetime import date, timedelta

from watch.domain import Period, Rhythm

__all__ = ["is_due", "is_long_silent"]

_APART = {
    Rhythm.WEEKLY: timedelta(),
    Rhythm.FORTNIGHTLY: timedelta(weeks=2),
    Rhythm.MONTHLY: timedelta(weeks=4),
}
_LONG = timedelta(weeks=4)


def is_due(rhythm: Rhythm, told_on: date | None, period: Period) -> bool:
    """Return whether a letter of this period comes late enough after the last one.

    `told_on` is the last day of the period of his last letter, None where he has had none.
    """
    return told_on is None or period.last_on - told_on >= _APART[rhythm]


def is_long_silent(since: date, period: Period) -> bool:
    """Return whether four weeks have passed without a letter."""
    return period.last_on - since >= _LONG
