"""Clusters: the networks of firms that this installation serves."""

from __future__ import annotations

from dataclasses import asdict, fields

from django.db.models import QuerySet

from watch.domain import Cluster
from watch.errors import Problem, StoreError
from watch.store import models

__all__ = ["every", "find", "get", "primary_key", "save"]

_FIELDS = tuple(field.name for field in fields(Cluster))


def _rows() -> QuerySet[models.Cluster]:
    return models.Cluster.objects.order_by("slug")


def every() -> list[Cluster]:
    """Return all clusters, by slug."""
    return [Cluster(**row) for row in _rows().values(*_FIELDS)]


def find(slug: str) -> Cluster | None:
    """Return one cluster, or None."""
    row = _rows().filter(slug=slug).values(*_FIELDS).first()
    return Cluster(**row) if row else None


def get(slug: str) -> Cluster:
    """Return one cluster; raise `StoreError` where there is none of that name."""
    found = find(slug)
    if found is None:
        raise _unknown(slug)
    return found


def save(cluster: Cluster) -> None:
    """Add a cluster, or change one."""
    columns = asdict(cluster)
    models.Cluster.objects.update_or_create(slug=columns.pop("slug"), defaults=columns)


def primary_key(slug: str) -> int:
    """Return the row's number; raise `StoreError` where there is no such cluster."""
    found = models.Cluster.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise _unknown(slug)
    return found


def _unknown(slug: str) -> StoreError:
    names = ", ".join(_rows().values_list("slug", flat=True)) or "none yet"
    return StoreError(
        Problem(f"cluster “{slug}”", "unknown", f"known: {names}; add one with `perimeter load`")
    )
