"""Reading: items that nobody has read under the current perimeter -> opinions -> settled tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from watch.classify.phrases import Phrases
from watch.classify.settle import DOUBT, is_served, settle
from watch.domain import Item, Report
from watch.engine import Engine
from watch.rounds.tasks import tag_items
from watch.store import perimeters, tags
from watch.store.transaction import writing

__all__ = ["read_round", "settle_again"]

# Large enough that a task outweighs its way to another process (2-3 ms), small enough that
# two workers share a day's items.
ITEMS_IN_A_TASK = 500
TASKS_AT_ONCE = 4


def read_round(
    engine: Engine,
    cluster: str,
    now: datetime,
    said: Callable[[int, int], None] | None = None,
) -> Report:
    """Read all items that owe a reading, in batches of one transaction each.

    `said` is told after each batch: readings done, readings owed in all.
    """
    version = perimeters.current(cluster)
    by = Phrases.name
    owed = tags.owed_count(cluster, by, version.number)
    read = tagged = 0
    while batch := tags.owed(cluster, by, version.number, ITEMS_IN_A_TASK * TASKS_AT_ONCE):
        slices = list(_slices(batch))
        futures = [engine.submit(tag_items, some, version.text) for some in slices]
        for some, future in zip(slices, futures, strict=True):
            opinions = future.result()
            with writing():
                tags.keep_readings(cluster, by, version.number, some, opinions, now)
                settle_again(cluster, [item.key for item in some])
            read += len(some)
            tagged += len({opinion.item for opinion in opinions if is_served(opinion)})
            if said:
                said(read, owed)
    return Report("read", {"read": read, "tagged": tagged})


def settle_again(cluster: str, items: Iterable[str]) -> None:
    """Settle what is said of these items; call it inside `transaction.writing`."""
    keys = list(items)
    said = tags.opinions(cluster, keys)
    settled = [tag for opinions in said.values() for tag in settle(opinions) if tag.score >= DOUBT]
    tags.resettle(cluster, keys, settled, frozenset(tag for tag in settled if is_served(tag)))


def _slices(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), ITEMS_IN_A_TASK):
        yield items[start : start + ITEMS_IN_A_TASK]
