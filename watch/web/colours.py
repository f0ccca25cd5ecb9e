"""The cluster's one colour, made readable on light and on dark pages."""

from __future__ import annotations

import re

__all__ = ["contrast", "readable", "stylesheet"]

LIGHT, DARK = "#ffffff", "#14191d"
"""The grounds that the accent stands on; the same as in web.css."""

ENOUGH = 4.5
"""Contrast of text, WCAG 2.1, 1.4.3 (AA)."""

_HOUSE = "#0b5c7a"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def contrast(one: str, other: str) -> float:
    """Return the contrast of two #rrggbb colours: 1 (equal) to 21 (black on white).

    Source: WCAG 2.1, relative luminance and contrast ratio.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, ground: str, enough: float = ENOUGH) -> str:
    """Return the colour, moved towards black or white just as far as `ground` asks for."""
    colour = colour if _COLOUR.fullmatch(colour) else _HOUSE
    goal = "#000000" if _luminance(ground) > 0.5 else "#ffffff"
    steps = (_mixed(colour, goal, step / 20) for step in range(21))
    return next(mixed for mixed in steps if contrast(mixed, ground) >= enough)


def stylesheet(accent: str) -> str:
    """Return the rules that give a cluster's pages its colour."""
    # 5.5 leaves room for the accent on the faintly tinted grounds of tags and tables.
    light, dark = readable(accent, LIGHT, 5.5), readable(accent, DARK, 5.5)
    return (
        f":root {{ --accent: {light}; --on-accent: {LIGHT}; }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  :root {{ --accent: {dark}; --on-accent: {DARK}; }}\n"
        "}\n"
    )


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in _channels(colour)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
