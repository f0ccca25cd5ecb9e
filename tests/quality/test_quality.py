"""Quality holds its floors: nothing that was reached is lost unnoticed."""

from __future__ import annotations

import json
import sys

import pytest

from tests.quality import agenda, pages, photonics
from tests.quality.__main__ import LEARNING, MEASURES, as_text, home, main, measure
from tests.quality.floors import FLOORS, below

# These take minutes: their commands hold them.
DEAR = frozenset({"arxiv_tech", "ecbplus", "events", "msrp", "reuters21578"})
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
@pytest.mark.parametrize("name", sorted(FLOORS.keys() - DEAR))
def test_what_was_reached_is_held(name):
    assert below(name, measured_here(name)) == []


def test_every_measure_has_its_floors():
    assert FLOORS.keys() == {*MEASURES, *LEARNING}


@pytest.mark.parametrize(
    ("f1", "code", "told"),
    [(0.9, 0, ""), (0.5, 1, "below its floor: train f1: 0.500, floor 0.826")],
)
def test_a_command_tells_what_lies_below_its_floor(f1, code, told, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(LEARNING, "msrp", lambda _folder, _test: {"train": {"f1": f1}})
    monkeypatch.setattr("tests.quality.__main__.home", lambda _name: tmp_path)
    monkeypatch.setattr(sys, "argv", ["quality", "msrp"])

    assert main() == code
    assert capsys.readouterr().err.strip() == told


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
