"""A page's bytes -> its tree, its stated facts and its blocks of text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from lxml import etree, html

from watch.sources.encoding import to_utf8
from watch.sources.pages.bounds import MOST_BYTES, MOST_DEPTH, MOST_TAGS, has_crowded_tag

__all__ = ["Block", "Page", "blocks", "parse"]

_MOST_JSON: Final = 500_000
_MOST_NODES: Final = 5_000

_PROLOGUE = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_UNSEEN = frozenset({
    "script", "style", "noscript", "template", "svg", "head", "select", "button", "iframe",
    "textarea", "option", "object", "math",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read: its tree, and what its head states in so many words."""

    url: str
    written: bytes
    """In UTF-8."""
    tree: etree._Element
    metas: Mapping[str, str]
    """The first content of each meta element, by lower-case name, property or itemprop."""
    stated: tuple[Mapping[str, Any], ...] = ()
    """The JSON-LD objects, the outermost first."""

    def for_libraries(self) -> html.HtmlElement:
        """Return the tree as extractors want it: a fresh one, since they change what they read."""
        return html.document_fromstring(self.written, parser=_parser(html.HTMLParser))

    def meta(self, *names: str) -> str:
        """Return the first of these metas that says anything."""
        return next((self.metas[name] for name in names if name in self.metas), "")


@dataclass(slots=True)
class Block:
    """A stretch of text without a break in it, and where it stands."""

    text: str
    tag: str
    """Of the innermost block element."""
    linked: float
    """Share of its characters that are link text."""
    has_link: bool
    near: frozenset[str]
    """What the class and id of the three innermost block elements speak of; see `Sense`."""
    around: frozenset[str]
    """The same of all elements around it."""
    inside: frozenset[str]
    """Tags of all elements around it."""
    parent: int
    grandparent: int
    depth: int


_SENSES: Final = {
    "content": "content|article|artikel|body|post|entry|text|story|inhalt|main",
    "comment": "comment|kommentar|disqus|respond|reply|discussion",
    "side": "side|widget|aside|rail|marginal",
    "related": "relat|teaser|recommend|more|similar|read-?next|popular|latest|list|linkbox|also"
    "|archiv|promo",
    "share": "share|social|print|mail|facebook|twitter|follow|feed|like",
    "meta": "author|byline|meta|date|time|info|posted|autor|published",
    "nav": "nav|menu|bread|pag(?:er|inat|ing)|skip|toc|tabs",
    "foot": "foot|copyright|legal|imprint|impressum",
    "ad": "(?:^|[-_ ])ads?(?:[-_ ]|$)|advert|anzeige|sponsor|newsletter|subscri|cookie|consent"
    "|banner|popup|modal|login|abo",
    "tags": "tag|categor|keyword|topic|rubri",
    "caption": "caption|image|img|photo|foto|gallery|bild|media|video|figure|credit",
    "title": "title|headline|heading|subhead|dachzeile|kicker",
    "lead": "lead|intro|summary|vorspann|chapo|standfirst|excerpt|abstract",
    "hidden": "hidden|hide|invisible|screen-reader|sr-only|visually",
}
SENSES: Final = tuple(_SENSES)
_MATCHERS = {name: re.compile(pattern) for name, pattern in _SENSES.items()}


def parse(body: bytes, url: str = "", content_type: str = "") -> Page | None:
    """Return a page, or None for what is no HTML or is beyond the bounds."""
    if len(body) > MOST_BYTES or body.count(b"<") > 2 * MOST_TAGS:
        return None
    text = to_utf8(body, content_type).decode("utf-8", "replace")
    written = _PROLOGUE.sub("", text).replace("\0", "").strip().encode("utf-8", "replace")
    if not written or has_crowded_tag(written):
        return None
    try:
        # Plain elements: those of lxml.html cost a call in Python each.
        tree = etree.fromstring(written, parser=_parser(etree.HTMLParser))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    if tree is None or not _is_bounded(tree):
        return None
    return Page(url, written, tree, _metas(tree), tuple(_stated(tree)))


def _parser(kind: Any) -> Any:
    return kind(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)


def _is_bounded(tree: etree._Element) -> bool:
    depth = count = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MOST_DEPTH or count > MOST_TAGS:
            return False
    return True


def _metas(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = " ".join((element.get("content") or "")[:2_000].split())
        for kind in ("property", "name", "itemprop", "http-equiv"):
            for name in (element.get(kind) or "")[:200].lower().split() if content else ():
                found.setdefault(name, content)
    return found


def _stated(tree: etree._Element) -> Iterator[Mapping[str, Any]]:
    for script in tree.iter("script"):
        written = script.text or ""
        if "ld+json" not in (script.get("type") or "") or len(written) > _MOST_JSON:
            continue
        try:
            stated = json.loads(written, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(stated)


def _objects(stated: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON-LD text, those of a list or a graph each by itself."""
    waiting: list[object] = [stated]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting[:0] = one
        elif isinstance(one, dict):
            yield one
            waiting += [one[key] for key in ("@graph", "mainEntity") if key in one]


@dataclass(slots=True)
class _Level:
    is_block: bool
    senses: frozenset[str]
    tag: str
    number: int


@dataclass(slots=True)
class _Walk:
    """What is remembered on the way through a tree."""

    levels: list[_Level] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0
    open_links: int = 0
    found: list[Block] = field(default_factory=list)

    def say(self, text: str | None) -> None:
        """Add words to the block that is being read."""
        if text:
            self.words.append(text)
            self.linked += len(text) if self.open_links else 0

    def end(self) -> None:
        """End the block that is being read."""
        text = " ".join("".join(self.words).split())
        if text and _WORD.search(text):
            self.found.append(self._block(text))
        self.words, self.linked, self.links = [], 0, 0

    def _block(self, text: str) -> Block:
        around = [level for level in self.levels if level.is_block]
        inner = around[-1] if around else _Level(True, frozenset(), "body", 0)
        return Block(
            text=text,
            tag=inner.tag,
            linked=min(1.0, self.linked / len(text)),
            has_link=self.links > 0,
            near=frozenset().union(*(level.senses for level in around[-3:])),
            around=frozenset().union(*(level.senses for level in around[2:])),
            inside=frozenset(level.tag for level in around),
            parent=around[-2].number if len(around) > 1 else 0,
            grandparent=around[-3].number if len(around) > 2 else 0,
            depth=len(around),
        )


def blocks(tree: etree._Element) -> Sequence[Block]:
    """Return the stretches of text that a reader would see, in the order of the page."""
    walk = _Walk()
    hidden = number = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        is_block = tag in _BLOCKS
        if event == "start":
            if hidden or tag in _UNSEEN:
                hidden += 1
                continue
            if is_block:
                walk.end()
            number += 1
            walk.levels.append(
                _Level(is_block, _senses(element) if is_block else frozenset(), tag, number)
            )
            walk.open_links += tag == "a"
            walk.links += tag == "a"
            walk.say(element.text)
        elif hidden:
            hidden -= 1
            walk.say(None if hidden else element.tail)
        else:
            if is_block:
                walk.end()
            walk.levels.pop()
            walk.open_links -= tag == "a"
            walk.say(element.tail)
    walk.end()
    return walk.found


def _senses(element: etree._Element) -> frozenset[str]:
    written = f"{(element.get('class') or '')[:200]} {(element.get('id') or '')[:100]}"
    return _senses_of(written.lower()) if written != " " else frozenset()


@lru_cache(maxsize=20_000)
def _senses_of(written: str) -> frozenset[str]:
    return frozenset(name for name, matcher in _MATCHERS.items() if matcher.search(written))
