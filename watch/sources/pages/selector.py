"""CSS selectors that an officer may write: a part of CSS that cannot be made slow by any page.

Compounds alone are matched by soupsieve; the ways between them (descendant,
child, next sibling) are walked here, set by set, so the time is linear in the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import Tag

MOST_LETTERS = 200
_MOST_COMPOUNDS = 8
_MOST_CHOICES = 5

# Letters, "_" and all beyond ASCII, then digits and "-" too: said by what they are not, for each
# class that reaches up to the last sign takes ten milliseconds to compile.
_NAME = r"-?[^\x00-@\[-^`{-\x9f][^\x00-,./:-@\[-^`{-\x9f]*"
_PLAIN = rf"(?:[#.]{_NAME}|\[{_NAME}(?:[~|^$*]?=(?:\"[^\"\\\]]*\"|'[^'\\\]]*'|{_NAME}))?\])"
_SIMPLE = rf"(?:{_PLAIN}|:not\({_PLAIN}\))"
_COMPOUND = re.compile(rf"(?:\*|{_NAME}){_SIMPLE}*|{_SIMPLE}+")
_WAY = re.compile(r"\s*([>+])\s*|\s+")
_TOO_LONG = "too long for a selector: a few short steps will do"


def complaint(written: str) -> str:
    """Return "" for a selector that will do, else what is wrong with it.

    >>> complaint("main article.news > h2 a")
    ''
    >>> complaint("li:has(a)")
    'write tags, .classes, #names and [attributes], parted by spaces, > or +'
    """
    if len(written) > MOST_LETTERS:
        return _TOO_LONG
    choices = written.split(",")
    if len(choices) > _MOST_CHOICES:
        return _TOO_LONG
    for choice in choices:
        steps = _steps(choice.strip())
        if not steps:
            return "write tags, .classes, #names and [attributes], parted by spaces, > or +"
        if len(steps) > _MOST_COMPOUNDS:
            return _TOO_LONG
    return ""


def select(scope: Tag, written: str) -> list[Tag]:
    """Return the elements below `scope` that a selector without complaint finds, in order."""
    found: set[int] = set()
    for choice in written.split(","):
        found |= {id(element) for element in _walk(scope, _steps(choice.strip()))}
    return [element for element in scope.find_all(True) if id(element) in found]


def _steps(written: str) -> list[tuple[str, str]]:
    """Return the ways and compounds of a selector; nothing where it is not one of ours."""
    steps, place, way = [], 0, " "
    while compound := _COMPOUND.match(written, place):
        steps.append((way, compound[0]))
        place = compound.end()
        if place == len(written):
            return steps
        gap = _WAY.match(written, place)
        if gap is None:
            break
        way, place = gap[1] or " ", gap.end()
    return []


def _walk(scope: Tag, steps: list[tuple[str, str]]) -> list[Tag]:
    # It brings the parser of pages with it; see `read_tree`.
    import soupsieve

    reached = [scope]
    for way, compound in steps:
        compiled = soupsieve.compile(compound)
        if way == " ":
            # Asked one by one, each element would be looked at up to the root.
            fitting = {id(element) for element in compiled.select(scope)}
            reached = [element for element in _next(reached, way) if id(element) in fitting]
        else:
            reached = [element for element in _next(reached, way) if compiled.match(element)]
    return reached


def _next(reached: list[Tag], way: str) -> list[Tag]:
    if way == ">":
        return [child for one in reached for child in one.find_all(True, recursive=False)]
    if way == "+":
        return [after for one in reached if (after := one.find_next_sibling(True))]
    # Elements come in the page's order: what is below one already walked is known.
    known: dict[int, Tag] = {}
    for one in reached:
        if id(one) not in known or one is reached[0]:
            known.update((id(below), below) for below in one.find_all(True))
    return list(known.values())
