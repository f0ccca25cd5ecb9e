"""Slots: which round was done for which cluster on which local date, and who is at it now.

A slot is claimed with a lease. Whoever dies leaves a lease that ends; where the claimant can
tell that the holder is gone (same machine, no such process), it need not wait for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from watch.domain import Report
from watch.store import models
from watch.store.transaction import writing

__all__ = ["Done", "claim", "finish", "last", "release"]


@dataclass(frozen=True, slots=True)
class Done:
    """One slot as an officer sees it."""

    cluster: str
    round: str
    on: str
    started_at: datetime
    done_at: datetime | None
    counts: dict[str, int]
    problems: tuple[str, ...]


def claim(
    cluster: str,
    round: str,
    on: str,
    holder: str,
    now: datetime,
    lease: timedelta,
    is_gone: Callable[[str], bool],
) -> bool:
    """Return whether this holder, and nobody else, is to do the slot now.

    While another slot of the same round is being done, none of its kind begins.
    """
    slot = {"cluster": cluster, "round": round, "on": on}
    row = models.Slot.objects.filter(**slot).first()
    others = models.Slot.objects.filter(cluster=cluster, round=round, done_at=None).exclude(on=on)
    if any(other.lease_until > now and not is_gone(other.holder) for other in others):
        return False  # the round before is not done yet: two of a kind would work side by side
    if row is None:
        try:
            with writing():
                models.Slot.objects.create(
                    **slot, holder=holder, lease_until=now + lease, started_at=now
                )
        except IntegrityError:
            return False
        return True
    if row.done_at is not None or (row.lease_until > now and not is_gone(row.holder)):
        return False
    mine = models.Slot.objects.filter(
        pk=row.pk, done_at=None, holder=row.holder, lease_until=row.lease_until
    )
    with writing():
        return bool(mine.update(holder=holder, lease_until=now + lease, started_at=now))


def finish(cluster: str, round: str, on: str, holder: str, now: datetime, report: Report) -> bool:
    """Record that a slot is done; False if it was lost to another holder meanwhile."""
    mine = models.Slot.objects.filter(cluster=cluster, round=round, on=on, holder=holder)
    return bool(
        mine.filter(done_at=None).update(
            done_at=now, counts=dict(report.counts), problems=list(report.problems)
        )
    )


def release(cluster: str, round: str, on: str, holder: str) -> None:
    """Give a claimed slot back undone, as if it had not been claimed."""
    models.Slot.objects.filter(
        cluster=cluster, round=round, on=on, holder=holder, done_at=None
    ).delete()


def last(cluster: str, limit: int = 20) -> list[Done]:
    """Return the last slots of a cluster and of the whole installation, newest first."""
    found = models.Slot.objects.filter(cluster__in=[cluster, ""]).order_by("-started_at", "-pk")
    return [
        Done(
            row.cluster,
            row.round,
            row.on,
            row.started_at,
            row.done_at,
            row.counts,
            tuple(row.problems),
        )
        for row in found[:limit]
    ]
