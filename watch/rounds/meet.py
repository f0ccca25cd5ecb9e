"""Meeting the experts: what to ask them, and what their word changes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watch.classify.agenda import SAMPLE_END, Choice, Waiting, agenda, seconds_an_item
from watch.domain import Item, Review, Tagged
from watch.rounds.read import settle_again
from watch.store import agenda as store
from watch.store import shelves, tags
from watch.store.transaction import writing
from watch.text.meaning import Counted
from watch.workshop.ballot import opinions

__all__ = ["LOOK_BACK", "Planned", "plan", "review_item"]

LOOK_BACK = timedelta(days=90)
"""Older items teach as much, but nobody waits for their tags."""

# So many of the newest are weighed: more cost time, and an hour of experts takes eighty.
_DOUBTFUL, _PLAIN, _REVIEWED, _STEPS = 400, 100, 400, 400


@dataclass(frozen=True, slots=True)
class Planned:
    """An item of an agenda as the cluster sees it, and why it is there."""

    tagged: Tagged
    choice: Choice


def plan(
    cluster: str, minutes: float, now: datetime, reviewer: int | None = None
) -> tuple[list[Planned], float]:
    """Return what to review in so many minutes, and the seconds that an item takes.

    Without what the reviewer, or without one anybody, called done.
    """
    seconds = seconds_an_item(store.steps(cluster, _STEPS))
    since = now - LOOK_BACK
    placed = {
        item.key: (item, story)
        for item, story in (
            *store.doubtful(cluster, since, _DOUBTFUL, reviewer),
            *store.plain(cluster, since, SAMPLE_END, _PLAIN, reviewer),
        )
    }
    said = tags.opinions(cluster, placed)
    # Words alone tell what is alike about as well as a model of meaning here, and a page waits
    # for no model to be loaded: `python -m tests.quality agenda` chooses with them.
    model = Counted()
    chosen = agenda(
        [Waiting(key, story, tuple(said.get(key, ()))) for key, (_, story) in placed.items()],
        model.encode(_texts([item for item, _ in placed.values()])),
        model.encode(_texts(store.reviewed(cluster, _REVIEWED))),
        store.counts(cluster),
        max(1, round(minutes * 60 / seconds)),
    )
    shelf = shelves.of_keys(cluster, [one.item for one in chosen])
    item = {one.item.key: one for one in shelf}
    return [Planned(item[one.item], one) for one in chosen], seconds


def _texts(items: Sequence[Item]) -> list[str]:
    return [f"{item.title}. {item.text}" for item in items]


def review_item(cluster: str, review: Review) -> None:
    """Keep what a person said of an item's topic; it outranks every classifier from now on.

    Raises `KeyError` for an item that is not stored.
    """
    with writing():
        tags.add_review(cluster, review, opinions(review))
        settle_again(cluster, [review.item])
