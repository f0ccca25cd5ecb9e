"""The plain part of YAML that an officer writes: in comes text, out come words, lists, pairs.

Every value is kept as it is written, so `NO`, `12:30` and `1.10` stay what they are; every value
knows its line and its place in the text. Anchors, references and tags are refused, and so are
files too large or too deep, before anything is built from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

__all__ = ["Fault", "Node", "compose", "decode"]

# The parser written in C, which every wheel of PyYAML brings, reads a perimeter full of example
# sentences 25 times as fast as the one written in Python. It knows no half of a surrogate pair,
# written or escaped: such a text is left to the other, which lets us say where the sign stands.
_FAST_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HALF_SIGN = re.compile("[\ud800-\udfff]|\\\\(?:u|U0000)[dD][89a-fA-F]")

# The largest of our seven perimeters has 230 000 characters, and no value lies deeper than six.
_MOST_CHARACTERS = 1_000_000
_DEEPEST = 12


@dataclass(slots=True)
class Node:
    """One value of the file. `kind` is "words", "list" or "pairs"."""

    kind: str
    line: int
    start: int
    """Index in the text of the first character of the value."""
    end: int
    """Index just after its last character."""
    column: int = 0
    text: str = ""
    is_flow: bool = False
    """Whether it is written between brackets."""
    items: list[Node] = field(default_factory=list)
    """The elements of a list."""
    pairs: dict[str, tuple[Node, Node]] = field(default_factory=dict)
    """Key -> (the key itself, its value)."""

    def get(self, key: str) -> Node | None:
        """Return the value under a key, or None."""
        pair = self.pairs.get(key)
        return pair[1] if pair else None


@dataclass(frozen=True, slots=True)
class Fault:
    """What breaks the form of the file, at which line, and what to write instead."""

    line: int
    what: str
    instead: str = ""
    twice: str = ""
    """The key that stands twice, where that is the fault: its first value is the one kept."""


class _BrokenError(Exception):
    """Reading cannot go on after this fault."""

    def __init__(self, line: int, what: str, instead: str = "") -> None:
        super().__init__(what)
        self.fault = Fault(line, what, instead)


def decode(raw: bytes) -> str:
    """Return the text of a file from any usual editor: UTF-8, UTF-16 with a mark, else Windows.

    >>> decode("été".encode("cp1252")) == decode("été".encode("utf-16")) == "été"
    True
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def compose(
    text: str,
    say: Callable[[str], str],
    most_characters: int = _MOST_CHARACTERS,
    deepest: int = _DEEPEST,
) -> tuple[Node | None, list[Fault]]:
    """Return the value that the whole text writes, None where it breaks off, and all faults.

    `say` turns the English sentences of the faults into the user's language. A text with more
    than `most_characters`, or with more than `deepest` lists and pairs inside one another, has
    no value.
    """
    composer = _Composer(text, say, most_characters, deepest)
    try:
        return composer.document(), composer.faults
    except _BrokenError as broken:
        return None, [*composer.faults, broken.fault]
    except MarkedYAMLError as reason:
        return None, [*composer.faults, _explain(text, reason, say)]
    except YAMLError as reason:  # a sign that YAML forbids
        line = text.count("\n", 0, getattr(reason, "position", 0)) + 1
        sentence = say("this line holds an invisible or forbidden sign")
        return None, [*composer.faults, Fault(line, sentence)]


def _opens(event: Any) -> bool:
    return isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent))


def _closes(event: Any) -> bool:
    return isinstance(event, (MappingEndEvent, SequenceEndEvent))


class _Composer:
    """Builds the nodes of one text, one event of the YAML parser after the other."""

    def __init__(
        self, text: str, say: Callable[[str], str], most_characters: int, deepest: int
    ) -> None:
        self.text = text
        self.say = say
        self.most_characters = most_characters
        self.deepest = deepest
        self.faults: list[Fault] = []
        self.events = self._allowed()

    def document(self) -> Node:
        _ = self.say
        if len(self.text) > self.most_characters:
            raise _BrokenError(
                1,
                _("the file is too large: {count} characters").format(count=len(self.text)),
                _("write at most {count}").format(count=self.most_characters),
            )
        root = next((self._node(event) for event in self.events if _opens(event)), None)
        if root is None:
            raise _BrokenError(1, _("the file is empty"))
        another = next((event for event in self.events if _opens(event)), None)
        if another is not None:
            raise _BrokenError(
                another.start_mark.line + 1,
                _("a second document begins here"),
                _("keep one document per file, and no line “---” inside it"),
            )
        return root

    def _allowed(self) -> Iterator[Any]:
        """Yield the events of a plain, shallow file; refuse the first that is neither."""
        _, depth = self.say, 0
        parser = yaml.SafeLoader if _HALF_SIGN.search(self.text) else _FAST_PARSER
        events: Iterator[Any] = yaml.parse(self.text, Loader=parser)
        for event in events:
            depth += (_opens(event) and not isinstance(event, ScalarEvent)) - _closes(event)
            line = (event.start_mark.line if event.start_mark else 0) + 1
            if depth > self.deepest:
                raise _BrokenError(line, _("too many brackets or levels inside one another"))
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                raise _BrokenError(
                    line,
                    _("a reference (“&” or “*” before a name) is not allowed"),
                    _("write the words out, or put them between quotes"),
                )
            if _opens(event) and getattr(event, "tag", None) is not None:
                raise _BrokenError(
                    line,
                    _("a tag (“!” before a word) is not allowed"),
                    _("put the words between quotes"),
                )
            yield event

    def _node(self, event: Any) -> Node:
        start = event.start_mark
        node = Node("words", start.line + 1, start.index, event.end_mark.index, start.column)
        if isinstance(event, ScalarEvent):
            node.text = event.value
            # A text after “|” or “>” ends with blank lines that are not its own.
            node.end = node.start + len(self.text[node.start : node.end].rstrip())
            return node
        inner: list[Node] = []
        for last in self.events:
            if _closes(last):
                break
            inner.append(self._node(last))
        node.is_flow = bool(event.flow_style)
        # Between brackets a value ends with its bracket; a block "ends" where the next begins,
        # comments in between, so that we take the end of its last word.
        node.end = last.end_mark.index if node.is_flow else max(n.end for n in inner)
        if isinstance(event, SequenceStartEvent):
            node.kind, node.items = "list", inner
        else:
            node.kind, node.pairs = "pairs", self._pairs(inner)
        return node

    def _pairs(self, inner: list[Node]) -> dict[str, tuple[Node, Node]]:
        _ = self.say
        pairs: dict[str, tuple[Node, Node]] = {}
        for key, value in zip(inner[::2], inner[1::2], strict=True):
            if key.kind != "words":
                self.faults.append(Fault(key.line, _("a name was expected before “:”")))
            elif key.text in pairs:
                what = _("“{key}” stands twice here, first at line {line}").format(
                    key=key.text, line=pairs[key.text][0].line
                )
                instead = _("keep one of the two, with all its words")
                self.faults.append(Fault(key.line, what, instead, key.text))
            else:
                pairs[key.text] = (key, value)
        return pairs


def _explain(text: str, reason: MarkedYAMLError, _: Callable[[str], str]) -> Fault:
    """Return a syntax error in words for somebody who writes no code."""
    mark = reason.problem_mark or reason.context_mark
    line = mark.line + 1 if mark else 1
    said = f"{reason.context or ''} {reason.problem or ''}"
    written = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    if "\t" in "".join(takewhile(str.isspace, written)) or "'\\t'" in said:
        return Fault(
            line,
            _("the line begins with a tab"),
            _("replace the tab by spaces, as many as on the neighbouring lines"),
        )
    if "quoted scalar" in said:
        opened = reason.context_mark.line + 1 if reason.context_mark else line
        return Fault(
            opened, _("a quote is opened here and never closed"), _("add the missing quote")
        )
    if "flow sequence" in said or "flow mapping" in said:
        opened = reason.context_mark.line + 1 if reason.context_mark else line
        return Fault(
            opened,
            _("the list or the quote opened here has no end, or a comma is missing"),
            _("separate the words by commas, close the list, quote words with “:” or “#”"),
        )
    if "mapping values are not allowed" in said:
        return Fault(
            line,
            _("a “:” stands inside a text"),
            _("put the whole text between double quotes"),
        )
    if "could not find expected ':'" in said:
        return Fault(line, _("a “:” is missing"), _("write “name: value”"))
    if "found character" in said:
        return Fault(
            line,
            _("a text begins with a sign that has another use here (@ ` %)"),
            _("put the whole text between double quotes"),
        )
    return Fault(
        line,
        _("this line does not stand where the lines around it let expect it"),
        _("align it with its neighbours, with spaces only"),
    )
