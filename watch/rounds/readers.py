"""What is known of readers besides their profiles: where their firms lie, what they voted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from watch.classify.settle import settle
from watch.domain import NO_URL, Interest, Item, Subscriber, Tag, Tagged
from watch.rounds.tasks import Jury, tag_items
from watch.routing.interest import Known, in_words
from watch.routing.votes import NO_LESSON, Voted, learn
from watch.store import shelves, vectors, votes
from watch.text.meaning import Counted, embedder

__all__ = ["as_item", "known_of", "vectors_of"]

# No judge looks at when a text was published.
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def vectors_of(items: Sequence[Tagged]) -> NDArray[np.float32] | None:
    """Return where items lie, one row each, zeros where nobody has kept that; None without a model.

    Vectors that only count words are not kept: they say no more than the words do.
    """
    model = embedder()
    if isinstance(model, Counted):
        return None
    return vectors.of([one.item.key for one in items], model.id, model.size)


def known_of(cluster: str, readers: Sequence[Subscriber], perimeter: str) -> Mapping[int, Known]:
    """Return what is known of each reader of a cluster, by id; `perimeter` is its text."""
    found = {reader.id: Known() for reader in readers}
    spoken = {reader.id: in_words(reader) for reader in readers}
    told = [reader for reader in readers if spoken[reader.id]]
    if told:
        model = embedder()
        rows = model.encode([spoken[reader.id] for reader in told])
        implied = _implied(told, spoken, perimeter, rows)
        for reader, row in zip(told, rows, strict=True):
            vector = None if isinstance(model, Counted) else row
            found[reader.id] = Known(vector, implied.get(str(reader.id), ()))
    for id, voted in _voted(cluster).items():
        if id in found:
            lesson = learn(voted) if voted else NO_LESSON
            found[id] = replace(found[id], lesson=lesson)
    return found


def _implied(
    readers: Sequence[Subscriber],
    spoken: Mapping[int, str],
    perimeter: str,
    rows: NDArray[np.float32],
) -> Mapping[str, tuple[Interest, ...]]:
    """Return the topics that the classifiers read in what firms say, as if each were an item."""
    said = [as_item(str(one.id), spoken[one.id], one.language) for one in readers]
    tags: dict[str, list[Tag]] = {}
    for tag in settle(tag_items(said, Jury(perimeter), rows)):
        tags.setdefault(tag.item, []).append(tag)
    return {
        id: tuple(Interest(t.axis, t.topic, t.score) for t in some) for id, some in tags.items()
    }


def as_item(key: str, words: str, language: str) -> Item:
    """Return what a firm says of itself as the judges read it: as if it were a publication."""
    return Item(
        key=key,
        url=NO_URL,
        title="",
        text=words,
        language=language,
        published_at=_ANY_DAY,
        first_seen_at=_ANY_DAY,
        source=0,
        outlet="",
    )


def _voted(cluster: str) -> Mapping[int, list[Voted]]:
    said = votes.by_reader(cluster)
    keys = sorted({vote.item for some in said.values() for vote in some})
    items = shelves.of_keys(cluster, keys, served_only=True)
    rows = vectors_of(items)
    lies = np.zeros((len(items), 1), np.float32) if rows is None else rows
    at = {one.item.key: place for place, one in enumerate(items)}
    return {
        id: [
            Voted(vote, items[at[vote.item]], lies[at[vote.item]])
            for vote in some
            if vote.item in at
        ]
        for id, some in said.items()
    }
