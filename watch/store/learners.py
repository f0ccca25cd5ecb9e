"""Learners of a cluster: when each was made, how good it is, and which one serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db.models import Max

from watch.domain import Certificate, Mark
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = ["add", "every", "serve", "serving"]


def every(cluster: str) -> list[Certificate]:
    """Return all learners of a cluster, the newest first."""
    rows = models.Learner.objects.filter(cluster__slug=cluster).order_by("-number")
    return [_certificate(row) for row in rows]


def serving(cluster: str) -> Certificate | None:
    """Return the learner that serves, or None."""
    row = models.Learner.objects.filter(cluster__slug=cluster, is_serving=True).first()
    return _certificate(row) if row else None


def add(
    cluster: str, perimeter: int, made_at: datetime, model: str, lessons: str, reviewed: int,
    marks: Sequence[Mark], reason: str, digest: str,
) -> int:  # fmt: skip
    """Note a new learner, which does not serve yet; return its number. Inside `writing`."""
    key = primary_key(cluster)
    last = models.Learner.objects.filter(cluster=key).aggregate(last=Max("number"))["last"]
    row = models.Learner.objects.create(
        cluster_id=key,
        number=(last or 0) + 1,
        perimeter=perimeter,
        made_at=made_at,
        model=model,
        lessons=lessons,
        reviewed=reviewed,
        figures=[asdict(mark) for mark in marks],
        reason=reason,
        digest=digest,
    )
    return row.number


def serve(cluster: str, number: int) -> None:
    """Let one learner serve, or with 0 none; inside `writing`."""
    rows = models.Learner.objects.filter(cluster__slug=cluster)
    with writing():
        rows.filter(is_serving=True).exclude(number=number).update(is_serving=False)
        rows.filter(number=number).update(is_serving=True)


def _certificate(row: models.Learner) -> Certificate:
    return Certificate(
        number=row.number,
        perimeter=row.perimeter,
        made_at=row.made_at,
        model=row.model,
        lessons=row.lessons,
        reviewed=row.reviewed,
        marks=tuple(Mark(**figures) for figures in row.figures),
        is_serving=row.is_serving,
        reason=row.reason,
        digest=row.digest,
    )
