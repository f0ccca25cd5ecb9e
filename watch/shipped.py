"""Where the files lie that come with the program: perimeters, source lists, sample settings."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["folder"]


def folder() -> Path:
    """Return the folder of shipped files: beside the program, else where pip installed them."""
    beside = Path(__file__).resolve().parent.parent / "config"
    return beside if beside.is_dir() else Path(sys.prefix) / "share" / "zoom-marche"
