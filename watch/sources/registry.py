"""The kinds of source that can be read: a name -> what turns a body into entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from watch.domain import Source
from watch.sources.feed import Reading, read_feed

__all__ = ["KINDS", "Reader"]


class Reader(Protocol):
    """Reads one body; raises `VisitFailed`, and nothing else, for what it cannot read."""

    def __call__(
        self,
        body: bytes,
        content_type: str,
        source: Source,
        base: str = "",
        seen: frozenset[int] = frozenset(),
        most_entries: int = 2_000,
    ) -> Reading:
        """Return the body's entries, all of them safe."""
        ...


KINDS: Mapping[str, Reader] = {"feed": read_feed}
