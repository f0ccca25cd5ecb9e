"""What no XML document may do to its reader: declare entities, nest or repeat without end."""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from watch.sources.health import VisitFailed

__all__ = ["MOST_DEPTH", "MOST_ELEMENTS", "Count", "refuse_entities"]

# No feed and no record comes near these; a document beyond them is an attack.
MOST_DEPTH: Final = 100
MOST_ELEMENTS: Final = 500_000


def refuse_entities(parser: expat.XMLParserType) -> None:
    """Let a parser raise `VisitFailed` (dangerous) where the document declares an entity."""
    parser.EntityDeclHandler = _refuse_entity


def _refuse_entity(name: str, *_: object) -> None:
    raise VisitFailed("dangerous", f"it declares an entity of its own, {name[:40]!r}")


class Count:
    """How deep a reader is, and how many elements it has met."""

    def __init__(self, most_elements: int = MOST_ELEMENTS) -> None:
        self.depth = self.elements = 0
        self._most_elements = most_elements

    def enter(self) -> None:
        """Note that an element begins; raise `VisitFailed` (dangerous) past the bounds."""
        self.depth += 1
        self.elements += 1
        if self.depth > MOST_DEPTH or self.elements > self._most_elements:
            raise VisitFailed("dangerous", "it nests too deep or has too many elements")

    def leave(self) -> None:
        """Note that an element ends."""
        self.depth -= 1
