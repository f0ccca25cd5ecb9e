"""Sources, who holds them, and how they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from watch.domain import Rights, Source, WebUrl
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = [
    "Health",
    "add",
    "change",
    "excerpt_lengths",
    "find",
    "follow_moves",
    "health",
    "held",
    "postpone",
    "remove",
    "set_rights",
]


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
            row.body_hash = row.seen = row.learnt = b""
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


def others(cluster: str, id: int) -> list[str]:
    """Return the names of the other clusters that hold a source."""
    held = models.Holding.objects.filter(source=id).exclude(cluster__slug=cluster)
    return list(held.order_by("cluster__name").values_list("cluster__name", flat=True))


def postpone(cluster: str, until: datetime) -> int:
    """Bring every appointment of a cluster's sources forward to `until`; return how many."""
    return _held(cluster).filter(due_at__gt=until).update(due_at=until)


def follow_moves(moves: Mapping[int, str]) -> set[int]:
    """Give sources their new addresses; return those whose new address is a source already."""
    if not moves:
        return set()
    taken = set(models.Source.objects.filter(url__in=moves.values()).values_list("url", flat=True))
    refused = set()
    for id, url in moves.items():  # so rare that one statement each will do
        if url in taken:
            refused.add(id)
            continue
        taken.add(url)
        models.Source.objects.filter(pk=id).update(url=url, moved_to="")
    return refused


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


def groups(cluster: str) -> dict[int, str]:
    """Return what each source that a cluster holds is: trade_press, journal, institution..."""
    return dict(_held(cluster).values_list("pk", "group"))


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
