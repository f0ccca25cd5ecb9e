"""Published Zoom-Marché editions and their pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from watch.domain import Pages, Period, Zoom
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.transaction import writing

__all__ = ["Edition", "editions", "find", "keep", "next_edition"]


@dataclass(frozen=True, slots=True)
class Edition:
    """One published edition as a list shows it."""

    id: int
    market: str
    period: Period
    edition: int
    approver: str
    level: str
    made_at: datetime
    pages: Mapping[str, Pages]


def next_edition(cluster: str, market: str, period: Period) -> int:
    """Return the number of this period's edition: the one that it has, else the next one."""
    mine = models.ZoomEdition.objects.filter(cluster__slug=cluster, market=market)
    same = mine.filter(first_on=period.first_on, last_on=period.last_on).first()
    if same is not None:
        return same.edition
    return (mine.aggregate(last=Max("edition"))["last"] or 0) + 1


def keep(zoom: Zoom, pages: Mapping[str, Pages]) -> int:
    """Keep an edition's pages by language, in place of the same period's; return its id."""
    with writing():
        row, _ = models.ZoomEdition.objects.update_or_create(
            cluster_id=primary_key(zoom.cluster.slug),
            market=zoom.market.id,
            first_on=zoom.period.first_on,
            last_on=zoom.period.last_on,
            defaults={
                "edition": zoom.edition,
                "perimeter": zoom.revision,
                "approver": zoom.approver,
                "level": zoom.level,
                "made_at": zoom.made_at,
                "pages": {lang: {"title": p.title, "html": p.html} for lang, p in pages.items()},
            },
        )
        return row.pk


def editions(cluster: str) -> list[Edition]:
    """Return a cluster's editions, newest first."""
    rows = models.ZoomEdition.objects.filter(cluster__slug=cluster)
    return [_edition(row) for row in rows.order_by("-last_on", "-pk")]


def find(cluster: str, id: int) -> Edition | None:
    """Return one edition of the cluster, or None."""
    row = models.ZoomEdition.objects.filter(cluster__slug=cluster, pk=id).first()
    return _edition(row) if row else None


def _edition(row: models.ZoomEdition) -> Edition:
    return Edition(
        id=row.pk,
        market=row.market,
        period=Period(row.first_on, row.last_on),
        edition=row.edition,
        approver=row.approver,
        level=row.level,
        made_at=row.made_at,
        pages={lang: Pages(p["title"], lang, p["html"]) for lang, p in row.pages.items()},
    )
