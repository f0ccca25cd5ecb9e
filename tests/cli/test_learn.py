"""`learn` and `quality` at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import ROOT, typed

FASHION = str(ROOT / "config" / "perimeters" / "mode.yaml")


@pytest.mark.parametrize(
    ("language", "few", "helps"),
    [("en", "it begins with 5 items of one topic", "Every topic with tags has been reviewed"),
     ("fr", "il en faut sur 5 publications d’un même thème",
      "Chaque thème étiqueté a été assez relu")],
)  # fmt: skip
def test_before_any_review_both_say_so_in_lines_that_fit(
    tmp_path: Path, language: str, few: str, helps: str
) -> None:
    _, _, learned, quality, back, precision, as_json, wrong, aside, when = typed(
        tmp_path / "home",
        ["init"],
        ["perimeter", "load", FASHION],
        ["learn"],
        ["quality"],
        ["learn", "--back"],
        ["cluster", "set", "--precision", "0.9"],
        ["quality", "--json"],
        ["learn", "--back", "--forward"],
        ["learn", "--set-aside", "bob", "--since", "2026-11-25 14:05"],
        ["learn", "--take-back", "bob"],
        language=language,
    )

    assert few in " ".join((learned.err + learned.out).split())
    assert helps in quality.out
    assert max(map(len, quality.out.splitlines())) <= 80
    assert back.code == precision.code == 0
    assert json.loads(as_json.out)["precision"] == 0.9
    assert wrong.code == 2
    assert aside.code == 0
    assert "--since" in when.err
