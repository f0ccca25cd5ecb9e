"""An answer's body as plain values: JSON or XML of the form that was asked for, or a refusal.

A service may tell an error with status 200, or show a page to programs. What does not have the
form that was asked for is never taken for an empty list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from watch.sources.encoding import to_utf8
from watch.sources.health import VisitFailed
from watch.sources.request import Reply
from watch.sources.xml_guard import Count, refuse_entities
from watch.text.dates import read_date
from watch.text.language import two_letters

__all__ = [
    "arxiv_of",
    "count",
    "doi_of",
    "language_of",
    "mapping",
    "mappings",
    "read_json",
    "read_tree",
    "stated",
    "word",
    "words",
]

_MOST_WORD = 100_000

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)")
# What library catalogues write (ISO 639-2) for the languages that we read.
_THREE_LETTERS = {
    "deu": "de", "dut": "nl", "eng": "en", "fra": "fr", "fre": "fr", "ger": "de", "ita": "it",
    "nld": "nl", "por": "pt", "spa": "es",
}  # fmt: skip


# -- bodies ---------------------------------------------------------------------------------


def read_json(reply: Reply) -> Mapping[str, Any]:
    """Return the object of a JSON body; raise `VisitFailed` (empty, not_records)."""
    if not reply.body.strip():
        raise VisitFailed("empty", status=reply.status)
    try:
        found = json.loads(to_utf8(reply.body, reply.content_type))
    except (ValueError, RecursionError) as error:
        raise VisitFailed("not_records", f"no JSON: {_shown(reply)}", reply.status) from error
    if not isinstance(found, dict):
        raise VisitFailed("not_records", "JSON, but no object", reply.status)
    return found


def read_tree(reply: Reply, root: str) -> Element:
    """Return the elements of an XML body whose root bears this name; "{namespace}name" each.

    Raises `VisitFailed`: empty; not_records for another document; dangerous for entities and
    for depths and counts that no record has.
    """
    if not reply.body.strip():
        raise VisitFailed("empty", status=reply.status)
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", "}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.tree.data
    refuse_entities(parser)
    try:
        parser.Parse(to_utf8(reply.body, reply.content_type).lstrip(), True)
        found = builder.tree.close()
    except expat.ExpatError as error:
        detail = f"no XML ({error}): {_shown(reply)}"
        raise VisitFailed("not_records", detail, reply.status) from error
    if found.tag.rpartition("}")[2] != root:
        raise VisitFailed("not_records", f"<{found.tag}> instead of <{root}>", reply.status)
    return found


class _Builder:
    """Builds a tree while it counts."""

    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self._count = Count()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count.enter()
        self.tree.start(_named(name), {_named(key): text for key, text in attributes.items()})

    def end(self, name: str) -> None:
        self._count.leave()
        self.tree.end(_named(name))


def _named(name: str) -> str:
    return "{" + name if "}" in name else name


def _shown(reply: Reply) -> str:
    """Return the beginning of a body, for a technician."""
    return " ".join(reply.body[:150].decode("utf-8", "replace").split())


# -- values ---------------------------------------------------------------------------------


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object of JSON; for anything else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list; nothing of anything else."""
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def word(value: object) -> str:
    """Return a text, a number as text, the first of a list; "" for anything else."""
    if isinstance(value, list):
        return next((text for text in map(word, value) if text), "")
    if isinstance(value, str):
        return value[:_MOST_WORD].strip()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    return ""


def count(value: object) -> int:
    """Return a number of things, given as a number or as text; 0 for anything else."""
    written = word(value)
    return int(written) if written.isascii() and written.isdigit() else 0


def words(value: object) -> tuple[str, ...]:
    """Return the texts of a list, each once; a single text counts as a list of one."""
    each = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for text in map(word, each) if text))


def doi_of(written: str) -> str:
    """Return the DOI that stands in an identifier or an address, in lower case; or "".

    >>> doi_of("https://doi.org/10.1103/PhysRevB.80.195406")
    '10.1103/physrevb.80.195406'
    """
    found = _DOI.search(written)
    return found[0].rstrip(".,;)").lower() if found else ""


def arxiv_of(doi: str) -> str:
    """Return the number under which arXiv holds what has this DOI, or ""."""
    found = _ARXIV_DOI.fullmatch(doi)
    return found[1] if found else ""


def language_of(written: str) -> str:
    """Return two letters for "fr", "fr-FR", "fre" or "fra"; "" for anything else."""
    return two_letters(written) or _THREE_LETTERS.get(written.strip().lower(), "")


def stated(written: str, listed: str | datetime) -> str | datetime:
    """Return the date of publication, or the one of listing where that tells it more exactly.

    Catalogues often know a year alone. What is of this year is not of its first of January:
    where the record was listed in the year (or month) that is stated, that day counts.

    >>> stated("2026", "2026-11-03"), stated("2012", "2026-11-03"), stated("2026-10-20", "2026")
    ('2026-11-03', '2012', '2026-10-20')
    """
    at = read_date(listed) if isinstance(listed, str) else listed
    if not written:
        return listed
    is_vague = re.fullmatch(r"\d{4}(-\d{2})?", written.strip())
    if is_vague and at and f"{at:%Y-%m}".startswith(written.strip()):
        return listed
    return written
