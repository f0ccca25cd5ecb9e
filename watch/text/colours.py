"""Colours that can be read on the ground they stand on."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["contrast", "readable"]

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def contrast(one: str, other: str) -> float:
    """Return the contrast of two #rrggbb colours: 1 (equal) to 21 (black on white).

    Source: WCAG 2.1, relative luminance and contrast ratio.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(64)
def readable(colour: str, ground: str, otherwise: str, enough: float = 4.5) -> str:
    """Return the colour, as far towards black or white as it must be to be read on the ground.

    All are #rrggbb; a colour that is not is replaced by `otherwise`. `enough` is the contrast.

    Source: WCAG 2.1, success criterion 1.4.3: 4.5 for text.

    >>> readable("#0b5c7a", "#ffffff", "#000000"), readable("#ffcc00", "#ffffff", "#000000")
    ('#0b5c7a', '#8c7000')
    """
    if not _COLOUR.fullmatch(colour):
        colour = otherwise
    goal = "#000000" if _luminance(ground) > 0.18 else "#ffffff"
    steps = (_mixed(colour, goal, step / 20) for step in range(21))
    return next(mixed for mixed in steps if contrast(mixed, ground) >= enough)


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, goal: str, share: float) -> str:
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(goal[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
