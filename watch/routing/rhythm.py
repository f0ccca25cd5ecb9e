"""When a reader's letter is due, and when silence has lasted so long that one line ends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watch.domain import Period, Rhythm, Subscriber

__all__ = ["Hours", "instant", "is_due", "is_long_silent"]

_APART = {
    Rhythm.WEEKLY: timedelta(),
    Rhythm.FORTNIGHTLY: timedelta(weeks=2),
    Rhythm.MONTHLY: timedelta(weeks=4),
}
_LONG = timedelta(weeks=4)
_EVENING = 20


@dataclass(frozen=True, slots=True)
class Hours:
    """When letters go: the cluster's own weekday (0 is Monday) and hour, for whoever wishes none.

    `at_latest` after his hour a reader's letter is nobody's to write but an officer's. None is an
    officer asking now: he reaches also whoever was missed, and whoever wishes no hour of his own.
    """

    weekday: int = 3
    hour: int = 10
    at_latest: timedelta | None = None

    def of(self, reader: Subscriber, period: Period, timezone: str) -> datetime:
        """Return when a reader's letter of a week is due."""
        weekday = self.weekday if reader.weekday is None else reader.weekday
        hour = self.hour if reader.hour is None else reader.hour
        return instant(period, weekday, hour, timezone)

    def has_come(self, reader: Subscriber, period: Period, timezone: str, now: datetime) -> bool:
        """Return whether a reader's letter of a week is to be written now."""
        if self.at_latest is None and reader.weekday is None and reader.hour is None:
            return True
        since = now - self.of(reader, period, timezone)
        return timedelta() <= since and (self.at_latest is None or since <= self.at_latest)

    def may_disturb(self, reader: Subscriber, timezone: str, now: datetime) -> bool:
        """Return whether an alert may be written to a reader now: from his hour to the evening.

        By the clock of the wall, so that an hour that does not exist or comes twice on the day of
        a change is an hour like others.
        """
        if self.at_latest is None and reader.hour is None:
            return True
        begins = self.hour if reader.hour is None else reader.hour
        return begins <= now.astimezone(ZoneInfo(timezone)).hour < max(_EVENING, begins + 1)


def instant(week: Period, weekday: int, hour: int, timezone: str) -> datetime:
    """Return the instant of a local weekday and hour in the week that begins with a period.

    An hour that does not exist that day is the next one; of one that comes twice, the first.
    """
    day = week.first_on + timedelta(days=weekday)
    return datetime.combine(day, time(hour), ZoneInfo(timezone))


def is_due(rhythm: Rhythm, told_on: date | None, period: Period) -> bool:
    """Return whether a letter of this period comes late enough after the last one.

    `told_on` is the last day of the period of his last letter, None where he has had none.
    """
    return told_on is None or period.last_on - told_on >= _APART[rhythm]


def is_long_silent(since: date, period: Period) -> bool:
    """Return whether four weeks have passed without a letter."""
    return period.last_on - since >= _LONG
