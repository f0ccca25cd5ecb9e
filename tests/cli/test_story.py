"""`story` at the terminal: shown with reasons, joined, parted, taken back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.terminal import ROOT, said, typed

FASHION = str(ROOT / "config" / "perimeters" / "mode.yaml")
TABLE = """\
titre;url;date
Un cuir inventé pour la maroquinerie;https://tannerie.example/1;{day}
Un cuir inventé pour la maroquinerie;https://cuir.example/2;{day}
Une chaussure de luxe;https://bottier.example/4;{day}
"""


def test_an_officer_parts_and_joins_and_takes_it_back(tmp_path: Path) -> None:
    table = tmp_path / "veille.csv"
    day = datetime.now(UTC).date()
    table.write_text(TABLE.format(day=day), "utf-8")
    leather, copy, shoe = (
        f"https://{name}" for name in ("tannerie.example/1", "cuir.example/2", "bottier.example/4")
    )

    answers = typed(
        tmp_path / "home",
        ["init"],
        ["perimeter", "load", FASHION],
        ["source", "drop", str(table)],
        ["collect"],
        ["story", "show", leather],
        ["story", "part", copy, "--because", "autre tannerie"],
        ["story", "join", copy, shoe],
        ["story", "show", shoe, "--json"],
        ["story", "undo"],
        ["story", "undo"],
        ["story", "show", leather],
        ["story", "undo"],
        ["story", "part", shoe],
        ["story", "join", shoe, "https://nowhere.example/"],
        language="fr",
    )

    before, parted, joined, as_json = answers[4:8]
    refused = answers[11:]
    assert [one.code for one in answers] == [0] * 11 + [2] * 3
    assert "2 publications racontent cela" in before.out
    assert "le même titre" in before.out
    assert parted.out.startswith("1 publication raconte cela")
    assert f"séparée de « Un cuir inventé pour la maroquinerie » le {day} (autre tannerie)" in (
        said(parted)
    )
    assert "zoom-marche story undo" in joined.out
    assert {row["title"] for row in json.loads(as_json.out)} == {
        "Un cuir inventé pour la maroquinerie", "Une chaussure de luxe",
    }  # fmt: skip
    assert answers[10].out == before.out
    assert [one.err.partition("\N{NO-BREAK SPACE}")[0].strip() for one in refused] == [
        "il n'y a rien à défaire",
        "Une chaussure de luxe",
        "https://nowhere.example/",
    ]
