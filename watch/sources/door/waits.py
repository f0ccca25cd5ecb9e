"""How long a service asks us to wait, and how much of its allowance is left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watch.sources.health import LONGEST_WAIT

__all__ = ["rest_of", "wait_of"]

# Of an allowance, the part that is left to others who use the same key or the same address.
_SPARED = 0.1
# A shorter one is a matter of pace, which the pause between two requests keeps.
_SHORTEST = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rest_of(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long to leave a service alone whose allowance is nine tenths spent, else None.

    Read from X-RateLimit-Limit, -Remaining and -Reset (seconds, or an instant in seconds) on an
    answer that was given all the same.
    """
    limit = _count(headers.get("X-RateLimit-Limit", ""))
    if not limit:  # as of most answers
        return None
    left = _count(headers.get("X-RateLimit-Remaining", ""))
    if left is None or left > limit * _SPARED:
        return None
    wait = wait_of(headers.get("Retry-After", ""), now)
    reset = _count(headers.get("X-RateLimit-Reset", ""))
    if wait is None and reset is not None:
        seconds = reset - (now - _EPOCH).total_seconds() if reset > 1_000_000_000 else reset
        wait = timedelta(seconds=min(max(seconds, 0), LONGEST_WAIT.total_seconds()))
    return wait if wait is not None and wait >= _SHORTEST else None


def _count(written: str) -> int | None:
    found = re.match(r"\d{1,12}", written.strip())
    return int(found[0]) if found else None


def wait_of(retry_after: str, now: datetime) -> timedelta | None:
    """Return the time that a Retry-After asks for, in seconds or as a date, at most a day.

    >>> wait_of("99999999", datetime(2026, 11, 23, tzinfo=UTC))
    datetime.timedelta(days=1)
    """
    written = retry_after.strip()
    if re.fullmatch(r"\d+", written):
        return timedelta(seconds=min(int(written[:9]), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(written)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(until - now, timedelta()), LONGEST_WAIT)
    except (ValueError, OverflowError, TypeError):
        return None
