"""The terminal proposes a firm's profile from what the firm says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import said, typed

PERIMETER = """\
schema: perimeter/1
id: optique
version: "1"
label: {fr: Optique inventée, en: Invented optics}
purpose: {fr: Essayer., en: To try.}
languages: [fr, en]
questions:
  - {id: q1, fr: "Qui fabrique ?", en: "Who makes?"}
markets:
  - id: agriculture
    label: {fr: Agriculture, en: Agriculture}
    terms: {fr: [drone agricole, vigne], en: [vineyard]}
technologies:
  - id: lidar
    label: {fr: Lidar, en: Lidar}
    terms: {fr: [lidar], en: [lidar]}
"""
TEXT = """\
Aubelune fabrique des lidars FMCW pour les drones agricoles.
Nos lidars mesurent aussi la vigne, en Allemagne et en Italie.

Nos clients : Vignobles Marchal et Serrano. Ce site utilise des cookies, cliquez ici.
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("propose")
    (folder / "optique.yaml").write_text(PERIMETER, encoding="utf-8")
    [_, loaded] = typed(
        folder / "home", ["init"], ["perimeter", "load", str(folder / "optique.yaml")]
    )
    assert loaded.code == 0, loaded.err
    return folder / "home"


def test_each_thing_is_shown_with_the_sentence_that_speaks_for_it(home: Path) -> None:
    line = ["subscriber", "propose", TEXT, "--firm", "Aubelune"]
    [english], [french] = (typed(home, line, language=one) for one in ("en", "fr"))

    assert english.code == 0, english.err
    for words in (
        "What it does, in its own words: Aubelune fabrique des lidars FMCW",
        "Language: French",
        "Lidar (technology, at the heart)",
        "because it says: “Nos lidars mesurent aussi la vigne, en Allemagne et en Italie.”",
        "- Germany, Italy",
        "- Vignobles Marchal, Serrano",
        "Nothing was stored.",
    ):
        assert words in said(english)
    assert "cookies" not in english.out
    assert "Lidar (technologie, au cœur)" in said(french)
    assert "Rien n’a été enregistré." in said(french)


def test_a_file_is_read_as_text_and_a_script_gets_json(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "aubelune.txt"
    file.write_text(TEXT, encoding="utf-8")

    [answer] = typed(home, ["subscriber", "propose", str(file), "--json"])

    found = json.loads(answer.out)["proposal"]
    assert found["language"] == "fr"
    topics = [one["what"]["topic"] for one in found["topics"]]
    assert topics == ["agriculture", "lidar"]


def test_where_nothing_is_said_or_nobody_answers_a_sentence_says_so(home: Path) -> None:
    silent, nowhere, barred = typed(
        home,
        ["subscriber", "propose", "Bonjour"],
        ["subscriber", "propose", "https://aubelune.invalid/"],
        ["subscriber", "propose", "http://127.0.0.1:9/"],
    )

    assert {one.code for one in (silent, nowhere, barred)} == {2}
    assert "nothing there says what the firm does; paste two to five" in said(silent)
    assert "Nobody knows a site of this name; paste two to five" in said(nowhere)
    assert "leads to a machine inside a private network; paste two" in said(barred)


def test_a_profile_is_kept_only_with_a_basis_and_asked_for_before_any_letter(home: Path) -> None:
    kept = ["subscriber", "propose", TEXT, "--firm", "Aubelune", "--email", "lea@Aubelune.example"]
    bare, wrong, good, again, listed, trusted, last = typed(
        home,
        kept,
        [*kept[:-1], "lea", "--basis", "member", "--source", "liste"],
        [*kept, "--basis", "legitimate_interest", "--source", "salon de mars"],
        [*kept, "--basis", "member", "--source", "liste"],
        ["subscriber", "list"],
        ["cluster", "set", "--no-confirm"],
        [*kept[:-1], "max@aubelune.example", "--basis", "member", "--source", "liste"],
    )

    assert "nobody is kept without a legal basis" in said(bare)
    assert "lea: this is no e-mail address" in said(wrong)
    assert "lea@aubelune.example gets no letter before he has said yes here: http" in said(good)
    assert "/i/" in good.out
    assert "this is a reader already" in said(again)
    assert "agriculture, lidar (proposed, has not answered yet)" in said(listed)
    assert trusted.code == 0
    assert "Kept: max@aubelune.example gets letters from now on." in said(last)
