"""Tables from any spreadsheet: in come bytes, out come rows with their lines; and back, harmless.

A table may come from anywhere: its cells may hide signs, run as formulas when a spreadsheet opens
them, or swallow the lines after them by a quote that is never closed.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from watch.text import plain_yaml

__all__ = ["Row", "decode", "folded", "rows", "tidy", "write"]

# A spreadsheet runs a cell that begins with one of these, also in their wide forms.
_FORMULA = "=+-@\t\r＝＋－＠"
_LONGEST_CELL = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something."""

    line: int
    """The line of the file at which it begins."""
    lines: int = 1
    """How many lines it spans: more than a few where a quote was not closed."""
    cells: Sequence[str] = ()
    is_broken: bool = False
    """Whether a cell is too long to be one: then there are no cells, and no further rows."""


def decode(raw: bytes) -> str:
    """Return the text of a table from any usual spreadsheet, without NUL signs.

    >>> decode("prénom".encode("utf-16-le")) == decode("prénom".encode("cp1252")) == "prénom"
    True
    """
    is_marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    # Every second byte empty: UTF-16 without its mark, as some exports write it.
    if not is_marked and raw[:200].count(0) * 3 > len(raw[:200]):
        text = raw.decode("utf-16-be" if raw[:1] == b"\0" else "utf-16-le", errors="replace")
    else:
        text = plain_yaml.decode(raw)
    return text.replace("\0", "")


def rows(text: str, is_known: Callable[[str], bool]) -> Iterator[Row]:
    """Yield the rows of a table, the header first.

    The delimiter is whichever of ";", "," and the tab cuts the first full line into the most
    cells that are `is_known` as headers.

    >>> [row.cells for row in rows("nom,ville\\nZoé,Lyon; Nice", "nom ville".split().__contains__)]
    [['nom', 'ville'], ['Zoé', 'Lyon; Nice']]
    """
    text = re.sub(r"\Asep=.\r?\n", "\n", text)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, is_known))
    line = 1
    while True:
        try:
            cells = next(table, None)
        except csv.Error:
            yield Row(line, is_broken=True)
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Row(line, table.line_num - line + 1, cells)
        line = table.line_num + 1


def _delimiter(text: str, is_known: Callable[[str], bool]) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=lambda sign: sum(map(is_known, header.split(sign))))


def folded(cell: str) -> str:
    """Return a cell as it is compared: without accents, case and doubled blanks.

    >>> folded(" Société  d’OPTIQUE")
    "societe d'optique"
    """
    plain = unicodedata.normalize("NFKD", cell[:1000].replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def tidy(cell: str) -> str:
    """Return a cell on one line, without hidden signs and without a formula's beginning.

    It has at most 120 signs.

    >>> tidy("=SUM(A1)\\u202e ")
    'SUM(A1)'
    """
    shown = "".join(sign for sign in cell if sign.isprintable() or sign.isspace())
    line = " ".join(shown.split())[:_LONGEST_CELL]
    return re.sub(rf"\A(?:'?[{re.escape(_FORMULA)}]+\s*)+", "", line).strip()


def write(table: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV with semicolons, which spreadsheets in French and English open.

    A cell that a spreadsheet would run begins with an apostrophe instead.

    >>> write([["nom", "ville"], ["=1+1", "Lyon; Nice"]])
    'nom;ville\\r\\n\\'=1+1;"Lyon; Nice"\\r\\n'
    """
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        [_unrun(cell) for cell in cells] for cells in table
    )
    return out.getvalue()


def _unrun(cell: str) -> str:
    return f"'{cell}" if cell.lstrip()[:1] in tuple(_FORMULA) and cell.strip() else cell
