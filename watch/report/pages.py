"""The one template environment of reports and letters: a language comes in, its pages go out."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from watch.text.translate import speaker

__all__ = ["day", "environment", "number"]

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


def _written(value: object) -> object:
    return "" if value is None else value
