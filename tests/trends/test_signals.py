"""Counts over time: one per story, in the cluster's own weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from watch.domain import Axis, Item, Story, Tag, Tagged, WebUrl, WeekCount
from watch.trends.signals import heads, weekly

SUNDAY_NIGHT = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)  # Monday 00:30 in Paris


def tagged(key: str, story: str, at: datetime, *topics: str) -> Tagged:
    item = Item(key, WebUrl(""), f"Titre {key}", "", "fr", at, at, 1, "Journal")
    tags = tuple(Tag(key, Axis.TECHNOLOGY, topic, 1.0, "phrases/1") for topic in topics)
    return Tagged(item, tags, Story(story))


def test_ten_copies_of_one_release_are_one_story_told_by_the_first() -> None:
    copies = [tagged(f"{n}", "s", SUNDAY_NIGHT.replace(minute=n), "lidar") for n in range(10)]
    assert [head.item.key for head in heads(copies)] == ["0"]


def test_newest_stories_come_first() -> None:
    old = tagged("a", "s", SUNDAY_NIGHT.replace(day=1))
    new = tagged("b", "t", SUNDAY_NIGHT)
    assert heads([old, new]) == [new, old]


def test_a_week_is_the_clusters_own() -> None:
    story = tagged("a", "s", SUNDAY_NIGHT, "lidar")
    paris = weekly([story], Axis.TECHNOLOGY, "Europe/Paris")
    lisbon = weekly([story], Axis.TECHNOLOGY, "Europe/Lisbon")
    assert paris == (WeekCount("lidar", date(2026, 11, 16), 1),)
    assert lisbon == (WeekCount("lidar", date(2026, 11, 9), 1),)


def test_two_tags_on_one_topic_count_once() -> None:
    story = tagged("a", "s", SUNDAY_NIGHT, "lidar")
    twice = replace(story, tags=story.tags * 2)
    assert weekly([twice], Axis.TECHNOLOGY, "UTC")[0].count == 1
