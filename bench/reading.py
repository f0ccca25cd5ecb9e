"""What a first fetch costs beside the web: `python -m bench.reading`.

The feeds of `bench.collect` lie in memory and go through the functions of a visit: read, cleaned,
named, sent through pickle as to another process, stored. Nothing waits, and all of it happens in
this process: its clock tells what each step takes.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pickle
import pstats
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from time import process_time

from bench.feeds import DEFAULT, copy_of, read_pool

_NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
_BATCH = 100


class Bill:
    """Seconds of processor time by step; a profile of all steps where one is asked for."""

    def __init__(self, is_profiled: bool) -> None:
        self.seconds: Counter[str] = Counter()
        self.profile = cProfile.Profile() if is_profiled else None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add what the block takes to the step of this name."""
        if self.profile:
            self.profile.enable()
        began = process_time()
        yield
        self.seconds[name] += process_time() - began
        if self.profile:
            self.profile.disable()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read and store all feeds some times over, each time as new ones; print what it takes."""
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument("--feeds", type=int, default=1_000, help="(%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(%(default)s)")
    parser.add_argument("--data", type=Path, default=DEFAULT, help="(%(default)s)")
    parser.add_argument("--profile", action="store_true", help="the bill by function")
    asked = parser.parse_args(arguments)
    gc.set_threshold(50_000, 20, 20)  # as an engine's processes have it
    _furnish()
    pool = read_pool(asked.data)
    bills: list[Bill] = []
    for turn in range(asked.rounds):
        numbers = range(turn * asked.feeds, (turn + 1) * asked.feeds)
        bodies = [copy_of(pool[n % asked.feeds % len(pool)], n // len(pool)) for n in numbers]
        bills.append(Bill(asked.profile))
        _collect(bodies, numbers, bills[-1])
    costs = {
        step: 1e6 * median(bill.seconds[step] for bill in bills) / asked.feeds
        for step in bills[0].seconds
    }
    steps = ", ".join(f"{step} {cost:,.0f}" for step, cost in costs.items())
    print(
        f"{asked.feeds:,} feeds of {len(pool)} real ones, {asked.rounds} round(s), medians,"
        f" microseconds of CPU a feed: {sum(costs.values()):,.0f}; of these {steps}"
    )
    if bills[-1].profile:
        pstats.Stats(bills[-1].profile).sort_stats("tottime").print_stats(60)


def _furnish() -> None:
    os.environ |= {"ZOOM_MARCHE_HOME": mkdtemp(), "ZOOM_MARCHE_DATABASE": ""}
    os.environ["DJANGO_SETTINGS_MODULE"] = "watch.settings"
    import django

    django.setup()
    from watch.domain import Cluster
    from watch.store import clusters
    from watch.store.transaction import prepare

    prepare()
    clusters.save(Cluster("bench", "Bench"))


def _collect(bodies: Sequence[bytes], numbers: Sequence[int], bill: Bill) -> None:
    """Read, name, send and store these bodies, as many at a time as a task has."""
    from watch.domain import Manners, Source, WebUrl
    from watch.rounds.collect import keep_gathered
    from watch.rounds.visiting import gathered
    from watch.sources.door import Answer
    from watch.sources.health import VisitFailed
    from watch.sources.travel import failed, harvest
    from watch.store import sources, visits
    from watch.store.transaction import writing

    urls = [WebUrl(f"http://h{n}.bench.localhost/feed/{n}") for n in numbers]
    with writing():
        ids = [sources.add("bench", Source(url, url), _NOW)[0].id for url in urls]
    counts: Counter[str] = Counter()
    for start in range(0, len(bodies), _BATCH):
        before = {visit.source.id: visit for visit in visits.of(ids[start : start + _BATCH])}
        harvests = []
        with bill.step("read"):
            for visit, body in zip(before.values(), bodies[start:], strict=False):
                answer = Answer(visit.source.url, 200, {}, body)
                try:
                    harvests.append(harvest(visit, answer, _NOW, Manners()))
                except VisitFailed as failure:
                    harvests.append(failed(visit, failure, _NOW))
        with bill.step("name"):
            found = [gathered(one) for one in harvests]
        with bill.step("send"):
            found = pickle.loads(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        with bill.step("store"):
            keep_gathered(found, before, _NOW, counts, "en")


if __name__ == "__main__":
    main()
