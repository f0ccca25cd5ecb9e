"""The outbox: one row per letter, written once, claimed before it is sent.

    written -> queued -> sending -> sent
                 ^  ^       |  +--> failed       refused for good, or tried for days
                 |  +-------+                    not now: later again
                 |          +-----> uncertain    the server may have it: once more, then a person
               held                              waits for an officer's word
               late                              its period ended before it could be sent

A letter's Message-ID is fixed when its row is made, so whatever goes twice can be told as one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from watch.domain import Letter, Line, Period
from watch.store import models, turns
from watch.store.clusters import primary_key
from watch.store.held import to_json
from watch.store.subscribers import is_suppressed
from watch.store.transaction import writing
from watch.store.turns import Pace

__all__ = [
    "DETAILS", "FAR", "GIVEN_UP", "Claim", "Returned", "Row", "claim", "close", "counts",
    "give_up", "hold", "hold_late", "in_turn", "interrupted", "next_at", "post", "release",
    "reopen", "returned", "returned_count", "rows", "sent_count", "to_letter", "waiting", "waits",
    "whose", "withdraw_late", "written",
]  # fmt: skip

_COLUMNS = tuple(
    field.name for field in fields(Letter) if field.name not in {"html", "text", "headers"}
)

WAITS = "waits for an officer's word"
_WITHDRAWN = "withdrawn: the reader is no longer written to"
_OVER = "its period ended before it could be sent"
GIVEN_UP = "an officer gave it up"
_LONG_PAST = "late by more than the settings allow: was it sent already?"
DETAILS = (WAITS, _WITHDRAWN, _OVER, GIVEN_UP, _LONG_PAST)
"""What the outbox itself notes of a letter; all else is what the mail server said."""

FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Claim:
    """A letter that this process alone may send now; `tries` counts the attempts before."""

    letter: Letter
    cluster: str
    tries: int
    holder: str
    doubts: int = 0
    """How often nobody knew whether it had arrived."""


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
    doubted_at: datetime | None
    """When nobody knew whether it had arrived: it may have come twice."""
    detail: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A letter that came back."""

    cluster: str
    to: str


def written(cluster: str, period: Period) -> set[int]:
    """Return the ids of the subscribers whose letter for this period exists already."""
    rows = models.Letter.objects.filter(
        cluster__slug=cluster, first_on=period.first_on, last_on=period.last_on
    )
    return set(rows.values_list("subscriber", flat=True))


def post(
    cluster: str,
    subscriber: int,
    letter: Letter,
    period: Period,
    stories: Mapping[str, str],
    now: datetime,
    is_held: bool = False,
    lines: Sequence[Line] = (),
    is_alert: bool = False,
) -> bool:
    """Put a letter into the outbox with the stories that it tells; False if it is there already.

    `stories` holds, line by line, a story and the key of the item that tells it: by a line's
    number a reader says what he thinks of it. A letter that is held goes when an officer says
    so; its `lines` are kept for him to change.
    """
    written = {name: getattr(letter, name) for name in _COLUMNS}
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
                "is_alert": is_alert,
                "domain": _domain(letter.to),
                "items": list(stories.values()),
                "lines": to_json(lines) if is_held else [],
                "written_at": now,
                "meant_at": now,
                "next_at": now,
                "state": "held" if is_held else "queued",
                "detail": WAITS if is_held else "",
            },
        )
        if is_new:
            models.Body.objects.create(letter=row, html=letter.html, text=letter.text)
            models.Told.objects.bulk_create(
                [
                    models.Told(subscriber_id=subscriber, story=story, item=item, letter=row)
                    for story, item in stories.items()
                ],
                ignore_conflicts=True,
            )
        return is_new


def claim(
    cluster: str, holder: str, now: datetime, lease: timedelta, pace: Pace = turns.FREE
) -> Claim | None:
    """Take the next letter whose turn it is, or None; nobody else gets it before the lease ends.

    What may have arrived already goes first: its answer tells whether the server can be trusted
    with the others. A letter to somebody who has unsubscribed, opposed or paused meanwhile is
    withdrawn, not claimed.
    """
    resting = turns.resting(now)
    if resting.filter(domain="").exists():
        return None
    rows = waiting(cluster, now).exclude(domain__in=resting.values("domain"))
    rows = rows.select_related("subscriber__invitation")
    while row := next(iter(in_turn(rows, 1)), None):
        mine = models.Letter.objects.filter(pk=row.pk, state=row.state, next_at=row.next_at)
        with writing():
            if not _is_wanted(row, now) or is_suppressed(cluster, row.to):
                mine.update(state="failed", detail=_WITHDRAWN)
            elif not turns.take(row.domain, pace, now):
                return None
            elif mine.update(state="sending", holder=holder, lease_until=now + lease):
                return Claim(to_letter(row), cluster, row.tries, holder, row.doubts)
    return None


def _is_wanted(row: models.Letter, now: datetime) -> bool:
    reader = row.subscriber
    is_pausing = reader.paused_until is not None and reader.paused_until > now.date()
    asked = getattr(reader, "invitation", None)
    if asked is not None and asked.letter == row.key:
        # The one letter without a basis of its own is of no use once he has answered.
        return reader.is_active and not asked.answer
    return reader.is_active and reader.basis_since is not None and not is_pausing


def waits(cluster: str, now: datetime) -> bool:
    """Return whether a letter is to be sent now."""
    return next_at(cluster, now) == now


def next_at(cluster: str, now: datetime) -> datetime | None:
    """Return when the next of the letters that are due has its turn: now or later; None for none.

    What is to be tried again at a later hour is not due.
    """
    rows = waiting(cluster, now)
    if not rows.exists():
        return None
    return turns.next_at(rows, now) or now


def waiting(cluster: str, now: datetime) -> QuerySet[models.Letter]:
    """Return the rows of the letters whose time has come."""
    return models.Letter.objects.filter(
        cluster__slug=cluster, state__in=["queued", "uncertain"], next_at__lte=now
    )


def in_turn(rows: QuerySet[models.Letter], most: int) -> list[models.Letter]:
    """Return the first of the rows that wait: what may have arrived, then what has waited longest.

    One state after the other, as the index has them, so that no other letter is looked at.
    """
    found: list[models.Letter] = []
    rows = rows.select_related("body")
    for state in ("uncertain", "queued"):
        found += rows.filter(state=state).order_by("next_at", "pk")[: most - len(found)]
    return found


def close(
    claim: Claim,
    state: str,
    next_at: datetime,
    detail: str,
    now: datetime,
    is_doubted: bool = False,
) -> bool:
    """Record what became of a claimed letter; False if it is no longer this holder's.

    Where it is doubted, it may have arrived: that stays on record whatever comes after.
    """
    columns: dict[str, Any] = {"state": state, "next_at": next_at, "detail": detail[:300]}
    if state == "sent":
        columns["sent_at"] = now
    if is_doubted:
        columns |= {"doubted_at": now, "doubts": F("doubts") + 1}
    mine = models.Letter.objects.filter(key=claim.letter.key, state="sending", holder=claim.holder)
    with writing():
        return bool(mine.update(tries=F("tries") + 1, holder="", lease_until=None, **columns))


def reopen(keys: Sequence[str], at: datetime, detail: str) -> None:
    """Let letters that were refused wait again: the refusal was not the readers' doing."""
    with writing():
        models.Letter.objects.filter(key__in=list(keys), state="failed").update(
            state="queued", next_at=at, detail=detail[:300]
        )


def withdraw_late(cluster: str, today: date, only_alerts: bool = False) -> int:
    """Give up letters whose period is over and that never left; return how many.

    Their stories count as untold again, so that the next letter can bring them.
    """
    late = models.Letter.objects.filter(
        cluster__slug=cluster, state__in=["queued", "held"], last_on__lt=today
    )
    return _untold(late.filter(is_alert=True) if only_alerts else late, _OVER)


def give_up(cluster: str, only: Collection[str] | None = None) -> int:
    """Give up letters that wait for an officer's word, all or some: he says no. Count them."""
    held = models.Letter.objects.filter(cluster__slug=cluster, state="held")
    if only is not None:
        held = held.filter(key__in=list(only))
    return _untold(held, GIVEN_UP)


def _untold(rows: QuerySet[models.Letter], detail: str) -> int:
    with writing():
        models.Told.objects.filter(letter__in=rows).delete()
        return rows.update(state="late", detail=detail)


def hold_late(cluster: str, before: datetime) -> int:
    """Hold the letters that were meant to go before this moment; return how many.

    They are late by more than anybody expects: the machine stood still, or its database was put
    back to an older state, and then they have gone. A person can tell; we cannot.
    """
    late = Q(cluster__slug=cluster, meant_at__lt=before)
    with writing():
        models.Letter.objects.filter(late, state="uncertain").update(next_at=FAR)
        return models.Letter.objects.filter(late, state="queued").update(
            state="held", detail=_LONG_PAST
        )


def hold(cluster: str, detail: str) -> int:
    """Hold all letters that wait to be sent; return how many."""
    with writing():
        waiting = models.Letter.objects.filter(cluster__slug=cluster, state="queued")
        return waiting.update(state="held", detail=detail[:300])


def release(
    cluster: str,
    now: datetime,
    meant_after: datetime | None = None,
    only: Collection[str] | None = None,
) -> int:
    """Let letters go that waited for an officer's word, and count them.

    All, or those not long past, or those with `only` these keys.

    From now on they are as fresh as if they had been written now. A mail server that rests is
    asked again at once: somebody has looked at it.
    """
    held = models.Letter.objects.filter(cluster__slug=cluster, state="held")
    if meant_after is not None:
        held = held.filter(meant_at__gte=meant_after)
    if only is not None:
        held = held.filter(key__in=list(only))
    with writing():
        turns.rests(now)
        return held.update(state="queued", next_at=now, meant_at=now, detail="")


def interrupted(cluster: str, now: datetime, is_gone: Callable[[str], bool]) -> list[Claim]:
    """Return the letters whose sender stopped in the middle: nobody knows if they arrived."""
    sending = models.Letter.objects.filter(cluster__slug=cluster, state="sending")
    return [
        Claim(to_letter(row), cluster, row.tries, row.holder, row.doubts)
        for row in sending.select_related("body").order_by("pk")
        if row.lease_until is None or row.lease_until <= now or is_gone(row.holder)
    ]


def returned(key: str, detail: str, now: datetime) -> Returned | None:
    """Record that a letter came back; return whose it was, None where it never left or is known."""
    row = models.Letter.objects.filter(key=key, state__in=["sent", "uncertain"])
    found = row.values_list("cluster__slug", "to").first()
    with writing():
        is_news = row.update(state="failed", detail=f"came back: {detail}"[:300], next_at=FAR)
    return Returned(*found) if found and is_news else None


def whose(key: str) -> Returned | None:
    """Return whose letter this is, None where it never left."""
    row = models.Letter.objects.filter(key=key, sent_at__isnull=False)
    found = row.values_list("cluster__slug", "to").first()
    return Returned(*found) if found else None


def returned_count(cluster: str, now: datetime) -> int:
    """Return how many letters of the last seven days came back."""
    since = now - timedelta(days=7)
    return models.Letter.objects.filter(
        cluster__slug=cluster, sent_at__gte=since, state="failed"
    ).count()


def sent_count(cluster: str, now: datetime) -> int:
    """Return how many letters went out in the last seven days, those included that came back."""
    since = now - timedelta(days=7)
    return models.Letter.objects.filter(cluster__slug=cluster, sent_at__gte=since).count()


def rows(cluster: str, limit: int = 500, states: Sequence[str] = ()) -> list[Row]:
    """Return letters, newest first."""
    found = models.Letter.objects.filter(cluster__slug=cluster).select_related("subscriber", "body")
    if states:
        found = found.filter(state__in=states)
    return [
        Row(
            letter=to_letter(row),
            firm=row.subscriber.firm,
            period=Period(row.first_on, row.last_on),
            state=row.state,
            tries=row.tries,
            written_at=row.written_at,
            sent_at=row.sent_at,
            doubted_at=row.doubted_at,
            detail=row.detail,
        )
        for row in found.order_by("-written_at", "-pk")[:limit]
    ]


def counts(cluster: str) -> dict[str, int]:
    """Return how many letters are in each state."""
    found = models.Letter.objects.filter(cluster__slug=cluster).values("state")
    return {row["state"]: row["count"] for row in found.annotate(count=Count("pk"))}


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def to_letter(row: models.Letter) -> Letter:
    """Return the letter that a row holds; its words are empty where they are no longer kept."""
    body: models.Body | None = getattr(row, "body", None)
    return Letter(
        **{name: getattr(row, name) for name in _COLUMNS},
        html=body.html if body else "",
        text=body.text if body else "",
        headers=tuple((name, value) for name, value in row.headers),
    )
