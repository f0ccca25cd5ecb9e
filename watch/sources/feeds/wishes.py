"""How often a source wishes to be asked, as it says itself: in its feed, and in its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["IN_CHANNEL", "in_channel", "in_headers", "longest"]

IN_CHANNEL = frozenset({"ttl", "skiphours", "skipdays", "sy:updateperiod", "sy:updatefrequency"})
"""The elements of a channel that say so, as `feed_xml` names them."""

# What is beyond is a slip, as seconds written for minutes. Of an answer's headers less is
# believed: servers keep every file fresh for a month where nobody told them which are news.
_LONGEST = timedelta(days=7)
_LONGEST_FRESH = timedelta(days=1)
_SHORTEST = timedelta(minutes=1)

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_SKIPPED = re.compile(r"<(?:hour|day)>\s*(\w+)\s*</", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})")
_NO_CACHE = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b")


def in_channel(said: Mapping[str, str]) -> timedelta | None:
    """Return the longest of ttl, skipped hours and days, and the period of a channel.

    Skipped hours and days become the pace of whoever spreads its questions over the others: who
    may come in four hours of a day comes every six hours.

    >>> in_channel({"ttl": "90", "sy:updateperiod": "hourly"})
    datetime.timedelta(seconds=5400)
    >>> in_channel({"title": "Lidar"}) is None
    True
    """
    return longest(_ttl(said), _period(said), _skipped_hours(said), _skipped_days(said))


def in_headers(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return for how long an answer says that it stays fresh: max-age, else Expires."""
    control = headers.get("Cache-Control", "").lower()
    if _NO_CACHE.search(control):
        return None
    if found := _MAX_AGE.search(control):
        return longest(min(timedelta(seconds=int(found[1])), _LONGEST_FRESH))
    try:
        expires = parsedate_to_datetime(headers.get("Expires", ""))
        return longest(min(expires - now, _LONGEST_FRESH))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def longest(*wishes: timedelta | None) -> timedelta | None:
    """Return the longest of some wishes, a week at most; None where none says a minute."""
    said = [wish for wish in wishes if wish is not None and wish >= _SHORTEST]
    return min(max(said), _LONGEST) if said else None


def _ttl(said: Mapping[str, str]) -> timedelta | None:
    return timedelta(minutes=_number(said.get("ttl", "")))


def _period(said: Mapping[str, str]) -> timedelta | None:
    """Return the period of the syndication module: daily, so many times."""
    period = _PERIODS.get(said.get("sy:updateperiod", "").strip().lower())
    times = _number(said.get("sy:updatefrequency", "")) or 1
    return period / times if period else None


def _skipped_hours(said: Mapping[str, str]) -> timedelta | None:
    hours = {int(hour) % 24 for hour in _SKIPPED.findall(said.get("skiphours", ""))
             if hour.isascii() and hour.isdigit() and len(hour) < 3}  # fmt: skip
    return timedelta(hours=24 / (24 - len(hours))) if 0 < len(hours) < 24 else None


def _skipped_days(said: Mapping[str, str]) -> timedelta | None:
    days = {day[:3].lower() for day in _SKIPPED.findall(said.get("skipdays", ""))}
    # Two days of rest slow nobody down on the other five.
    apart = 7 // (7 - len(days)) if len(days) < 7 else 0
    return timedelta(days=apart) if apart > 1 else None


def _number(written: str) -> int:
    """Return a whole number of minutes or times, 0 for what is none."""
    digits = written.strip().partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
