"""Where the measuring data lie, for the tests that use them; they skip where there are none."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parent.parent.parent / "shared"


def shared(*parts: str) -> Path:
    """Return a path among the measuring data, or skip the calling test with a reason."""
    path = Path(os.environ.get("ZOOM_MARCHE_SHARED", _BESIDE)).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the measuring data are not here: {'/'.join(parts)}")
    return path


def unpacked(name: str, into: Path) -> Path:
    """Unpack the archive of the set `name` under `into`; return the folder."""
    with tarfile.open(shared("data", name, "data.tar.xz")) as archive:
        archive.extractall(into, filter="data")
    return into
