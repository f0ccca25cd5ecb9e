"""From an item and a perimeter to tags: opinions that the item is about a topic, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from watch.domain import Item, Perimeter, Tag

__all__ = ["Classifier"]


class Classifier(Protocol):
    """Whoever can say which topics of a perimeter an item is about."""

    name: str
    """What it calls itself in `Tag.by`, with its version: "phrases/1"."""

    def tag(self, items: Sequence[Item], perimeter: Perimeter) -> list[Tag]:
        """Return the tags of a batch, each with a score above 0; what is not named is not said.

        Tags follow the order of `items`. `said_at` is left to the round that records them.
        """
        ...
