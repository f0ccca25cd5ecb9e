"""`agenda` at the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.terminal import ROOT, typed

FASHION = str(ROOT / "config" / "perimeters" / "mode.yaml")
TABLE = """\
titre;url;date
Un cuir inventé pour la maroquinerie;https://www.tannerie.example/1;{day}
Une chaussure de luxe;https://bottier.example/4;{day}
Rien de tel;https://ailleurs.example/5;{day}
"""


def test_the_agenda_names_what_to_review_and_nobody_has_disagreed_yet(tmp_path: Path) -> None:
    table = tmp_path / "veille.csv"
    table.write_text(TABLE.format(day=datetime.now(UTC).date()), "utf-8")

    answers = typed(
        tmp_path / "home",
        ["init"],
        ["perimeter", "load", FASHION],
        ["agenda"],
        ["source", "drop", str(table)],
        ["collect"],
        ["read"],
        ["agenda", "--minutes", "60"],
        ["agenda", "--json"],
        ["agenda", "--agreement"],
        ["agenda", "--agreement", "--json"],
    )

    empty, told, as_json, agreement, agreement_json = (answers[n] for n in (2, 6, 7, 8, 9))
    assert [one.code for one in answers] == [0] * 10
    assert empty.out == "Nothing waits for review.\n"
    assert "to review, 45 seconds each:" in told.out
    assert "/c/mode/agenda" in told.out
    assert all(row["why"] for row in json.loads(as_json.out)["items"])
    assert agreement.out.splitlines() == [
        "Markets: 0 tags that two people or more reviewed",
        "Technologies: 0 tags that two people or more reviewed",
    ]
    assert [one["level"] for one in json.loads(agreement_json.out)] == ["unknown", "unknown"]
