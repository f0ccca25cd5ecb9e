"""How a source publishes, learnt from its past, and so when to come back and when to wonder.

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

import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from math import ceil, log, sqrt

from watch.domain import Harvest, Outcome, Visit

__all__ = ["Rhythm", "learn", "next_visit", "promise", "remember"]

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
SHORTEST = timedelta(minutes=15)
_LEAST_REST = timedelta(hours=4)
RESTING = 5
"""After so many failures in a row a source rests a day between two visits."""

# As many instants as tell the weekends of a source that publishes ten times a day.
_MOST_INSTANTS = 160
_FEWEST_EVENTS = 4
# The figures below are weighed by `python -m bench.month`: requests, delays, items missed.
_WORTH = 2
_EARLY = 0.25
_BURST = 5
_SHARE_OF_WINDOW = 0.75
_DEVIATIONS = 4
_DOUBT = 1.5
# A pattern is believed that foretells its own past better than none by a factor of e**2.
_BELIEF = 2.0

_HOURS_OF_WEEK = 168
_LONG_WEEKEND = 108
# 1970-01-01 was a Thursday: hour 0 of our week is Monday, midnight, UTC.
_FIRST_HOUR = 72


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a source's past teaches. Rates are per hour, averaged over the whole week."""

    events: float = 0.0
    """How often something new appears; what appears within one hour is one event."""
    items: float = 0.0
    weights: tuple[float, ...] = ()
    """Of the 168 hours of a week from Monday, UTC; 1 on average; empty where none stands out."""
    instants: tuple[int, ...] = ()
    """When its last items appeared, in seconds since 1970, in order."""
    silent_after: timedelta | None = None
    """How long nothing new may appear before it is remarkable; None: too little is known."""
    expected_every: timedelta | None = None
    """The median time between two events; None: too little is known."""

    def expected(self, since: float, until: float, rate: float) -> float:
        """Return how many appear between two instants (seconds) at this average rate."""
        if not self.weights:
            return rate * max(until - since, 0.0) / 3600
        total, at = 0.0, since
        while at < until:
            after = min((at // 3600 + 1) * 3600, until)
            total += rate * self.weights[_hour_of_week(at)] * (after - at) / 3600
            at = after
        return total

    def when(self, since: float, count: float, rate: float, latest: float) -> float:
        """Return the instant by which so many are expected from `since` on, or `latest`."""
        if rate <= 0 or since >= latest:
            return latest
        at, left = since, count
        while at < latest:
            after = min((at // 3600 + 1) * 3600, latest)
            pace = rate * (self.weights[_hour_of_week(at)] if self.weights else 1.0) / 3600
            if pace * (after - at) >= left:
                return at + left / pace
            left -= pace * (after - at)
            at = after
        return latest


# -- remembering ---------------------------------------------------------------------------


def remember(visit: Visit, shown: Iterable[datetime], new_count: int, now: datetime) -> bytes:
    """Return `Visit.past` with what a visit brought.

    `shown` are the effective dates of the items that came, `new_count` how many of them were
    new. A date counts where it is news that the visit before could not have seen; items without
    such a date appeared when they were first seen, and tell nothing of hours (an odd second).
    """
    known = _unpacked(visit.past)
    had = {second for second in known if not second & 1}
    since = (visit.good_at - HOUR).timestamp() if visit.good_at else 0.0
    instants = [int(at.timestamp()) & ~1 for at in shown]
    today = int(now.timestamp())
    dated = [at for at in instants if since <= at < (today & ~1) and at > 0 and at not in had]
    # A first body without dates tells how many it holds, and not when they appeared.
    vague = max(min(new_count, len(instants)) - len(dated), 0) if visit.good_at else 0
    return _packed([*known, *dated, *[today | 1] * vague])


def _packed(seconds: Sequence[int]) -> bytes:
    newest = sorted(seconds)[-_MOST_INSTANTS:]
    return struct.pack(f">{len(newest)}I", *newest)


def _unpacked(past: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(past) // 4}I", past)


# -- learning ------------------------------------------------------------------------------


def learn(past: bytes, now: datetime) -> Rhythm:
    """Return what the instants at which items appeared teach.

    Hours and weekdays each count only where they foretell every instant better from the others
    than no pattern does; so ten items at random make no habit.
    """
    instants = _unpacked(past)
    hours = sorted({second // 3600 for second in instants})
    if len(instants) < _FEWEST_EVENTS:
        return Rhythm(instants=instants)
    span = max((now.timestamp() - instants[0]) / 3600, 1.0)
    if len(hours) < _FEWEST_EVENTS:
        return Rhythm(items=(len(instants) - 1) / span, instants=instants)
    gaps = sorted(after - before for before, after in pairwise(hours))
    return Rhythm(
        events=(len(hours) - 1) / span,
        items=(len(instants) - 1) / span,
        weights=() if _is_vague(instants) else _weights(hours),
        instants=instants,
        silent_after=_silent_after(gaps, knows_weekends=_knows_weekends(hours)),
        expected_every=gaps[len(gaps) // 2] * HOUR,
    )


def _is_vague(instants: Sequence[int]) -> bool:
    return 2 * sum(second & 1 for second in instants) > len(instants)


def _weights(hours: Sequence[int]) -> tuple[float, ...]:
    by_hour = _hours(hours)
    by_day = _days(hours)
    if not by_hour and not by_day:
        return ()
    by_hour, by_day = by_hour or [1.0] * 24, by_day or [1.0] * 7
    product = [day * hour for day in by_day for hour in by_hour]
    mean = sum(product) / _HOURS_OF_WEEK
    return tuple(weight / mean for weight in product)


def _hours(hours: Sequence[int]) -> list[float]:
    """Return the weights of the 24 hours, each shared with its neighbours; [] for no habit."""
    counts, n = Counter(hour % 24 for hour in hours), len(hours)
    near = [(counts[(b - 1) % 24] + 2 * counts[b] + counts[(b + 1) % 24]) / 4 for b in range(24)]
    gain = sum(
        count * log((near[b] - 0.5 + 1 / 24) / n * 24) for b, count in counts.items() if count
    )
    return [(some + 1 / 24) / (n + 1) * 24 for some in near] if gain > _BELIEF else []


def _days(hours: Sequence[int]) -> list[float]:
    """Return the weights of the seven days; [] for no habit or less than a week's past."""
    first, last = hours[0] // 24, hours[-1] // 24
    if last - first < 7:
        return []
    whole, rest = divmod(last - first + 1, 7)
    shares = [float(whole)] * 7
    for day in range(first, first + rest):
        shares[(day + 3) % 7] += 1
    shares = [share / (last - first + 1) for share in shares]
    counts, n = Counter((hour // 24 + 3) % 7 for hour in hours), len(hours)
    gain = sum(
        count * log((count - 1 + shares[d]) / n / shares[d]) for d, count in counts.items() if count
    )
    if gain <= _BELIEF:
        return []
    return [(counts[d] + shares[d]) / (n + 1) / shares[d] for d in range(7)]


def _knows_weekends(hours: Sequence[int]) -> bool:
    """Return whether weekends are in the past, worked or kept: else one would be remarkable."""
    days = {(hour // 24 + 3) % 7 for hour in hours}
    return {5, 6} <= days or hours[-1] - hours[0] > 3 * _HOURS_OF_WEEK


def _silent_after(gaps: Sequence[int], knows_weekends: bool) -> timedelta:
    """Return after how long silence is remarkable: sorted gaps are in hours.

    From twice (as a clock) to thrice (at random) the ninth decile; never less than nearly twice
    the second longest gap, for weekends, nor than a day; more where little is known.
    """
    n = len(gaps)
    ninth = gaps[min(ceil(0.9 * n), n) - 1]
    spread = ninth / max(gaps[n // 2], 1)
    factor = 2.2 + min(max((spread - 1) / 2, 0.0), 1.0)
    longest = 1.8 * gaps[-2] if n > 2 else 2 * gaps[-1]
    least = 24 if knows_weekends else _LONG_WEEKEND
    return max(max(factor * ninth, longest) * (1 + 4 / n), least) * HOUR


# -- deciding ------------------------------------------------------------------------------


def promise(rhythm: Rhythm, every: timedelta) -> timedelta:
    """Return within which time of being published items shall reach us; see the module."""
    if not rhythm.events or every >= DAY:
        return every
    hours = _WORTH * _open_hours(rhythm) / (rhythm.events * _HOURS_OF_WEEK)
    return max(every, min(hours * HOUR, DAY))


def _open_hours(rhythm: Rhythm) -> int:
    """Return in how few hours of a week nine tenths of all appear."""
    if not rhythm.weights:
        return _HOURS_OF_WEEK
    left = 0.9 * _HOURS_OF_WEEK
    for count, weight in enumerate(sorted(rhythm.weights, reverse=True), 1):
        left -= weight
        if left <= 0:
            return count
    return _HOURS_OF_WEEK


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
    if at - instants[0] < WEEK.total_seconds():
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
    at = now.timestamp()
    soon = _before_overflow(rhythm, window, at, at + rest.total_seconds()) - at
    rest = min(rest, max(timedelta(seconds=soon), _LEAST_REST))
    if harvest.reason == "gone":
        rest = max(every, WEEK)
    rest = max(rest, SHORTEST)
    return max(rest + rest * (_share(visit) / 10), harvest.wait or timedelta())


def _share(visit: Visit) -> float:
    """Return a number in [0, 1) that belongs to this source."""
    name = f"{visit.source.id} {visit.source.url}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(name, digest_size=4).digest()) / 2**32


def _hour_of_week(second: float) -> int:
    return (int(second // 3600) + _FIRST_HOUR) % _HOURS_OF_WEEK
