"""What readers say of the items in their letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from watch.domain import Say, Vote
from watch.store import models
from watch.store.transaction import writing

__all__ = ["Heard", "by_reader", "counts", "heard", "keep", "of"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one reader was sent, and what he said of it."""

    firm: str
    email: str
    is_active: bool
    """False where he has stopped the letters."""
    letters: int
    said: tuple[tuple[Vote, str], ...]
    """Newest first, each with the title of its item, "" where that is gone."""


def keep(subscriber: int, vote: Vote) -> None:
    """Keep what a subscriber says of an item, in place of what he said of it before."""
    with writing():
        models.Vote.objects.update_or_create(
            subscriber_id=subscriber,
            item=vote.item,
            defaults={"verdict": vote.say.value, "reason": vote.reason, "said_at": vote.said_at},
        )
        models.Subscriber.objects.filter(pk=subscriber).update(heard_at=vote.said_at)


def of(subscriber: int) -> list[Vote]:
    """Return what a subscriber said, newest first."""
    rows = models.Vote.objects.filter(subscriber=subscriber).order_by("-said_at", "-pk")
    return [_vote(row) for row in rows]


def by_reader(cluster: str) -> Mapping[int, list[Vote]]:
    """Return what the subscribers of a cluster said, by their ids, each newest first."""
    rows = models.Vote.objects.filter(subscriber__cluster__slug=cluster)
    found: dict[int, list[Vote]] = {}
    for row in rows.order_by("-said_at", "-pk"):
        found.setdefault(row.subscriber_id, []).append(_vote(row))
    return found


def heard(cluster: str, since: datetime) -> list[Heard]:
    """Return what each reader of a cluster was sent since then, and said of it."""
    found = models.Vote.objects.filter(subscriber__cluster__slug=cluster, said_at__gte=since)
    rows = list(found.order_by("-said_at", "-pk"))
    keys = {row.item for row in rows}
    titles = dict(models.Item.objects.filter(key__in=keys).values_list("key", "title"))
    said: dict[int, list[tuple[Vote, str]]] = {}
    for row in rows:
        said.setdefault(row.subscriber_id, []).append((_vote(row), titles.get(row.item, "")))
    letters = Count("letters", filter=Q(letters__sent_at__gte=since))
    readers = models.Subscriber.objects.filter(cluster__slug=cluster).annotate(n=letters)
    return [
        Heard(one.firm, one.email, one.is_active, one.n, tuple(said.get(one.pk, ())))
        for one in readers.order_by("pk")
    ]


def _vote(row: models.Vote) -> Vote:
    return Vote(row.item, Say(row.verdict), row.said_at, row.reason)


def counts(cluster: str, since: datetime) -> Mapping[Say, int]:
    """Return how often each thing was said in a cluster since then."""
    rows = models.Vote.objects.filter(subscriber__cluster__slug=cluster, said_at__gte=since)
    found = Counter(rows.values_list("verdict", flat=True))
    return {say: found[say.value] for say in Say}
