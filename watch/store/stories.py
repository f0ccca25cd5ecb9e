"""Stories: what joining an item to them needs of the items that stand in one."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from watch.store import models
from watch.store.items import Owes

__all__ = ["Card", "cards"]


class Card(NamedTuple):
    """What joining stories needs of a stored item. `story` is its strand, see `acts`."""

    key: str
    story: str
    title: str
    print: bytes
    published_at: datetime
    language: str
    marks: bytes


def cards(since: datetime, until: datetime) -> list[Card]:
    """Return the items of a stretch of time that have a story, as joining others needs them."""
    rows = models.Item.objects.filter(
        published_at__gte=since, published_at__lte=until, owes__lt=Owes.STORY
    ).order_by("published_at", "key")
    columns = rows.values_list(
        "key", "story", "strand", "title", "print", "published_at", "language", "marks"
    )
    return [
        Card(key, strand or story, title, bytes(p), at, language, bytes(marks))
        for key, story, strand, title, p, at, language, marks in columns.iterator()
    ]
