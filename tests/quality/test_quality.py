"""Quality holds its floors: nothing that was reached is lost unnoticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.quality import agenda, pages, photonics
from tests.quality.__main__ import MEASURES, as_text, home, measure

FLOORS: dict[str, dict[str, dict[str, float]]] = json.loads(
    Path(__file__).with_name("floors.json").read_text(encoding="utf-8")
)
"""By measure, row and figure, as they were measured when they were last set."""

# The items do not change, so neither do the figures: this much may be given up for another gain.
NOISE = 0.02
EXACT = frozenset({"feeds"})
"""Where nothing may be given up: an entry that is lost is lost for good."""


SAMPLES = {"extraction": 50, "dates": 200}
"""Of the slow ones so many pages are read here; their commands read all."""

# Eleven that are no feed, and one so broken that nobody finds an entry in it.
NO_FEEDS = 12


def measured_here(name):
    if name == "agenda":
        # One part of fifteen: its command measures all.
        return agenda.measure(home(name), parts=1, seeds=1)
    if name in SAMPLES:
        return getattr(pages, name)(home(name), SAMPLES[name])
    return measure(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FLOORS))
def test_what_was_reached_is_held(name):
    measured = measured_here(name)
    below = [
        f"{row} {figure}: {measured[row][figure]:.3f}, floor {floor:.3f}"
        for row, figures in FLOORS[name].items()
        for figure, floor in figures.items()
        if measured[row][figure] < floor - (1e-9 if name in EXACT else NOISE)
    ]

    assert below == []


def test_no_feed_trips_the_readers_and_nothing_active_is_left_in_a_field():
    table = MEASURES["feeds"](home("feeds"))

    assert {name: row["raised"] + row["active"] for name, row in table.items()} == dict.fromkeys(
        table, 0
    )
    assert table["realmix"]["refused"] == NO_FEEDS
    assert all(row["share"] >= row["feedparser"] for row in (table["gofeed"], table["conformance"]))


def test_a_table_is_printed_in_columns():
    assert as_text({"market.fr": {"f1": 0.5, "said": 12}}).splitlines() == [
        "                  f1       said",
        "market.fr      0.500         12",
    ]


def test_a_folder_of_the_same_layout_is_measured(tmp_path):
    line = {"id": "x1", "lang": "fr", "title": "Un lidar", "text": "", "markets": ["spatial"]}
    (tmp_path / "items.jsonl").write_text(
        json.dumps({**line, "technologies": ["lidar"]}), encoding="utf-8"
    )

    table = photonics.phrases(photonics.corpus(tmp_path))

    assert table["technology.fr"]["f1"] == 1.0
    assert table["market.all"]["recall"] == 0.0
