"""Collecting, side by side with relatives and with the limit: `python -m bench.collect`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic

from bench import web
from bench.contestants import AT_ONCE
from bench.feeds import DEFAULT, read_pool

FIRST, UNCHANGED, SAME_BODY = "first fetch", "all 304", "same body"

# Whom the same body without validators is served: reader and feedparser would parse it again.
_PHASES: Mapping[str, tuple[str, ...]] = {
    "ours": (FIRST, UNCHANGED, SAME_BODY),
    "reader": (FIRST, UNCHANGED),
    "bare asyncio": (FIRST, UNCHANGED, SAME_BODY),
    "ours, robots on": (FIRST,),
    "ours, enriched": (FIRST,),
    "our visits alone": (FIRST, UNCHANGED),
    "requests + feedparser": (FIRST, UNCHANGED),
    "aiohttp only": (FIRST, UNCHANGED, SAME_BODY),
}
# No goal is measured by these: the first round's figures will do.
_ONCE = frozenset({"ours, robots on", "ours, enriched"})

_ABOUT = """\
{feeds} addresses made of {pool} real feeds, {latency:.0f} ms latency, medians of {rounds} \
interleaved round(s), {cores} cores.
Ours: the real round into SQLite, two worker processes, 1,000 hosts, no pause between requests \
and, but where said, no robots.txt; every other contestant asks one host.
reader and requests work in 20 threads; bare asyncio and aiohttp keep 100 requests waiting.
Start-up (imports, workers, opening the store) stands in a column of its own; time and CPU are \
of the work alone, children included. Memory in MB: the sum of each process's peak, the largest \
of them, and what all took together at the worst moment, shared pages counted once (PSS).
"ours" visits, cleans, names and stores; "ours, enriched" also finds language, print and story \
of every item and fills the search index, which no other contestant does.
"""


@dataclass(frozen=True)
class Line:
    """The medians of one contestant in one phase."""

    rate: float
    """Feeds a second."""
    cpu: float
    """Milliseconds of processor time a feed."""
    start: float
    peak: float
    largest: float
    shared: float
    kept: int


Lines = Mapping[tuple[str, str], Line]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all rounds, then print the table and what was reached."""
    asked = _asked(arguments)
    pool = len(read_pool(asked.data))
    seen: defaultdict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    with web.running(asked.data, asked.feeds, asked.latency) as port:
        began, rounds, last = monotonic(), 0, 0.0
        # Another round is begun only where there is time for one as long as the last.
        while rounds < asked.rounds and monotonic() - began + last <= 60 * asked.minutes:
            round_began = monotonic()
            for name, phase, cost in _round(port, asked.feeds, rounds, asked.only):
                print(f"round {rounds + 1}: {name}, {phase}: {cost['wall']:.1f} s", file=sys.stderr)
                seen[name, phase].append(cost)
            rounds, last = rounds + 1, monotonic() - round_began
    lines = {key: _line(costs, asked.feeds) for key, costs in seen.items()}
    latency, cores = asked.latency * 1000, os.cpu_count()
    about = {
        "feeds": asked.feeds,
        "pool": pool,
        "latency": latency,
        "rounds": rounds,
        "cores": cores,
    }
    print(_ABOUT.format(**about))
    goals = [] if asked.only else _goals(lines, asked.latency)
    for text in (*_table(lines), "", *goals):
        print(text)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.collect", description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000, help="addresses (%(default)s)")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="repetitions (%(default)s)")
    parser.add_argument("--minutes", type=float, default=5.5, help="at most (%(default)s)")
    parser.add_argument("--data", type=Path, default=DEFAULT, help="the feeds (%(default)s)")
    parser.add_argument(
        "--only", nargs="+", choices=_PHASES, default=(), help="these alone, without the goals"
    )
    return parser.parse_args(arguments)


def _round(
    port: int, feeds: int, turn: int, only: Collection[str]
) -> Iterator[tuple[str, str, dict[str, float]]]:
    """Yield what every contestant's phases cost; each round begins with another contestant."""
    names = [name for name in only or _PHASES if name not in _ONCE or turn == 0]
    shift = turn % len(names)
    for name in names[shift:] + names[:shift]:
        with TemporaryDirectory() as folder:
            for phase in _PHASES[name]:
                web.say(port, "plain" if phase == SAME_BODY else "validators")
                yield name, phase, _once(name, phase, port, feeds, folder)


def _once(name: str, phase: str, port: int, feeds: int, folder: str) -> dict[str, float]:
    first = "first" if phase == FIRST else "again"
    command = [sys.executable, "-m", "bench.once", name, first, str(port), str(feeds), folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    cost: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return cost


def _line(costs: Sequence[Mapping[str, float]], feeds: int) -> Line:
    middle = {name: median(cost[name] for cost in costs) for name in costs[0]}
    return Line(
        rate=feeds / middle["wall"],
        cpu=1000 * middle["cpu"] / feeds,
        start=middle["start"],
        peak=middle["peak"],
        largest=middle["largest"],
        shared=middle["shared"],
        kept=int(middle["kept"]),
    )


def _table(lines: Lines) -> Iterator[str]:
    yield (
        f"{'':12}{'':22} {'feeds/s':>9} {'CPU ms/feed':>12} {'start-up s':>11}"
        f" {'sum MB':>8} {'largest':>8} {'PSS MB':>8} {'entries':>9}"
    )
    for phase in (FIRST, UNCHANGED, SAME_BODY):
        for name in _PHASES:
            if one := lines.get((name, phase)):
                yield (
                    f"{phase:12}{name:22} {one.rate:9,.0f} {one.cpu:12.3f} {one.start:11.2f}"
                    f" {one.peak:8.0f} {one.largest:8.0f} {one.shared:8.0f} {one.kept or '-':>9}"
                )


def _goals(lines: Lines, latency: float) -> Iterator[str]:
    """Yield each goal with what was reached."""
    us, them = lines["ours", FIRST], lines["reader", FIRST]
    us_again, them_again = lines["ours", UNCHANGED], lines["reader", UNCHANGED]
    bare, whole = lines["bare asyncio", UNCHANGED], lines["requests + feedparser", FIRST]
    same = lines["ours", SAME_BODY]
    yield _goal("P1 feeds/s, first fetch", "reader", us.rate / them.rate, at_least=20)
    yield _goal("P1 entries kept", "feedparser's", us.kept / whole.kept, at_least=0.999)
    yield _goal("P2 CPU, first fetch", "reader", us.cpu / them.cpu, at_most=1 / 12)
    yield _goal("P3 CPU, all 304", "reader", us_again.cpu / them_again.cpu, at_most=1 / 20)
    yield _goal("P3 CPU, all 304", "bare asyncio", us_again.cpu / bare.cpu, at_most=5)
    if latency:
        ceiling = AT_ONCE / latency
        share = us_again.rate / ceiling
        yield _goal("P3 feeds/s, all 304", f"ceiling, {ceiling:,.0f}/s", share, at_least=0.9)
    yield _goal("P4 CPU, same body", "our all 304", same.cpu / us_again.cpu, at_most=3)
    yield _goal("memory, first fetch", "reader", us.shared / them.shared, at_most=1)


def _goal(
    what: str, peer: str, ratio: float, at_least: float | None = None, at_most: float = 0.0
) -> str:
    is_reached = ratio >= at_least if at_least is not None else ratio <= at_most
    goal = f">= {_times(at_least)}" if at_least is not None else f"<= {_times(at_most)}"
    verdict = "reached" if is_reached else "NOT reached"
    return f"{what:22} {_times(ratio):>8} x {peer:20} goal {goal:9} {verdict}"


def _times(ratio: float) -> str:
    """Return a ratio as people say it: 23.1, 0.999, 1/14.2."""
    return f"1/{1 / ratio:.3g}" if 0 < ratio < 0.5 else f"{ratio:.3g}"


if __name__ == "__main__":
    main()
