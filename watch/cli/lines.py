"""Lines that fit the terminal."""

from __future__ import annotations

import shutil
import textwrap

import click

__all__ = ["cut", "paragraph", "width"]

_WIDEST = 100


def width() -> int:
    """Return how wide the terminal is, at most 100; 100 where there is none."""
    return min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)


def cut(text: str, most: int) -> str:
    """Return a text that takes no more than so many signs of a line."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def paragraph(text: str, begin: str = "", *, is_error: bool = False) -> None:
    """Tell a text in lines that fit the terminal, the first after `begin`, the others below it.

    What goes into a file or to another program stays one line.
    """
    is_shown = shutil.get_terminal_size((0, 0)).columns > 0
    lines = textwrap.wrap(
        text, width() if is_shown else len(text) + len(begin) + 1, initial_indent=begin,
        subsequent_indent=" " * len(begin), break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    for told in lines:
        click.echo(told, err=is_error)
