"""Collecting: due visits -> harvests -> items and stories in the store."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from datetime import datetime, timedelta

from watch.domain import Manners, Outcome, Placement, Report, Trip, Visit
from watch.engine import Engine
from watch.enrich.stories import Card, Shelf, join_stories
from watch.rounds.tasks import Gathered, gather
from watch.sources.health import explain, next_visit
from watch.store import house_rules, items, sources
from watch.store.transaction import writing
from watch.text.urls import host

__all__ = ["collect_round"]

log = logging.getLogger(__name__)

# A task is worth its way to another process from about 50 feeds on; smaller ones keep two
# workers evenly busy and show progress.
VISITS_IN_A_TASK = 50

# Agency copies and rewrites follow within days; older stories are not looked at again.
STORIES_LOOK_BACK = timedelta(days=30)

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
    so that a round that was stopped goes on where it was. Problems name the sources that
    failed, with cause and remedy in `language`.
    """
    visits = sources.due(now, limit, cluster)
    counts: Counter[str] = Counter(visits=len(visits), failed=0, items=0, revised=0, joined=0)
    problems: list[str] = []
    shelf = _shelf(now)
    before = {visit.source.id: visit for visit in visits}
    futures = [engine.submit(gather, trips, now, manners) for trips in _tasks(_trips(visits, now))]
    done = 0
    for future in as_completed(futures):
        try:
            gathered = future.result()
        except Exception as reason:
            # One task's trouble (a worker that died) must not stop the others; its visits
            # stay due.
            log.exception("lost a task")
            problems.append(f"{type(reason).__name__}: {reason}")
            continue
        shelf = _keep(gathered, shelf, before, now, counts)
        problems += _failures(gathered, language)
        done += len(gathered)
        if said:
            said(done, len(visits))
    return Report("collect", counts, tuple(sorted(problems)))


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
        if size >= VISITS_IN_A_TASK:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _shelf(now: datetime) -> Shelf:
    return Shelf(Card(*card) for card in items.cards(now - STORIES_LOOK_BACK, now))


def _keep(
    gathered: Sequence[Gathered],
    shelf: Shelf,
    before: Mapping[int, Visit],
    now: datetime,
    counts: Counter[str],
) -> Shelf:
    brought = [item for one in gathered for item in one.items]
    stored = items.stored_keys(item.key for item in brought)
    fresh = {item.key: item for item in brought if item.key not in stored}
    placements = join_stories(list(fresh.values()), shelf)
    with writing():
        kept = items.keep(brought, _stories(placements), now)
        sources.record(
            [one.harvest for one in gathered],
            [next_visit(before[g.harvest.source.id], g.harvest, now) for g in gathered],
            kept.new_by_source,
        )
        house_rules.keep(one.harvest for one in gathered)
    counts["items"] += kept.new
    counts["revised"] += kept.revised
    counts["joined"] += sum(placement.story != placement.item for placement in placements)
    counts["failed"] += sum(one.harvest.outcome is Outcome.FAILED for one in gathered)
    counts["unchanged"] += sum(one.harvest.outcome is Outcome.UNCHANGED for one in gathered)
    return shelf.with_cards(
        Card(item.key, p.story, item.title, item.print, item.published_at, item.language)
        for p in placements
        for item in (fresh[p.item],)
    )


def _stories(placements: Sequence[Placement]) -> dict[str, tuple[str, str]]:
    return {placement.item: (placement.story, placement.why) for placement in placements}


def _failures(gathered: Sequence[Gathered], language: str) -> list[str]:
    colon = "\N{NO-BREAK SPACE}:" if language == "fr" else ":"
    failed = [one.harvest for one in gathered if one.harvest.outcome is Outcome.FAILED]
    return [
        f"{harvest.source.name}{colon} {' '.join(explain(harvest.reason, language))}"
        for harvest in failed
    ]
