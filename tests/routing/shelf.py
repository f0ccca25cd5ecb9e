"""A small invented shelf for the tests of routing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from watch.domain import (
    Axis,
    Basis,
    Cluster,
    Interest,
    Item,
    Perimeter,
    Period,
    Story,
    Subscriber,
    Tag,
    Tagged,
    WebUrl,
)

WEEK = Period(date(2026, 11, 16), date(2026, 11, 22))
CLUSTER = Cluster("essai", "Pôle d'essai")
PERIMETER = Perimeter("essai", "1.0", {}, {}, ("fr", "en"), ())
READER = Subscriber(
    id=7,
    cluster="essai",
    email="lectrice@pme.example",
    name="Lectrice",
    firm="PME d'essai",
    language="fr",
    interests=(Interest(Axis.MARKET, "cars"), Interest(Axis.TECHNOLOGY, "lidar")),
    basis=Basis("member", "essai", date(2026, 1, 1)),
)


def tag(axis: Axis, topic: str, score: float = 0.9) -> Tag:
    """Return a settled tag."""
    return Tag("", axis, topic, score, "phrases/1", (topic,))


def told(
    key: str, market: str = "cars", technology: str = "lidar", score: float = 0.9, **item: Any
) -> Tagged:
    """Return one story told once, on the Wednesday; an empty topic is no tag on its axis."""
    day = item.pop("day", 18)
    story = item.pop("story", key)
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    tags = (tag(Axis.MARKET, market, score), tag(Axis.TECHNOLOGY, technology, score))
    head = Item(
        key=key,
        url=WebUrl(f"https://{key}.example/"),
        title=f"Title of {key}",
        text="Invented.",
        language="fr",
        published_at=at,
        first_seen_at=at,
        source=1,
        outlet=f"Outlet of {key}",
    )
    return Tagged(replace(head, **item), tuple(t for t in tags if t.topic), Story(story))
