"""Print what is measured: `python -m tests.quality NAME [--test FOLDER]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.quality import feeds, pages, photonics
from tests.shared import shared

Table = Mapping[str, Mapping[str, float]]
"""Rows by name, each with its figures by name."""

MEASURES: dict[str, Callable[[Path], Table]] = {
    "feeds": feeds.measure,
    "photonics": photonics.measure,
    "extraction": pages.extraction,
    "titles": pages.titles,
    "dates": pages.dates,
}
"""What can be measured: each takes a folder laid out as the set of its name."""

OF_SEVERAL_SETS = frozenset({"feeds"})
"""Those that take a folder with several sets."""

SETS = {
    "extraction": "pages-trafilatura-eval",
    "titles": "pages-readability",
    "dates": "pages-htmldate-eval",
}
"""The development sets of the measures that are not named like theirs."""


def main() -> int:
    """Print one table; return 2 where the data are not here."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("name", choices=sorted(MEASURES))
    parser.add_argument("--test", type=Path, help="a folder laid out as the set of this name")
    chosen = parser.parse_args()
    try:
        folder = chosen.test or home(chosen.name)
    except pytest.skip.Exception as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    sys.stdout.write(f"{as_text(MEASURES[chosen.name](folder))}\n")
    return 0


def home(name: str) -> Path:
    """Return where the development data of a measure lie; skip where there are none."""
    if name in OF_SEVERAL_SETS:
        return shared("data")
    return shared("data", SETS.get(name, name))


def as_text(table: Table) -> str:
    """Return a table in columns: shares with three decimals, counts with none."""
    columns = list(next(iter(table.values()), {}))
    width = max(map(len, table), default=0)
    lines = [" ".join([" " * width, *(f"{column:>9}" for column in columns)])]
    for name, row in table.items():
        figures = (
            f"{row[c]:>9.3f}" if isinstance(row[c], float) else f"{row[c]:>9}" for c in columns
        )
        lines.append(" ".join([f"{name:<{width}}", *figures]))
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
