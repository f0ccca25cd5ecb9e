"""Collecting: due visits -> harvests -> items in the store, which `enrich_round` then looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from watch.domain import Manners, Outcome, Report, Trip, Visit
from watch.engine import Engine
from watch.engine.results import results
from watch.rounds.appointments import Words, keep_visits
from watch.rounds.visiting import Gathered, gather
from watch.store import house_rules, items, sources
from watch.store.transaction import writing
from watch.text.urls import host

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
    visits = sources.due(now, limit, cluster)
    counts: Counter[str] = Counter(visits=len(visits), failed=0, items=0, revised=0)
    problems: list[str] = []
    news: list[str] = []
    before = {visit.source.id: visit for visit in visits}
    done = 0
    tasks = _tasks(_trips(visits, now))
    submitted = (engine.submit(gather, trips, now, manners) for trips in tasks)
    # The visits of a task that is lost stay due.
    for gathered in results(submitted, TASKS_AT_ONCE, problems):
        words = keep_gathered(gathered, before, now, counts, language)
        problems += words.problems
        news += words.news
        done += len(gathered)
        if said:
            said(done, len(visits))
    return Report("collect", counts, tuple(sorted(problems)), tuple(sorted(news)))


def _trips(visits: Sequence[Visit], now: datetime) -> list[Trip]:
    rules = house_rules.known(now)
    by_host: dict[str, list[Visit]] = {}
    for visit in visits:
        by_host.setdefault(host(visit.source.url), []).append(visit)
    return [Trip(name, tuple(some), rules.get(name, ())) for name, some in by_host.items()]


def _tasks(trips: Sequence[Trip]) -> Iterator[list[Trip]]:
    """Yield batches of trips, the longest trips first: a long one at the end holds up all."""
    batch: list[Trip] = []
    size = 0
    for trip in sorted(trips, key=lambda trip: -len(trip.visits)):
        batch.append(trip)
        size += len(trip.visits)
        if size >= VISITS_IN_A_TASK or len(batch) >= HOSTS_IN_A_TASK:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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
            {one.harvest.source.id: before[one.harvest.source.id] for one in gathered},
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
