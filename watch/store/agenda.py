"""What the experts' agenda is made of: items that wait for a person, and what people said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from watch.domain import Axis, Item, Tag, Verdict
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.items import to_item, visible

__all__ = ["Placed", "counts", "doubtful", "plain", "reviewed", "said_by_people", "steps"]

Placed = tuple[Item, str]
"""An item, and the key of its story."""

# Above it a tag is so sure that a look at it teaches little.
_SURE = 0.8


def doubtful(
    cluster: str, since: datetime, limit: int, reviewer: int | None = None
) -> list[Placed]:
    """Return the newest items published since then that have a tag which is not sure.

    Without those that the reviewer, or without one anybody, called done.
    """
    unsure = models.Settled.objects.filter(
        cluster=primary_key(cluster), item=OuterRef("pk"), score__lt=_SURE
    )
    rows = _waiting(cluster, since, reviewer).filter(Exists(unsure))
    return _placed(rows.order_by("-published_at", "-key")[:limit])


def plain(
    cluster: str, since: datetime, below: str, limit: int, reviewer: int | None = None
) -> list[Placed]:
    """Return items published since then whose key is below `below`, by their keys.

    Without those that the reviewer, or without one anybody, called done.
    """
    rows = _waiting(cluster, since, reviewer).filter(key__lt=below)
    return _placed(rows.order_by("key")[:limit])


def _waiting(cluster: str, since: datetime, reviewer: int | None) -> QuerySet[models.Item]:
    key = primary_key(cluster)
    done = _in_force(cluster).filter(item=OuterRef("pk"), verdict=Verdict.DONE.value)
    if reviewer is not None:
        done = done.filter(reviewer=reviewer)
    # What is not enriched is not read yet.
    return visible(key).filter(~Exists(done), published_at__gte=since, owes=0)


def reviewed(cluster: str, limit: int) -> list[Item]:
    """Return the items on which somebody said something last, the latest first."""
    rows = _in_force(cluster).order_by("-said_at", "-pk")
    # Several words may be said of one item: those of the last few pages are looked at.
    keys = list(dict.fromkeys(rows.values_list("item_id", flat=True)[: 4 * limit]))[:limit]
    found = models.Item.objects.in_bulk(keys)
    return [to_item(found[key]) for key in keys]


def counts(cluster: str) -> Mapping[tuple[Axis, str], int]:
    """Return on how many items somebody said something of each topic."""
    rows = _in_force(cluster).exclude(topic="")
    columns = rows.values_list("item_id", "axis", "topic", "instead")
    told = {(item, axis, topic) for item, axis, *topics in columns for topic in topics if topic}
    return Counter((Axis(axis), topic) for _item, axis, topic in told)


def said_by_people(cluster: str) -> list[Tag]:
    """Return all that people said of topics and that was not set aside, the earliest first."""
    key = primary_key(cluster)
    set_aside = models.Review.objects.filter(
        cluster=key, item=OuterRef("item"), said_at=OuterRef("said_at"), set_aside_at__isnull=False
    )
    rows = models.Tag.objects.filter(~Exists(set_aside), cluster=key, by__startswith="expert/")
    columns = rows.order_by("said_at", "pk").values_list(
        "item__key", "axis", "topic", "score", "by", "why", "said_at"
    )
    return [
        Tag(item, Axis(axis), topic, score, by, tuple(why), said_at)
        for item, axis, topic, score, by, why, said_at in columns
    ]


def steps(cluster: str, limit: int) -> list[tuple[int, str, datetime]]:
    """Return the last reviews of all people: (reviewer, item, said at), the latest first."""
    rows = _in_force(cluster).filter(reviewer__isnull=False)
    columns = rows.order_by("-said_at", "-pk").values_list("reviewer_id", "item__key", "said_at")
    return [(who, item, at) for who, item, at in columns[:limit] if who is not None]


def _in_force(cluster: str) -> QuerySet[models.Review]:
    """Return what people said, without what was set aside."""
    return models.Review.objects.filter(cluster=primary_key(cluster), set_aside_at=None)


def _placed(rows: QuerySet[models.Item]) -> list[Placed]:
    return [(to_item(row), row.story) for row in rows]
