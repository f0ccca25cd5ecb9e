"""Collecting: due visits -> harvests -> items in the store, which `enrich_round` then looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime

from watch.domain import Manners, Outcome, Report, Trip, Visit
from watch.engine import Engine
from watch.engine.results import results
from watch.rounds.appointments import Words, keep_visits
from watch.rounds.visiting import Gathered, Unchanged, gather, unfolded
from watch.store import house_rules, items, visits
from watch.store.transaction import writing

__all__ = ["collect_round", "keep_gathered"]

# A task is worth its way to another process from about 50 feeds on. It holds as many hosts as are
# asked at once by default, for fewer would leave a worker waiting, and no more visits than whose
# items fit into memory several times.
HOSTS_IN_A_TASK = 100
VISITS_IN_A_TASK = 250
# So many are under way or wait to be written: all of 10,000 sources would fill the memory.
TASKS_AT_ONCE = 6

Said = Callable[[int, int], None]
"""Told after each batch: visits done, visits in all."""


def collect_round(
    engine: Engine,
    manners: Manners,
    now: datetime,
    cluster: str = "",
    limit: int = 100_000,
    language: str = "en",
    said: Said | None = None,
) -> Report:
    """Make all visits that are due and store what they bring.

    Each batch is one transaction: a visit and its items are recorded together or not at all,
    so that a round that was stopped goes on where it was. Problems name, in `language`, the
    sources whose trouble begins to be remarkable, each once; news, those that are well again.
    """
    due = visits.due(now, limit, cluster)
    count = sum(map(len, due.values()))
    counts: Counter[str] = Counter(visits=count, failed=0, items=0, revised=0)
    problems: list[str] = []
    news: list[str] = []
    under_way: dict[int, Visit] = {}
    done = 0

    def submitted() -> Iterator[Future[list[Gathered | Unchanged]]]:
        for hosts in _tasks(due):
            trips = _trips(hosts, due, now)
            under_way.update((one.source.id, one) for trip in trips for one in trip.visits)
            yield engine.submit(gather, trips, now, manners)

    # The visits of a task that is lost stay due.
    for brought in results(submitted(), TASKS_AT_ONCE, problems):
        gathered = [unfolded(one, under_way, now) for one in brought]
        before = {id: under_way.pop(id) for id in (one.harvest.source.id for one in gathered)}
        words = keep_gathered(gathered, before, now, counts, language)
        problems += words.problems
        news += words.news
        done += len(gathered)
        if said:
            said(done, count)
    return Report("collect", counts, tuple(sorted(problems)), tuple(sorted(news)))


def _tasks(due: Mapping[str, Sequence[int]]) -> Iterator[list[str]]:
    """Yield batches of hosts, the longest trips first: a long one at the end holds up all."""
    batch: list[str] = []
    size = 0
    for name in sorted(due, key=lambda name: -len(due[name])):
        batch.append(name)
        size += len(due[name])
        if size >= VISITS_IN_A_TASK or len(batch) >= HOSTS_IN_A_TASK:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _trips(hosts: Sequence[str], due: Mapping[str, Sequence[int]], now: datetime) -> list[Trip]:
    """Return the trips to some hosts; visits are read no sooner, for all at once are many."""
    known = {one.source.id: one for one in visits.of([id for name in hosts for id in due[name]])}
    rules = house_rules.known(hosts, now)
    return [
        Trip(name, tuple(known[id] for id in due[name] if id in known), rules.get(name, ()))
        for name in hosts
    ]


def keep_gathered(
    gathered: Sequence[Gathered],
    before: Mapping[int, Visit],
    now: datetime,
    counts: Counter[str],
    language: str,
) -> Words:
    """Store what visits brought, in one transaction; return what the officer is told of them.

    `before` holds the visits as they were due, by source id; `counts` is added to.
    """
    with writing():
        kept = items.keep([item for one in gathered for item in one.items], now)
        words = keep_visits(
            [one.harvest for one in gathered],
            before,
            {g.harvest.source.id: [item.published_at for item in g.items] for g in gathered},
            kept.new_by_source,
            now,
            language,
        )
        house_rules.keep(one.harvest for one in gathered)
    counts["items"] += kept.new
    counts["revised"] += kept.revised
    counts["failed"] += sum(one.harvest.outcome is Outcome.FAILED for one in gathered)
    counts["unchanged"] += sum(one.harvest.outcome is Outcome.UNCHANGED for one in gathered)
    return words
