"""The outbox: one row per letter, written once, claimed before it is sent.

States: queued -> sending -> sent | queued (later) | failed | uncertain. `uncertain` means that
the server may have it: it is tried once more with the same Message-ID, and an officer sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Count

from watch.domain import Letter, Period
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = ["Claim", "Row", "claim", "close", "counts", "interrupted", "is_written", "post", "rows"]

_FIELDS = tuple(field.name for field in fields(Letter))


@dataclass(frozen=True, slots=True)
class Claim:
    """A letter that this process alone may send now; `tries` counts the attempts before."""

    letter: Letter
    cluster: str
    tries: int
    was_uncertain: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A letter as an officer sees it."""

    letter: Letter
    firm: str
    period: Period
    state: str
    tries: int
    written_at: datetime
    sent_at: datetime | None
    detail: str


def is_written(cluster: str, subscriber: int, period: Period) -> bool:
    """Return whether this reader's letter for this period exists already."""
    return models.Letter.objects.filter(
        cluster__slug=cluster,
        subscriber=subscriber,
        first_on=period.first_on,
        last_on=period.last_on,
    ).exists()


def post(
    cluster: str,
    subscriber: int,
    letter: Letter,
    period: Period,
    stories: Sequence[str],
    now: datetime,
) -> bool:
    """Put a letter into the outbox with the stories that it tells; False if it is there already."""
    with writing():
        if models.Letter.objects.filter(key=letter.key).exists():
            return False
        row = models.Letter.objects.create(
            cluster_id=primary_key(cluster),
            subscriber_id=subscriber,
            first_on=period.first_on,
            last_on=period.last_on,
            written_at=now,
            next_at=now,
            **{name: getattr(letter, name) for name in _FIELDS if name != "headers"},
            headers=[list(header) for header in letter.headers],
        )
        models.Told.objects.bulk_create(
            [
                models.Told(subscriber_id=subscriber, story=story, letter=row)
                for story in dict.fromkeys(stories)
            ],
            ignore_conflicts=True,
        )
        return True


def claim(cluster: str, holder: str, now: datetime, lease: timedelta) -> Claim | None:
    """Take the next letter that waits, or None; nobody else gets it before the lease ends.

    A letter to somebody who has unsubscribed or opposed meanwhile is withdrawn, not claimed.
    """
    waiting = models.Letter.objects.filter(
        cluster__slug=cluster, state__in=["queued", "uncertain"], next_at__lte=now
    ).order_by("next_at", "pk")
    while True:
        row = waiting.select_related("subscriber").first()
        if row is None:
            return None
        state = row.state
        is_wanted = row.subscriber.is_active and row.subscriber.basis_since is not None
        mine = models.Letter.objects.filter(pk=row.pk, state=state, next_at=row.next_at)
        if not is_wanted:
            mine.update(state="failed", detail="withdrawn: the reader is no longer written to")
        elif mine.update(state="sending", holder=holder, lease_until=now + lease):
            return Claim(_letter(row), cluster, row.tries, state == "uncertain")


def close(key: str, state: str, next_at: datetime, detail: str, now: datetime) -> None:
    """Record what became of a claimed letter."""
    row = models.Letter.objects.get(key=key)
    row.state, row.next_at, row.detail = state, next_at, detail[:300]
    row.tries += 1
    row.holder, row.lease_until = "", None
    row.sent_at = now if state == "sent" else row.sent_at
    row.save()


def interrupted(cluster: str, now: datetime, is_gone: Callable[[str], bool]) -> list[Claim]:
    """Return the letters whose sender stopped in the middle: nobody knows if they arrived."""
    sending = models.Letter.objects.filter(cluster__slug=cluster, state="sending")
    return [
        Claim(_letter(row), cluster, row.tries, False)
        for row in sending.order_by("pk")
        if row.lease_until is None or row.lease_until <= now or is_gone(row.holder)
    ]


def rows(cluster: str, limit: int = 500, states: Sequence[str] = ()) -> list[Row]:
    """Return letters, newest first."""
    found = models.Letter.objects.filter(cluster__slug=cluster).select_related("subscriber")
    if states:
        found = found.filter(state__in=states)
    return [
        Row(
            letter=_letter(row),
            firm=row.subscriber.firm,
            period=Period(row.first_on, row.last_on),
            state=row.state,
            tries=row.tries,
            written_at=row.written_at,
            sent_at=row.sent_at,
            detail=row.detail,
        )
        for row in found.order_by("-written_at", "-pk")[:limit]
    ]


def counts(cluster: str) -> dict[str, int]:
    """Return how many letters are in each state."""
    found = models.Letter.objects.filter(cluster__slug=cluster).values("state")
    return {row["state"]: row["count"] for row in found.annotate(count=Count("pk"))}


def _letter(row: models.Letter) -> Letter:
    columns = {name: getattr(row, name) for name in _FIELDS if name != "headers"}
    return Letter(**columns, headers=tuple((name, value) for name, value in row.headers))
