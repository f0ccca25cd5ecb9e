"""What officers were told of sources: each trouble once, and its end once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q

from watch.domain import Trouble
from watch.store import models
from watch.store.among import among

__all__ = ["keep", "known", "open_ones"]

_CHANGING = ["what", "reason", "told_at", "better_at", "relapses", "ended_at"]


def known(sources: Collection[int]) -> Mapping[int, list[Trouble]]:
    """Return by source its open troubles, told or not yet, and its moves that were followed."""
    rows = models.Trouble.objects.filter(
        Q(ended_at=None) | Q(what="followed"), source__in=among(sources)
    )
    found: dict[int, list[Trouble]] = {}
    for row in rows:
        found.setdefault(row.source_id, []).append(_trouble(row))
    return found


def open_ones(cluster: str) -> list[Trouble]:
    """Return the troubles that were told and are not over, of a cluster's sources."""
    rows = models.Trouble.objects.filter(
        source__holdings__cluster__slug=cluster, ended_at=None, told_at__isnull=False
    )
    return [_trouble(row) for row in rows.order_by("began_at", "pk")]


def keep(changed: Iterable[Trouble]) -> None:
    """Keep troubles that began or changed; forget those that ended untold."""
    some = list(changed)
    forgotten = [one.id for one in some if one.id and one.ended_at and one.told_at is None]
    if forgotten:
        models.Trouble.objects.filter(pk__in=forgotten).delete()
    kept = [one for one in some if one.told_at is not None or one.ended_at is None]
    models.Trouble.objects.bulk_create([_row(one) for one in kept if not one.id])
    older = [_row(one) for one in kept if one.id]
    if older:
        models.Trouble.objects.bulk_update(older, _CHANGING, batch_size=100)


def _trouble(row: models.Trouble) -> Trouble:
    return Trouble(
        source=row.source_id,
        what=row.what,
        began_at=row.began_at,
        reason=row.reason,
        told_at=row.told_at,
        better_at=row.better_at,
        relapses=row.relapses,
        ended_at=row.ended_at,
        id=row.pk,
    )


def _row(one: Trouble) -> models.Trouble:
    return models.Trouble(
        pk=one.id or None,
        source_id=one.source,
        what=one.what,
        began_at=one.began_at,
        reason=one.reason,
        told_at=one.told_at,
        better_at=one.better_at,
        relapses=one.relapses,
        ended_at=one.ended_at,
    )
