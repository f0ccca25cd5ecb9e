"""A table from any spreadsheet is read row by row, whatever its cells try."""

from __future__ import annotations

import pytest

from watch.text.tables import Row, decode, folded, rows, tidy, write

HEADERS = frozenset({"nom", "ville"})


def read(text: str) -> list[Row]:
    return list(rows(text, HEADERS.__contains__))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_the_bytes_of_usual_spreadsheets_are_decoded(encoding: str) -> None:
    assert decode("nom;ville\nZoé;Nîmes".encode(encoding)) == "nom;ville\nZoé;Nîmes"


def test_signs_that_end_a_text_in_other_programs_are_dropped() -> None:
    assert decode(b"nom\0;ville, and a line that is long enough") == (
        "nom;ville, and a line that is long enough"
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_parts_known_headers(delimiter: str) -> None:
    text = f"sep={delimiter}\nnom{delimiter}ville\nA{delimiter}B\n"

    assert [row.cells for row in read(text)] == [["nom", "ville"], ["A", "B"]]


def test_each_row_knows_its_lines_and_empty_ones_are_passed_over() -> None:
    found = read('nom;ville\n\n;\n"A\nB";C\nD;E\n')

    assert [(row.line, row.lines) for row in found] == [(1, 1), (4, 2), (6, 1)]


def test_a_cell_far_too_long_is_the_last_that_is_told() -> None:
    found = read(f'nom;ville\nA;B\n"{"x" * 200_000}";C\nD;E\n')

    assert found[1:] == [Row(2, cells=["A", "B"]), Row(3, is_broken=True)]


def test_a_cell_is_compared_without_accents_case_and_blanks() -> None:
    assert folded(" Intérêt\u00a0 LÉGITIME") == "interet legitime"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "'=1", "＝1", " = = 1"])
def test_a_tidy_cell_begins_no_formula(cell: str) -> None:
    assert tidy(cell)[:1] in ("1", "a")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\t=1", "＝1", " =1"])
def test_a_written_cell_is_not_run(cell: str) -> None:
    assert read(write([["nom", "ville"], [cell, "Nîmes"]]))[1].cells == [f"'{cell}", "Nîmes"]
