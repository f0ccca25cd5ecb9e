"""Lists of sources: in comes an OPML file or our own YAML, out come sources and what was wrong.

A feed is kept under the address that the officer wrote: its query string often is the feed
(`?cat=12`, `?format=rss`), and the canonical form, made for pages, may drop a part of it. The
canonical form only says whether an address is usable and whether two are the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from watch.domain import Source, WebUrl
from watch.errors import ImportRefused, Problem
from watch.sources.opml import Line, read_opml, write_opml
from watch.text.language import two_letters
from watch.text.plain_yaml import Fault, Node, compose
from watch.text.translate import speaker
from watch.text.urls import canonical

__all__ = ["KEYS", "KINDS", "LATER_KINDS", "Listing", "read_list", "write_opml"]

KINDS = frozenset({"feed"})
LATER_KINDS = frozenset({"page", "hal"})
"""Kinds that a list may name and that this version does not visit yet."""

KEYS = ("name", "url", "kind", "language", "topics", "group", "seen", "note")

# 118 public lists have at most 300 kB; a list past this is a mistake or an attack.
_MOST_CHARACTERS = 5_000_000
_MOST_SOURCES = 20_000
_DEEPEST = 6

_Held = TypeVar("_Held")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list gave: the sources that can be visited, and each line that gave none."""

    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_list(text: str, name: str, language: str) -> Listing:
    """Return the sources of a list, and a problem for each line that could not be kept.

    `name` is the file's name and stands in the messages, which are in `language`. An address
    that stands twice is kept once. Nothing is fetched. Raises ImportRefused where the file is
    no list at all, declares entities or references, or is too large.
    """
    reader = _Reader(name, speaker(language))
    if len(text) > _MOST_CHARACTERS:
        raise reader.refusal(1, reader.say("the file is too large to be a list of sources"))
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("<"):
        lines = reader.accepted(*read_opml(text, reader.say))
    else:
        lines = reader.yaml(text)
    sources = tuple(reader.sources(lines))
    if not sources and not reader.problems:
        reader.note(1, reader.say("the list holds no source"))
    return Listing(sources, tuple(reader.in_order()))


class _Reader:
    """One file under reading, with the problems noted so far."""

    def __init__(self, name: str, say: Callable[[str], str]) -> None:
        self.name = name
        self.say = say
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
            if key in KEYS:
                line.values[key] = value.text
                continue
            near = get_close_matches(key, KEYS, 1)
            self.note(
                name.line,
                self.say("“{key}” is not a known key").format(key=key),
                self.say("did you mean “{key}”?").format(key=near[0])
                if near
                else self.say("known here: {keys}").format(keys=", ".join(KEYS)),
            )
        line.values.setdefault("url", "")
        return line

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
            same = canonical(source.url)
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
        values = line.values
        name, kind = _tidy(values.get("name", "")), values.get("kind", "feed").strip().lower()
        url = _address(values.get("url", ""))
        if not url:
            self.note(
                line.number,
                self.say("“{address}” is not the address of a page on the web").format(
                    address=_tidy(values.get("url", ""))[:120]
                ),
                self.say("write the whole address, beginning with https://"),
                name,
            )
            return None
        if kind not in KINDS:
            if kind in LATER_KINDS:
                what = self.say("sources of the kind “{kind}” are not yet read by this version")
                instead = self.say("the line stays for later; add the site's feed if it has one")
            else:
                what = self.say("“{kind}” is not a known kind of source")
                instead = self.say("write one of: {words}").format(
                    words=", ".join(sorted(KINDS | LATER_KINDS))
                )
            self.note(line.number, what.format(kind=_tidy(kind)[:40]), instead, name)
            return None
        return Source(
            url=url,
            name=name or url.split("/")[2],
            kind=kind,
            language=two_letters(values.get("language", "")),
            group=_tidy(values.get("group", "")),
            note=_tidy(values.get("note", ""), 500),
        )


def _address(written: str) -> WebUrl:
    """Return the address as written, or "" where it is no web address without a password."""
    written = re.sub(r"\Afeed:(?=https?://)", "", written.strip(), flags=re.IGNORECASE)
    written = re.sub(r"\Afeed://", "http://", written, flags=re.IGNORECASE)
    is_plain = re.fullmatch(r"https?://[^\s/@?#][^\s@?#/]*([/?#]\S*)?", written, re.IGNORECASE)
    # `canonical` may read "example.org" as an address; a list has to say it in full.
    return WebUrl(written) if is_plain and canonical(written) else WebUrl("")


def _tidy(text: str, longest: int = 200) -> str:
    """Return a text on one line, without signs that cannot be shown."""
    shown = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    return " ".join(shown.split())[:longest].rstrip()
