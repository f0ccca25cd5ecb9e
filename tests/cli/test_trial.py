"""`perimeter diff` tries a file on the last items."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.cli.terminal import ROOT, typed

FASHION = ROOT / "config" / "perimeters" / "mode.yaml"
TABLE = """\
titre;url;date
Un cuir inventé pour la maroquinerie;https://www.tannerie.example/1;{day}
Une grille-pain inventée;https://bottier.example/4;{day}
"""


def test_a_diff_names_the_items_that_a_file_would_gain(tmp_path: Path) -> None:
    table, changed = tmp_path / "veille.csv", tmp_path / "changed.yaml"
    table.write_text(TABLE.format(day=datetime.now(UTC).date()), "utf-8")
    text = FASHION.read_text("utf-8")
    changed.write_text(text.replace("[luxe,", "[luxe, grille-pain,", 1), "utf-8")
    assert changed.read_text("utf-8") != text

    *_, told, without = typed(
        tmp_path / "home",
        ["init"],
        ["perimeter", "load", str(FASHION)],
        ["source", "drop", str(table)],
        ["collect"],
        ["read"],
        ["perimeter", "diff", str(changed)],
        ["perimeter", "diff", str(changed), "--days", "0"],
    )
    (french,) = typed(tmp_path / "home", ["perimeter", "diff", str(changed)], language="fr")

    assert "In the last 90 days (2 items):" in told.out
    assert "(gained 1, lost 0)" in told.out
    assert "    + Une grille-pain inventée" in told.out
    assert "In the last" not in without.out
    assert "Sur les 90 derniers jours (2 articles)" in french.out
