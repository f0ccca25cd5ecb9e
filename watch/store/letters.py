"""The outbox: one row per letter, written once, claimed before it is sent.

States: queued -> sending -> sent | queued (later) | failed | uncertain; late. `uncertain` means
that the server may have it: it is tried once more with the same Message-ID, and an officer sees
it. `late` means that its week ended before it could be sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet

from watch.domain import Letter, Period
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = [
    "Claim",
    "Row",
    "claim",
    "close",
    "counts",
    "interrupted",
    "is_written",
    "post",
    "reopen",
    "rows",
    "waits_again",
    "withdraw_late",
]

_FIELDS = tuple(field.name for field in fields(Letter))


@dataclass(frozen=True, slots=True)
class Claim:
    """A letter that this process alone may send now; `tries` counts the attempts before."""

    letter: Letter
    cluster: str
    tries: int
    holder: str


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
    written = {name: getattr(letter, name) for name in _FIELDS if name not in {"key", "headers"}}
    with writing():
        row, is_new = models.Letter.objects.get_or_create(
            key=letter.key,
            defaults={
                **written,
                "headers": [list(header) for header in letter.headers],
                "cluster_id": primary_key(cluster),
                "subscriber_id": subscriber,
                "first_on": period.first_on,
                "last_on": period.last_on,
                "written_at": now,
                "next_at": now,
            },
        )
        if is_new:
            models.Told.objects.bulk_create(
                [
                    models.Told(subscriber_id=subscriber, story=story, letter=row)
                    for story in dict.fromkeys(stories)
                ],
                ignore_conflicts=True,
            )
        return is_new


def claim(
    cluster: str, holder: str, now: datetime, lease: timedelta, only_again: bool = False
) -> Claim | None:
    """Take the next letter that waits, or None; nobody else gets it before the lease ends.

    With `only_again`, letters that were never tried are left alone. A letter to somebody who
    has unsubscribed or opposed meanwhile is withdrawn, not claimed.
    """
    waiting = _waiting(cluster, now, only_again).select_related("subscriber")
    while row := waiting.first():
        is_wanted = row.subscriber.is_active and row.subscriber.basis_since is not None
        mine = models.Letter.objects.filter(pk=row.pk, state=row.state, next_at=row.next_at)
        with writing():
            if not is_wanted:
                mine.update(state="failed", detail="withdrawn: the reader is no longer written to")
            elif mine.update(state="sending", holder=holder, lease_until=now + lease):
                return Claim(_letter(row), cluster, row.tries, holder)
    return None


def waits_again(cluster: str, now: datetime) -> bool:
    """Return whether a letter that was tried before is to be tried now."""
    return _waiting(cluster, now, only_again=True).exists()


def _waiting(cluster: str, now: datetime, only_again: bool) -> QuerySet[models.Letter]:
    rows = models.Letter.objects.filter(
        cluster__slug=cluster, state__in=["queued", "uncertain"], next_at__lte=now
    )
    return (rows.filter(tries__gt=0) if only_again else rows).order_by("next_at", "pk")


def close(claim: Claim, state: str, next_at: datetime, detail: str, now: datetime) -> bool:
    """Record what became of a claimed letter; False if it is no longer this holder's."""
    columns: dict[str, Any] = {"state": state, "next_at": next_at, "detail": detail[:300]}
    if state == "sent":
        columns["sent_at"] = now
    mine = models.Letter.objects.filter(key=claim.letter.key, state="sending", holder=claim.holder)
    with writing():
        return bool(mine.update(tries=F("tries") + 1, holder="", lease_until=None, **columns))


def reopen(keys: Sequence[str], at: datetime, detail: str) -> None:
    """Let letters that were refused wait again: the refusal was not the readers' doing."""
    with writing():
        models.Letter.objects.filter(key__in=list(keys), state="failed").update(
            state="queued", next_at=at, detail=detail[:300]
        )


def withdraw_late(cluster: str, today: date) -> int:
    """Give up letters whose period is over and that never left; return how many.

    Their stories count as untold again, so that the next letter can bring them.
    """
    late = models.Letter.objects.filter(cluster__slug=cluster, state="queued", last_on__lt=today)
    with writing():
        models.Told.objects.filter(letter__in=late).delete()
        return late.update(state="late", detail="its period ended before it could be sent")


def interrupted(cluster: str, now: datetime, is_gone: Callable[[str], bool]) -> list[Claim]:
    """Return the letters whose sender stopped in the middle: nobody knows if they arrived."""
    sending = models.Letter.objects.filter(cluster__slug=cluster, state="sending")
    return [
        Claim(_letter(row), cluster, row.tries, row.holder)
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
