"""The cluster's one colour, made readable on light and on dark pages."""

from __future__ import annotations

from watch.text.colours import readable

__all__ = ["stylesheet"]

LIGHT, DARK = "#ffffff", "#14191d"
"""The grounds that the accent stands on; the same as in web.css."""

_HOUSE = "#0b5c7a"

# 4.5 is enough for text on the page itself; the rest is room for the accent on the faintly
# tinted grounds of tags and tables.
_ENOUGH = 5.5


def stylesheet(accent: str) -> str:
    """Return the rules that give a cluster's pages its colour."""
    light, dark = (readable(accent, ground, _HOUSE, _ENOUGH) for ground in (LIGHT, DARK))
    return (
        f":root {{ --accent: {light}; --on-accent: {LIGHT}; }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f"  :root {{ --accent: {dark}; --on-accent: {DARK}; }}\n"
        "}\n"
    )
