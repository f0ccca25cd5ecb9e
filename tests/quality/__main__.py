"""Print what is measured: `python -m tests.quality NAME [--test FOLDER]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.quality import agenda, feeds, pages, paraphrase, photonics, routing, sets, stories
from tests.quality.floors import below
from tests.shared import shared

Table = Mapping[str, Mapping[str, float]]
"""Rows by name, each with its figures by name."""

MEASURES: dict[str, Callable[[Path], Table]] = {
    "feeds": feeds.measure,
    "extraction": pages.extraction,
    "titles": pages.titles,
    "dates": pages.dates,
}
"""What can be measured: each takes a folder laid out as the set of its name."""

LEARNING: dict[str, Callable[[Path, Path | None], Table]] = {
    "agenda": agenda.measure,
    "arxiv_tech": sets.arxiv,
    "ecbplus": stories.ecbplus,
    "events": stories.events,
    "masakhanews": sets.masakhanews,
    "msrp": paraphrase.measure,
    "photonics": photonics.measure,
    "reuters21578": sets.reuters,
    "routing": routing.measure,
    "sib200": sets.sib200,
}
"""What learns first: each takes the development set, and what to measure on instead of it."""

OF_SEVERAL_SETS = frozenset({"feeds"})
"""Those that take a folder with several sets."""

SETS = {
    "agenda": "photonics",
    "extraction": "pages-trafilatura-eval",
    "titles": "pages-readability",
    "dates": "pages-htmldate-eval",
    "events": "photonics",
    "routing": "photonics",
}
"""The development sets of the measures that are not named like theirs."""


def main() -> int:
    """Print one table; return 1 where a figure lies below its floor, 2 where there are no data."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("name", choices=sorted({*MEASURES, *LEARNING}))
    parser.add_argument("--test", type=Path, help="a folder laid out as the set of this name")
    chosen = parser.parse_args()
    try:
        table = measure(chosen.name, chosen.test)
    except pytest.skip.Exception as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    sys.stdout.write(f"{as_text(table)}\n")
    # Floors are those of the development sets.
    lost = below(chosen.name, table) if chosen.test is None else []
    sys.stderr.writelines(f"below its floor: {line}\n" for line in lost)
    return 1 if lost else 0


def measure(name: str, test: Path | None = None) -> Table:
    """Return a table; skip where the development data are not here."""
    if name in LEARNING:
        return LEARNING[name](home(name), test)
    return MEASURES[name](test or home(name))


def home(name: str) -> Path:
    """Return where the development data of a measure lie; skip where there are none."""
    if name in OF_SEVERAL_SETS:
        return shared("data")
    return shared("data", SETS.get(name, name))


def as_text(table: Table) -> str:
    """Return a table in columns: shares with three decimals, counts with none."""
    columns = list(dict.fromkeys(column for row in table.values() for column in row))
    width = max(map(len, table), default=0)
    lines = [" ".join([" " * width, *(f"{column:>10}" for column in columns)])]
    for name, row in table.items():
        figures = (
            f"{row[c]:>10.3f}" if isinstance(row.get(c), float) else f"{row.get(c, ''):>10}"
            for c in columns
        )
        lines.append(" ".join([f"{name:<{width}}", *figures]))
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
