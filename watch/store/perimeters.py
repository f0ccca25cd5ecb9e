"""Versions of each cluster's cahier des charges, kept as the officer wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from watch.errors import Problem, StoreError
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = ["Version", "current", "load", "version", "versions"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its number in this store, the officer's own version, the text."""

    number: int
    version: str
    text: str
    loaded_at: datetime
    loaded_by: str


def load(cluster: str, version: str, text: str, by: str, now: datetime) -> int:
    """Keep a text as the cluster's current version; return its number.

    The same text as the current one is no new version.
    """
    with writing():
        key = primary_key(cluster)
        rows = models.PerimeterVersion.objects.filter(cluster=key)
        last = rows.order_by("-number").first()
        if last is not None and last.text == text:
            return last.number
        number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
        models.PerimeterVersion.objects.create(
            cluster_id=key, number=number, version=version, text=text, loaded_at=now, loaded_by=by
        )
        return number


def versions(cluster: str) -> list[Version]:
    """Return all versions, newest first."""
    rows = models.PerimeterVersion.objects.filter(cluster__slug=cluster).order_by("-number")
    return [_version(row) for row in rows]


def current(cluster: str) -> Version:
    """Return the newest version; raise `StoreError` where the cluster has none."""
    primary_key(cluster)
    row = models.PerimeterVersion.objects.filter(cluster__slug=cluster).order_by("-number").first()
    if row is None:
        raise StoreError(
            Problem(f"cluster “{cluster}”", "has no perimeter yet", "run `perimeter load FILE`")
        )
    return _version(row)


def version(cluster: str, number: int) -> Version:
    """Return one version; raise `StoreError` where there is no such number."""
    row = models.PerimeterVersion.objects.filter(cluster__slug=cluster, number=number).first()
    if row is None:
        raise StoreError(Problem(f"cluster “{cluster}”", f"has no perimeter number {number}"))
    return _version(row)


def _version(row: models.PerimeterVersion) -> Version:
    return Version(row.number, row.version, row.text, row.loaded_at, row.loaded_by)
