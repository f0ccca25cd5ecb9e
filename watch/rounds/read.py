"""Reading: items that nobody has read under the current perimeter -> opinions -> settled tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from watch.classify.settle import DOUBT, is_served, settle
from watch.domain import Item, Report, Tag
from watch.engine import Engine
from watch.rounds.jury import jury_of, taught
from watch.rounds.tasks import Jury, tag_items
from watch.store import perimeters, tags, vectors
from watch.store.transaction import writing
from watch.text.meaning import Counted, embedder

__all__ = ["asked", "read_round", "settle_again"]

# Large enough that a task outweighs its way to another process (2-3 ms), small enough that
# two workers share a day's items.
ITEMS_IN_A_TASK = 500
TASKS_AT_ONCE = 4


def read_round(
    engine: Engine,
    cluster: str,
    now: datetime,
    said: Callable[[int, int], None] | None = None,
    folder: Path | None = None,
    language: str = "en",
) -> Report:
    """Read all items that owe a reading, in batches of one transaction each.

    `said` is told after each task: readings done, readings owed in all. `folder` is where
    learners are kept; without one, none serves.
    """
    version = perimeters.current(cluster)
    jury, problems = jury_of(cluster, version, folder, language)
    by = jury.names[-1]
    owed = tags.owed_count(cluster, by, version.number)
    if owed:
        jury = taught(jury, folder)
    read = tagged = 0
    while batch := tags.owed(cluster, by, version.number, ITEMS_IN_A_TASK * TASKS_AT_ONCE):
        for some, opinions in asked(engine, jury, batch):
            with writing():
                tags.keep_readings(cluster, jury.names, version.number, some, opinions, now)
                settle_again(cluster, [item.key for item in some])
            read += len(some)
            tagged += len({tag.item for tag in settle(opinions) if is_served(tag)})
            if said:
                said(read, owed)
    return Report("read", {"read": read, "tagged": tagged}, tuple(problems))


def asked(
    engine: Engine, jury: Jury, batch: Sequence[Item]
) -> Iterator[tuple[Sequence[Item], list[Tag]]]:
    """Yield the items of each task with what the jury says of them."""
    slices = list(_slices(batch))
    model = embedder()
    # What only counts words is faster asked than looked up.
    is_kept = len(jury.names) > 1 and not isinstance(model, Counted)
    futures = [
        engine.submit(
            tag_items,
            some,
            jury,
            vectors.of([item.key for item in some], model.id, model.size) if is_kept else None,
        )
        for some in slices
    ]
    for some, future in zip(slices, futures, strict=True):
        yield some, future.result()


def settle_again(cluster: str, items: Iterable[str]) -> None:
    """Settle what is said of these items; call it inside `transaction.writing`."""
    keys = list(items)
    said = tags.opinions(cluster, keys)
    settled = [tag for opinions in said.values() for tag in settle(opinions) if tag.score >= DOUBT]
    tags.resettle(cluster, keys, settled, frozenset(tag for tag in settled if is_served(tag)))


def _slices(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), ITEMS_IN_A_TASK):
        yield items[start : start + ITEMS_IN_A_TASK]
