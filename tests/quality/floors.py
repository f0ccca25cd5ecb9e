"""The floors of all measures: nothing that was reached is lost unnoticed.

`floors.json` holds figures by measure, row and name as they were measured on the development sets,
with the encoder that is installed with the product, when they were last set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FLOORS: Mapping[str, Mapping[str, Mapping[str, float]]] = json.loads(
    Path(__file__).with_name("floors.json").read_text(encoding="utf-8")
)

# The sets do not change, so neither do the figures: this much may be given up for another gain.
_NOISE = 0.02
_EXACT = frozenset({"feeds"})
"""Where nothing may be given up: an entry that is lost is lost for good."""


def below(name: str, measured: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return one line for each figure of a measure that is lower than its floor by more than noise.

    >>> below("msrp", {"train": {"f1": 0.5}})
    ['train f1: 0.500, floor 0.826']
    """
    noise = 1e-9 if name in _EXACT else _NOISE
    return [
        f"{row} {figure}: {measured[row][figure]:.3f}, floor {floor - noise:.3f}"
        for row, figures in FLOORS.get(name, {}).items()
        for figure, floor in figures.items()
        if measured[row][figure] < floor - noise
    ]
