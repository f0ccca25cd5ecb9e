"""Alerts: whether somebody wishes any, and what they told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from watch.store import models
from watch.store.letters import GIVEN_UP

__all__ = ["lines", "wished_in"]


def wished_in() -> frozenset[str]:
    """Return the clusters in which a reader wishes to hear of something between two letters."""
    rows = models.Subscriber.objects.filter(is_active=True).exclude(alerts=[])
    return frozenset(rows.values_list("cluster__slug", flat=True).distinct())


def lines(subscribers: Collection[int]) -> dict[int, dict[str, datetime | None]]:
    """Return the items that each subscriber's alerts told, and when last; None is never.

    Never is for what an officer gave up or dropped. What was not sent in time is not among them.
    """
    rows = models.Letter.objects.filter(subscriber__in=subscribers, is_alert=True)
    found: dict[int, dict[str, datetime | None]] = {id: {} for id in subscribers}
    for row in rows.order_by("written_at", "pk").only(
        "subscriber", "items", "before", "state", "detail", "written_at"
    ):
        of_reader = found[row.subscriber_id]
        if row.state != "late":
            of_reader.update(dict.fromkeys(_dropped(row), None))
            of_reader.update(dict.fromkeys(row.items, row.written_at))
        elif row.detail == GIVEN_UP:
            of_reader.update(dict.fromkeys([*row.items, *_dropped(row)], None))
    return found


def _dropped(row: Any) -> list[str]:
    return [line["item"] for lines, _greeting in row.before for line in lines]
