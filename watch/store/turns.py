"""Turns: no more letters a minute, in all and to one domain, than their servers like.

A turn is taken with one statement, so that two senders never take the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from watch.store import models
from watch.store.transaction import writing

__all__ = ["FREE", "Pace", "next_at", "resting", "rests", "take"]

_ALL = ""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """The most letters a minute; 0 is as many as the server takes."""

    in_all: int = 0
    to_a_domain: int = 0


FREE = Pace()
"""As many letters as the server takes."""


def take(domain: str, pace: Pace, now: datetime) -> bool:
    """Return whether a letter may go to this domain now; the next one then waits for its turn."""
    if pace == FREE:
        return True
    with writing():
        return _taken(_ALL, pace.in_all, now) and _taken(domain, pace.to_a_domain, now)


def _taken(domain: str, a_minute: int, now: datetime) -> bool:
    if a_minute <= 0:
        return True
    next_at = now + _MINUTE / a_minute
    if models.Turn.objects.filter(domain=domain, next_at__lte=now).update(next_at=next_at):
        return True
    return models.Turn.objects.get_or_create(domain=domain, defaults={"next_at": next_at})[1]


def rests(until: datetime) -> None:
    """Let no letter go before this moment, whoever sends: the server needs a rest."""
    with writing():
        models.Turn.objects.update_or_create(domain=_ALL, defaults={"next_at": until})


def resting(now: datetime) -> QuerySet[models.Turn]:
    """Return the turns that are still to come."""
    return models.Turn.objects.filter(next_at__gt=now)


def next_at(domains: QuerySet[models.Letter], now: datetime) -> datetime | None:
    """Return when a letter to one of these domains may go; None where one may go now.

    `domains` holds the domain of each letter that waits, at least one.
    """
    found = dict(resting(now).values_list("domain", "next_at"))
    names = set(domains.values_list("domain", flat=True).distinct())
    first = min((found.get(name, now) for name in names), default=now)
    wanted = max(first, found.get(_ALL, now))
    return wanted if wanted > now else None
