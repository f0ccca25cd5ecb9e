"""10,000 sources on 1,000 hosts, a tenth failing in every way: `python -m bench.many`.

One pass of the real round into SQLite, two worker processes. What is asked: that it ends, that
all healthy sources are collected, and that memory does not grow with the number of sources.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import unruly
from bench.meter import measure

_DEADLINE = timedelta(seconds=3)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a pass over few sources and one over many, and print both."""
    parser = argparse.ArgumentParser(prog="python -m bench.many", description=__doc__)
    parser.add_argument("--few", type=int, default=1_000, help="sources (%(default)s)")
    parser.add_argument("--many", type=int, default=10_000, help="sources (%(default)s)")
    parser.add_argument("--hosts", type=int, default=1_000, help="(%(default)s)")
    parser.add_argument("--once", nargs=2, type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.once:
        print(json.dumps(_pass(*asked.once)))
        return
    passes = [_in_a_process(asked.few, asked.hosts), _in_a_process(asked.many, asked.hosts)]
    print(
        f"{'sources':>8} {'seconds':>8} {'a second':>9} {'CPU ms each':>12} {'PSS MB':>7}"
        "  collected"
    )
    for one in passes:
        count = one["sources"]
        print(
            f"{count:8,} {one['wall']:8.1f} {count / one['wall']:9.0f}"
            f" {1000 * one['cpu'] / count:12.2f} {one['shared']:7.0f}"
            f"  {one['collected']:,} of {one['well']:,} healthy"
        )
    few, many = passes
    print(
        f"memory, {many['sources']:,} : {few['sources']:,} = {many['shared'] / few['shared']:.2f}"
    )
    print("failures:", ", ".join(f"{name} {count}" for name, count in many["reasons"].items()))
    print("failures not foreseen:", many["odd"] or "none")


def _in_a_process(count: int, hosts: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.many", "--once", str(count), str(hosts)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def _pass(count: int, hosts: int) -> dict[str, Any]:
    with TemporaryDirectory() as home, unruly.running() as port:
        os.environ |= {"ZOOM_MARCHE_HOME": home, "ZOOM_MARCHE_DATABASE": ""}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "watch.settings"}
        return _made(count, hosts, ("127.0.0.1", port))


def _made(count: int, hosts: int, here: tuple[str, int]) -> dict[str, Any]:
    """Return what one pass cost, and what it brought."""
    import django

    django.setup()
    from watch.domain import Cluster, Manners, Source, WebUrl
    from watch.engine.local import processes
    from watch.rounds.collect import collect_round
    from watch.store import clusters, models, sources
    from watch.store.transaction import prepare, writing

    now = datetime.now(UTC)
    prepare()
    clusters.save(Cluster("bench", "Bench"))
    with writing():
        for n in range(count):
            address = WebUrl(unruly.address(n, hosts))
            sources.add("bench", Source(address, f"Source {n}"), now)
    manners = Manners(
        pause=timedelta(),
        robots=False,
        deadline=_DEADLINE,
        open_addresses=frozenset({here}),
        directory={f"h{n}.many.localhost:{p}": here for n in range(hosts) for p in (80, 443)},
    )
    with processes(2, loaded=["watch.rounds.visiting"]) as engine:
        cost = measure(lambda: collect_round(engine, manners, now, "bench"))
    brought = Counter(models.Sighting.objects.values_list("source__url", flat=True))
    well = [unruly.address(n, hosts) for n in range(count) if unruly.is_well(n, hosts)]
    visits = models.VisitRecord.objects.exclude(reason="").values_list("source__url", "reason")
    return {
        **asdict(cost),
        "sources": count,
        "well": len(well),
        "collected": sum(brought[url] == unruly.ENTRIES for url in well),
        "reasons": dict(Counter(reason for _, reason in visits).most_common()),
        "odd": sorted(
            f"{way}: {reason}"
            for way, reason in {(Path(url).parts[2], reason) for url, reason in visits}
            if reason not in unruly.REASONS.get(way, ())
        ),
    }


if __name__ == "__main__":
    main()
