"""When to come back to a source.

**The promise.** What a source publishes reaches us within `promise` of being published: within
the officer's wish (`Source.every`) where a source publishes often or keeps hours; where it
publishes rarely and at any hour, within the time in which two items usually appear, at most a
day. It holds for nine items in ten: news at an hour at which a source never published waits for
the next visit. Whatever the pattern says,

- a day never passes without a visit (a longer wish is obeyed): the sign of life;
- nothing falls out of the window, the few newest entries that a body holds, unseen: we come back
  before three quarters of it can be new by any likely chance, and while a source five times as
  busy as usual would not fill it; at most every quarter of an hour;
- what the source itself asks for (a ttl, skipped hours, Cache-Control) is obeyed up to a day,
  unless its window would overflow before;
- a source that fails is left alone longer and longer, from its fifth failure on a day (four
  hours at least, where its window asks for it), and a
  week once it says that it is gone; what its host asks for (Retry-After) is obeyed; it is never
  given up.

Pure functions of what the store remembers: no clock, no chance, no network.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from math import log, sqrt

from watch.domain import Harvest, Outcome, Visit
from watch.sources.rhythm import HOUR, MOST_INSTANTS, Rhythm

__all__ = ["RESTING", "next_visit", "promise"]

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SHORTEST = timedelta(minutes=15)
_LEAST_REST = timedelta(hours=4)
RESTING = 5
"""After so many failures in a row a source rests a day between two visits."""

# The figures below are weighed by `python -m bench.month`: requests, delays, items missed.
_WORTH = 2
_EARLY = 0.25
_BURST = 5
_SHARE_OF_WINDOW = 0.75
_DEVIATIONS = 4
_DOUBT = 1.5


def promise(rhythm: Rhythm, every: timedelta) -> timedelta:
    """Return within which time of being published items shall reach us; see the module."""
    if not rhythm.events or every >= DAY:
        return every
    hours = _WORTH * rhythm.open_hours / (rhythm.events * (WEEK / HOUR))
    return max(every, min(hours * HOUR, DAY))


def next_visit(
    visit: Visit, harvest: Harvest, rhythm: Rhythm, window: int, now: datetime
) -> datetime:
    """Return when to come back; `window` is 0 where nothing falls out of a body."""
    if harvest.outcome is Outcome.FAILED:
        return now + _rest(visit, harvest, rhythm, window, now)
    every = visit.source.every
    at = now.timestamp()
    latest = at + max(every, DAY).total_seconds()
    if rhythm.events and every < DAY:
        early = rhythm.when(at, -log(1 - _EARLY), rhythm.events, latest)
        wished = min(early + promise(rhythm, every).total_seconds(), latest)
    else:
        wished = at + every.total_seconds()
    asked = min(harvest.asked_every or visit.asked_every or timedelta(), DAY)
    wished = max(wished, at + asked.total_seconds())
    due = max(
        min(wished, _before_overflow(rhythm, window, at, wished)),
        at + SHORTEST.total_seconds(),
        at + (harvest.wait or timedelta()).total_seconds(),
    )
    return datetime.fromtimestamp(due, UTC)


def _before_overflow(rhythm: Rhythm, window: int, at: float, latest: float) -> float:
    """Return the instant before which a window cannot overflow by any likely chance."""
    if not window or not rhythm.items:
        return latest
    rate = rhythm.items * _haste(rhythm, window, at)
    # The mean m for which m and four deviations fill the share: m + 4 sqrt(m) = usable.
    usable = window * _SHARE_OF_WINDOW
    mean = (sqrt(_DEVIATIONS**2 / 4 + usable) - _DEVIATIONS / 2) ** 2
    calm = rhythm.when(at, mean, rate, latest)
    burst = rhythm.when(at, window / _BURST, rhythm.items, latest)
    return min(calm, max(burst, at + HOUR.total_seconds() * 2))


def _haste(rhythm: Rhythm, window: int, at: float) -> float:
    """Return how many times as fast as usual news may come now, at least `_DOUBT`.

    As fast as the last half window; where less than a week is known, as the fastest one.
    """
    instants = rhythm.instants
    half = min(max(window // 2, 4), len(instants) - 1)
    since = instants[-half]
    if at - since > WEEK.total_seconds():
        return _DOUBT
    haste = half / max(rhythm.expected(since, at, rhythm.items), 0.1)
    if at - instants[0] < WEEK.total_seconds() and len(instants) < MOST_INSTANTS:
        spans = [late - early for early, late in zip(instants, instants[half:], strict=False)]
        haste = max(haste, half / max(min(spans), 900) * 3600 / rhythm.items)
    return max(haste, _DOUBT)


def _rest(visit: Visit, harvest: Harvest, rhythm: Rhythm, window: int, now: datetime) -> timedelta:
    """Return how long to leave a failing source alone: half its wish, doubled each time.

    Its window bounds that, as far as four hours: what is published meanwhile must not fall out.

    Up to a tenth more, always the same for one source, so that those which failed together do
    not come back together.
    """
    every = visit.source.every
    longest = max(every, DAY)
    rest = min(every / 2 * (1 << min(visit.failures, 16)), longest)
    if visit.failures + 1 >= RESTING:
        rest = longest
    at, latest = now.timestamp(), (now + rest).timestamp()
    soon = timedelta(seconds=_before_overflow(rhythm, window, at, latest) - at)
    rest = min(rest, max(soon, _LEAST_REST))
    if harvest.reason == "gone":
        rest = max(every, WEEK)
    rest = max(rest, SHORTEST)
    return max(rest + rest * (_share(visit) / 10), harvest.wait or timedelta())


def _share(visit: Visit) -> float:
    """Return a number in [0, 1) that belongs to this source."""
    name = f"{visit.source.id} {visit.source.url}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(name, digest_size=4).digest()) / 2**32
