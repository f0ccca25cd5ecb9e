"""`privacy oppose` at the terminal: a name that is written in any order, and what is no name."""

from __future__ import annotations

from pathlib import Path

from tests.cli.terminal import said, typed


def test_an_author_opposes_and_takes_it_back(tmp_path: Path) -> None:
    answers = typed(
        tmp_path / "home",
        ["init"],
        ["privacy", "oppose", "Zoé Éclair"],
        ["privacy", "oppose", "éclair, zoé", "--take-back"],
        ["privacy", "oppose", "Zoé Éclair", "--take-back"],
        ["privacy", "oppose", "?!"],
        language="fr",
    )
    _, opposed, again, nobody, no_name = answers
    assert [one.code for one in answers] == [0, 0, 0, 2, 2]
    assert "publications modifiées : 0" in said(opposed)
    assert "nommé de nouveau" in said(again)
    assert "personne de ce nom ne s’est opposé" in said(nobody)
    assert "écrivez prénom et nom" in said(no_name)
