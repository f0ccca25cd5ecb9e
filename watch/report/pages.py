"""The one template environment of reports and letters: a language comes in, its pages go out."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from watch.text.translate import speaker

__all__ = ["day", "environment", "number", "readable"]

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment(language: str) -> Environment:
    """Return the environment in which reports and letters in one language are rendered.

    All that is written is escaped, whatever the template is called; a name that nobody gave is
    an error; `None` is written as nothing. Filters: `day` and `number`, in the language.
    """
    page = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_written,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters["day"] = partial(day, language=language)
    page.filters["number"] = partial(number, language=language)
    return page


@lru_cache(1024)
def day(on: date, language: str) -> str:
    """Return a day in words.

    >>> day(date(2026, 11, 18), "en")
    '18 November 2026'
    """
    _ = speaker(language)
    months = (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"),
        _("August"), _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip
    first = "1er" if language == "fr" and on.day == 1 else str(on.day)
    return f"{first} {months[on.month - 1]} {on.year}"


def number(count: int, language: str) -> str:
    """Return a whole number with its thousands apart.

    >>> number(12345, "en")
    '12,345'
    """
    written = f"{count:,}"
    return written.replace(",", "\N{NARROW NO-BREAK SPACE}") if language == "fr" else written


@lru_cache(64)
def readable(colour: str, ground: str, otherwise: str) -> str:
    """Return the colour, as far towards black or white as it must be to be read on the ground.

    Both are #rrggbb; a colour that is not is replaced by `otherwise`. The contrast is 4.5 to 1.

    Source: WCAG 2.1, success criterion 1.4.3, relative luminance and contrast ratio.

    >>> readable("#0b5c7a", "#ffffff", "#000000"), readable("#ffcc00", "#ffffff", "#000000")
    ('#0b5c7a', '#8c7000')
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        colour = otherwise
    goal = "#000000" if _luminance(ground) > 0.18 else "#ffffff"
    steps = (_mixed(colour, goal, step / 20) for step in range(21))
    return next(mixed for mixed in steps if _contrast(mixed, ground) >= 4.5)


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in bytes.fromhex(colour[1:])]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(colour: str, goal: str, share: float) -> str:
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(goal[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _written(value: object) -> object:
    return "" if value is None else value
