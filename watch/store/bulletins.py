"""Bulletins for a cluster's channel: written once, claimed before they are posted, closed after.

They walk the way of a letter, with one difference: a channel knows no double by its number. What
may have arrived is not posted again before an officer has looked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from watch.domain import Bulletin
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.held import from_json, to_json
from watch.store.letters import FAR, GIVEN_UP
from watch.store.transaction import writing

__all__ = ["Claim", "Row", "claim", "close", "decide", "interrupted", "keep", "rows", "waits"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A bulletin that this process alone may post now; `tries` counts the attempts before."""

    bulletin: Bulletin
    tries: int
    holder: str


@dataclass(frozen=True, slots=True)
class Row:
    """A bulletin as an officer sees it."""

    bulletin: Bulletin
    state: str
    """queued, sending, sent, failed or uncertain."""
    written_at: datetime
    sent_at: datetime | None
    detail: str


def keep(cluster: str, bulletin: Bulletin, now: datetime) -> bool:
    """Put a bulletin into the outbox; False if it is there already."""
    with writing():
        return models.Bulletin.objects.get_or_create(
            key=bulletin.key,
            defaults={
                "cluster_id": primary_key(cluster),
                "title": bulletin.title,
                "greeting": bulletin.greeting,
                "lines": to_json(bulletin.lines),
                "language": bulletin.language,
                "written_at": now,
                "next_at": now,
            },
        )[1]


def claim(cluster: str, holder: str, now: datetime, lease: timedelta) -> Claim | None:
    """Take the next bulletin whose turn it is, or None; nobody else gets it meanwhile."""
    while row := _waiting(cluster, now).order_by("next_at", "pk").first():
        mine = models.Bulletin.objects.filter(pk=row.pk, state="queued", next_at=row.next_at)
        with writing():
            if mine.update(state="sending", holder=holder, lease_until=now + lease):
                return Claim(_bulletin(row), row.tries, holder)
    return None


def close(claim: Claim, state: str, next_at: datetime, detail: str, now: datetime) -> bool:
    """Record what became of a claimed bulletin; False if it is no longer this holder's."""
    mine = models.Bulletin.objects.filter(
        key=claim.bulletin.key, state="sending", holder=claim.holder
    )
    with writing():
        return bool(
            mine.update(
                state=state,
                next_at=next_at,
                detail=detail[:300],
                tries=F("tries") + 1,
                holder="",
                lease_until=None,
                sent_at=now if state == "sent" else None,
            )
        )


def interrupted(cluster: str, now: datetime, is_gone: Callable[[str], bool]) -> list[Claim]:
    """Return the bulletins whose sender stopped in the middle: nobody knows if they arrived."""
    rows = models.Bulletin.objects.filter(cluster__slug=cluster, state="sending")
    return [
        Claim(_bulletin(row), row.tries, row.holder)
        for row in rows.order_by("pk")
        if row.lease_until is None or row.lease_until <= now or is_gone(row.holder)
    ]


def decide(cluster: str, key: str, is_to_go: bool, now: datetime) -> bool:
    """Post an uncertain or failed bulletin again, or leave it for good; False where it is none."""
    found = models.Bulletin.objects.filter(
        cluster__slug=cluster, key=key, state__in=["uncertain", "failed"]
    )
    with writing():
        if is_to_go:
            return bool(found.update(state="queued", next_at=now, tries=0, detail=""))
        return bool(found.update(state="failed", next_at=FAR, detail=GIVEN_UP))


def waits(cluster: str, now: datetime) -> bool:
    """Return whether a bulletin is to be posted now."""
    return _waiting(cluster, now).exists()


def rows(cluster: str, limit: int = 30) -> list[Row]:
    """Return bulletins, newest first."""
    found = models.Bulletin.objects.filter(cluster__slug=cluster).order_by("-written_at", "-pk")
    return [
        Row(_bulletin(row), row.state, row.written_at, row.sent_at, row.detail)
        for row in found[:limit]
    ]


def _waiting(cluster: str, now: datetime) -> QuerySet[models.Bulletin]:
    return models.Bulletin.objects.filter(cluster__slug=cluster, state="queued", next_at__lte=now)


def _bulletin(row: models.Bulletin) -> Bulletin:
    return Bulletin(row.key, row.title, row.greeting, from_json(row.lines), row.language)
