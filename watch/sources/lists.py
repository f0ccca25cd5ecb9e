"""Lists of sources: in comes OPML, a table or our YAML, out come sources and what was wrong.

A feed is kept under the address that the officer wrote: its query string often is the feed
(`?cat=12`, `?format=rss`), and the canonical form, made for pages, may drop a part of it. The
canonical form only says whether an address is usable and whether two are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeVar

from watch.domain import Perimeter, Source, WebUrl
from watch.errors import ImportRefused, Problem
from watch.sources.opml import Line, is_shared, read_opml, write_opml
from watch.sources.registry import KINDS
from watch.sources.spelled import spell
from watch.text.language import two_letters
from watch.text.plain_yaml import Fault, Node, compose
from watch.text.tables import folded, rows
from watch.text.translate import speaker
from watch.text.urls import canonical, host

__all__ = ["KEYS", "Listing", "is_shared", "read_list", "write_opml"]

KEYS = ("name", "url", "kind", "language", "topics", "group", "seen", "note", "settings")
"""What a line may say. `settings` are those of its kind, by name; in a table each has a column."""

_SETTINGS = frozenset(option.name for kind in KINDS.values() for option in kind.options)

# 118 public lists have at most 300 kB; a list past this is a mistake or an attack.
_MOST_CHARACTERS = 5_000_000
_MOST_SOURCES = 20_000
_DEEPEST = 6
_MOST_LINES = 20

_Held = TypeVar("_Held")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list gave: the sources that can be visited, and all that is wrong with its lines."""

    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    """How many lines gave no source."""


def read_list(text: str, name: str, language: str, perimeter: Perimeter | None = None) -> Listing:
    """Return the sources of a list, and a problem for each line that could not be kept.

    `name` is the file's name and stands in the messages, which are in `language`; a table is
    known by its ending in .csv. An address that stands twice is kept once. From the perimeter
    the searches are derived that a list leaves open. Nothing is fetched. Raises ImportRefused
    where the file is no list at all, declares entities or references, or is too large.
    """
    reader = _Reader(name, speaker(language), perimeter)
    if len(text) > _MOST_CHARACTERS:
        raise reader.refusal(1, reader.say("the file is too large to be a list of sources"))
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("<"):
        lines = reader.accepted(*read_opml(text, reader.say))
    elif name.lower().endswith(".csv"):
        lines = list(reader.table(text))
    else:
        lines = reader.yaml(text)
    sources = tuple(reader.sources(lines))
    if not sources and not reader.problems:
        reader.note(1, reader.say("the list holds no source"))
    return Listing(sources, tuple(reader.in_order()), len(lines) - len(sources))


class _Reader:
    """One file under reading, with the problems noted so far."""

    def __init__(self, name: str, say: Callable[[str], str], perimeter: Perimeter | None) -> None:
        self.name = name
        self.say = say
        self.perimeter = perimeter
        self.problems: list[tuple[int, Problem]] = []

    def problem(self, line: int, what: str, instead: str = "", entry: str = "") -> Problem:
        where = self.say("{name}, line {line}").format(name=self.name, line=line)
        return Problem(f"{where}, {entry}" if entry else where, what, instead)

    def note(self, line: int, what: str, instead: str = "", entry: str = "") -> None:
        self.problems.append((line, self.problem(line, what, instead, entry)))

    def refusal(self, line: int, what: str, instead: str = "") -> ImportRefused:
        return ImportRefused(*self.in_order(), self.problem(line, what, instead))

    def in_order(self) -> list[Problem]:
        return [problem for _, problem in sorted(self.problems, key=lambda pair: pair[0])]

    def accepted(self, held: _Held | None, faults: Iterable[Fault]) -> _Held:
        """Return what a file holds, its faults noted; refuse a file that holds nothing."""
        for fault in faults:
            if fault.twice:
                what = self.say("“{key}” stands twice; the first one counts")
                self.note(fault.line, what.format(key=fault.twice))
            else:
                self.note(fault.line, fault.what, fault.instead)
        if held is None:
            raise ImportRefused(*(problem for _, problem in self.problems))
        return held

    # -- YAML

    def yaml(self, text: str) -> list[Line]:
        """Return the entries of a file with the schema sources/1."""
        root = self.accepted(*compose(text, self.say, _MOST_CHARACTERS, _DEEPEST))
        schema, entries = root.get("schema"), root.get("sources")
        is_ours = schema is None or schema.text == "sources/1"
        if not is_ours or entries is None or entries.kind != "list":
            raise self.refusal(
                1,
                self.say("the file is not a readable list of sources"),
                self.say("begin with “schema: sources/1”, then “sources:” and one line for each"),
            )
        return [self._entry(node) for node in entries.items]

    def _entry(self, node: Node) -> Line:
        line = Line(node.line)
        if node.kind != "pairs":
            self.note(
                line.number,
                self.say("a source was expected here"),
                self.say("write for example {example}").format(
                    example='{name: "...", url: "https://...", kind: feed, language: fr}'
                ),
            )
            return line
        for key, (name, value) in node.pairs.items():
            if key == "settings":
                line.settings.update(self._settings(value))
            elif key in KEYS:
                line.values[key] = value.text
            else:
                self._unknown(name.line, key, KEYS)
        line.values.setdefault("url", "")
        return line

    def _settings(self, node: Node) -> dict[str, str]:
        if node.kind != "pairs":
            self.note(
                node.line,
                self.say("“settings” holds a name and a value for each"),
                self.say("write for example {example}").format(example="settings: {query: lidar}"),
            )
            return {}
        for name, value in node.pairs.values():
            if value.kind != "words":
                self.note(value.line, self.say("a text was expected here"), entry=name.text)
        return {name: value.text for name, (_, value) in node.pairs.items()}

    def _unknown(self, line: int, key: str, known: Iterable[str]) -> None:
        near = get_close_matches(key, known, 1)
        self.note(
            line,
            self.say("“{key}” is not a known key").format(key=_tidy(key)[:40]),
            self.say("did you mean “{key}”?").format(key=near[0])
            if near
            else self.say("known here: {keys}").format(keys=", ".join(KEYS)),
        )

    # -- tables

    def table(self, text: str) -> Iterator[Line]:
        """Yield the lines of a table whose header names our keys and the kinds' settings."""
        known = {*KEYS, *_SETTINGS} - {"settings"}
        header: list[str] = []
        for row in rows(text, lambda cell: folded(cell) in known):
            if row.is_broken or row.lines > _MOST_LINES:
                self.note(row.line, self.say("a quote is opened and never closed"))
            elif not header:
                header = [folded(cell) for cell in row.cells]
                for name in header:
                    if name and name not in known:
                        self._unknown(row.line, name, known)
                if "url" not in header and "kind" not in header:
                    what = self.say("the first line of the table names no column “url”")
                    raise self.refusal(row.line, what)
            else:
                told = dict(zip(header, row.cells, strict=False))
                values = {key: told[key] for key in KEYS if key in told}
                set_here = {n: told[n] for n in _SETTINGS - {*KEYS} if told.get(n, "").strip()}
                yield Line(row.line, {"url": "", **values}, set_here)

    # -- sources

    def sources(self, lines: Iterable[Line]) -> Iterator[Source]:
        """Yield the usable sources, each address once; note the others."""
        first: dict[str, int] = {}
        for line in lines:
            if not line.values:
                continue
            source = self._source(line)
            if source is None:
                continue
            same = canonical(source.url) or source.url
            if same in first:
                self.note(
                    line.number,
                    self.say("this address already stands at line {line}").format(line=first[same]),
                    entry=source.name,
                )
                continue
            if len(first) == _MOST_SOURCES:
                self.note(
                    line.number,
                    self.say("only the first {count} sources were kept").format(
                        count=_MOST_SOURCES
                    ),
                )
                return
            first[same] = line.number
            yield source

    def _source(self, line: Line) -> Source | None:
        """Return the source of a line, or None with all its problems noted."""
        values = line.values
        name = _tidy(values.get("name", ""))
        wished = Source(
            url=WebUrl(values.get("url", "")),
            name=name,
            kind=values.get("kind", "").strip().lower() or "feed",
            language=two_letters(values.get("language", "")),
            group=_tidy(values.get("group", "")),
            note=_tidy(values.get("note", ""), 500),
            options=line.settings,
        )
        found, problems = spell(wished, self.say, self.perimeter)
        for one in problems:
            entry = ", ".join(part for part in (name, one.where) if part)
            self.note(line.number, one.what, one.instead, entry)
        return found and replace(found, name=name or host(found.url))


def _tidy(text: str, longest: int = 200) -> str:
    """Return a text on one line, without signs that cannot be shown."""
    shown = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    return " ".join(shown.split())[:longest].rstrip()
