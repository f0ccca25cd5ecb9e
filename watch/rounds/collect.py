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
from watch.rounds.appointments import Words, keep_visits
from watch.rounds.tasks import Gathered, gather
from watch.store import items, sources
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
    so that a round that was stopped goes on where it was. Problems name, in `language`, the
    sources whose trouble begins to be remarkable, each once; news, those that are well again.
    """
    visits = sources.due(now, limit, cluster)
    counts: Counter[str] = Counter(visits=len(visits), failed=0, items=0, revised=0, joined=0)
    problems: list[str] = []
    news: list[str] = []
    shelf = _shelf(now)
    before = {visit.source.id: visit for visit in visits}
    futures = [engine.submit(gather, trips, now, manners) for trips in _tasks(_trips(visits))]
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
        shelf, words = _keep(gathered, shelf, before, now, counts, language)
        problems += words.problems
        news += words.news
        done += len(gathered)
        if said:
            said(done, len(visits))
    return Report("collect", counts, tuple(sorted(problems)), tuple(sorted(news)))


def _trips(visits: Sequence[Visit]) -> list[Trip]:
    by_host: dict[str, list[Visit]] = {}
    for visit in visits:
        by_host.setdefault(host(visit.source.url), []).append(visit)
    return [Trip(name, tuple(some)) for name, some in by_host.items()]


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
    language: str,
) -> tuple[Shelf, Words]:
    brought = [item for one in gathered for item in one.items]
    stored = items.stored_keys(item.key for item in brought)
    fresh = {item.key: item for item in brought if item.key not in stored}
    placements = join_stories(list(fresh.values()), shelf)
    with writing():
        kept = items.keep(brought, _stories(placements), now)
        words = keep_visits(
            [one.harvest for one in gathered],
            {one.harvest.source.id: before[one.harvest.source.id] for one in gathered},
            {g.harvest.source.id: [item.published_at for item in g.items] for g in gathered},
            kept.new_by_source,
            now,
            language,
        )
    counts["items"] += kept.new
    counts["revised"] += kept.revised
    counts["joined"] += sum(placement.story != placement.item for placement in placements)
    counts["failed"] += sum(one.harvest.outcome is Outcome.FAILED for one in gathered)
    counts["unchanged"] += sum(one.harvest.outcome is Outcome.UNCHANGED for one in gathered)
    longer = shelf.with_cards(
        Card(item.key, p.story, item.title, item.print, item.published_at, item.language)
        for p in placements
        for item in (fresh[p.item],)
    )
    return longer, words


def _stories(placements: Sequence[Placement]) -> dict[str, tuple[str, str]]:
    return {placement.item: (placement.story, placement.why) for placement in placements}
