"""A feed of what a reader was told: items come in, an Atom document (RFC 4287) goes out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from watch.domain import Item
from watch.text.clean import one_line
from watch.text.urls import canonical

__all__ = ["write_feed"]

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def write_feed(
    title: str, address: str, language: str, told: Iterable[tuple[datetime, Item]]
) -> bytes:
    """Return the feed; `told` holds when each item was told, newest first.

    Title, outlet and link: never the article.
    """
    told = list(told)
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    _add(feed, "title", one_line(title, 200))
    _add(feed, "id", address)
    _add(feed, "updated", _moment(told[0][0] if told else _NEVER))
    SubElement(feed, "link", {"rel": "self", "href": address})
    for at, item in told:
        entry = SubElement(feed, "entry")
        _add(entry, "title", one_line(item.title, 300))
        _add(entry, "id", f"urn:uuid:{_uuid(item.key)}")
        _add(entry, "updated", _moment(at))
        _add(entry, "published", _moment(item.published_at))
        author = SubElement(entry, "author")
        _add(author, "name", one_line(item.outlet, 200) or "–")
        if url := canonical(item.url):
            SubElement(entry, "link", {"href": url})
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = "".join(sign for sign in text if sign.isprintable())


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _uuid(key: str) -> str:
    return "-".join((key[:8], key[8:12], key[12:16], key[16:20], key[20:32]))
