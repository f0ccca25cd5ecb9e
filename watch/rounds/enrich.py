"""Enriching: stored items -> language, print, vector, story, their place in the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

from watch.domain import Item, Placement, Report
from watch.engine import Engine
from watch.enrich.stories import Card, Shelf, join_stories
from watch.enrich.words import Words, words_of
from watch.store import items
from watch.store.items import Enriched, Owed
from watch.store.transaction import writing
from watch.text.meaning import Counted, Embedder

__all__ = ["enrich_round"]

# One transaction each. Large enough that a commit and the tables of prints weigh little.
ITEMS_IN_A_BATCH = 1_000
# A share of a batch for each of a few workers; its way to another process takes 3 ms.
ITEMS_IN_A_TASK = 250

# Agency copies and rewrites follow within days; older stories are not looked at again.
STORIES_LOOK_BACK = timedelta(days=30)


def enrich_round(
    engine: Engine,
    now: datetime,
    said: Callable[[int, int], None] | None = None,
    model: Embedder | None = None,
) -> Report:
    """Look at the words of all items that nobody has looked at, oldest first.

    Each batch is one transaction; while it is written, the engine is at the next one. A round
    that was stopped goes on where it was. `said` is told after each batch: items done, in all.
    The vectors of `model` are kept; those that only count words are made faster than read.
    """
    model = None if isinstance(model, Counted) else model
    owed = items.owed_count()
    enriched = joined = 0
    if owed:
        shelf = Shelf(Card(*card) for card in items.cards(now - STORIES_LOOK_BACK, now))
        for batch, found in _looked_at(engine, model):
            shelf, together = _keep(batch, found, shelf, model)
            joined += together
            enriched += len(batch)
            if said:
                said(enriched, max(owed, enriched))
    return Report("enrich", {"enriched": enriched, "joined": joined})


def _looked_at(
    engine: Engine, model: Embedder | None
) -> Iterator[tuple[Sequence[Owed], list[Words]]]:
    """Yield each batch with what its words tell; the next one is under way meanwhile."""
    ahead = _begin(engine, 0, model)
    while ahead[0]:
        batch, futures = ahead
        ahead = _begin(engine, batch[-1].id, model)
        yield batch, [words for future in futures for words in future.result()]


def _begin(
    engine: Engine, after: int, model: Embedder | None
) -> tuple[Sequence[Owed], list[Future[list[Words]]]]:
    batch = items.owed(after, ITEMS_IN_A_BATCH)
    slices = _slices([one.item for one in batch])
    return batch, [engine.submit(words_of, some, model) for some in slices]


def _slices(some: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(some), ITEMS_IN_A_TASK):
        yield some[start : start + ITEMS_IN_A_TASK]


def _keep(
    batch: Sequence[Owed], found: Sequence[Words], shelf: Shelf, model: Embedder | None
) -> tuple[Shelf, int]:
    """Write what was found; return the shelf with the items of the batch, and how many joined."""
    words = {one.key: one for one in found}
    fresh = {
        one.item.key: replace(
            one.item, language=words[one.item.key].language, print=words[one.item.key].print
        )
        for one in batch
        if one.owes_story
    }
    placements = join_stories(list(fresh.values()), shelf)
    places = {placement.item: placement for placement in placements}
    with writing():
        items.enrich(
            [_enriched(o, words[o.item.key], places.get(o.item.key)) for o in batch],
            model.id if model else "",
        )
    return (
        shelf.with_cards(
            Card(item.key, p.story, item.title, item.print, item.published_at, item.language)
            for p in placements
            for item in (fresh[p.item],)
        ),
        sum(placement.story != placement.item for placement in placements),
    )


def _enriched(one: Owed, words: Words, place: Placement | None) -> Enriched:
    return Enriched(
        id=one.id,
        digest=one.item.digest,
        language=words.language,
        print=words.print,
        stems=words.stems,
        story=place.story if place else "",
        why=place.why if place else "",
        vector=words.vector,
    )
