"""Subscribers, and the addresses that are never written to again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from django.db.models import OuterRef, Subquery

from watch.domain import Alert, Axis, Basis, Interest, Period, Rhythm, Subscriber
from watch.store import acts, models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = [
    "Saved", "allow", "barred", "barred_since", "choose", "every", "find", "find_by_address", "has",
    "is_suppressed", "pause", "remove", "save", "suppress", "told", "told_at", "told_each",
    "wish", "wishes",
]  # fmt: skip

_OWN_CHOICES = (
    "language", "interests", "quota", "about", "profile", "rhythm", "weekday", "hour", "alerts",
)  # fmt: skip
"""What a reader may choose for himself; no import takes that back."""

# What a profile lists: looked at whole, never asked for in the database.
_LISTS = ("watch_words", "exclusions", "actors", "competitors", "places", "reads")


@dataclass(frozen=True, slots=True)
class Saved:
    """What an import came to; `suppressed` lists addresses that are barred."""

    added: int
    changed: int
    suppressed: tuple[str, ...]


def save(cluster: str, subscribers: Sequence[Subscriber]) -> Saved:
    """Add subscribers, or change those that are known; an opposition outlives any import."""
    added = changed = 0
    suppressed = []
    with writing():
        key = primary_key(cluster)
        for subscriber in subscribers:
            if is_suppressed(cluster, subscriber.email):
                suppressed.append(subscriber.email)
                continue
            # One mailbox in two spellings is one reader.
            known = models.Subscriber.objects.filter(cluster=key, email__iexact=subscriber.email)
            if before := known.first():
                columns = _columns(subscriber)
                if before.chose_at:
                    columns = {name: columns[name] for name in columns if name not in _OWN_CHOICES}
                known.update(**columns)
                changed += 1
            else:
                models.Subscriber.objects.create(
                    cluster_id=key, email=subscriber.email, **_columns(subscriber)
                )
                added += 1
    return Saved(added, changed, tuple(suppressed))


def every(cluster: str) -> list[Subscriber]:
    """Return all subscribers of a cluster, by firm and address."""
    rows = models.Subscriber.objects.filter(cluster__slug=cluster).order_by("firm", "email")
    return [_subscriber(row, cluster) for row in rows]


def find(cluster: str, id: int) -> Subscriber | None:
    """Return one subscriber of the cluster, or None."""
    row = models.Subscriber.objects.filter(cluster__slug=cluster, pk=id).first()
    return _subscriber(row, cluster) if row else None


def find_by_address(cluster: str, email: str) -> Subscriber | None:
    """Return the subscriber of this address, or None."""
    row = models.Subscriber.objects.filter(cluster__slug=cluster, email__iexact=email).first()
    return _subscriber(row, cluster) if row else None


def has(email: str) -> bool:
    """Return whether the address is a subscriber's, in whatever cluster."""
    return models.Subscriber.objects.filter(email__iexact=email).exists()


def choose(chosen: Subscriber, now: datetime) -> None:
    """Keep what a subscriber chose for himself; no later import changes it."""
    columns = {name: value for name, value in _columns(chosen).items() if name in _OWN_CHOICES}
    with writing():
        models.Subscriber.objects.filter(cluster__slug=chosen.cluster, pk=chosen.id).update(
            **columns, chose_at=now, heard_at=now
        )


def wish(wished: Subscriber) -> None:
    """Keep when a subscriber's letters come and what may come between, as he told an officer."""
    columns = _columns(wished)
    when = {name: columns[name] for name in ("rhythm", "weekday", "hour", "alerts")}
    with writing():
        models.Subscriber.objects.filter(cluster__slug=wished.cluster, pk=wished.id).update(**when)


def wishes(cluster: str, apart_from: Period) -> set[tuple[int | None, int | None]]:
    """Return each (weekday, hour) wished by somebody who has no letter of this period yet."""
    written = models.Letter.objects.filter(
        cluster__slug=cluster,
        first_on=apart_from.first_on,
        last_on=apart_from.last_on,
    )
    rows = models.Subscriber.objects.filter(cluster__slug=cluster, is_active=True)
    rows = rows.exclude(pk__in=written.values("subscriber")).exclude(weekday=None, hour=None)
    return set(rows.values_list("weekday", "hour").distinct())


def pause(cluster: str, id: int, until: date | None, now: datetime) -> None:
    """Write to a subscriber no letters before this day; None ends the pause."""
    with writing():
        models.Subscriber.objects.filter(cluster__slug=cluster, pk=id).update(
            paused_until=until, heard_at=now
        )


def remove(cluster: str, email: str) -> bool:
    """Forget a subscriber and what he was told; return whether there was one."""
    with writing():
        rows = models.Subscriber.objects.filter(cluster__slug=cluster, email__iexact=email)
        gone, _ = rows.delete()
    return bool(gone)


def told(subscriber: int, apart_from: Period | None = None) -> frozenset[str]:
    """Return the stories that this subscriber has had in any letter, or in any of other periods."""
    return told_each([subscriber], apart_from)[subscriber]


def told_each(
    subscribers: Collection[int], apart_from: Period | None = None
) -> dict[int, frozenset[str]]:
    """Return what `told` does of each of some subscribers, at once."""
    return {id: frozenset(some) for id, some in told_at(subscribers, apart_from).items()}


def told_at(
    subscribers: Collection[int], apart_from: Period | None = None
) -> dict[int, dict[str, datetime]]:
    """Return the stories that each subscriber was told, and when that letter was written.

    A story that was joined or parted since is told under its new name too, and so is that in
    which the item stands that told it. Of one that was told twice, the last time counts.
    """
    names = acts.stories()
    place = models.Item.objects.filter(key=OuterRef("item")).values("story")
    rows = models.Told.objects.filter(subscriber__in=subscribers).annotate(place=Subquery(place))
    if apart_from is not None:
        first, last = apart_from.first_on, apart_from.last_on
        rows = rows.exclude(letter__first_on=first, letter__last_on=last)
    found: dict[int, dict[str, datetime]] = {id: {} for id in subscribers}
    columns = rows.values_list("subscriber", "story", "place", "letter__written_at")
    for id, story, now, at in columns.order_by("letter__written_at"):
        found[id] |= dict.fromkeys((names.get(story, story), now or story), at)
    return found


def suppress(cluster: str, email: str, reason: str, now: datetime) -> None:
    """Never write to this address again; only its hash is kept."""
    with writing():
        key = primary_key(cluster)
        models.Suppression.objects.get_or_create(
            cluster_id=key,
            address_hash=_hash(cluster, email),
            defaults={"reason": reason, "since": now},
        )
        models.Subscriber.objects.filter(cluster=key, email__iexact=email).update(is_active=False)


def allow(cluster: str, email: str) -> bool:
    """Write to an address again, at its owner's wish; return whether it was barred."""
    with writing():
        gone, _ = models.Suppression.objects.filter(
            cluster__slug=cluster, address_hash=_hash(cluster, email)
        ).delete()
        models.Subscriber.objects.filter(cluster__slug=cluster, email__iexact=email).update(
            is_active=True
        )
        return bool(gone)


def is_suppressed(cluster: str, email: str) -> bool:
    """Return whether the address asked, or proved, not to be written to."""
    return models.Suppression.objects.filter(
        cluster__slug=cluster, address_hash=_hash(cluster, email)
    ).exists()


def barred_since(cluster: str, email: str) -> datetime | None:
    """Return since when an address is barred, None where it is not."""
    found = models.Suppression.objects.filter(
        cluster__slug=cluster, address_hash=_hash(cluster, email)
    )
    return found.values_list("since", flat=True).first()


def barred(cluster: str, addresses: Sequence[str]) -> frozenset[str]:
    """Return which of some addresses asked, or proved, not to be written to."""
    by_hash = {_hash(cluster, one): one for one in addresses}
    found = models.Suppression.objects.filter(cluster__slug=cluster, address_hash__in=list(by_hash))
    return frozenset(by_hash[one] for one in found.values_list("address_hash", flat=True))


def _hash(cluster: str, email: str) -> str:
    return blake2b(
        email.strip().casefold().encode(), digest_size=32, key=cluster.encode()[:64]
    ).hexdigest()


def _written(interests: Sequence[Interest]) -> list[list[Any]]:
    return [[i.axis.value, i.topic, i.weight] for i in interests]


def _columns(subscriber: Subscriber) -> dict[str, Any]:
    basis = subscriber.basis
    return {
        "name": subscriber.name,
        "firm": subscriber.firm,
        "language": subscriber.language,
        "interests": _written(subscriber.interests),
        "quota": subscriber.quota,
        "about": subscriber.about,
        "profile": {name: list(getattr(subscriber, name)) for name in _LISTS},
        "rhythm": subscriber.rhythm.value,
        "weekday": subscriber.weekday,
        "hour": subscriber.hour,
        "alerts": [one.value for one in subscriber.alerts],
        "is_active": subscriber.is_active,
        "basis_ground": basis.ground if basis else "",
        "basis_origin": basis.origin if basis else "",
        "basis_since": basis.since_on if basis else None,
    }


def _subscriber(row: models.Subscriber, cluster: str) -> Subscriber:
    return Subscriber(
        id=row.pk,
        cluster=cluster,
        email=row.email,
        name=row.name,
        firm=row.firm,
        language=row.language,
        interests=tuple(Interest(Axis(axis), topic, w) for axis, topic, w in row.interests),
        basis=Basis(row.basis_ground, row.basis_origin, row.basis_since)
        if row.basis_since
        else None,
        quota=row.quota,
        is_active=row.is_active,
        paused_until=row.paused_until,
        about=row.about,
        rhythm=Rhythm(row.rhythm),
        weekday=row.weekday,
        hour=row.hour,
        alerts=tuple(Alert(one) for one in row.alerts),
        **{name: tuple(row.profile.get(name, ())) for name in _LISTS},
    )
