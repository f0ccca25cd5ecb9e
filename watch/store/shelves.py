"""Shelves: items as a cluster sees them, with their settled tags and their stories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from watch.domain import Axis, Item, Story, Tag, Tagged
from watch.store import models, search
from watch.store.clusters import primary_key
from watch.store.items import to_item, visible

__all__ = [
    "Asked", "State", "closing", "count", "find", "of_keys", "page", "since", "since_count",
    "tagged",
]  # fmt: skip


class State(StrEnum):
    """Which items a page shows, by what is known of them."""

    SERVED = "served"
    """With a tag that is a fact (of the topics asked for, where some are)."""
    DOUBTFUL = "doubtful"
    """With a tag between the two thresholds: for an expert to say."""
    UNTAGGED = "untagged"
    """With no tag at all: what the watch lets fall."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see; empty fields do not filter."""

    market: str = ""
    technology: str = ""
    state: State = State.ALL
    words: str = ""
    language: str = ""
    source: int = 0
    since: datetime | None = None
    until: datetime | None = None


def page(
    cluster: str, asked: Asked, limit: int, before: tuple[datetime, str] | None = None
) -> list[Tagged]:
    """Return items newest first; `before` is (published at, key) of the last one already had."""
    key = primary_key(cluster)
    rows = _asked(key, asked)
    if before is not None:
        at, item = before
        rows = rows.filter(Q(published_at__lt=at) | Q(published_at=at, key__lt=item))
    return _assembled(key, [to_item(row) for row in rows.order_by("-published_at", "-key")[:limit]])


def count(cluster: str, asked: Asked, most: int | None = None) -> int:
    """Return how many items there are to see; counting ends at `most`, where one is given."""
    return _asked(primary_key(cluster), asked)[:most].count()


def find(cluster: str, item: str) -> Tagged | None:
    """Return one item with all its settled tags, or None where the cluster cannot see it."""
    key = primary_key(cluster)
    row = visible(key).filter(key=item).first()
    return _assembled(key, [to_item(row)])[0] if row else None


def of_keys(cluster: str, keys: Sequence[str], served_only: bool = False) -> list[Tagged]:
    """Return the items of these keys that the cluster can see, with their settled tags."""
    key = primary_key(cluster)
    rows = [row for some in _slices(keys) for row in visible(key).filter(key__in=some)]
    return _assembled(key, [to_item(row) for row in rows], served_only=served_only)


def since(cluster: str, at: datetime, after: int, limit: int) -> list[tuple[int, Item]]:
    """Return items published since then and ready to be read, by their numbers above `after`."""
    rows = visible(primary_key(cluster)).filter(published_at__gte=at, pk__gt=after, owes=0)
    return [(row.pk, to_item(row)) for row in rows.order_by("pk")[:limit]]


def since_count(cluster: str, at: datetime) -> int:
    """Return how many items that are."""
    return visible(primary_key(cluster)).filter(published_at__gte=at, owes=0).count()


def story(cluster: str, item: str) -> list[tuple[Item, str]]:
    """Return the items of an item's story that the cluster can see, earliest first.

    Each comes with what the watch found to tie it there, as `Placement` says it.
    """
    rows = visible(primary_key(cluster))
    story = rows.filter(key=item).values("story")
    found = rows.filter(story__in=story).order_by("published_at", "key")
    return [(to_item(row), row.story_why) for row in found]


def tagged(cluster: str, since: datetime, until: datetime, market: str = "") -> list[Tagged]:
    """Return all items with a served tag published in [since, until), newest first.

    Only their served tags come with them: what is in doubt reaches no reader as a fact.
    """
    key = primary_key(cluster)
    asked = Asked(market=market, state=State.SERVED, since=since, until=until)
    rows = _asked(key, asked).order_by("-published_at", "-key")
    return _assembled(key, [to_item(row) for row in rows], served_only=True)


def closing(cluster: str, after: datetime, until: datetime) -> list[Tagged]:
    """Return all items with a served tag that close in (after, until], however old, newest first.

    Only their served tags come with them.
    """
    key = primary_key(cluster)
    rows = _asked(key, Asked(state=State.SERVED))
    rows = rows.filter(deadline_at__gt=after, deadline_at__lte=until)
    found = [to_item(row) for row in rows.order_by("-published_at", "-key")]
    return _assembled(key, found, served_only=True)


def _asked(cluster: int, asked: Asked) -> QuerySet[models.Item]:
    rows = visible(cluster)
    settled = models.Settled.objects.filter(cluster=cluster, item=OuterRef("pk"))
    if asked.state is State.SERVED:
        settled = settled.filter(is_served=True)
    elif asked.state is State.DOUBTFUL:
        settled = settled.filter(is_served=False)
    topics = [(Axis.MARKET, asked.market), (Axis.TECHNOLOGY, asked.technology)]
    named = [(axis, topic) for axis, topic in topics if topic]
    for axis, topic in named:
        rows = rows.filter(Exists(settled.filter(axis=axis.value, topic=topic)))
    if asked.state is State.UNTAGGED:
        rows = rows.filter(~Exists(settled))
    elif asked.state is not State.ALL and not named:
        rows = rows.filter(Exists(settled))
    if asked.language:
        rows = rows.filter(language=asked.language)
    if asked.source:
        rows = rows.filter(sightings__source=asked.source)
    if asked.since:
        rows = rows.filter(published_at__gte=asked.since)
    if asked.until:
        rows = rows.filter(published_at__lt=asked.until)
    return search.matching(rows, asked.words) if asked.words.strip() else rows


def _assembled(cluster: int, items: Sequence[Item], served_only: bool = False) -> list[Tagged]:
    tags = _tags(cluster, [item.key for item in items], served_only)
    places = _places([item.key for item in items])
    stories = _stories(cluster, places.values())
    return [
        Tagged(item, tuple(tags.get(item.key, ())), stories[places[item.key]]) for item in items
    ]


def _tags(cluster: int, keys: Sequence[str], served_only: bool) -> dict[str, list[Tag]]:
    rows = models.Settled.objects.filter(cluster=cluster)
    if served_only:
        rows = rows.filter(is_served=True)
    found: dict[str, list[Tag]] = {}
    for some in _slices(keys):
        columns = rows.filter(item__key__in=some).order_by("axis", "-score", "topic")
        for item, axis, topic, score, by, why, said_at in columns.values_list(
            "item__key", "axis", "topic", "score", "by", "why", "said_at"
        ):
            tag = Tag(item, Axis(axis), topic, score, by, tuple(why), said_at)
            found.setdefault(item, []).append(tag)
    return found


def _places(keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in _slices(keys):
        rows = models.Item.objects.filter(key__in=some)
        found.update(rows.values_list("key", "story"))
    return found


def _stories(cluster: int, keys: Iterable[str]) -> dict[str, Story]:
    """Return stories as this cluster sees them: outlets that it does not read stay unseen."""
    found: dict[str, Story] = {}
    for some in _slices(sorted(set(keys))):
        rows = visible(cluster).filter(story__in=some).order_by("published_at", "key")
        for key, outlet, language, at in rows.values_list(
            "story", "outlet", "language", "published_at"
        ):
            found[key] = _grown(found.get(key, Story(key, 0)), outlet, language, at.date())
    return found


def _grown(story: Story, outlet: str, language: str, on: date) -> Story:
    return replace(
        story,
        item_count=story.item_count + 1,
        outlets=tuple(dict.fromkeys((*story.outlets, outlet))),
        languages=tuple(dict.fromkeys((*story.languages, language))),
        first_on=story.first_on or on,
        last_on=on,
    )


def _slices(keys: Sequence[str], size: int = 5_000) -> Iterable[Sequence[str]]:
    """Yield the keys in slices that both databases take as parameters of one statement."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
