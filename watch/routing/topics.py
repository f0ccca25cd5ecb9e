"""Topics as members name them: in comes a cell, out come topics of the perimeter with weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from watch.domain import Axis, Perimeter
from watch.text.tables import folded

__all__ = ["Named", "Topics"]

_MOST_COMMAS = 5  # inside one label


@dataclass(frozen=True, slots=True)
class Named:
    """One topic as somebody wrote it, and what the perimeter knows of it."""

    written: str
    weight: float | None
    """1 where none is written, None where it does not lie between 0 and 5."""
    topics: tuple[tuple[Axis, str], ...] = ()
    """The axis and the id of each topic of that name."""
    near: str = ""
    """Where there is none: the label of the one that was probably meant."""


class Topics:
    """A perimeter's topics under every name by which a member may call them."""

    def __init__(self, perimeter: Perimeter) -> None:
        self.perimeter = perimeter
        self.names = {axis: _names(perimeter, axis) for axis in Axis}

    def named(self, cell: str, axes: Sequence[Axis]) -> Iterator[Named]:
        """Yield what a cell names, separated by "|", ";" or ","; `lidar*2` counts twice."""
        known = {name for axis in axes for name in self.names[axis]}
        for written in _pieces(cell, known):
            name, weight = _weighed(written)
            found = [(axis, self.names[axis][name]) for axis in axes if name in self.names[axis]]
            near = "" if found else self._near(name, known, axes)
            yield Named(written, weight, tuple(found), near)

    def _near(self, name: str, known: set[str], axes: Sequence[Axis]) -> str:
        near = get_close_matches(name, known, 1) or [
            known_name for known_name in sorted(known) if name and name in known_name
        ]
        return self._label(near[0], axes) if near else ""

    def _label(self, name: str, axes: Sequence[Axis]) -> str:
        for axis in axes:
            topic = self.perimeter.topic(axis, self.names[axis].get(name, ""))
            if topic is not None:
                return next((t for t in topic.label.values() if _spoken(t) == name), topic.id)
        return name


def _names(perimeter: Perimeter, axis: Axis) -> dict[str, str]:
    """Return the id of each topic under its id and its labels, as compared; an id goes first."""
    names = {
        _spoken(label): topic.id
        for topic in reversed(perimeter.on(axis))
        for label in topic.label.values()
    }
    return names | {_spoken(topic.id): topic.id for topic in perimeter.on(axis)}


def _pieces(cell: str, known: set[str]) -> Iterator[str]:
    """Yield the topics of a cell; a comma inside a known label does not separate."""
    for part in re.split("[|;]", cell):
        words = part.split(",")
        while words:
            ends = range(min(len(words), _MOST_COMMAS + 1), 1, -1)
            end = next((end for end in ends if _is_known(",".join(words[:end]), known)), 1)
            if piece := ",".join(words[:end]).strip():
                yield piece
            words = words[end:]


def _is_known(written: str, known: set[str]) -> bool:
    name, weight = _weighed(written)
    return name in known and weight is not None


def _weighed(written: str) -> tuple[str, float | None]:
    """Return a name as compared, and its weight: 1 where none is written, None out of bounds."""
    name, star, weight = re.sub("[×x](?= *[0-9.,]+ *$)", "*", written).rpartition("*")
    if not star:
        return _spoken(written), 1.0
    weight = weight.strip().replace(",", ".")
    if re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", weight) and 0 < float(weight) <= 5:
        return _spoken(name), float(weight)
    return _spoken(name), None


def _spoken(topic: str) -> str:
    """Return a topic's name as it is compared: "Seconde-main" is `seconde main`."""
    return folded(re.sub("[-_]", " ", topic))
