"""Readings, opinions, what they settle to, and reviews."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from watch.domain import Axis, Item, Review, Tag, Verdict
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.items import to_item, visible

__all__ = [
    "add_review", "aside", "keep_readings", "opinions", "owe_again", "owed", "owed_count",
    "pair_counts", "resettle", "reviewed", "reviews", "set_aside", "topic_counts",
]  # fmt: skip


def owed(cluster: str, by: str, perimeter: int, limit: int) -> list[Item]:
    """Return items that the classifier has not read under this perimeter version, newest first."""
    return [to_item(row) for row in _owed(cluster, by, perimeter).order_by("-pk")[:limit]]


def owed_count(cluster: str, by: str, perimeter: int) -> int:
    """Return how many readings are owed."""
    return _owed(cluster, by, perimeter).count()


def _owed(cluster: str, by: str, perimeter: int) -> QuerySet[models.Item]:
    key = primary_key(cluster)
    done = models.Reading.objects.filter(
        cluster=key, item=OuterRef("pk"), by=by, perimeter=perimeter
    )
    # What is not enriched has no language yet: it is read when it has.
    return visible(key).filter(~Exists(done), owes=0)


def keep_readings(
    cluster: str,
    judges: Collection[str],
    perimeter: int,
    items: Sequence[Item],
    tags: Sequence[Tag],
    read_at: datetime,
) -> None:
    """Record that judges read items, with the opinions that came of it (often none).

    Call it inside `transaction.writing`. The tags are by these judges; they are stamped
    `read_at`. What other judges read of these items before is no longer in force.
    """
    key = primary_key(cluster)
    ids = _ids(item.key for item in items)
    before = models.Reading.objects.filter(cluster=key, item__in=ids.values())
    before.exclude(by__in=judges).delete()
    models.Reading.objects.bulk_create(
        [
            models.Reading(cluster_id=key, item_id=pk, by=by, perimeter=perimeter, read_at=read_at)
            for pk in ids.values()
            for by in judges
        ],
        update_conflicts=True,
        unique_fields=["cluster", "item", "by"],
        update_fields=["perimeter", "read_at"],
        batch_size=1000,
    )
    models.Tag.objects.bulk_create(
        [_opinion(key, ids[tag.item], tag, read_at) for tag in tags if tag.item in ids],
        ignore_conflicts=True,
        batch_size=1000,
    )


def owe_again(cluster: str) -> None:
    """Let all readings be owed again: who serves has changed.

    What was said stays in force until then. Call it inside `transaction.writing`.
    """
    models.Reading.objects.filter(cluster=primary_key(cluster)).update(perimeter=0)


def opinions(cluster: str, items: Iterable[str]) -> dict[str, list[Tag]]:
    """Return the opinions in force on each item key: people's, and each classifier's last."""
    key = primary_key(cluster)
    last_reading = models.Reading.objects.filter(
        cluster=key, item=OuterRef("item"), by=OuterRef("by"), read_at=OuterRef("said_at")
    )
    set_aside = models.Review.objects.filter(
        cluster=key, item=OuterRef("item"), said_at=OuterRef("said_at"), set_aside_at__isnull=False
    )
    rows = (
        models.Tag.objects.filter(cluster=key, item__key__in=list(items))
        .filter(Q(by__startswith="expert/") & ~Exists(set_aside) | Exists(last_reading))
        .order_by("pk")
        .values_list("item__key", "axis", "topic", "score", "by", "why", "said_at")
    )
    found: dict[str, list[Tag]] = {}
    for item, axis, topic, score, by, why, said_at in rows:
        found.setdefault(item, []).append(
            Tag(item, Axis(axis), topic, score, by, tuple(why), said_at)
        )
    return found


def resettle(
    cluster: str, items: Iterable[str], settled: Sequence[Tag], served: frozenset[Tag]
) -> None:
    """Replace what the opinions on these items come to; `served` are those that are facts.

    Call it inside `transaction.writing`.
    """
    key = primary_key(cluster)
    rows = models.Item.objects.filter(key__in=list(items)).values_list("key", "pk", "published_at")
    known = {item: (pk, at) for item, pk, at in rows}
    models.Settled.objects.filter(cluster=key, item__in=[pk for pk, _ in known.values()]).delete()
    models.Settled.objects.bulk_create(
        [
            models.Settled(
                cluster_id=key,
                item_id=known[tag.item][0],
                published_at=known[tag.item][1],
                axis=tag.axis.value,
                topic=tag.topic,
                score=tag.score,
                by=tag.by,
                why=list(tag.why),
                said_at=tag.said_at,
                is_served=tag in served,
            )
            for tag in settled
            if tag.item in known
        ],
        batch_size=1000,
    )


def add_review(cluster: str, review: Review, tags: Sequence[Tag]) -> None:
    """Keep what a person said and the opinions that it means; inside `transaction.writing`."""
    key = primary_key(cluster)
    pk = _ids([review.item])[review.item]
    models.Review.objects.create(
        cluster_id=key,
        item_id=pk,
        axis=review.axis.value,
        topic=review.topic,
        verdict=review.verdict.value,
        reviewer_id=review.reviewer,
        college=review.college,
        said_at=review.said_at,
        instead=review.instead,
        remark=review.remark,
    )
    models.Tag.objects.bulk_create(
        [_opinion(key, pk, tag, review.said_at) for tag in tags], ignore_conflicts=True
    )


def reviews(cluster: str, item: str = "") -> list[tuple[str, str, str, str, str, datetime]]:
    """Return reviews, newest first: (reviewer's name, axis, topic, verdict, instead, said at)."""
    rows = models.Review.objects.filter(cluster__slug=cluster)
    if item:
        rows = rows.filter(item__key=item)
    return list(
        rows.order_by("-said_at", "-pk")
        .annotate(who=F("reviewer__username"))
        .values_list("who", "axis", "topic", "verdict", "instead", "said_at")
    )


def reviewed(cluster: str) -> list[tuple[Item, str, tuple[Review, ...]]]:
    """Return reviewed items, by key, each with its story and its reviews, the oldest first.

    Without what was set aside, and without what people said who are gone: nobody knows whose
    word that is.
    """
    key = primary_key(cluster)
    rows = (
        models.Review.objects.filter(
            cluster=key, set_aside_at=None, reviewer__isnull=False, item__in=visible(key)
        )
        .select_related("item")
        .order_by("item__key", "said_at", "pk")
    )
    found: dict[str, tuple[Item, str, tuple[Review, ...]]] = {}
    for row in rows:
        item, story, before = found.get(row.item.key) or (to_item(row.item), row.item.story, ())
        found[item.key] = item, story, (*before, _review(item.key, row))
    return list(found.values())


def set_aside(cluster: str, reviewer: str, since: datetime, at: datetime | None) -> list[str]:
    """Let what one person said since then count no more, or with None count again.

    Returns the keys of the items concerned; call it inside `transaction.writing`.
    """
    rows = models.Review.objects.filter(
        cluster=primary_key(cluster),
        reviewer__username=reviewer,
        said_at__gte=since,
        set_aside_at__isnull=at is not None,
    )
    keys = list(rows.order_by("item__key").values_list("item__key", flat=True).distinct())
    rows.update(set_aside_at=at)
    return keys


def aside(cluster: str) -> list[tuple[str, int, datetime]]:
    """Return whose reviews were set aside, by name: how many, and when the first one was said."""
    rows = models.Review.objects.filter(
        cluster=primary_key(cluster), set_aside_at__isnull=False, reviewer__isnull=False
    )
    columns = rows.values_list("reviewer__username").order_by("reviewer__username")
    return list(columns.annotate(count=Count("pk"), first=Min("said_at")))


def _review(item: str, row: models.Review) -> Review:
    return Review(
        item=item,
        axis=Axis(row.axis),
        topic=row.topic,
        verdict=Verdict(row.verdict),
        reviewer=row.reviewer_id or 0,
        college=row.college,
        said_at=row.said_at,
        instead=row.instead,
        remark=row.remark,
    )


def topic_counts(cluster: str) -> dict[tuple[Axis, str], tuple[int, int]]:
    """Return (tags that are facts, tags to review) of each topic that has any."""
    rows = (
        models.Settled.objects.filter(cluster=primary_key(cluster))
        .values_list("axis", "topic")
        .annotate(served=Count("pk", filter=Q(is_served=True)), all=Count("pk"))
    )
    return {(Axis(axis), topic): (served, all_ - served) for axis, topic, served, all_ in rows}


def pair_counts(cluster: str, since: datetime | None = None) -> Mapping[tuple[str, str], int]:
    """Return how many items have both topics as facts: (market, technology) -> count."""
    key = primary_key(cluster)
    rows = models.Settled.objects.filter(
        cluster=key,
        axis=Axis.MARKET.value,
        is_served=True,
        item__in=visible(key),
        item__settled__cluster=key,
        item__settled__axis=Axis.TECHNOLOGY.value,
        item__settled__is_served=True,
    )
    if since is not None:
        rows = rows.filter(published_at__gte=since)
    pairs = rows.values_list("topic", "item__settled__topic").annotate(count=Count("pk"))
    return {(market, technology): count for market, technology, count in pairs}


def _ids(keys: Iterable[str]) -> dict[str, int]:
    return dict(models.Item.objects.filter(key__in=list(keys)).values_list("key", "pk"))


def _opinion(cluster: int, item: int, tag: Tag, said_at: datetime) -> models.Tag:
    return models.Tag(
        cluster_id=cluster,
        item_id=item,
        axis=tag.axis.value,
        topic=tag.topic,
        score=tag.score,
        by=tag.by,
        why=list(tag.why),
        said_at=tag.said_at or said_at,
    )
