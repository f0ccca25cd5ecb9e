"""A post that writes letters into a folder, one `.eml` each, for looking at them."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from watch.deliver import Following, nothing
from watch.deliver.message import to_bytes
from watch.domain import Fate, Letter, Receipt

__all__ = ["Folder"]


class Folder:
    """A folder of letters; the same letter written twice is one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
        """Write one letter, whole or not at all; a full or closed disk means LATER."""
        path = self._path / f"{_plain(letter.to)}-{_plain(letter.key)[:32]}.eml"
        beside = path.with_suffix(".part")
        try:
            content = to_bytes(letter, now)
            self._path.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(content)
            beside.replace(path)
        except ValueError as reason:
            return Receipt(Fate.REFUSED, str(reason))
        except OSError as reason:
            return Receipt(Fate.LATER, f"{self._path}: {reason.strerror}")
        return Receipt(Fate.SENT, path.name)

    def proceed(self) -> None:
        """Nothing is begun ahead of its letter."""

    def close(self) -> None:
        """Nothing is open."""


def _plain(name: str) -> str:
    """Return the name without a sign that means something in a path or to a terminal."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:80] or "letter"
