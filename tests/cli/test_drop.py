"""`source drop` at the terminal."""

from __future__ import annotations

from pathlib import Path

from tests.cli.terminal import ROOT, typed

FASHION = str(ROOT / "config" / "perimeters" / "mode.yaml")


def test_files_are_dropped_and_each_refused_line_is_told(tmp_path: Path) -> None:
    table, other = tmp_path / "veille.csv", tmp_path / "photo.png"
    table.write_text("titre;url\nUn cuir inventé;https://revue.example/1\n;;texte\n", "utf-8")
    other.write_bytes(b"PNG")
    drop = ["source", "drop", str(table)]

    _, _, first, again, wrong, listed = typed(
        tmp_path / "home",
        ["init"],
        ["perimeter", "load", FASHION],
        [*drop, str(other), "--name", "Notre fonds"],
        drop,
        ["source", "drop", str(other)],
        ["source", "list"],
    )

    assert (first.code, again.code, wrong.code) == (0, 0, 2)
    assert "new items 1" in first.out
    assert "lines left out 1" in first.out
    assert "veille.csv, line 3: neither a title nor an address" in first.out + first.err
    assert "photo.png" in first.out + first.err
    assert "new items" not in again.out
    assert "Notre fonds" in listed.out


def test_what_was_dropped_is_read_at_once(tmp_path: Path) -> None:
    table = tmp_path / "veille.csv"
    table.write_text("titre;url\nUn cuir inventé;https://revue.example/1\n", "utf-8")

    *_, read = typed(
        tmp_path / "home",
        ["init"],
        ["perimeter", "load", FASHION],
        ["source", "drop", str(table)],
        ["read"],
    )

    assert "items read 1" in read.out
