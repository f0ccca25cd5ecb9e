"""The collection's true figures, for the section on method and for `status`."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from watch.domain import Collection, Outcome, SourceRecord
from watch.store import models, sources
from watch.store.clusters import primary_key
from watch.store.items import visible

__all__ = ["collection"]


def collection(cluster: str, since: datetime, until: datetime) -> Collection:
    """Return what was collected for a cluster of items published in [since, until)."""
    key = primary_key(cluster)
    items = visible(key).filter(published_at__gte=since, published_at__lt=until)
    served = models.Settled.objects.filter(cluster=key, item=OuterRef("pk"), is_served=True)
    reviewed = models.Review.objects.filter(cluster=key, item=OuterRef("pk"))
    totals = items.aggregate(
        items=Count("pk"),
        stories=Count("story", distinct=True),
        kept=Count("pk", filter=Exists(served)),
        reviewed=Count("pk", filter=Exists(reviewed)),
    )
    readings = models.Reading.objects.filter(cluster=key, item__in=items)
    visits = models.VisitRecord.objects.filter(source__holdings__cluster=key).aggregate(
        first=Min("visited_at"), last=Max("visited_at")
    )
    return Collection(
        records=tuple(_records(cluster, key, items, served)),
        items=totals["items"],
        stories=totals["stories"],
        kept=totals["kept"],
        reviewed=totals["reviewed"],
        classifiers=tuple(sorted(readings.values_list("by", flat=True).distinct())),
        first_visit_at=visits["first"],
        last_visit_at=visits["last"],
    )


def _records(
    cluster: str,
    key: int,
    items: QuerySet[models.Item],
    served: QuerySet[models.Settled],
) -> list[SourceRecord]:
    visits = {
        row["source"]: (row["visits"], row["failures"])
        for row in models.VisitRecord.objects.filter(source__holdings__cluster=key)
        .values("source")
        .annotate(
            visits=Count("pk"),
            failures=Count("pk", filter=Q(outcome=Outcome.FAILED.value)),
        )
    }
    shown = {
        row["sightings__source"]: (row["items"], row["kept"])
        for row in items.filter(sightings__source__holdings__cluster=key)
        .values("sightings__source")
        .annotate(
            items=Count("pk", distinct=True), kept=Count("pk", distinct=True, filter=Exists(served))
        )
    }
    return [
        SourceRecord(
            source=health.source,
            visits=visits.get(health.source.id, (0, 0))[0],
            failures=visits.get(health.source.id, (0, 0))[1],
            items=shown.get(health.source.id, (0, 0))[0],
            kept=shown.get(health.source.id, (0, 0))[1],
            reason=health.reason if health.failures else "",
        )
        for health in sources.health(cluster)
    ]
