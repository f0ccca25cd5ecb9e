"""OPML, the lists that feed readers exchange: in comes a file, out come its lines; and back.

Whether a line can become a source is decided in `lists.py`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from watch.domain import Source
from watch.text.plain_yaml import Fault

__all__ = ["Line", "is_shared", "read_opml", "write_opml"]

_OURS = "zm:"
"""Before what OPML has no word for: the kind of a source that is no feed, and its settings."""
_MOST_REWRITTEN = 200
_OUTLINE = re.compile(r"""<outline(\s+[\w:.-]+\s*=\s*("[^"<]*"|'[^'<]*'))*\s*/?>""")
_ATTRIBUTE = re.compile(
    r"""\s(text|title|type|language|category|xmlUrl)="([^\n]*?)"(?=\s+[\w:]+="|\s*/?>)"""
)
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Line:
    """One source as a file writes it: at which line, and its values by the keys of our lists."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    """Those of its kind, by name."""


class _RefusedError(Exception):
    """The file holds what no list may hold."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


def read_opml(text: str, say: Callable[[str], str]) -> tuple[list[Line] | None, list[Fault]]:
    """Return the feeds of an OPML file of any version, None where it is none, and all faults.

    The titles of the enclosing outlines are the group of a feed. `say` turns the English
    sentences of the faults into the user's language.
    """
    outlines = _Outlines(say)
    xml, rewritten = _mended(text)
    what = say("the line is badly written (a quote or a tag inside a text)")
    faults = [Fault(line, what, say("check the name of this source")) for line in rewritten]
    try:
        outlines.parser.Parse(xml, True)
    except _RefusedError as refusal:
        return None, [*faults, refusal.fault]
    except expat.ExpatError as reason:
        if not outlines.found:
            return None, [*faults, _no_list(reason.lineno, say)]
        what = say("the file is broken from here on")
        faults.append(Fault(reason.lineno, what, say("export it again as OPML")))
    if outlines.root != "opml":
        return None, [*faults, _no_list(1, say)]
    return outlines.found, faults


def _no_list(line: int, say: Callable[[str], str]) -> Fault:
    what = say("the file is not a readable list of sources")
    return Fault(line, what, say("export it again as OPML"))


class _Outlines:
    """What expat has met so far of an OPML file: its feeds, and the outlines that are open."""

    def __init__(self, say: Callable[[str], str]) -> None:
        self.say = say
        self.root = ""
        self.found: list[Line] = []
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
        ours = {k.removeprefix(_OURS): text for k, text in values.items() if k.startswith(_OURS)}
        kind = ours.pop("kind", "")
        url = values.get("xmlurl") or (values.get("url", "") if is_feed or kind else "")
        if url or is_feed:
            told = {**_opml_values(values, title, self.open), "url": url, "kind": kind}
            line = Line(self.parser.CurrentLineNumber, told, ours)
            self.found.append(line)
        self.open.append("" if url else title)

    def _end(self, tag: str) -> None:
        if tag.lower() == "outline":
            self.open.pop()

    def _refuse_doctype(self, *_unused: object) -> None:
        what = self.say("the file declares a document type, which may hide an attack")
        instead = self.say("export the list again, or delete the line <!DOCTYPE ...>")
        raise _RefusedError(Fault(self.parser.CurrentLineNumber, what, instead))


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


def is_shared(source: Source) -> bool:
    """Return whether a source is on the web: a mailbox and files are of no use to others."""
    return source.url.startswith(("http://", "https://"))


def write_opml(sources: Sequence[Source], title: str) -> str:
    """Return the sources as OPML 2.0, those of one group inside one outline.

    `read_list` of it gives back address, kind, settings, name, language, group and note. To other
    readers what is no feed is a link. What is not on the web (`is_shared`) is left out.
    """
    groups: dict[str, list[Source]] = {}
    for source in filter(is_shared, sources):
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
            f'<opml version="2.0" xmlns:{_OURS[:-1]}="urn:zoom-marche:source">',
            f"  <head><title>{escape(_UNFIT.sub('', title))}</title></head>",
            "  <body>",
            *body,
            "  </body>",
            "</opml>",
            "",
        ]
    )


def _outline(source: Source) -> str:
    is_feed = source.kind == "feed"
    attributes = {
        "type": "rss" if is_feed else "link",
        "text": source.name,
        "title": source.name,
        "xmlUrl" if is_feed else "url": source.url,
        "language": source.language,
        "description": source.note,
        **({} if is_feed else {f"{_OURS}kind": source.kind}),
        **{f"{_OURS}{name}": text for name, text in source.options.items()},
    }
    written = (f"{key}={_attribute(value)}" for key, value in attributes.items() if value)
    return f"<outline {' '.join(written)}/>"


def _attribute(value: str) -> str:
    return quoteattr(_UNFIT.sub("", value))
