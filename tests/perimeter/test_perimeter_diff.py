"""What changed between two versions is told in sentences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from watch.perimeter.diff import diff
from watch.perimeter.read import read

ROOT = Path(__file__).resolve().parents[2]
OLD = read((ROOT / "tests/data/perimeter/small.yaml").read_text(encoding="utf-8"))


def test_nothing_changed_is_nothing_said() -> None:
    assert diff(OLD, replace(OLD, written="")) == []


def test_topics_that_come_go_and_change_their_name_are_told() -> None:
    lighting, health, lidar = OLD.topics
    new = replace(
        OLD,
        topics=(
            replace(lighting, label={"fr": "Lumière", "en": "Lighting"}),
            replace(health, id="vivant"),
            lidar,
        ),
    )

    assert diff(OLD, new, "fr") == [
        "Marché «\u00a0Lumière\u00a0», nom (fr)\u00a0: "
        "«\u00a0Éclairage\u00a0» devient «\u00a0Lumière\u00a0».",
        "Marché «\u00a0Santé\u00a0»\u00a0: thème retiré.",
        "Marché «\u00a0Santé\u00a0»\u00a0: thème ajouté.",
    ]


def test_words_that_come_and_go_are_told_by_topic_and_language() -> None:
    lighting, health, lidar = OLD.topics
    lidar = replace(
        lidar,
        terms={"fr": ("lidar", "nuage de points"), "en": ("laser ranging", "lidar")},
        weak={"en": ("ranging",)},
    )

    assert diff(OLD, replace(OLD, topics=(lighting, health, lidar)), "en") == [
        "Technology “Lidar”, terms (fr): without “télémétrie laser”.",
        "Technology “Lidar”, terms (fr): with “nuage de points” as well.",
        "Technology “Lidar”, terms (en): another order.",
        "Technology “Lidar”, weak terms (en): with “ranging” as well.",
    ]


def test_the_head_of_the_file_is_compared_too() -> None:
    new = replace(
        OLD,
        version="2",
        languages=("fr",),
        places=replace(OLD.places, country="FR", near=("SE", "DK", "DE")),
        horizon_months=12,
        cadence={**OLD.cadence, "digest": "monthly"},
        questions=OLD.questions[:1],
    )

    assert diff(OLD, new, "en") == [
        "Version: 1.10 → 2.",
        "Languages: without “en”.",
        "Neighbouring countries: with “DE” as well.",
        "Home country: “NO” becomes “FR”.",
        "Horizon in months: “24” becomes “12”.",
        "Rhythm (digest): “weekly” becomes “monthly”.",
        "Question “q2” (fr): “Quelles normes changent ?” becomes “nothing”.",
        "Question “q2” (en): “Which standards change?” becomes “nothing”.",
    ]
