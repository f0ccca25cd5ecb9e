"""A month of 200 sources by a virtual clock: `python -m bench.month [--days 30] [--seed 1]`.

Everything that decides is the real thing: appointments and troubles go through
`rounds.appointments` into a store in memory. The web is played: each source has a life (when it
publishes, how many entries its body holds, when it is down or moves), and a visit sees of it
what a real one would. Items are told apart by number, so a missed one cannot hide.

The measure is an oracle that knows every life. It keeps the same promises greedily: from one
visit it goes to the latest instant at which none is broken yet, which is the fewest visits one
can make: the sign of life is due, an unseen item has waited as long as the source's promise
allowed, or the next item would push an unseen one out of the window. A source that is down
costs it the sign of life alone.
"""

from __future__ import annotations

import argparse
import os
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from watch.schedule import Plan

if TYPE_CHECKING:
    from watch.domain import Harvest, Visit

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAST = 200
"""Days of life before the first visit: a body holds the last of what was published then."""


@dataclass
class Life:
    """What one source does, and what was seen of it."""

    kind: str
    window: int
    published: list[datetime]
    every: timedelta = timedelta(hours=6)
    asked_every: timedelta | None = None
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    silent_from: datetime | None = None
    moves_at: datetime | None = None
    visits: list[datetime] = field(default_factory=list)
    promised: list[timedelta] = field(default_factory=list)
    seen_until: int = 0
    missed: int = 0
    lost: int = 0
    """What fell out while it was down, or until we asked again."""
    delays: list[tuple[datetime, float]] = field(default_factory=list)
    """Published at; how many times the promise it waited."""

    def is_down(self, at: datetime) -> bool:
        return any(since <= at < until for since, until in self.down)


# -- lives ---------------------------------------------------------------------------------


def _each_day(
    chance: random.Random,
    days: int,
    count: float,
    hours: tuple[float, float],
    open_days: Sequence[int],
) -> list[datetime]:
    """Publish about so many times a day, at any instant between two hours."""
    found = []
    for number in range(-PAST, days):
        day = BEGIN + number * DAY
        if day.weekday() in open_days:
            found += [day + chance.uniform(*hours) * HOUR for _ in range(_poisson(chance, count))]
    return sorted(found)


def _at_hour(
    chance: random.Random, days: int, hour: float, open_days: Sequence[int], spread: float = 0.3
) -> list[datetime]:
    """Publish once on each open day, around an hour."""
    some = (BEGIN + number * DAY for number in range(-PAST, days))
    return sorted(
        day + chance.gauss(hour, spread) * HOUR for day in some if day.weekday() in open_days
    )


def _monthly(chance: random.Random, days: int) -> list[datetime]:
    day = chance.randrange(28)
    return [BEGIN + (number + chance.gauss(0, 1)) * DAY for number in range(-PAST + day, days, 30)]


def _poisson(chance: random.Random, mean: float) -> int:
    count, left = 0, chance.expovariate(1.0)
    while left < mean:
        count, left = count + 1, left + chance.expovariate(1.0)
    return count


def _burst(chance: random.Random, days: int, count: float, window: int) -> Life:
    """A conference: four days in which it publishes five times as much as usual."""
    usual = _each_day(chance, days, count, (7, 20), range(7))
    first = BEGIN + chance.randrange(8, max(days - 5, 9)) * DAY
    more = [
        first + number * DAY + chance.uniform(7, 20) * HOUR
        for number in range(4)
        for _ in range(_poisson(chance, 4 * count))
    ]
    return Life("conference weeks", window, sorted(usual + more))


def lives(count: int, days: int, seed: int) -> list[Life]:
    """Return so many lives (200 is one of each of the mix), always the same for one seed."""
    chance = random.Random(seed)
    weekdays = range(5)
    end = BEGIN + days * DAY
    found: list[Life] = []

    def add(share: float, make: Callable[[], Life]) -> None:
        for _ in range(max(round(share * count), 1)):
            found.append(make())

    add(
        0.10,
        lambda: Life(
            "agency, hourly",
            chance.choice((30, 50, 100)),
            _each_day(chance, days, chance.uniform(18, 36), (0, 24), range(7)),
        ),
    )
    add(
        0.20,
        lambda: Life(
            "several a working day",
            chance.choice((10, 20, 30)),
            _each_day(chance, days, chance.uniform(3, 9), (7, 18), weekdays),
        ),
    )
    add(
        0.15,
        lambda: Life(
            "daily at an hour",
            chance.choice((10, 20)),
            _at_hour(chance, days, chance.uniform(5, 20), range(7)),
        ),
    )
    add(
        0.12,
        lambda: Life(
            "twice a week",
            chance.choice((10, 20)),
            _at_hour(chance, days, chance.uniform(8, 17), sorted(chance.sample(weekdays, 2)), 1.5),
        ),
    )
    add(
        0.12,
        lambda: Life(
            "weekly letter",
            chance.choice((5, 10, 20)),
            _at_hour(chance, days, chance.uniform(7, 17), [chance.randrange(5)]),
        ),
    )
    add(0.06, lambda: Life("monthly", 10, _monthly(chance, days)))
    add(
        0.10,
        lambda: Life(
            "at random",
            chance.choice((10, 20, 30)),
            _each_day(chance, days, chance.choice((0.2, 0.5, 1, 2)), (0, 24), range(7)),
        ),
    )
    add(0.04, lambda: _burst(chance, days, chance.uniform(1, 4), chance.choice((20, 30, 50))))
    add(
        0.005,
        lambda: Life(
            "200 a day, window of 20", 20, _each_day(chance, days, 200, (0, 24), range(7))
        ),
    )
    while len(found) < count - 5:
        found.append(
            Life(
                "ordinary journal",
                20,
                _each_day(chance, days, chance.uniform(1, 3), (8, 19), weekdays),
            )
        )

    def ordinary(kind: str) -> Life:
        return Life(kind, 20, _each_day(chance, days, 4, (7, 20), range(7)))

    dies, silent, flaps, moves, wishes = map(
        ordinary, ("dies", "falls silent", "flaps", "moves", "asks for 12 hours")
    )
    dies.down = [(BEGIN + 0.6 * days * DAY, end + DAY)]
    silent.silent_from = BEGIN + 0.5 * days * DAY
    silent.published = [at for at in silent.published if at < silent.silent_from]
    first = BEGIN + 0.4 * days * DAY
    flaps.down = [(first + n * 9 * HOUR, first + n * 9 * HOUR + 6 * HOUR) for n in range(12)]
    moves.moves_at = BEGIN + 0.3 * days * DAY
    wishes.asked_every = timedelta(hours=12)
    found += [dies, silent, flaps, moves, wishes]
    for life in chance.sample(found[: count // 2], max(count // 25, 1)):
        # Ordinary outages, from half a day to three.
        since = BEGIN + chance.uniform(0.3, 0.7) * days * DAY
        life.down.append((since, since + chance.uniform(0.5, 3) * DAY))
    return found


# -- the month -----------------------------------------------------------------------------


@dataclass
class Month:
    """What a month came to."""

    lives: list[Life]
    days: int
    tick: timedelta
    problems: list[tuple[datetime, int, str]] = field(default_factory=list)
    """When, whose (index), what."""
    news: list[tuple[datetime, int, str]] = field(default_factory=list)
    silent_after: dict[int, timedelta] = field(default_factory=dict)


def live(some: Sequence[Life], days: int, tick: timedelta) -> Month:
    """Visit all sources for so many days; needs a store that is ready and empty."""
    from watch.domain import Cluster, Source, WebUrl
    from watch.rounds.appointments import keep_visits
    from watch.sources.pace import promise
    from watch.sources.rhythm import Rhythm
    from watch.store import clusters, models, sources, visits
    from watch.store.transaction import writing

    clusters.save(Cluster("month", "Month"))
    names = {}
    for number, life in enumerate(some):
        source = Source(WebUrl(f"https://s{number}.example/feed"), str(number), every=life.every)
        names[sources.add("month", source, BEGIN)[0].id] = number
    month = Month(list(some), days, tick)
    now = BEGIN
    while now < BEGIN + days * DAY:
        due = [id for ids in visits.due(now, 10_000).values() for id in ids]
        if due:
            before = {visit.source.id: visit for visit in visits.of(due)}
            played = [_visit(some[names[id]], visit, now) for id, visit in before.items()]
            with writing():
                keep_visits(
                    [harvest for harvest, _ in played], before,
                    {harvest.source.id: dates for harvest, dates in played},
                    {harvest.source.id: len(dates) for harvest, dates in played}, now, "en",
                )  # fmt: skip
            _hear(month, names, now)
            for row in models.Source.objects.filter(pk__in=before):
                rhythm = Rhythm.read(bytes(row.past), bytes(row.learnt), now)
                life = some[names[row.pk]]
                life.promised.append(promise(rhythm, row.every))
                if rhythm.silent_after and life.silent_from and now >= life.silent_from:
                    month.silent_after.setdefault(names[row.pk], rhythm.silent_after)
        now += tick
    return month


def _hear(month: Month, names: dict[int, int], now: datetime) -> None:
    from django.db.models import Q

    from watch.store import models

    for row in models.Trouble.objects.filter(Q(told_at=now) | Q(ended_at=now)):
        number = names[row.source_id]
        if row.told_at == now and row.what != "followed":
            month.problems.append((now, number, row.what))
        if row.ended_at == now:
            month.news.append((now, number, row.what))


def _visit(life: Life, visit: Visit, now: datetime) -> tuple[Harvest, list[datetime]]:
    from watch.domain import Harvest, Outcome, WebUrl

    life.visits.append(now)
    if life.is_down(now):
        return Harvest(visit.source, now, Outcome.FAILED, reason="timeout"), []
    shown_until = bisect_right(life.published, now)
    moved = WebUrl("")
    if life.moves_at and now >= life.moves_at and not visit.source.url.endswith("/new"):
        moved = WebUrl(f"{visit.source.url}/new")
    fresh = range(max(life.seen_until, shown_until - life.window), shown_until)
    if len(life.visits) > 1:
        gone = max(shown_until - life.window - life.seen_until, 0)
        if visit.failures:
            life.lost += gone
        else:
            life.missed += gone
        for number in fresh:
            at = life.published[number]
            if not any(since <= now and at <= until for since, until in life.down):
                life.delays.append((at, (now - at) / (life.promised[-1])))
    life.seen_until = shown_until
    harvest = Harvest(
        visit.source, now, Outcome.NEWS if fresh else Outcome.UNCHANGED, moved_to=moved,
        seen=frozenset(range(max(shown_until - life.window, 0), shown_until)),
        known_count=len(fresh), asked_every=life.asked_every if fresh else None,
    )  # fmt: skip
    return harvest, [_written(life.published[number]) for number in fresh]


def _written(at: datetime) -> datetime:
    """Return an instant as a feed writes it: whole seconds."""
    return at.replace(microsecond=0)


# -- the oracle ----------------------------------------------------------------------------


def foreseen(life: Life, days: int) -> list[datetime]:
    """Return the visits that a schedule makes that knows the whole life."""
    end = BEGIN + days * DAY
    visits = [BEGIN]
    seen = bisect_right(life.published, BEGIN)
    while True:
        here = visits[-1]
        latest = here + max(life.every, DAY)
        if not life.is_down(here):
            seen = bisect_right(life.published, here)
        if seen < len(life.published):
            at = life.published[seen]
            latest = min(latest, max(at + _promise(life, at), here))
        if seen + life.window < len(life.published):
            latest = min(latest, life.published[seen + life.window] - timedelta(seconds=1))
        if life.asked_every:
            latest = max(latest, here + life.asked_every)
        down = next((until for since, until in life.down if since <= latest < until), None)
        if down is not None:
            # Nobody answers then: the sign of life is all that is owed until it is back.
            latest = min(here + max(life.every, DAY), max(down, latest))
        latest = max(latest, here + timedelta(minutes=1))
        if latest >= end:
            return visits
        visits.append(latest)


def _promise(life: Life, at: datetime) -> timedelta:
    """Return the promise that was in force at an instant."""
    number = bisect_right(life.visits, at) - 1
    return life.promised[max(number, 0)]


# -- the figures ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What is asked of a month."""

    missed: int
    lost: int
    requests: int
    foreseen: int
    late_requests: int
    """Requests after the learning period, and the oracle's."""
    late_foreseen: int
    in_time: float
    """The share of items that came within the promise and one tick, after learning."""
    worst: float
    false_alarms: int
    troubles: Counter[str]
    ends: Counter[str]
    twice: int
    """Troubles of one source told more than once without an end between."""
    silence_in_time: bool

    @property
    def ratio(self) -> float:
        return self.requests / self.foreseen

    @property
    def late_ratio(self) -> float:
        return self.late_requests / self.late_foreseen


def figures(month: Month, learning: int = 7) -> Figures:
    """Return what a month came to; the first `learning` days stand apart."""
    since = BEGIN + learning * DAY
    oracle = [foreseen(life, month.days) for life in month.lives]
    waits = [
        wait - month.tick / life.every
        for life in month.lives
        for at, wait in life.delays
        if at >= since
    ]
    expected = {
        n for n, life in enumerate(month.lives) if life.down or life.silent_from or life.moves_at
    }
    false = [one for one in month.problems if one[1] not in expected]
    false += [
        one for one in month.problems
        if one[2] == "silence" and one not in false and not month.lives[one[1]].silent_from
    ]  # fmt: skip
    told = Counter((number, what) for _, number, what in month.problems)
    over = Counter((number, what) for _, number, what in month.news)
    silent = [n for n, life in enumerate(month.lives) if life.silent_from]
    noticed = {number: at for at, number, what in month.problems if what == "silence"}
    return Figures(
        missed=sum(life.missed for life in month.lives),
        lost=sum(life.lost for life in month.lives),
        requests=sum(len(life.visits) for life in month.lives),
        foreseen=sum(map(len, oracle)),
        late_requests=sum(at >= since for life in month.lives for at in life.visits),
        late_foreseen=sum(at >= since for visits in oracle for at in visits),
        in_time=sum(wait <= 1 for wait in waits) / max(len(waits), 1),
        worst=max(waits, default=0.0),
        false_alarms=len(false),
        troubles=Counter(what for _, _, what in month.problems),
        ends=Counter(what for _, _, what in month.news),
        twice=sum(max(count - 1 - over[key], 0) for key, count in told.items()),
        silence_in_time=all(
            n in noticed
            and noticed[n]
            <= month.lives[n].published[-1] + month.silent_after[n] + DAY + month.tick
            for n in silent
        ),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Live a month and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.month", description=__doc__)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    shipped = Plan().collect_every // timedelta(minutes=1)
    parser.add_argument(
        "--tick", type=int, default=shipped, help="minutes between two collections (%(default)s)"
    )
    asked = parser.parse_args(arguments)
    _open()
    month = live(lives(asked.sources, asked.days, asked.seed), asked.days,
                 timedelta(minutes=asked.tick))  # fmt: skip
    _print(month, figures(month))


def _open() -> None:
    os.environ["ZOOM_MARCHE_DATABASE"] = ""
    os.environ["ZOOM_MARCHE_HOME"] = mkdtemp()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watch.settings")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = ":memory:"
    django.setup()
    from watch.store.transaction import prepare

    prepare()


def _print(month: Month, said: Figures) -> None:
    print(
        f"{'rhythm':26}{'sources':>8}{'visits':>8}{'oracle':>8}"
        f"{'ratio':>7}{'missed':>8}{'p95 wait':>10}"
    )
    for kind in dict.fromkeys(life.kind for life in month.lives):
        some = [life for life in month.lives if life.kind == kind]
        visits = sum(len(life.visits) for life in some)
        known = sum(len(foreseen(life, month.days)) for life in some)
        waits = [wait for life in some for _, wait in life.delays] or [0.0]
        ninety_five = quantiles(waits, n=20)[18] if len(waits) > 1 else waits[0]
        print(f"{kind:26}{len(some):8}{visits:8}{known:8}{visits / known:7.2f}"
              f"{sum(life.missed for life in some):8}{ninety_five:10.2f}")  # fmt: skip
    print(f"\nitems missed: {said.missed}; fallen out during an outage: {said.lost}")
    print(f"requests: {said.requests}, oracle {said.foreseen}: {said.ratio:.2f} x in all; "
          f"{said.late_ratio:.2f} x after the first 7 days")  # fmt: skip
    print(f"items within their promise: {said.in_time:.1%}; worst: {said.worst:.1f} x the promise")
    print(f"told: {dict(said.troubles)}; ends told: {dict(said.ends)}; told twice: {said.twice}")
    print(f"silence noticed in time: {said.silence_in_time}; false alarms: {said.false_alarms}")


if __name__ == "__main__":
    main()
