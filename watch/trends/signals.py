"""Counts over time, one per story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from watch.domain import Axis, Tagged, WeekCount

__all__ = ["heads", "weekly"]


def heads(shelf: Iterable[Tagged]) -> list[Tagged]:
    """Return one item per story, the one that told it first; newest story first."""
    found: dict[str, Tagged] = {}
    for tagged in shelf:
        rival = found.get(tagged.story.key)
        if rival is None or _age(tagged) < _age(rival):
            found[tagged.story.key] = tagged
    return sorted(found.values(), key=_age, reverse=True)


def weekly(stories: Sequence[Tagged], axis: Axis, timezone: str) -> tuple[WeekCount, ...]:
    """Return how many stories each topic of an axis had in each week that begins on a Monday.

    Weeks are the cluster's own: `timezone` is an IANA name. Weeks without a story have no row.
    """
    zone = ZoneInfo(timezone)
    counts: Counter[tuple[str, date]] = Counter()
    for story in stories:
        on = story.item.published_at.astimezone(zone).date()
        monday = on - timedelta(days=on.weekday())
        counts.update({(tag.topic, monday) for tag in story.tags if tag.axis is axis})
    return tuple(WeekCount(topic, week, count) for (topic, week), count in sorted(counts.items()))


def _age(tagged: Tagged) -> tuple[object, str]:
    return tagged.item.published_at, tagged.item.key
