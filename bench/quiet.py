"""What a visit without news costs beside the web: `python -m bench.quiet`.

A store of sources that are known for long, all due and all unchanged. The web is played by an
engine in this process, which sends trips and harvests through pickle as processes would; what
the clock sees is all else: finding what is due, the way to a worker and back, the next
appointments, the record.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pickle
import pstats
import random
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from datetime import UTC, datetime, timedelta
from statistics import median
from tempfile import mkdtemp
from time import process_time
from typing import Any

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
_ENTRIES = 50


class Played(Executor):
    """Every source answers that nothing has changed; what the play itself costs is kept apart."""

    def __init__(self) -> None:
        self.sending = 0.0
        self.playing = 0.0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Play one task."""
        began = process_time()
        sent = pickle.loads(pickle.dumps((fn, args), pickle.HIGHEST_PROTOCOL))
        self.sending += process_time() - began
        began = process_time()
        trips, now = sent[1][:2]
        gathered = [_unchanged(visit, now) for trip in trips for visit in trip.visits]
        self.playing += process_time() - began
        began = process_time()
        future: Future[Any] = Future()
        future.set_result(pickle.loads(pickle.dumps(gathered, pickle.HIGHEST_PROTOCOL)))
        self.sending += process_time() - began
        return future


def _unchanged(visit: Any, now: datetime) -> Any:
    """Return what `gather` makes of a 304."""
    from watch.domain import Harvest, Outcome
    from watch.rounds.visiting import folded

    harvest = Harvest(
        visit.source, now, Outcome.UNCHANGED, status=304, etag=visit.etag,
        last_modified=visit.last_modified, body_hash=visit.body_hash, mark=visit.mark, seconds=0.1,
    )  # fmt: skip
    return folded(harvest)


def main(arguments: Sequence[str] | None = None) -> None:
    """Let some rounds pass over an unchanged web and print what a visit costs."""
    parser = argparse.ArgumentParser(prog="python -m bench.quiet", description=__doc__)
    parser.add_argument("--sources", type=int, default=1_000, help="(%(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="(%(default)s)")
    parser.add_argument("--profile", action="store_true", help="the bill by function")
    asked = parser.parse_args(arguments)
    _furnish(asked.sources)
    from watch.domain import Manners
    from watch.rounds.collect import collect_round

    totals, sendings = [], []
    bill = cProfile.Profile()
    for number in range(asked.rounds):
        _let_all_be_due(BEGIN + number * timedelta(hours=1))
        engine = Played()
        gc.collect()
        if asked.profile:
            bill.enable()
        began = process_time()
        report = collect_round(engine, Manners(), BEGIN + number * timedelta(hours=1))
        took = process_time() - began - engine.playing
        bill.disable()
        assert report.counts["unchanged"] == asked.sources, report
        totals.append(took / asked.sources * 1e6)
        sendings.append(engine.sending / asked.sources * 1e6)
    print(
        f"{asked.sources:,} sources, {asked.rounds} rounds, medians, microseconds of CPU a visit:"
        f" {median(totals):.1f}; of these, to a worker and back {median(sendings):.1f}"
    )
    if asked.profile:
        pstats.Stats(bill).sort_stats("tottime").print_stats(45)


def _furnish(count: int) -> None:
    home = mkdtemp()
    os.environ |= {"ZOOM_MARCHE_HOME": home, "ZOOM_MARCHE_DATABASE": ""}
    os.environ["DJANGO_SETTINGS_MODULE"] = "watch.settings"
    import django

    django.setup()
    from watch.domain import Cluster, Harvest, Outcome, Source, WebUrl
    from watch.rounds.appointments import keep_visits
    from watch.store import clusters, sources, visits
    from watch.store.transaction import prepare, writing

    prepare()
    clusters.save(Cluster("bench", "Bench"))
    chance = random.Random(1)
    with writing():
        for n in range(count):
            sources.add("bench", Source(WebUrl(f"https://h{n}.example/feed/{n}"), f"S {n}"), BEGIN)
        due = [id for ids in visits.due(BEGIN, count).values() for id in ids]
        before = {visit.source.id: visit for visit in visits.of(due)}
        shown = {}
        harvests = []
        for id, visit in before.items():
            shown[id] = _life(chance)
            seen = frozenset(chance.getrandbits(64) for _ in range(_ENTRIES))
            harvests.append(
                Harvest(
                    visit.source, BEGIN, Outcome.NEWS, known_count=_ENTRIES, etag=f'"{id}-abcdef"',
                    last_modified="Sun, 01 Nov 2026 08:00:00 GMT",
                    body_hash=chance.randbytes(16), seen=seen,
                )
            )  # fmt: skip
        keep_visits(harvests, before, shown, dict.fromkeys(before, _ENTRIES), BEGIN, "en")


def _life(chance: random.Random) -> list[datetime]:
    """Return when the last entries appeared: mostly in working hours, from hourly to weekly."""
    step = timedelta(hours=chance.choice((1, 3, 8, 24, 60, 168)))
    at, found = BEGIN - timedelta(hours=chance.uniform(0, 3)), []
    while len(found) < _ENTRIES:
        at -= step * chance.uniform(0.5, 1.5)
        if (7 <= at.hour < 19 and at.weekday() < 5) or chance.random() < 0.1:
            found.append(at)
    return found


def _let_all_be_due(now: datetime) -> None:
    from watch.store import sources

    sources.postpone("bench", now)


if __name__ == "__main__":
    main()
