"""Days, weeks and quarters of a cluster, and the instants at which they begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from watch.domain import Period

__all__ = ["before", "bounds", "last_days", "quarter_of", "today", "week_of"]


def today(now: datetime, timezone: str) -> date:
    """Return the local day at an instant."""
    return now.astimezone(ZoneInfo(timezone)).date()


def week_of(day: date) -> Period:
    """Return the week, Monday to Sunday, that holds a day."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def quarter_of(day: date) -> Period:
    """Return the quarter that holds a day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return Period(first, after - timedelta(days=1))


def last_days(day: date, count: int) -> Period:
    """Return the `count` days that end with a day."""
    return Period(day - timedelta(days=count - 1), day)


def before(period: Period) -> Period:
    """Return the period of equal length that ends on the day before."""
    length = period.last_on - period.first_on
    last = period.first_on - timedelta(days=1)
    return Period(last - length, last)


def bounds(period: Period, timezone: str) -> tuple[datetime, datetime]:
    """Return the instants (UTC) from which and before which a local period lies."""
    zone = ZoneInfo(timezone)
    first = datetime.combine(period.first_on, time(), zone)
    after = datetime.combine(period.last_on + timedelta(days=1), time(), zone)
    return first.astimezone(UTC), after.astimezone(UTC)
