"""Charts as SVG text: counts come in, one drawing that reads in black and white goes out.

A drawing is self-contained: presentation attributes only, so that it looks the same in a
browser and in the printer's engine, which lets no style sheet into a drawing. The `<title>` is
the text equivalent that a screen reader and a tagged PDF speak. Equal values give equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

__all__ = ["Bar", "bars", "columns"]

# Drawing units. At 360 wide, type of 11 is still 10 px on a phone of 360 px with its margins.
_WIDTH = 360
_INK, _MUTED, _RULE = "#1d2327", "#566067", "#c9d0d4"
_FONT = "system-ui, 'Segoe UI', 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
_CROWDED = 16
"""More columns than this and only the highest bears its number."""
_LABELS = 5
"""So many dates stand under a row of columns without touching."""
_LEAST = 4
"""The count that a full column stands for, at least: a single story is not drawn as a summit."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart: a name, its count, and the count to set beside it, if any."""

    label: str
    count: int
    before: int | None = None


def columns(
    id: str,
    title: str,
    points: Sequence[tuple[str, int]],
    accent: str,
    height: int = 96,
    written: Callable[[int], str] = str,
) -> Markup:
    """Return one column per (label, count), in their order, left to right.

    `id` is unique in the document; `title` says in words what the columns show; `height` is
    that of a full column in drawing units (the width is 360); `written` writes a count.
    Counts are not negative; without any point the drawing holds its ground line alone.
    """
    step = _WIDTH / max(len(points), 1)
    highest = max((count for _, count in points), default=0)
    scale = height / max(highest, _LEAST)
    ground = scale * highest + 16
    every = -(-len(points) // _LABELS) or 1
    drawn = Markup()
    for place, (label, count) in enumerate(points):
        middle = (place + 0.5) * step
        tall = scale * count
        if count:
            drawn += _box(middle - step * 0.36, ground - tall, step * 0.72, tall, accent)
            if len(points) <= _CROWDED or count == highest:
                drawn += _text(middle, ground - tall - 4, written(count), anchor="middle")
        if place % every == 0:
            drawn += _text(place * step, ground + 15, label, colour=_MUTED)
            drawn += _line(place * step, ground, ground + 4)
    drawn += Markup('<path d="M0 {0:.1f}H{1}" stroke="{2}" stroke-width="1"/>').format(
        ground, _WIDTH, _INK
    )
    return _drawing(id, title, ground + 22, drawn)


def bars(
    id: str,
    title: str,
    rows: Sequence[Bar],
    accent: str,
    written: Callable[[int], str] = str,
) -> Markup:
    """Return one row per bar: its label, its count as a full bar, `before` as a hollow one.

    All bars share one scale that begins at 0. `id`, `title` and `written` as for `columns`.
    """
    highest = max((max(row.count, row.before or 0) for row in rows), default=0)
    room = _WIDTH - 48  # the longest bar leaves space for its number
    drawn, top = Markup(), 0.0
    for row in rows:
        drawn += _text(0, top + 12, row.label)
        drawn += _bar(top + 16, 9, row.count, room, highest, written, accent)
        top += 26
        if row.before is not None:
            drawn += _bar(top, 7, row.before, room, highest, written, "")
            top += 9
        top += 7
    return _drawing(id, title, top or 1, drawn)


def _bar(
    top: float,
    thick: float,
    count: int,
    room: float,
    highest: int,
    written: Callable[[int], str],
    colour: str,
) -> Markup:
    """Return one bar and its number; a hollow bar where `colour` is empty."""
    long = room * count / highest if highest else 0.0
    drawn = _box(0, top, long, thick, colour) if count else Markup()
    size = 11 if colour else 10
    return drawn + _text(
        long + 5,
        top + thick - (1 if colour else 0),
        written(count),
        _INK if colour else _MUTED,
        size,
    )


def _box(left: float, top: float, wide: float, tall: float, colour: str) -> Markup:
    """Return a full rectangle, or one that is only an outline where `colour` is empty."""
    if not colour:
        left, top, wide, tall = left + 0.5, top + 0.5, max(wide - 1, 0.5), max(tall - 1, 0.5)
    paint = Markup('fill="{}"').format(colour) if colour else _HOLLOW
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" {}/>').format(
        left, top, wide, tall, paint
    )


_HOLLOW = Markup('fill="#ffffff" stroke="{}" stroke-width="1"').format(_MUTED)


def _line(across: float, top: float, bottom: float) -> Markup:
    return Markup('<path d="M{:.1f} {:.1f}V{:.1f}" stroke="{}" stroke-width="1"/>').format(
        across, top, bottom, _RULE
    )


def _text(
    across: float,
    down: float,
    words: str,
    colour: str = _INK,
    size: int = 11,
    anchor: str = "start",
) -> Markup:
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" fill="{}" font-size="{}" text-anchor="{}">{}</text>'
    ).format(across, down, colour, size, anchor, words)


def _drawing(id: str, title: str, tall: float, drawn: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1:.0f}" role="img"'
        ' aria-labelledby="{2}" font-family="{3}"><title id="{2}">{4}</title>{5}</svg>'
    ).format(_WIDTH, tall, id, _FONT, title, drawn)
