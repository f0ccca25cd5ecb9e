"""Lists of sources: in comes an OPML file or our own YAML, out come sources and what was wrong.

A feed is kept under the address that the officer wrote: its query string often is the feed
(`?cat=12`, `?format=rss`), and the canonical form, made for pages, may drop a part of it. The
canonical form only says whether an address is usable and whether two are the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from watch.domain import Source, WebUrl
from watch.errors import ImportRefused, Problem
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
_DEEPEST = 8
_MOST_REWRITTEN = 200
_OUTLINE = re.compile(r"""<outline(\s+[\w:.-]+\s*=\s*("[^"<]*"|'[^'<]*'))*\s*/?>""")
_ATTRIBUTE = re.compile(
    r"""\s(text|title|type|language|category|xmlUrl)="([^\n]*?)"(?=\s+[\w:]+="|\s*/?>)"""
)
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list gave: the sources that can be visited, and each line that gave none."""

    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Line:
    """One source as the file writes it."""

    number: int
    values: dict[str, str] = field(default_factory=dict)


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
    lines = reader.opml(text) if text.lstrip().startswith("<") else reader.yaml(text)
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

    # -- OPML

    def opml(self, text: str) -> list[_Line]:
        """Return the feeds of an OPML file of any version; the enclosing outlines are its group."""
        outlines = _Outlines(self)
        xml, rewritten = _mended(text)
        for line in rewritten:
            self.note(
                line,
                self.say("the line is badly written (a quote or a tag inside a text)"),
                self.say("check the name of this source"),
            )
        try:
            outlines.parser.Parse(xml, True)
        except expat.ExpatError as reason:
            if not outlines.found:
                raise self._no_list(reason.lineno) from reason
            self.note(
                reason.lineno,
                self.say("the file is broken from here on"),
                self.say("export it again as OPML"),
            )
        if outlines.root != "opml":
            raise self._no_list(1)
        return outlines.found

    def _no_list(self, line: int) -> ImportRefused:
        return self.refusal(
            line,
            self.say("the file is not a readable list of sources"),
            self.say("export it again as OPML"),
        )

    # -- YAML

    def yaml(self, text: str) -> list[_Line]:
        """Return the entries of a file with the schema sources/1."""
        try:
            self._refuse_tricks(text)
            root: Any = YAML(typ="safe", pure=True).compose(text)
        except MarkedYAMLError as reason:
            line = reason.problem_mark.line + 1 if reason.problem_mark else 1
            raise self.refusal(
                line,
                self.say("the form of the file is broken here ({reason})").format(
                    reason=reason.problem
                ),
                self.say("check quotes, brackets, commas and spaces on this line and above"),
            ) from reason
        except YAMLError as reason:
            raise self.refusal(1, self.say("the file holds a forbidden sign")) from reason
        pairs = _pairs(root)
        is_ours = "schema" not in pairs or _word(pairs["schema"]) == "sources/1"
        if not is_ours or _kind(pairs.get("sources")) != "list":
            raise self.refusal(
                1,
                self.say("the file is not a readable list of sources"),
                self.say("begin with “schema: sources/1”, then “sources:” and one line for each"),
            )
        return [self._entry(node) for node in pairs["sources"].value]

    def _refuse_tricks(self, text: str) -> None:
        depth = 0
        for event in YAML(typ="safe", pure=True).parse(text):
            name = type(event).__name__
            depth += name.endswith("StartEvent") - name.endswith("EndEvent")
            tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
            if depth > _DEEPEST or tag is not None or anchor is not None:
                raise self.refusal(
                    event.start_mark.line + 1,
                    self.say("references, tags and many levels are not allowed in a list"),
                    self.say("write one plain line for each source, texts between quotes"),
                )

    def _entry(self, node: Any) -> _Line:
        line = _Line(node.start_mark.line + 1)
        if _kind(node) != "pairs":
            self.note(
                line.number,
                self.say("a source was expected here"),
                self.say("write for example {example}").format(
                    example='{name: "...", url: "https://...", kind: feed, language: fr}'
                ),
            )
            return line
        for key, value in node.value:
            known = _word(key)
            if known not in KEYS:
                near = get_close_matches(known, KEYS, 1)
                self.note(
                    key.start_mark.line + 1,
                    self.say("“{key}” is not a known key").format(key=known),
                    self.say("did you mean “{key}”?").format(key=near[0])
                    if near
                    else self.say("known here: {keys}").format(keys=", ".join(KEYS)),
                )
            elif known in line.values:
                self.note(
                    key.start_mark.line + 1,
                    self.say("“{key}” stands twice; the first one counts").format(key=known),
                )
            else:
                line.values[known] = _word(value)
        line.values.setdefault("url", "")
        return line

    # -- both

    def sources(self, lines: Iterable[_Line]) -> Iterator[Source]:
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

    def _source(self, line: _Line) -> Source | None:
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
            language=_language(values.get("language", "")),
            group=_tidy(values.get("group", "")),
            note=_tidy(values.get("note", ""), 500),
        )


class _Outlines:
    """What expat has met so far of an OPML file: its feeds, and the outlines that are open."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader
        self.root = ""
        self.found: list[_Line] = []
        self.open: list[str] = []
        """Titles of the enclosing outlines; "" for one that is a feed itself."""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag.lower()
        if tag.lower() != "outline":
            return
        values = {key.lower(): value.strip() for key, value in attributes.items()}
        title = values.get("title") or values.get("text", "")
        is_feed = values.get("type", "").lower() in ("rss", "atom", "feed")
        url = values.get("xmlurl") or (values.get("url", "") if is_feed else "")
        if url or is_feed:
            line = _Line(self.parser.CurrentLineNumber, _opml_values(values, title, self.open))
            line.values["url"] = url
            self.found.append(line)
        self.open.append("" if url else title)

    def _end(self, tag: str) -> None:
        if tag.lower() == "outline":
            self.open.pop()

    def _refuse_doctype(self, *_unused: object) -> None:
        say = self.reader.say
        raise self.reader.refusal(
            self.parser.CurrentLineNumber,
            say("the file declares a document type, which may hide an attack"),
            say("export the list again, or delete the line <!DOCTYPE ...>"),
        )


def _opml_values(values: dict[str, str], title: str, groups: Sequence[str]) -> dict[str, str]:
    inside = " / ".join(group for group in groups if group)
    category = values.get("category", "").split(",")[0].strip("/ ")
    return {
        "name": title,
        "language": values.get("language", ""),
        "group": inside or category,
        "note": values.get("description", ""),
    }


def _mended(text: str) -> tuple[bytes, list[int]]:
    """Return XML without the faults that many exports have, and the lines of outlines rewritten.

    Such faults are a bare "&", HTML's own entities, quotes or tags inside an attribute.
    """
    rewritten: list[int] = []

    def outline(match: re.Match[str]) -> str:
        if _OUTLINE.match(match.group()) or len(rewritten) == _MOST_REWRITTEN:
            return match.group()
        rewritten.append(text.count("\n", 0, match.start()) + 1)
        kept = (
            f"{key}={quoteattr(html.unescape(value))}"
            for key, value in _ATTRIBUTE.findall(match.group())
        )
        end = "/>" if match.group().rstrip().endswith("/>") else ">"
        return f"<outline {' '.join(kept)}{end}" + "\n" * match.group().count("\n")

    text = re.sub(r"&(#[0-9]+;|#x[0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)?", _entity, text.lstrip())
    text = re.sub(r"\A<\?xml[^>]*\?>", "", _UNFIT.sub("", text))
    text = re.sub(r"<outline\s(?:(?!</?outline|</body).){0,4000}", outline, text, flags=re.DOTALL)
    return text.encode(), rewritten


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if not name:
        return "&amp;"
    if name[0] == "#" or name in ("amp;", "lt;", "gt;", "quot;", "apos;"):
        return match.group()
    return escape(html.unescape(match.group()))


def _address(written: str) -> WebUrl:
    """Return the address as written, or "" where it is no web address without a password."""
    written = re.sub(r"\Afeed:(?=https?://)", "", written.strip(), flags=re.IGNORECASE)
    written = re.sub(r"\Afeed://", "http://", written, flags=re.IGNORECASE)
    is_plain = re.fullmatch(r"https?://[^\s/@?#][^\s@?#/]*([/?#]\S*)?", written, re.IGNORECASE)
    # `canonical` may read "example.org" as an address; a list has to say it in full.
    return WebUrl(written) if is_plain and canonical(written) else WebUrl("")


def _language(written: str) -> str:
    code = written.strip().lower().replace("_", "-").split("-")[0]
    return code if re.fullmatch("[a-z]{2}", code) else ""


def _tidy(text: str, longest: int = 200) -> str:
    """Return a text on one line, without signs that cannot be shown."""
    shown = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    return " ".join(shown.split())[:longest].rstrip()


def _kind(node: Any) -> str:
    return {"MappingNode": "pairs", "SequenceNode": "list", "ScalarNode": "word"}.get(
        type(node).__name__, ""
    )


def _word(node: Any) -> str:
    return str(node.value) if _kind(node) == "word" else ""


def _pairs(node: Any) -> dict[str, Any]:
    return {_word(key): value for key, value in node.value} if _kind(node) == "pairs" else {}


def write_opml(sources: Sequence[Source], title: str) -> str:
    """Return the sources as OPML 2.0, those of one group inside one outline.

    `read_list` of it gives back address, name, language, group and note.
    """
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.group, []).append(source)
    body: list[str] = []
    for group, members in groups.items():
        outlines = [_outline(source) for source in members]
        if group:
            outlines = [
                f"<outline text={_attribute(group)}>",
                *(f"  {outline}" for outline in outlines),
                "</outline>",
            ]
        body += [f"    {outline}" for outline in outlines]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<opml version="2.0">',
            f"  <head><title>{escape(_UNFIT.sub('', title))}</title></head>",
            "  <body>",
            *body,
            "  </body>",
            "</opml>",
            "",
        ]
    )


def _outline(source: Source) -> str:
    attributes = {
        "type": "rss",
        "text": source.name,
        "title": source.name,
        "xmlUrl": source.url,
        "language": source.language,
        "description": source.note,
    }
    written = (f"{key}={_attribute(value)}" for key, value in attributes.items() if value)
    return f"<outline {' '.join(written)}/>"


def _attribute(value: str) -> str:
    return quoteattr(_UNFIT.sub("", value))
