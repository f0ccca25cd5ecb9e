"""`source suggest` at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.terminal import ROOT, typed

FASHION = str(ROOT / "config" / "perimeters" / "mode.yaml")
TABLE = """\
titre;url;date
Un cuir inventé pour la maroquinerie;https://www.tannerie.example/1;2026-11-02
La maroquinerie et son cuir;https://www.tannerie.example/2;2026-11-03
Un sac à main en cuir;https://atelier.example/3;2026-11-03
Une chaussure de luxe;https://bottier.example/4;2026-11-03
Rien de tel;https://ailleurs.example/5;2026-11-03
Rien non plus;https://ailleurs.example/6;2026-11-03
"""


def test_sites_that_tagged_items_cite_are_suggested_with_the_command_to_check(
    tmp_path: Path,
) -> None:
    table = tmp_path / "veille.csv"
    table.write_text(TABLE, "utf-8")

    _, _, before, _, _, _, after, as_json = typed(
        tmp_path / "home",
        ["init"],
        ["perimeter", "load", FASHION],
        ["source", "suggest"],
        ["source", "drop", str(table)],
        ["collect"],
        ["read"],
        ["source", "suggest", "--days", "100000"],
        ["source", "suggest", "--days", "100000", "--json"],
    )

    assert "cite no other site often enough" in before.out
    assert after.out.splitlines() == [
        "1. https://www.tannerie.example  cited in 2 items of 1 source, last on 2026-11-03",
        "   for instance in “La maroquinerie et son cuir”",
        "   zoom-marche source check https://www.tannerie.example",
    ]
    assert [one["item_count"] for one in json.loads(as_json.out)] == [2]
