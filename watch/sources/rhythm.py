"""How a source publishes, learnt from when its last items appeared.

`remember` keeps these instants, `learn` says what they teach. That is kept beside them: a visit
without news learns nothing, and only reads it. Pure functions: no clock, no chance, no network.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from math import ceil, log

from watch.domain import Visit

__all__ = ["MOST_INSTANTS", "Rhythm", "learn", "remember"]

HOUR = timedelta(hours=1)

# As many instants as tell the weekends of a source that publishes ten times a day.
MOST_INSTANTS = 160
_FEWEST_EVENTS = 4
# A pattern is believed that foretells its own past better than none by a factor of e**2.
_BELIEF = 2.0

_HOURS_OF_WEEK = 168
_LONG_WEEKEND = 108
# 1970-01-01 was a Thursday: our week begins on Monday, midnight, UTC.
_FIRST_MONDAY = 4 * 86_400

# What is learnt: how many hours saw something appear, in how few hours of a week nine tenths of
# all do, the hours of silence (0: unknown) and between two events. Where there are habits, the
# hours of the day and the days of the week follow, as `Rhythm` has them.
_FIGURES = struct.Struct("<HBdI")
_HABITS = struct.Struct("<25d8d")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a source's past teaches. Rates are per hour, averaged over the whole week."""

    instants: tuple[int, ...] = ()
    """When its last items appeared, in seconds since 1970, in order."""
    events: float = 0.0
    """How often something new appears; what appears within one hour is one event."""
    items: float = 0.0
    hours: tuple[float, ...] = ()
    """How much of a day's publishing is over at its 24 hours, UTC, and at its end: 0 to 24;
    empty where none stands out."""
    days: tuple[float, ...] = ()
    """The same of a week from Monday: 0 to 168 in eight steps."""
    open_hours: int = _HOURS_OF_WEEK
    """In how few hours of a week nine tenths of all appear."""
    silent_after: timedelta | None = None
    """How long nothing new may appear before it is remarkable; None: too little is known."""
    expected_every: timedelta | None = None
    """The median time between two events; None: too little is known."""

    @classmethod
    def read(cls, past: bytes, learnt: bytes, now: datetime) -> Rhythm:
        """Return what was learnt of a past; rates fall as time goes by without news."""
        instants = _unpacked(past)
        if len(instants) < _FEWEST_EVENTS:
            return cls(instants)
        span = max((now.timestamp() - instants[0]) / 3600, 1.0)
        items = (len(instants) - 1) / span
        events, open_hours, silence, every = _FIGURES.unpack_from(learnt)
        if events < _FEWEST_EVENTS:
            return cls(instants, items=items)
        has_habits = len(learnt) > _FIGURES.size
        habits = _HABITS.unpack_from(learnt, _FIGURES.size) if has_habits else ()
        return cls(
            instants, (events - 1) / span, items, habits[:25], habits[25:],
            open_hours, silence * HOUR, every * HOUR,
        )  # fmt: skip

    def expected(self, since: float, until: float, rate: float) -> float:
        """Return how many appear between two instants (seconds) at this average rate."""
        return rate * max(self._passed(until) - self._passed(since), 0.0)

    def when(self, since: float, count: float, rate: float, latest: float) -> float:
        """Return the instant by which so many are expected from `since` on, or `latest`."""
        if rate <= 0 or since >= latest:
            return latest
        return min(max(self._instant(self._passed(since) + count / rate), since), latest)

    def _passed(self, second: float) -> float:
        """Return an instant on a clock of average hours, which runs fast in a source's own."""
        if not self.hours:
            return second / 3600
        week, rest = divmod(second - _FIRST_MONDAY, 604_800)
        day, rest = divmod(rest, 86_400)
        hour, rest = divmod(rest, 3_600)
        d, h = int(day), int(hour)
        in_day = self.hours[h] + (self.hours[h + 1] - self.hours[h]) * rest / 3_600
        in_week = self.days[d] + (self.days[d + 1] - self.days[d]) * in_day / 24
        return week * _HOURS_OF_WEEK + in_week

    def _instant(self, passed: float) -> float:
        """Return the instant at which that clock shows so much."""
        if not self.hours:
            return passed * 3600
        week, rest = divmod(passed, _HOURS_OF_WEEK)
        d, of_day = _place(self.days, rest)
        h, of_hour = _place(self.hours, 24 * of_day)
        return _FIRST_MONDAY + week * 604_800 + d * 86_400 + (h + of_hour) * 3_600


def _place(steps: Sequence[float], value: float) -> tuple[int, float]:
    """Return in which step a value lies, and which part of it is before."""
    number = min(bisect_right(steps, value) - 1, len(steps) - 2)
    return number, (value - steps[number]) / (steps[number + 1] - steps[number])


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
    newest = sorted(seconds)[-MOST_INSTANTS:]
    return struct.pack(f">{len(newest)}I", *newest)


def _unpacked(past: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(past) // 4}I", past)


# -- learning ------------------------------------------------------------------------------


def learn(past: bytes) -> bytes:
    """Return what the instants at which items appeared teach, packed for `Rhythm.read`.

    Hours and weekdays each count only where they foretell every instant better from the others
    than no pattern does; so ten items at random make no habit.
    """
    instants = _unpacked(past)
    hours = sorted({second // 3600 for second in instants})
    if len(hours) < _FEWEST_EVENTS:
        return _FIGURES.pack(len(hours), _HOURS_OF_WEEK, 0.0, 0)
    gaps = sorted(after - before for before, after in pairwise(hours))
    is_vague = _is_vague(instants)
    habit_hours, habit_days = ([], []) if is_vague else (_hours(hours), _days(hours))
    silence = _silent_after(gaps, knows_weekends=_knows_weekends(hours))
    usual = gaps[len(gaps) // 2]
    if not habit_hours and not habit_days:
        return _FIGURES.pack(len(hours), _HOURS_OF_WEEK, silence, usual)
    by_hour = _shared(habit_hours or [1.0] * 24, 24)
    by_day = _shared(habit_days or [1.0] * 7, _HOURS_OF_WEEK)
    figures = _FIGURES.pack(len(hours), _open_hours(by_hour, by_day), silence, usual)
    return figures + _HABITS.pack(*_summed(by_hour), *_summed(by_day))


def _shared(weights: Sequence[float], whole: float) -> list[float]:
    total = sum(weights)
    return [weight * whole / total for weight in weights]


def _summed(shares: Sequence[float]) -> list[float]:
    return [0.0, *accumulate(shares)]


def _open_hours(by_hour: Sequence[float], by_day: Sequence[float]) -> int:
    left = 0.9 * _HOURS_OF_WEEK
    shares = sorted((day * hour / 24 for day in by_day for hour in by_hour), reverse=True)
    for count, share in enumerate(shares, 1):
        left -= share
        if left <= 0:
            return count
    return _HOURS_OF_WEEK


def _is_vague(instants: Sequence[int]) -> bool:
    return 2 * sum(second & 1 for second in instants) > len(instants)


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


def _silent_after(gaps: Sequence[int], knows_weekends: bool) -> float:
    """Return after how many hours silence is remarkable: sorted gaps are in hours.

    From twice (as a clock) to thrice (at random) the ninth decile; never less than nearly twice
    the second longest gap, for weekends, nor than a day; more where little is known.
    """
    n = len(gaps)
    ninth = gaps[min(ceil(0.9 * n), n) - 1]
    spread = ninth / max(gaps[n // 2], 1)
    factor = 2.2 + min(max((spread - 1) / 2, 0.0), 1.0)
    longest = 1.8 * gaps[-2] if n > 2 else 2 * gaps[-1]
    least = 24 if knows_weekends else _LONG_WEEKEND
    return max(max(factor * ninth, longest) * (1 + 4 / n), least)
