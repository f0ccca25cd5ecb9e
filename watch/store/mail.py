"""The letters of one reader, as he looks back at them: by their lines, whole, and as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, QuerySet

from watch.domain import Item, Period
from watch.store import models
from watch.store.items import to_item

__all__ = ["Sent", "first_day", "html_of", "last_days", "line", "lines", "sent"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter that a reader has had."""

    id: int
    subject: str
    language: str
    period: Period
    sent_at: datetime


def sent(cluster: str, reader: int) -> list[Sent]:
    """Return the letters that a reader has had, newest first, as far back as they are kept."""
    return [
        Sent(row.pk, row.subject, row.language, Period(row.first_on, row.last_on), row.sent_at)
        for row in _sent(cluster, reader).filter(body__isnull=False).order_by("-sent_at", "-pk")
        if row.sent_at
    ]


def html_of(cluster: str, reader: int, id: int) -> str | None:
    """Return the page of one letter that this reader has had; None where it is not his."""
    html: str | None = (
        _sent(cluster, reader).filter(pk=id).values_list("body__html", flat=True).first()
    )
    return html


def line(cluster: str, reader: int, beginning: str, number: int) -> Item | None:
    """Return what the line of this number (from 1) tells, in the letter whose key begins so."""
    found = models.Letter.objects.filter(
        cluster__slug=cluster, subscriber=reader, key__startswith=beginning
    )
    keys = found.values_list("items", flat=True).first() or []
    if not beginning or not 1 <= number <= len(keys):
        return None
    row = models.Item.objects.filter(key=keys[number - 1]).first()
    return to_item(row) if row else None


def lines(cluster: str, reader: int, most: int) -> list[tuple[datetime, Item]]:
    """Return the last lines that a reader was told, newest first, each with when it was sent."""
    told: list[tuple[datetime, str]] = []
    for sent_at, keys in (
        _sent(cluster, reader).order_by("-sent_at", "-pk").values_list("sent_at", "items")
    ):
        told += [(sent_at, key) for key in keys if sent_at]
        if len(told) >= most:
            break
    items = _items([key for _, key in told[:most]])
    return [(at, items[key]) for at, key in told[:most] if key in items]


def _items(keys: Sequence[str]) -> dict[str, Item]:
    return {row.key: to_item(row) for row in models.Item.objects.filter(key__in=keys)}


def _sent(cluster: str, reader: int) -> QuerySet[models.Letter]:
    return models.Letter.objects.filter(
        cluster__slug=cluster, subscriber=reader, sent_at__isnull=False
    )


def last_days(cluster: str, before: date) -> dict[int, date]:
    """Return the last day of the period of each subscriber's newest letter before a day.

    What failed or came too late is none, nor is an alert.
    """
    rows = models.Letter.objects.filter(cluster__slug=cluster, last_on__lt=before, is_alert=False)
    rows = rows.exclude(state__in=["late", "failed"]).exclude(key__in=_invitations())
    return dict(rows.values_list("subscriber").annotate(on=Max("last_on")))


def first_day(cluster: str) -> date | None:
    """Return the first day for which a letter was written at all, None where none was."""
    rows = models.Letter.objects.filter(cluster__slug=cluster, is_alert=False).exclude(
        key__in=_invitations()
    )
    found: date | None = rows.aggregate(on=Min("first_on"))["on"]
    return found


def _invitations() -> QuerySet[models.Invitation, str]:
    """Return the keys of the letters that ask somebody whether he wants any: they tell nothing."""
    return models.Invitation.objects.values_list("letter", flat=True)
