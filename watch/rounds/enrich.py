"""Enriching: stored items -> language, print, marks, vector, story, place in the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from watch.domain import Item, Placement, Report
from watch.engine import Engine
from watch.enrich.events import Pool, Vectors, cards_of, join_events
from watch.enrich.pairs import judges
from watch.enrich.stories import Card, Shelf, join_stories
from watch.enrich.words import Words, words_of
from watch.store import acts, items, stories, vectors
from watch.store.items import Enriched, Owed
from watch.store.transaction import writing
from watch.text.meaning import Counted, Embedder

__all__ = ["enrich_round"]

# One transaction each. Large enough that a commit and the tables of prints weigh little.
ITEMS_IN_A_BATCH = 1_000
# A share of a batch for each of a few workers; its way to another process takes 3 ms.
ITEMS_IN_A_TASK = 250

# Agency copies and rewrites follow within days, developments within months; what is older is not
# looked at again.
COPIES_LOOK_BACK = timedelta(days=30)
STORIES_LOOK_BACK = timedelta(days=90)


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
        known = _known(now)
        for batch, found in _looked_at(engine, model):
            known, together = _keep(batch, found, known, model)
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


class _Known(NamedTuple):
    """The items that others may be joined to: to recent ones copies, to all what tells the same."""

    shelf: Shelf
    pool: Pool
    parted: frozenset[str]
    """Stories that a person cut off from others."""

    def with_cards(self, cards: Sequence[Card]) -> _Known:
        return _Known(self.shelf.with_cards(cards), self.pool.with_cards(cards), self.parted)


def _known(now: datetime) -> _Known:
    cards = [Card(*card) for card in stories.cards(now - STORIES_LOOK_BACK, now)]
    recent = now - COPIES_LOOK_BACK
    shelf = Shelf(card for card in cards if card.published_at >= recent)
    return _Known(shelf, Pool.of(cards), acts.parted())


def _keep(
    batch: Sequence[Owed], found: Sequence[Words], known: _Known, model: Embedder | None
) -> tuple[_Known, int]:
    """Write what was found; return what is known with the batch, and how many items joined."""
    words = {one.key: one for one in found}
    fresh = {
        one.item.key: replace(
            one.item, language=words[one.item.key].language, print=words[one.item.key].print
        )
        for one in batch
        if one.owes_story
    }
    marks = {key: words[key].marks for key in fresh}
    placements = join_events(
        join_stories(list(fresh.values()), known.shelf, known.parted),
        fresh.values(),
        marks,
        known.pool,
        judges(model.id if model else ""),
        _vectors(words, model) if model else None,
    )
    places = {placement.item: placement for placement in placements}
    with writing():
        acts.hold()
        joined = acts.stories()
        items.enrich(
            [_enriched(o, words[o.item.key], places.get(o.item.key), joined) for o in batch],
            model.id if model else "",
        )
    return (
        known.with_cards(cards_of(placements, fresh, marks)),
        sum(placement.story != placement.item for placement in placements),
    )


def _vectors(words: Mapping[str, Words], model: Embedder) -> Vectors:
    """Return where items lie: those of the batch as just found, others as the store has them."""

    def lying(keys: Sequence[str]) -> NDArray[np.float32]:
        rows = vectors.of(keys, model.id, model.size)
        for row, key in zip(rows, keys, strict=True):
            if key in words:
                row[:] = np.frombuffer(words[key].vector, np.float16)
        return rows

    return lying


def _enriched(
    one: Owed, words: Words, place: Placement | None, joined: Mapping[str, str]
) -> Enriched:
    found = place.story if place else ""
    return Enriched(
        id=one.id,
        digest=one.item.digest,
        language=words.language,
        print=words.print,
        marks=words.marks,
        stems=words.stems,
        story=joined.get(found, found),
        strand=found if found in joined else "",
        why=place.why if place else "",
        vector=words.vector,
    )
