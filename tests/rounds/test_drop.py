"""Dropping files: stored once, for one cluster alone, and never visited by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import stored
from tests.conftest import Town
from watch.domain import Manners, Outcome, Trip
from watch.rounds.drop import drop_round
from watch.sources.travel import travel
from watch.store import sources

CSV = b"titre;url\nUn lidar sans miroir;https://revue.example/12\nUn laser sans adresse;\n;\n"
pytestmark = pytest.mark.django_db


def test_what_is_dropped_is_stored_once_and_stays_the_clusters_own(town: Town) -> None:
    now = timezone.now()

    first = drop_round("essai", "Nos fichiers", [("a.csv", CSV)], now, "fr")
    again = drop_round("essai", "Nos fichiers", [("a.csv", CSV)], now + timedelta(days=1), "fr")
    drop_round("voisin", "Leurs fichiers", [("b.csv", CSV)], now, "fr")

    assert (first.counts["items"], again.counts["items"], again.counts["revised"]) == (2, 0, 0)
    assert {source.url for source in sources.held("essai")} == {
        town.source.url,
        "files:essai",
    }
    assert [source.url for source in sources.held("voisin")] == ["files:voisin"]


def test_nobody_visits_what_was_dropped(town: Town) -> None:
    now = timezone.now()
    drop_round("essai", "Nos fichiers", [("a.csv", CSV)], now, "fr")

    due = stored.due(now + timedelta(days=300))
    source = sources.find("essai", "files:essai")

    assert [visit.source.url for visit in due] == [town.source.url]
    assert source is not None


def test_a_visit_that_is_forced_finds_nothing_and_fails_nothing(town: Town) -> None:
    now = timezone.now()
    drop_round("essai", "Nos fichiers", [("a.csv", CSV)], now, "fr")
    sources.postpone("essai", now)
    visit = next(v for v in stored.due(now) if v.source.kind == "files")

    (found,) = travel([Trip("", (visit,))], now, Manners())

    assert (found.outcome, found.entries) == (Outcome.NEWS, ())


def test_a_file_that_cannot_be_used_does_not_stop_the_others(town: Town) -> None:
    now = timezone.now()

    report = drop_round("essai", "x", [("a.exe", b"MZ"), ("b.csv", CSV)], now, "en")

    assert (report.counts["failed"], report.counts["items"]) == (1, 2)
    assert report.problems[0].startswith("a.exe: this kind of file is not read")
