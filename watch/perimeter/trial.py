"""Two versions are tried on the same items: in come their tags, out comes what would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from watch.domain import Axis, Perimeter

__all__ = ["Pair", "Turn", "always", "never", "turns"]

Pair = tuple[str, Axis, str]
"""An item, and a topic that it would be served under."""

# Fewer items tell nothing of a topic that finds none or all of them.
_FEWEST = 30


@dataclass(frozen=True, slots=True)
class Turn:
    """What a new version would change of one topic."""

    axis: Axis
    topic: str
    before: int
    """Items under the old version."""
    after: int
    gained: tuple[str, ...]
    """Keys of items, in alphabetical order; so are those of `lost`."""
    lost: tuple[str, ...]


def turns(
    old: Perimeter, new: Perimeter, before: Iterable[Pair], after: Iterable[Pair]
) -> list[Turn]:
    """Return the topics whose items change, in the order of the new version, then of the old."""
    was, now = set(before), set(after)
    topics = dict.fromkeys((topic.axis, topic.id) for topic in (*new.topics, *old.topics))
    gained, lost = _by_topic(now - was), _by_topic(was - now)
    counted = [Counter((axis, topic) for _item, axis, topic in some) for some in (was, now)]
    return [
        Turn(*key, counted[0][key], counted[1][key], gained.get(key, ()), lost.get(key, ()))
        for key in topics
        if key in gained or key in lost
    ]


def _by_topic(pairs: Iterable[Pair]) -> dict[tuple[Axis, str], tuple[str, ...]]:
    found: dict[tuple[Axis, str], list[str]] = {}
    for item, axis, topic in sorted(pairs):
        found.setdefault((axis, topic), []).append(item)
    return {key: tuple(items) for key, items in found.items()}


def never(perimeter: Perimeter, pairs: Iterable[Pair], items: int) -> list[tuple[Axis, str]]:
    """Return the topics that none of so many items is about; none where the items are few."""
    fired = {(axis, topic) for _item, axis, topic in pairs}
    topics = [(topic.axis, topic.id) for topic in perimeter.topics]
    return [topic for topic in topics if topic not in fired] if items >= _FEWEST else []


def always(perimeter: Perimeter, pairs: Iterable[Pair]) -> list[tuple[Axis, str]]:
    """Return the topics that more than half of all items with a topic of their axis have.

    An axis with two topics has none of them, nor has one on which few items have a topic.
    """
    some = set(pairs)
    counts = Counter((axis, topic) for _item, axis, topic in some)
    items = {axis: len({item for item, on, _ in some if on is axis}) for axis in Axis}
    return [
        (topic.axis, topic.id)
        for topic in perimeter.topics
        if items[topic.axis] >= _FEWEST
        and len(perimeter.on(topic.axis)) > 2
        and counts[topic.axis, topic.id] > items[topic.axis] / 2
    ]
