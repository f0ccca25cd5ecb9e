"""Meeting the experts: a review -> opinions -> the item settled at once."""

from __future__ import annotations

from watch.domain import Review
from watch.rounds.read import settle_again
from watch.store import tags
from watch.store.transaction import writing
from watch.workshop.ballot import opinions

__all__ = ["review_item"]


def review_item(cluster: str, review: Review) -> None:
    """Keep what a person said of an item's topic; it outranks every classifier from now on.

    Raises `KeyError` for an item that is not stored.
    """
    with writing():
        tags.add_review(cluster, review, opinions(review))
        settle_again(cluster, [review.item])
