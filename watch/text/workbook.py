"""A workbook (XLSX) -> the rows of its first sheet, with their lines.

A workbook is a packed folder: it is looked over before anything of it is unpacked. Formulas are
not computed: what the spreadsheet last saw as their result is what they say.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from zipfile import BadZipFile, ZipFile, ZipInfo

__all__ = ["NoWorkbook", "is_workbook", "workbook_rows"]

MOST_ROWS = 20_000
MOST_COLUMNS = 60
_MOST_MEMBERS = 2_000
_MOST_UNPACKED = 100_000_000
_MOST_RATIO = 200
_HEAD = 100_000
_PACKED = b"PK\x03\x04"
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class NoWorkbook(Exception):
    """A file cannot be read as a workbook; `reason` is "broken" or "dangerous"."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def is_workbook(body: bytes) -> bool:
    """Return whether bytes look like a workbook: no table written as text begins so."""
    return body.startswith(_PACKED)


def workbook_rows(body: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each row of a workbook's first sheet.

    At most 20,000 rows of 60 cells. Raises `NoWorkbook`: dangerous for a folder that unpacks to
    too much, leads out of itself or declares entities; broken for what is no workbook.
    """
    # A large library, of use for one kind of file alone.
    from openpyxl import load_workbook

    _look_over(body)
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            found = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
            for number, values in enumerate(found, start=1):
                cells = [_written(value) for value in values]
                if any(cells):
                    yield number, cells
        finally:
            book.close()
    except Exception as error:  # the library raises a dozen kinds for what is no workbook
        raise NoWorkbook("broken", f"{type(error).__name__}: {error}") from error


def _look_over(body: bytes) -> None:
    """Raise `NoWorkbook` for a packed folder that is no workbook of an honest office."""
    try:
        with ZipFile(io.BytesIO(body)) as packed:
            members = packed.infolist()
            total = sum(member.file_size for member in members)
            is_bomb = total > _MOST_UNPACKED or total > _MOST_RATIO * max(len(body), 10_000)
            if len(members) > _MOST_MEMBERS or is_bomb or any(map(_leads_out, members)):
                raise NoWorkbook("dangerous", "unpacks to too much, or leads out of itself")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with packed.open(member) as part:
                        if _DECLARED.search(part.read(_HEAD)):
                            raise NoWorkbook("dangerous", "the workbook declares entities")
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise NoWorkbook("broken", f"no workbook: {error}") from error


def _leads_out(member: ZipInfo) -> bool:
    name = member.filename.replace("\\", "/")
    return name.startswith("/") or ".." in name.split("/") or ":" in name


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
