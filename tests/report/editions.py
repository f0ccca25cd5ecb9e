"""A small invented edition for the tests of reports: two technologies, five stories, two papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from watch.domain import (
    Axis,
    Cluster,
    Collection,
    Item,
    Perimeter,
    Period,
    Places,
    Question,
    Rights,
    Source,
    SourceRecord,
    Story,
    Tag,
    Tagged,
    Topic,
    WebUrl,
    WeekCount,
    Zoom,
)

CARS = Topic(
    Axis.MARKET,
    "cars",
    {"fr": "Automobile", "en": "Automotive"},
    {"fr": "Véhicules et conduite.", "en": "Vehicles and driving."},
    exclude={"fr": ("feuille de route",), "en": ("roadmap",)},
)
LIDAR = Topic(Axis.TECHNOLOGY, "lidar", {"fr": "Lidar", "en": "Lidar ranging"})
LED = Topic(Axis.TECHNOLOGY, "led", {"fr": "Diodes", "en": "LEDs"})

PAPER = Source(WebUrl("https://paper.example/feed"), "La Lettre", language="fr", id=1)
REVIEW = Source(
    WebUrl("https://review.example/feed"),
    "Bright Review",
    language="en",
    id=2,
    rights=Rights(licence="CC BY 4.0", excerpt_length=40),
)

PERIMETER = Perimeter(
    id="optique",
    version="1.2",
    label={"fr": "Optique", "en": "Optics"},
    purpose={"fr": "Voir ce qui vient.", "en": "See what comes."},
    languages=("fr", "en"),
    topics=(CARS, LIDAR, LED),
    places=Places("FR", ("FR-IDF",), ("DE",), ("JP",)),
    questions=(Question("q1", {"fr": "Qui achète ?", "en": "Who buys?"}),),
    out_of_scope={"fr": ("jeux vidéo",), "en": ("video games",)},
)
PERIOD = Period(date(2026, 7, 1), date(2026, 7, 28))
WORDS = "Les premiers échantillons sont livrés, et la suite est prévue pour la fin de l'année."


def story(n: int, title: str, *topics: str, source: Source = PAPER, **item: Any) -> Tagged:
    """Return story number `n`, published on the n-th day of the period."""
    key = f"{n:032x}"
    at = datetime(2026, 7, n, 9, tzinfo=UTC)
    url = WebUrl(f"{source.url.removesuffix('feed')}{n}")
    head = Item(key, url, title, WORDS, source.language, at, at, source.id, source.name)
    tags = [Tag(key, Axis.MARKET, "cars", 0.9, "phrases/1", ("véhicule",))]
    tags += [Tag(key, Axis.TECHNOLOGY, id, 0.8, "phrases/1", (f"le {id}",)) for id in topics]
    return Tagged(replace(head, **item), tuple(tags), Story(key, 1, (source.name,)))


STORIES = (
    story(22, "Appel à projets pour la route"),
    story(17, "Headlamp with LEDs", "led", source=REVIEW),
    story(15, "Phare et lidar réunis", "led", "lidar"),
    story(9, "Lidar picked by a carmaker", "lidar", source=REVIEW),
    story(2, "Un lidar moins cher", "lidar"),
)
"""Newest first."""


def told_by(tagged: Tagged, *outlets: str) -> Tagged:
    """Return the story as these outlets told it too."""
    return replace(tagged, story=replace(tagged.story, outlets=(*tagged.story.outlets, *outlets)))


def confirmed(tagged: Tagged, college: str, remark: str) -> Tagged:
    """Return the story with its last tag said by an expert."""
    sure = replace(tagged.tags[-1], by=f"expert/{college}/7", why=(remark,), score=1.0)
    return replace(tagged, tags=(*tagged.tags[:-1], sure))


def edition(**changes: Any) -> Zoom:
    """Return the edition, with fields changed."""
    monday = date(2026, 6, 29)
    weeks = tuple(
        WeekCount(id, monday + timedelta(weeks=week), 1)
        for id, week in (("lidar", 0), ("lidar", 1), ("lidar", 2), ("led", 2))
    )
    collection = Collection(
        records=(
            SourceRecord(PAPER, 28, 0, 120, 9),
            SourceRecord(REVIEW, 28, 3, 80, 6, "timeout"),
            SourceRecord(Source(WebUrl("https://mute.example/"), "Le Muet", id=3), 0, 0, 0, 0),
        ),
        items=1200,
        stories=900,
        kept=15,
        reviewed=6,
        classifiers=("phrases/1",),
        first_visit_at=datetime(2026, 7, 1, 4, tzinfo=UTC),
        last_visit_at=datetime(2026, 7, 28, 20, tzinfo=UTC),
    )
    zoom = Zoom(
        cluster=Cluster("demo", "Grappe inventée", sender_name="Camille Martin",
                        sender_address="veille@demo.example"),
        perimeter=PERIMETER,
        revision=4,
        loaded_on=date(2026, 6, 15),
        market=CARS,
        period=PERIOD,
        edition=3,
        authors=("Camille Martin", "Noé Diallo"),
        approver="Hélène Roussel",
        level="members",
        made_at=datetime(2026, 7, 29, 8, tzinfo=UTC),
        stories=STORIES,
        before=(story(3, "Avant", "led"),),
        weeks=weeks,
        collection=collection,
        excerpt_lengths={1: 160, 2: 40},
    )  # fmt: skip
    return replace(zoom, **changes)
