"""RSS 0.90 to 2.0, RDF, CDF and Atom in one pass over expat, within fixed bounds.

One pass costs what expat costs. The counts that keep us safe, the complete entries of a body
that was cut short, and the words as they were written (dates above all) come with it. What is
not well-formed ends here; `feed_old` then looks at the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from html.entities import html5
from typing import Final
from urllib.parse import urljoin
from xml.parsers import expat

from watch.sources.feeds.wishes import IN_CHANNEL, in_channel
from watch.sources.feeds.words import is_packed, person, unpacked
from watch.sources.health import VisitFailed
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.request import Request
from watch.sources.xml_guard import ENDED, MOST_DEPTH, MOST_ELEMENTS, refuse_entities

# Beyond it is an attack: 60,000 on one element cost feedparser 41 s. Real feeds have up to 30.
MOST_ATTRIBUTES = 200

_BASE = "http://www.w3.org/XML/1998/namespace base"
_LANG = "http://www.w3.org/XML/1998/namespace lang"
# An empty xml:lang takes back the one around it (XML 1.0, 2.12); this is the code for such a text.
_UNKNOWN = "und"
_ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"

# The types of most texts: they are read as they are written.
_WRITTEN: Final = frozenset({"text", "html", "xhtml"})

# RFC 5005: where the entries before these stand.
_PAGES: Final = frozenset({"next", "prev-archive"})

_ROOTS: Final = frozenset({"rss", "feed", "rdf", "channel", "entry"})
_ITEMS: Final = frozenset({"item", "entry"})

# Whose elements are a feed's own, besides those of no namespace and of the root's.
_CORE: Final = frozenset(
    {
        "http://www.w3.org/2005/Atom",
        "http://purl.org/atom/ns#",
        "http://purl.org/rss/1.0/",
        "http://backend.userland.com/rss2",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
    }
)
_PREFIXES: Final = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "terms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
# What an entry says, and the elements that may say it: the first that does is believed.
_SAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "guid": ("guid", "id", _ABOUT, "dc:identifier"),
    "url": ("link", "href"),
    "title": ("title", "dc:title", "media:title", "itunes:title"),
    "summary": ("description", "summary", "abstract", "dc:description", "itunes:summary"),
    "caption": ("media:description",),
    "content": ("content:encoded", "content", "xhtml:body", "xhtml:div", "body", "fullitem"),
    "author": ("author/name", "author", "dc:creator", "itunes:author", "dc:author"),
    "published": (
        "pubdate",
        "published",
        "issued",
        "dc:date",
        "terms:created",
        "terms:issued",
        "created",
    ),
    "updated": ("updated", "modified", "terms:modified", "lastbuilddate", "lastmod"),
    "language": ("language", "dc:language", _LANG),
}
_LISTS: Final = frozenset({"itunes:keywords", "tags"})
_CATEGORIES: Final = _LISTS | {"category", "dc:subject", "media:category"}
# Their children are read as the entry's own.
_WRAPS: Final = frozenset({"media:group", "media:content", "itunes:category"})
_WANTED: Final = _CATEGORIES.union(*_SAYS.values())
_JUNK_AFTER: Final = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]


def read_xml(body: bytes, most_entries: int) -> RawFeed:
    """Return what a UTF-8 body holds up to its end, or up to where it breaks.

    `flaw` of the result is "cut_short" where the body ended early, and "malformed" where it
    is no XML from some point on. Raises `VisitFailed` for a document that is no feed
    (not_a_feed) or is built as an attack (dangerous).
    """
    parser = expat.ParserCreate("utf-8", " ")
    reader = _Reader(parser, most_entries)
    parser.buffer_text = True
    parser.buffer_size = 65536
    # XML knows no `&eacute;`: with a DTD, be it empty, expat passes it on. It opens nothing.
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE)
    parser.UseForeignDTD(True)
    parser.ExternalEntityRefHandler = lambda context, *_: _read_nothing(parser, context)
    parser.SkippedEntityHandler = reader.entity
    refuse_entities(parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        if error.code != _JUNK_AFTER:
            reader.feed.flaw = "cut_short" if error.code in ENDED else "malformed"
    finally:
        # The two know each other; parted, a body and its entries are given back at once.
        parser.ExternalEntityRefHandler = None
        del reader.parser
    return reader.whole()


def _read_nothing(parser: expat.XMLParserType, context: str | None) -> int:
    parser.ExternalEntityParserCreate(context).Parse(b"", True)
    return 1


class _Names(dict[str, str]):
    """What an element's full name means in this document: "title", "dc:date", "" for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.core = set(_CORE)

    def __missing__(self, name: str) -> str:
        space, _, local = name.rpartition(" ")
        prefix = (
            ""
            if not space or space in self.core
            else _PREFIXES.get(space, _PREFIXES.get(space.lower()))
        )
        key = "" if prefix is None else prefix + local.lower()
        self[name] = key
        return key


class _Reader:
    """The state of one pass: how deep we are, in which entry, in which of its fields."""

    def __init__(self, parser: expat.XMLParserType, most_entries: int) -> None:
        self.parser = parser
        self.feed = RawFeed()
        self.most_entries = most_entries
        self.names = _Names()
        self.bases: list[tuple[int, str]] = []
        self.depth = self.count = 0
        self.channel_depth = self.item_depth = self.field_depth = 0
        self.channel: dict[str, str] = {}
        self.item: dict[str, str] = {}
        self.categories: list[str] = []
        self.outer: list[tuple[int, dict[str, str], list[str]]] = []
        self.field = ""
        self.parts: list[str] = []
        self.is_markup = self.is_packed = False

    # -- what expat says -------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note that an element begins."""
        self.depth += 1
        self.count += 1
        if self.depth > MOST_DEPTH or self.count > MOST_ELEMENTS:
            raise VisitFailed("dangerous", "it nests too deep or has too many elements")
        if attributes:
            self._look_at(attributes)
        if self.field:
            self._start_inside(name)
        elif self.item_depth:
            if self.depth == self.item_depth + 1:
                self._start_field(self.names[name], attributes, self.item)
            elif self.names[name] in _ITEMS:
                self._start_inner(attributes)
        elif self.depth == 1:
            self._start_root(name, attributes)
        elif self.names[name] in _ITEMS:
            self._start_item(attributes)
        elif self.channel_depth:
            if self.depth == self.channel_depth + 1:
                self._start_field(self.names[name], attributes, self.channel)
        elif name.endswith("channel"):
            self._start_channel(name, attributes)

    def end(self, name: str) -> None:
        """Note that an element ends."""
        if self.field:
            if self.depth == self.field_depth:
                self._end_field()
            elif self.is_markup:
                self.parts.append(f"</{name.rpartition(' ')[2]}>")
        elif self.depth == self.item_depth:
            if self.names[name] in _WRAPS:
                self.item_depth -= 1
            else:
                self._end_item()
        if self.bases and self.bases[-1][0] == self.depth:
            self.bases.pop()
        self.depth -= 1

    def entity(self, name: str, is_parameter: bool) -> None:
        """Put the character of HTML where XML knows no entity of this name."""
        if not is_parameter and self.field:
            character = html5.get(f"{name};", "")
            self.parts.append(escape(character) if self.is_markup else character)

    def whole(self) -> RawFeed:
        """Return the feed with what its channel says."""
        if self.item_depth and self.feed.flaw and _is_known(self.item):
            self._end_item()  # cut in its text: its title and its address were whole
        self.feed.title = _said(self.channel, "title")
        self.feed.link = _said(self.channel, "url")
        self.feed.language = _said(self.channel, "language")
        self.feed.hub = self.channel.get("hub", "")
        self.feed.asked_every = in_channel(self.channel)
        following = self.channel.get("next") or self.channel.get("prev-archive")
        self.feed.next = Request(following) if following else None
        return self.feed

    # -- what it means ---------------------------------------------------------------------

    def _look_at(self, attributes: dict[str, str]) -> None:
        if len(attributes) > MOST_ATTRIBUTES:
            raise VisitFailed("dangerous", f"an element has {len(attributes)} attributes")
        if _BASE in attributes:
            self.bases.append((self.depth, self._address(attributes[_BASE])))

    def _address(self, written: str) -> str:
        """Return an address as far as the xml:base around it completes it."""
        if not self.bases:
            return written
        try:
            return urljoin(self.bases[-1][1], written.strip())
        except ValueError:
            return written

    def _start_root(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if local.lower() not in _ROOTS:
            raise VisitFailed("not_a_feed", f"its first element is {local[:40]!r}")
        self.names.core.add(space)
        self._keep(self.channel, attributes, _LANG)
        if local.lower() in {"feed", "channel"}:
            self.channel_depth = 1
            self._keep_old(self.channel, attributes)
        elif local.lower() == "entry":
            self._start_item(attributes)

    def _start_channel(self, name: str, attributes: dict[str, str]) -> None:
        self.names.core.add(name.rpartition(" ")[0])
        self.channel_depth = self.depth
        self._keep(self.channel, attributes, _LANG)

    def _start_item(self, attributes: dict[str, str]) -> None:
        self.item_depth = self.depth
        self.categories = []
        self.item = {}
        if attributes:
            self._keep(self.item, attributes, _LANG, _ABOUT)
            self._keep_old(self.item, attributes)

    def _keep_old(self, into: dict[str, str], attributes: dict[str, str]) -> None:
        """Keep what the oldest format, CDF, says in attributes, in capitals as a rule."""
        for name, value in attributes.items():
            if name.lower() in ("href", "lastmod"):
                into.setdefault(name.lower(), self._address(value))

    def _start_inner(self, attributes: dict[str, str]) -> None:
        """Begin an item inside an item, which goes on when this one has ended."""
        self.outer.append((self.item_depth, self.item, self.categories))
        self._start_item(attributes)

    def _keep(self, into: dict[str, str], attributes: dict[str, str], *names: str) -> None:
        for name in names:
            if attributes.get(name):
                into[name] = attributes[name]
            elif name == _LANG and name in attributes:
                into[name] = _UNKNOWN

    def _start_field(self, key: str, attributes: dict[str, str], into: dict[str, str]) -> None:
        if key == "link" and attributes and _is_attribute(attributes):
            self._keep_link(attributes, into)
        elif key == "category" and "term" in attributes:
            self.categories.append(attributes["term"])
        elif key in _WANTED or (not self.item_depth and key in IN_CHANNEL):
            self._open(key)
            self.is_packed = False
            if attributes:
                self._look_into(key, attributes, into)
        elif key in _WRAPS and self.item_depth:
            self.item_depth += 1
            if key == "itunes:category":
                self.categories.append(attributes.get("text", ""))
        elif key in _ITEMS and self.item_depth:
            self._start_inner(attributes)

    def _keep_link(self, attributes: dict[str, str], into: dict[str, str]) -> None:
        rel = attributes.get("rel", "alternate")
        if rel == "alternate":
            into.setdefault("link", self._address(attributes["href"]))
        elif not self.item_depth and (rel in _PAGES or rel == "hub"):
            into.setdefault(rel, self._address(attributes.get("href", "")))

    def _look_into(self, key: str, attributes: dict[str, str], into: dict[str, str]) -> None:
        """Note what the attributes of a field say of it."""
        kind = attributes.get("type")
        if (kind and kind not in _WRITTEN) or "mode" in attributes:
            self.is_packed = is_packed(kind or "", attributes.get("mode", ""))
        elif attributes.get("isPermaLink") == "false":
            into["opaque"] = "yes"
        if key == "title" and self.item_depth:
            self._keep(into, attributes, _LANG)

    def _start_inside(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if self.field == "author" and local == "name":
            self._open("author/name")
            return
        if not self.is_markup:
            self.parts, self.is_markup = [escape("".join(self.parts))], True
            self.parser.CharacterDataHandler = self._escaped
        self.parts.append(f"<{local}>")

    def _open(self, key: str) -> None:
        """Begin a field: its characters, and no others, are listened to."""
        self.field, self.field_depth = key, self.depth
        self.parts, self.is_markup = [], False
        # Without a call of ours for each piece of text: there are more of them than elements.
        self.parser.CharacterDataHandler = self.parts.append

    def _escaped(self, text: str) -> None:
        self.parts.append(escape(text))

    def _end_field(self) -> None:
        key, text = self.field, "".join(self.parts).strip()
        self.field = ""
        self.parser.CharacterDataHandler = None
        if self.is_packed:
            text = unpacked(text)
        if key in _CATEGORIES:
            if key in _LISTS:
                self.categories += map(str.strip, text.split(","))
            else:
                self.categories.append(text)
        elif text:
            into = self.item if self.item_depth else self.channel
            into.setdefault(key, self._address(text) if key == "link" else text)

    def _end_item(self) -> None:
        if len(self.feed.entries) < self.most_entries:
            self.feed.entries.append(_entry(self.item, self.categories))
        else:
            self.feed.skipped_count += 1
        if self.outer:
            self.item_depth, self.item, self.categories = self.outer.pop()
        else:
            self.item_depth = 0


def _is_attribute(link: Mapping[str, str]) -> bool:
    """Return whether a link's address stands in an attribute, or is not that of a page."""
    return "href" in link or link.get("rel", "alternate") != "alternate"


def _is_known(item: Mapping[str, str]) -> bool:
    """Return whether an entry that never ended has what tells it from others."""
    return bool(_said(item, "title") and (_said(item, "url") or _said(item, "guid")))


def _entry(item: Mapping[str, str], categories: list[str]) -> RawEntry:
    guid = _said(item, "guid")
    is_address = guid.startswith("http") and "opaque" not in item
    texts = (_said(item, "content"), _said(item, "summary"), _said(item, "caption"))
    return RawEntry(
        guid=guid,
        url=_said(item, "url") or (guid if is_address else ""),
        title=_said(item, "title"),
        text=max(texts, key=len),
        author=person(_said(item, "author")),
        published=_said(item, "published"),
        updated=_said(item, "updated"),
        language=_said(item, "language"),
        categories=tuple(filter(None, categories)),
    )


def _said(item: Mapping[str, str], what: str) -> str:
    """Return what an entry, or a channel, says of one thing; no element is kept empty."""
    for name in _SAYS[what]:
        if name in item:
            return item[name]
    return ""
