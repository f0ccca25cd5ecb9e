"""The body of a sitemap -> the addresses that it lists; it may be XML, plain text, or packed.

Also read is the robots.txt of a site, which names its sitemaps as an index does.
Source: sitemaps.org, protocol 0.90; Google, "Create a news sitemap".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from watch.domain import Manners
from watch.sources.door.robots import sitemaps_in
from watch.sources.door.unpack import Unpacking
from watch.sources.encoding import to_utf8
from watch.sources.health import VisitFailed
from watch.sources.xml_guard import Count, refuse_entities

__all__ = ["Listed", "Listing", "read_listing"]

MOST_ADDRESSES: Final = 50_000
MOST_UNPACKED: Final = 50_000_000
"""Bytes. Both bounds are the protocol's own."""
# An address with its pictures takes some twenty elements.
_MOST_ELEMENTS: Final = 1_000_000
_MOST_WORDS: Final = 5_000

_GZIP = b"\x1f\x8b"
# What many sites forget to escape in their addresses, and names that XML does not know.
_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
_FORBIDDEN = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_ROOTS: Final = {"urlset": "url", "sitemapindex": "sitemap"}
_FIELDS: Final = {
    "loc": "url",
    "lastmod": "changed",
    "news/title": "title",
    "news/publication_date": "published",
    "news/keywords": "keywords",
    "news/publication/name": "outlet",
    "news/publication/language": "language",
}
_ENDED: Final = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


@dataclass(slots=True)
class Listed:
    """One address as a sitemap writes it, and what a news sitemap says of its page; "" else."""

    url: str = ""
    changed: str = ""
    title: str = ""
    published: str = ""
    language: str = ""
    outlet: str = ""
    keywords: str = ""


@dataclass(slots=True)
class Listing:
    """What one sitemap lists, in its own order."""

    is_index: bool
    """Its addresses are those of further sitemaps."""
    addresses: list[Listed] = field(default_factory=list)
    skipped_count: int = 0
    """Addresses past the protocol's own limit."""
    flaw: str = ""
    """Empty, or a reason of `health.REASONS`: cut_short, malformed."""


def read_listing(body: bytes, content_type: str = "") -> Listing:
    """Return what a sitemap, an index of sitemaps or a robots.txt lists.

    Raises `VisitFailed`: empty, not_a_sitemap, dangerous, too_large, bad_encoding.
    """
    is_whole = True
    if body.startswith(_GZIP):
        unpacking = Unpacking(Manners(most_bytes=MOST_UNPACKED), is_packed=True)
        unpacking.take(body)
        body, is_whole = unpacking.body(), unpacking.is_whole()
    body = to_utf8(body, content_type).lstrip()
    if not body:
        raise VisitFailed("empty")
    listing = _of_xml(body) if body.startswith(b"<") else _of_text(body)
    listing.flaw = listing.flaw if is_whole else "cut_short"
    return listing


# -- text ----------------------------------------------------------------------------------


def _of_text(body: bytes) -> Listing:
    if found := sitemaps_in(body):
        return _bounded(True, found)
    lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines()]
    written = [line for line in lines if line]
    if not written[0].startswith(("http://", "https://")):
        raise VisitFailed("not_a_sitemap", "it lists no addresses")
    return _bounded(False, written)


def _bounded(is_index: bool, urls: list[str]) -> Listing:
    kept = [Listed(url) for url in urls[:MOST_ADDRESSES]]
    return Listing(is_index, kept, len(urls) - len(kept))


# -- XML -----------------------------------------------------------------------------------


def _of_xml(body: bytes) -> Listing:
    listing = _parsed(body)
    if listing.flaw == "malformed":
        listing = _parsed(_AMPERSAND.sub(b"&amp;", body.translate(None, _FORBIDDEN)))
    if listing.flaw and not listing.addresses:
        raise VisitFailed("not_a_sitemap", "no address could be read")
    return listing


def _parsed(body: bytes) -> Listing:
    """Return what XML lists up to its end, or up to where it breaks."""
    reader = _Reader()
    # Names keep their prefixes: many sitemaps use one that they never declare.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    refuse_entities(parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        reader.listing.flaw = "cut_short" if error.code in _ENDED else "malformed"
    return reader.listing


class _Reader:
    """The state of one pass: where we are below the root, and the address that is being read."""

    def __init__(self) -> None:
        self.listing = Listing(is_index=False)
        self.count = Count(_MOST_ELEMENTS)
        self.item = ""
        """The name of the elements that hold an address each."""
        self.path: list[str] = []
        """The local names of the open elements below the one that holds an address."""
        self.address: Listed | None = None
        self.parts: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note that an element begins."""
        del attributes
        self.count.enter()
        local = name.rpartition(":")[2].lower()
        if self.count.depth == 1:
            if local not in _ROOTS:
                raise VisitFailed("not_a_sitemap", f"its first element is {local[:40]!r}")
            self.item = _ROOTS[local]
            self.listing.is_index = local == "sitemapindex"
        elif self.count.depth == 2:
            self.address = Listed() if local == self.item else None
        elif self.address is not None:
            # A field is a path from the address on: the loc of a picture lies deeper.
            self.path.append(local)
            self.parts = [] if "/".join(self.path) in _FIELDS else None

    def end(self, name: str) -> None:
        """Note that an element ends."""
        del name
        self.count.leave()
        if self.address is None:
            return
        if self.count.depth == 1:
            self._keep(self.address)
            self.address = None
        elif self.path:
            if self.parts:
                said = " ".join("".join(self.parts)[:_MOST_WORDS].split())
                setattr(self.address, _FIELDS["/".join(self.path)], said)
            self.path.pop()
            self.parts = None

    def words(self, text: str) -> None:
        """Keep the characters of a field."""
        if self.parts is not None:
            self.parts.append(text)

    def _keep(self, address: Listed) -> None:
        if not address.url:
            return
        if len(self.listing.addresses) < MOST_ADDRESSES:
            self.listing.addresses.append(address)
        else:
            self.listing.skipped_count += 1
