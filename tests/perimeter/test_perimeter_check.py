"""Remarks on a perimeter that loads: they help, and stop nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from watch.perimeter.check import check
from watch.perimeter.read import read

ROOT = Path(__file__).resolve().parents[2]
SMALL = read((ROOT / "tests/data/perimeter/small.yaml").read_text(encoding="utf-8"))


def test_a_full_perimeter_earns_no_remark() -> None:
    full = ROOT / "config/perimeters/photonique.yaml"

    assert check(read(full.read_text(encoding="utf-8"))) == []


def test_few_terms_and_missing_examples_are_remarked() -> None:
    remarks = [str(remark) for remark in check(SMALL, "en")]

    assert remarks == [
        "market “sante”: only 2 terms in the language “fr”; 5 to 20 find more",
        "market “sante”: only 2 terms in the language “en”; 5 to 20 find more",
        "market “sante”: no example sentence; "
        "add two sentences that belong to it, and one that does not",
        "technology “lidar”: only 2 terms in the language “fr”; 5 to 20 find more",
        "technology “lidar”: only 2 terms in the language “en”; 5 to 20 find more",
        "technology “lidar”: no example sentence; "
        "add two sentences that belong to it, and one that does not",
    ]


def test_a_remark_is_made_in_the_language_of_the_user() -> None:
    remarks = check(replace(SMALL, purpose={}, questions=(), topics=()), "fr")

    assert [remark.what for remark in remarks] == [
        "aucun but n’est écrit",
        "aucune question n’est posée",
    ]


def test_words_in_a_language_that_is_not_declared_are_remarked() -> None:
    remarks = check(replace(SMALL, languages=("fr",), topics=SMALL.topics[:1]), "en")

    assert [remark.what for remark in remarks] == [
        "words in the language “en”, which the perimeter does not declare"
    ]
