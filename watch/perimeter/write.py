"""A perimeter is written: in comes a `Perimeter`, out comes an officer's YAML, comments kept.

Where the perimeter was read from a text, only the places that changed are replaced in that text;
the rest stays as it stands, to the byte. Otherwise the text is written fresh in the same shape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from watch.domain import Axis, Perimeter, Terms, Topic
from watch.errors import PerimeterError
from watch.perimeter.read import SCHEMA, read
from watch.text.plain_yaml import Node, compose

__all__ = ["line_of", "write"]

_Plain = str | list["_Plain"] | dict[str, "_Plain"]
"""A value as the file holds it: a word, a list, or pairs."""

_Edit = tuple[int, int, str]
"""Where a replaced passage begins and ends in the text, and what comes in its place."""

_WIDTH = 100
# Words without quotes: everything else, and whatever another reader of YAML takes for a number
# or for yes and no, is put between quotes.
_BARE = re.compile(r"[^\W\d_][\w'’/.+&()-]*(?: [\w'’/.+&()-]+)*")
_LOADED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def write(perimeter: Perimeter) -> str:
    """Return the text of a perimeter; `read` of it gives the perimeter back.

    The file holds the markets before the technologies, each in the order they have here.

    Nothing changed since it was read: the very text. A change that cannot be made in place
    without breaking the rest is written fresh, and only then comments are lost.
    """
    fresh = "\n".join(_block(_shape(perimeter), 0)) + "\n"
    if not perimeter.written:
        return fresh
    try:
        before = read(perimeter.written)
        if before == perimeter:
            return perimeter.written
        edited = _edited(before, perimeter)
        return edited if read(edited) == perimeter else fresh
    except PerimeterError:
        return fresh


def line_of(key: str, words: Sequence[str]) -> str:
    """Return a list of words under its key, as a file may hold it in one line.

    >>> line_of("fr", ["lidar", "1.6T"])
    'fr: [lidar, "1.6T"]'
    """
    return f"{key}: {_flow(list(words))}"


# -- the shape of the file


def _shape(perimeter: Perimeter) -> dict[str, _Plain]:
    """Return a perimeter as the file holds it, in the order of the schema, without empty parts."""
    places = perimeter.places
    return _full(
        {
            "schema": SCHEMA,
            "id": perimeter.id,
            "version": perimeter.version,
            "label": dict(perimeter.label),
            "purpose": dict(perimeter.purpose),
            "languages": list(perimeter.languages),
            "geography": _full(
                {
                    "home": _full({"country": places.country, "regions": list(places.regions)}),
                    "near": list(places.near),
                    "world": list(places.world),
                }
            ),
            "horizon_months": str(perimeter.horizon_months),
            "cadence": dict(perimeter.cadence),
            "questions": [{"id": q.id, **q.text} for q in perimeter.questions],
            "out_of_scope": _words(perimeter.out_of_scope),
            "markets": [_topic(topic) for topic in perimeter.on(Axis.MARKET)],
            "technologies": [_topic(topic) for topic in perimeter.on(Axis.TECHNOLOGY)],
        }
    )


def _topic(topic: Topic) -> _Plain:
    return _full(
        {
            "id": topic.id,
            "label": dict(topic.label),
            "definition": dict(topic.definition),
            "terms": _words(topic.terms),
            "weak": _words(topic.weak),
            "case_sensitive": list(topic.case_sensitive),
            "exclude": _words(topic.exclude),
            "codes": _words(topic.codes),
            "examples": _full(
                {"pos": list(topic.examples_for), "neg": list(topic.examples_against)}
            ),
        }
    )


def _words(terms: Terms) -> dict[str, _Plain]:
    return {language: list(words) for language, words in terms.items() if words}


def _full(pairs: Mapping[str, object]) -> dict[str, _Plain]:
    return {key: value for key, value in pairs.items() if value}  # type: ignore[misc]


# -- fresh text


def _block(value: _Plain, column: int) -> Iterator[str]:
    """Yield the lines of pairs or of a list, beginning at a column."""
    blank = " " * column
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entry(f"{blank}{key}:", inner, column + 2)
    elif isinstance(value, list):
        for inner in value:
            lines = list(_entry(f"{blank}-", inner, column + 2))
            if len(lines) > 1:  # the first line of pairs stands beside the dash
                lines = [f"{blank}- {lines[1].lstrip()}", *lines[2:]]
            yield from lines


def _entry(head: str, value: _Plain, column: int) -> Iterator[str]:
    line = f"{head} {_flow(value)}"
    is_list_of_words = isinstance(value, list) and all(isinstance(v, str) for v in value)
    if isinstance(value, str) or is_list_of_words or len(line) <= _WIDTH:
        yield line
    else:
        yield head
        yield from _block(value, column)


def _flow(value: _Plain) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    is_bare = _BARE.fullmatch(value) and value.lower() not in _LOADED
    return value if is_bare or re.fullmatch("[1-9][0-9]*", value) else _quoted(value)


def _quoted(text: str) -> str:
    signs = (
        "\\" + sign
        if sign in '"\\'
        else f"\\U{ord(sign):08x}"
        if unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in ("Zl", "Zp")
        else sign
        for sign in text
    )
    return f'"{"".join(signs)}"'


# -- changes in a text that is there


def _edited(before: Perimeter, after: Perimeter) -> str:
    text = before.written
    root, _faults = compose(text, str)
    assert root is not None  # `before` was read from this text
    edits = sorted(_edits(text, root, _shape(before), _shape(after)), key=lambda edit: edit[:2])
    pieces, done = [], 0
    for start, end, piece in edits:
        pieces += [text[done:start], piece]
        done = max(done, end)
    return "".join([*pieces, text[done:]])


def _edits(text: str, node: Node, before: _Plain, after: _Plain) -> Iterator[_Edit]:
    """Yield what turns the passage of a node from one value into another."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _pair_edits(text, node, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_edits(text, node, before, after)
    elif isinstance(after, str):
        is_quoted = text[node.start] in "\"'"
        yield node.start, node.end, _quoted(after) if is_quoted else _flow(after)


def _pair_edits(
    text: str, node: Node, before: dict[str, _Plain], after: dict[str, _Plain]
) -> Iterator[_Edit]:
    spans = [(key.start, value.end) for key, value in node.pairs.values()]
    names = list(node.pairs)
    column = node.pairs[names[0]][0].column
    # A key that no perimeter holds ("status" of the codes) is the officer's, and stays.
    kept = [i for i, name in enumerate(names) if name in after or name not in before]
    if not kept:
        newline = "\r\n" if "\r\n" in text else "\n"
        fresh = _flow(after) if node.is_flow else newline.join(_block(after, column)).lstrip()
        yield node.start, node.end, fresh
        return
    # Edits at one place are made in this order: what grows inside a pair goes before a new pair.
    for name in names:
        if name in after:
            yield from _edits(text, node.pairs[name][1], before.get(name, ""), after[name])
    place = kept[-1] + 1
    for name, value in after.items():
        if name in node.pairs:
            place = names.index(name) + 1
        elif before.get(name) != value:
            yield _insertion(text, node, spans, place, {name: value}, column)
    for first, end in pairwise([-1, *kept, len(names)]):
        if end - first > 1:
            yield _deletion(text, node, spans, first + 1, end)


def _list_edits(
    text: str, node: Node, before: Sequence[_Plain], after: Sequence[_Plain]
) -> Iterator[_Edit]:
    spans = [(item.start, item.end) for item in node.items]
    matcher = SequenceMatcher(None, _names(before), _names(after), autojunk=False)
    for _kind, first, end, new_first, new_end in matcher.get_opcodes():
        both = min(end - first, new_end - new_first)
        for i in range(both):
            yield from _edits(text, node.items[first + i], before[first + i], after[new_first + i])
        for value in after[new_first + both : new_end]:
            yield _insertion(text, node, spans, first + both, [value], node.column)
        if end > first + both:
            yield _deletion(text, node, spans, first + both, end)


def _names(values: Iterable[_Plain]) -> list[str]:
    """Return what identifies each element of a list: its id, or the word itself."""
    return [str(value["id"]) if isinstance(value, dict) else str(value) for value in values]


def _insertion(
    text: str, node: Node, spans: list[tuple[int, int]], place: int, value: _Plain, column: int
) -> _Edit:
    """Return the edit that puts one pair or one element before the `place`th one."""
    if node.is_flow:
        words = _flow(value)[1:-1]
        return (
            (spans[place - 1][1], spans[place - 1][1], f", {words}")
            if place
            else (spans[0][0], spans[0][0], f"{words}, ")
        )
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = newline.join(_block(value, column))
    if place:
        end = _line_end(text, spans[place - 1][1])
        return end, end, newline + lines
    start = text.rfind("\n", 0, spans[0][0]) + 1
    return start, start, lines + newline


def _deletion(text: str, node: Node, spans: list[tuple[int, int]], first: int, end: int) -> _Edit:
    """Return the edit that takes out the elements from `first` up to `end`."""
    if not node.is_flow:
        # From the end of the line above: what is put in after these lines still finds its place.
        above = text.rfind("\n", 0, spans[first][0])
        start = above - 1 if text[above - 1] == "\r" else above
        return start, _line_end(text, spans[end - 1][1]), ""
    if end < len(spans):
        return spans[first][0], spans[end][0], ""
    return spans[first - 1][1] if first else spans[0][0], spans[end - 1][1], ""


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1] == "\r" else end
