"""What readers ask the team about the lines of their letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from watch.domain import Request
from watch.store import models
from watch.store.transaction import writing

__all__ = ["answered", "ask", "of", "open_ones"]

_MOST_WORDS = 2000


def ask(subscriber: int, item: str, words: str, now: datetime, promised_on: date) -> date:
    """Keep a request and return the promised day; asked again, the first promise holds."""
    with writing():
        row, is_new = models.Request.objects.get_or_create(
            subscriber_id=subscriber,
            item=item,
            defaults={"words": words[:_MOST_WORDS], "asked_at": now, "promised_on": promised_on},
        )
        if not is_new:
            row.words = words[:_MOST_WORDS] or row.words
            if row.answered_at:
                row.asked_at, row.promised_on, row.answered_at = now, promised_on, None
            row.save()
    return row.promised_on


def open_ones(cluster: str) -> list[Request]:
    """Return what nobody has answered yet, the earliest promise first."""
    rows = models.Request.objects.filter(
        subscriber__cluster__slug=cluster, answered_at__isnull=True
    )
    return _requests(rows.select_related("subscriber").order_by("promised_on", "pk"))


def of(subscriber: int) -> list[Request]:
    """Return what one reader asked, newest first."""
    rows = models.Request.objects.filter(subscriber=subscriber).select_related("subscriber")
    return _requests(rows.order_by("-asked_at", "-pk"))


def answered(cluster: str, id: int, now: datetime) -> bool:
    """Record that a request has its answer; False where the cluster has no such open one."""
    found = models.Request.objects.filter(
        subscriber__cluster__slug=cluster, pk=id, answered_at__isnull=True
    )
    with writing():
        return bool(found.update(answered_at=now))


def _requests(rows: Iterable[models.Request]) -> list[Request]:
    rows = list(rows)
    found = models.Item.objects.filter(key__in={row.item for row in rows})
    titles = dict(found.values_list("key", "title"))
    return [
        Request(
            id=row.pk,
            reader=row.subscriber.firm or row.subscriber.name,
            email=row.subscriber.email,
            item=row.item,
            title=titles.get(row.item, ""),
            words=row.words,
            asked_at=row.asked_at,
            promised_on=row.promised_on,
            answered_at=row.answered_at,
        )
        for row in rows
    ]
