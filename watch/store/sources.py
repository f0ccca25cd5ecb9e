"""Sources, who holds them, and their appointments."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from watch.domain import Harvest, Outcome, Rights, Source, Visit, WebUrl
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = [
    "Health",
    "add",
    "change",
    "due",
    "excerpt_lengths",
    "find",
    "follow_moves",
    "health",
    "held",
    "history",
    "postpone",
    "prune",
    "record",
    "remove",
    "set_rights",
]


HISTORY = timedelta(days=400)
QUIET_HISTORY = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Health:
    """How a source does: its last visit, its last success, its next appointment."""

    source: Source
    due_at: datetime
    visited_at: datetime | None
    good_at: datetime | None
    """When a visit last ended well."""
    failures: int
    reason: str
    detail: str
    item_count: int
    last_item_at: datetime | None
    moved_to: str
    entry_count: int = 0
    """How many entries its last visit found; a visit that changed nothing does not count them."""
    seconds: float = 0.0
    """How long its last visit took."""
    window: int = 0
    silent_since: datetime | None = None
    """Since when it has been remarkably silent."""


class VisitLine(NamedTuple):
    """One visit, as an officer looks back on it."""

    visited_at: datetime
    outcome: Outcome
    reason: str
    detail: str
    status: int
    entry_count: int
    new_count: int
    seconds: float


def add(cluster: str, source: Source, now: datetime) -> tuple[Source, bool]:
    """Let the cluster hold a source, due at once if nobody held it yet.

    Returns the source with its id, and whether this cluster did not hold it before. The first
    cluster's name, rhythm and rights stand; a shorter rhythm wished by another one wins.
    """
    with writing():
        row, is_fresh = models.Source.objects.get_or_create(
            url=source.url,
            defaults={
                "name": source.name,
                "kind": source.kind,
                "language": source.language,
                "every": source.every,
                "group": source.group,
                "note": source.note,
                "options": dict(source.options),
                "licence": source.rights.licence,
                "excerpt_length": source.rights.excerpt_length,
                "full_text": source.rights.full_text,
                "is_reserved": source.rights.is_reserved,
                "due_at": now,
            },
        )
        if not is_fresh and source.every < row.every:
            row.every = source.every
            row.save(update_fields=["every"])
        _, is_held_anew = models.Holding.objects.get_or_create(
            cluster_id=primary_key(cluster), source=row, defaults={"added_at": now}
        )
    return _source(row), is_held_anew


def change(id: int, wished: Source, now: datetime) -> bool:
    """Let a source be as wished, for all who hold it; its rights and its history stay.

    Where something else is asked than before, what the last visit left is forgotten and the
    source is due at once. Returns False, and changes nothing, where the address is another's.
    """
    with writing():
        if models.Source.objects.filter(url=wished.url).exclude(pk=id).exists():
            return False
        row = models.Source.objects.get(pk=id)
        before = (row.url, row.kind, row.options)
        row.url, row.kind, row.options = wished.url, wished.kind, dict(wished.options)
        row.name, row.language, row.every = wished.name, wished.language, wished.every
        if (row.url, row.kind, row.options) != before:
            row.etag = row.last_modified = row.mark = row.hub = row.moved_to = ""
            row.body_hash = row.seen = b""
            # A source that is asked by date is asked for its whole first window again.
            row.good_at = row.asked_every = None
            row.window = row.failures = 0
            row.due_at = now
        row.save()
    return True


def remove(cluster: str, id: int) -> bool:
    """Let the cluster hold a source no longer; return whether it did. Its items stay stored."""
    gone, _ = models.Holding.objects.filter(cluster__slug=cluster, source=id).delete()
    return bool(gone)


def set_rights(id: int, rights: Rights) -> None:
    """Let other rights stand for a source; what it reserves itself is not ours to change."""
    models.Source.objects.filter(pk=id).update(
        licence=rights.licence, excerpt_length=rights.excerpt_length, full_text=rights.full_text
    )


def held(cluster: str) -> list[Source]:
    """Return the sources that a cluster holds, by name."""
    return [_source(row) for row in _held(cluster).order_by("name", "pk")]


def find(cluster: str, address: str) -> Source | None:
    """Return the cluster's source of that address or id, or None."""
    query = Q(url=address) | (Q(pk=int(address)) if address.isdecimal() else Q(pk=None))
    row = _held(cluster).filter(query).first()
    return _source(row) if row else None


def due(now: datetime, limit: int, cluster: str = "") -> list[Visit]:
    """Return the visits that are due, longest waiting first; for one cluster, only its own.

    Sources that no cluster holds are not visited.
    """
    # A visit in the future was made while the clock was wrong: it must not stop the next ones.
    is_due = Q(due_at__lte=now) | Q(visited_at__gt=now)
    rows = models.Source.objects.filter(is_due, holdings__isnull=False)
    if cluster:
        rows = rows.filter(holdings__cluster__slug=cluster)
    return [_visit(row) for row in rows.distinct().order_by("due_at", "pk")[:limit]]


def postpone(cluster: str, until: datetime) -> int:
    """Bring every appointment of a cluster's sources forward to `until`; return how many."""
    return _held(cluster).filter(due_at__gt=until).update(due_at=until)


def record(
    harvests: Sequence[Harvest],
    next_visits: Sequence[datetime],
    new_counts: Mapping[int, int],
    learnt: Mapping[int, tuple[bytes, int]] = MappingProxyType({}),
) -> None:
    """Keep how visits ended and when the next ones are; one `next_visits` per harvest.

    `new_counts` says how many items each source id brought that nobody had, `learnt` the past
    and the window of each that was read. Call it inside `transaction.writing`.
    """
    lines: dict[str, list[tuple[Any, ...]]] = {}
    instant = connection.ops.adapt_datetimefield_value
    for harvest, due_at in zip(harvests, next_visits, strict=True):
        id, at = harvest.source.id, instant(harvest.visited_at)
        times = (
            (instant(due_at), at)
            if harvest.outcome is Outcome.FAILED
            else (instant(due_at), at, at)
        )
        left: tuple[Any, ...] = ()
        if harvest.outcome is Outcome.NEWS:
            left = _left(harvest)
        elif harvest.outcome is Outcome.UNCHANGED:
            left = (harvest.is_reserved,)
        lines.setdefault(_NOTE[harvest.outcome], []).append((*times, *left, id))
        if id in learnt:
            lines.setdefault(_LEARNT, []).append((*learnt[id], id))
        if harvest.outcome is not Outcome.FAILED:
            lines.setdefault(_MOVED, []).append((harvest.moved_to, id, harvest.moved_to))
    with connection.cursor() as cursor:
        for statement, rows in lines.items():
            cursor.executemany(statement, rows)
    models.VisitRecord.objects.bulk_create(
        [_history(harvest, new_counts.get(harvest.source.id, 0)) for harvest in harvests],
        batch_size=500,
    )


# Most visits bring nothing. Written so, recording one takes 0.01 ms; through bulk_update, which
# spells a CASE for every column and row, 1.35 ms (`python -m bench.collect`, all 304).
_NOTE = {
    Outcome.NEWS: (
        "UPDATE store_source SET due_at = %s, visited_at = %s, good_at = %s, failures = 0,"
        " etag = %s, last_modified = %s, body_hash = %s, seen = %s, mark = %s, asked_every = %s,"
        " hub = %s, is_reserved = %s WHERE id = %s"
    ),
    Outcome.UNCHANGED: (
        "UPDATE store_source SET due_at = %s, visited_at = %s, good_at = %s, failures = 0,"
        " is_reserved = %s WHERE id = %s"
    ),
    Outcome.FAILED: (
        "UPDATE store_source SET due_at = %s, visited_at = %s, failures = failures + 1"
        " WHERE id = %s"
    ),
}
_MOVED = "UPDATE store_source SET moved_to = %s WHERE id = %s AND moved_to <> %s"
_LEARNT = 'UPDATE store_source SET past = %s, "window" = %s WHERE id = %s'


def _left(harvest: Harvest) -> tuple[Any, ...]:
    """Return what the next visit needs of this one, as the columns have it."""
    return (
        harvest.etag[:1000],
        harvest.last_modified[:200],
        harvest.body_hash,
        _packed(harvest.seen),
        harvest.mark,
        _duration(harvest.asked_every),
        harvest.hub[:2000],
        harvest.is_reserved,
    )


def follow_moves(moves: Mapping[int, str]) -> set[int]:
    """Give sources their new addresses; return those whose new address is a source already."""
    taken = set(models.Source.objects.filter(url__in=moves.values()).values_list("url", flat=True))
    refused = set()
    for id, url in moves.items():  # so rare that one statement each will do
        if url in taken:
            refused.add(id)
            continue
        taken.add(url)
        models.Source.objects.filter(pk=id).update(url=url, moved_to="")
    return refused


def prune(sources: Sequence[int], now: datetime) -> None:
    """Forget old visits of some sources.

    Failures and visits that brought something stay `HISTORY`; the others `QUIET_HISTORY`, long
    enough for a report on a quarter to count them.
    """
    old = models.VisitRecord.objects.filter(
        source__in=list(sources), visited_at__lt=now - QUIET_HISTORY
    )
    is_quiet = Q(new_count=0) & ~Q(outcome=Outcome.FAILED.value)
    old.filter(is_quiet | Q(visited_at__lt=now - HISTORY)).delete()


def history(cluster: str, id: int, limit: int) -> list[VisitLine]:
    """Return the last visits to a source that a cluster holds, newest first."""
    rows = models.VisitRecord.objects.filter(source=id, source__holdings__cluster__slug=cluster)
    columns = rows.order_by("-visited_at", "-pk").values_list(
        "visited_at", "outcome", "reason", "detail", "status", "entry_count", "new_count", "seconds"
    )
    return [VisitLine(line[0], Outcome(line[1]), *line[2:]) for line in columns[:limit]]


def _duration(length: timedelta | None) -> Any:
    """Return a stretch of time as the column has it: microseconds where there is no such type."""
    if length is None or connection.features.has_native_duration_field:
        return length
    return length // timedelta(microseconds=1)


def _history(harvest: Harvest, new_count: int) -> models.VisitRecord:
    return models.VisitRecord(
        source_id=harvest.source.id,
        visited_at=harvest.visited_at,
        outcome=harvest.outcome.value,
        reason=harvest.reason,
        detail=harvest.detail[:300],
        status=harvest.status,
        entry_count=len(harvest.entries) + harvest.known_count,
        new_count=new_count,
        skipped_count=harvest.skipped_count,
        size=harvest.size,
        seconds=harvest.seconds,
    )


def health(cluster: str) -> list[Health]:
    """Return the health of every source of a cluster: the troubled first, then by name."""
    last = models.VisitRecord.objects.filter(source=OuterRef("pk")).order_by("-visited_at", "-pk")
    silence = models.Trouble.objects.filter(source=OuterRef("pk"), what="silence", ended_at=None)
    sightings = models.Sighting.objects.filter(source=OuterRef("pk")).order_by().values("source")
    rows = _held(cluster).annotate(
        last_reason=Subquery(last.values("reason")[:1]),
        last_detail=Subquery(last.values("detail")[:1]),
        last_count=Subquery(last.values("entry_count")[:1]),
        last_seconds=Subquery(last.values("seconds")[:1]),
        silent_since=Subquery(silence.values("began_at")[:1]),
        item_count=Subquery(sightings.annotate(count=Count("pk")).values("count")),
        last_item_at=Subquery(sightings.annotate(last=Max("seen_at")).values("last")),
    )
    return [
        Health(
            source=_source(row),
            due_at=row.due_at,
            visited_at=row.visited_at,
            good_at=row.good_at,
            failures=row.failures,
            reason=row.last_reason or "",
            detail=row.last_detail or "",
            item_count=row.item_count or 0,
            last_item_at=row.last_item_at,
            moved_to=row.moved_to,
            entry_count=row.last_count or 0,
            seconds=row.last_seconds or 0.0,
            window=row.window,
            silent_since=row.silent_since,
        )
        for row in rows.order_by("-failures", "name", "pk")
    ]


def excerpt_lengths(cluster: str) -> dict[int, int]:
    """Return how many characters may be quoted from each source that a cluster holds."""
    return dict(_held(cluster).values_list("pk", "excerpt_length"))


def _held(cluster: str) -> QuerySet[models.Source]:
    return models.Source.objects.filter(holdings__cluster__slug=cluster)


def _source(row: models.Source) -> Source:
    return Source(
        url=WebUrl(row.url),
        name=row.name,
        kind=row.kind,
        language=row.language,
        every=row.every,
        group=row.group,
        note=row.note,
        options=row.options,
        rights=Rights(row.licence, row.excerpt_length, row.full_text, row.is_reserved),
        id=row.pk,
    )


def _visit(row: models.Source) -> Visit:
    return Visit(
        source=_source(row),
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=bytes(row.body_hash),
        seen=_unpacked(bytes(row.seen)),
        failures=row.failures,
        visited_at=row.visited_at,
        good_at=row.good_at,
        mark=row.mark,
        past=bytes(row.past),
        window=row.window,
        asked_every=row.asked_every,
    )


def _packed(prints: frozenset[int]) -> bytes:
    """Return 64-bit prints as 8 bytes each, in order: a tenth of their size as JSON."""
    ordered = sorted(prints)
    return struct.pack(f">{len(ordered)}Q", *ordered)


def _unpacked(packed: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f">{len(packed) // 8}Q", packed))
