"""How faithfully feeds are read: beside feedparser and fastfeedparser, on the same bodies.

The folder holds the sets feeds-realmix, feeds-gofeed and feeds-conformance (any of them), or is
one of them. What a set expects is compared field by field as far as an `Entry` carries it, both
sides as safe text, canonical addresses and instants: feedparser's markup is no loss of ours.
What is missing is told on the error stream, one line each.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import fastfeedparser
import feedparser

from watch.domain import Source, Visit, WebUrl
from watch.sources.feeds import feed
from watch.sources.feeds.words import person
from watch.sources.health import REASONS, VisitFailed
from watch.sources.raw import RawFeed, Reading, to_reading
from watch.sources.request import Reply, Request
from watch.text.clean import one_line, to_text
from watch.text.dates import read_date
from watch.text.urls import canonical

SETS = ("feeds-realmix", "feeds-gofeed", "feeds-conformance")

_ADDRESS = "http://127.0.0.1:8097/some/feed.xml"
"""Where feedparser's own tests serve their files: some expectations name it."""
_NOW = datetime(2026, 9, 1, tzinfo=UTC)
_MOST = 10_000
# What would run in a reader's browser, were a field put into a page as it stands.
_ACTIVE = re.compile(r"<(?=[A-Za-z/!?])")
_FILE = Mapping[str, bytes]


@dataclass
class Row:
    """One line of the table, while it is counted."""

    held: int = 0
    of: int = 0
    peer: int = 0
    fast: int = 0
    refused: int = 0
    raised: int = 0
    active: int = 0
    missing: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Return what is printed: shares of ours and of the peers, and the counts."""
        return {
            "share": self.held / self.of if self.of else 1.0,
            "feedparser": self.peer / self.of if self.of else 1.0,
            "fast": self.fast / self.of if self.of else 1.0,
            "held": self.held,
            "of": self.of,
            "refused": self.refused,
            "raised": self.raised,
            "active": self.active,
        }


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Return one row per set that is there, and one per group of feedparser's own."""
    rows: dict[str, Row] = {}
    for name, files in _sets(folder).items():
        rows |= _MEASURES[name](files)
    for name, row in rows.items():
        for line in row.missing:
            sys.stderr.write(f"{name}: {line}\n")
    return {name: row.figures() for name, row in rows.items()}


# -- the sets -------------------------------------------------------------------------------


def _sets(folder: Path) -> dict[str, _FILE]:
    found = {name: _files(folder / name) for name in SETS if (folder / name).exists()}
    if found:
        return found
    files = _files(folder)
    if any(path.startswith("wellformed/") for path in files):
        return {"feeds-conformance": files}
    if any(path.startswith(("translator/", "parser/")) for path in files):
        return {"feeds-gofeed": files}
    return {"feeds-realmix": files} if files else {}


def _files(folder: Path) -> _FILE:
    archive = folder / "data.tar.xz"
    if not archive.exists():
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    with tarfile.open(archive) as members:
        found = {
            member.name.removeprefix("./"): opened.read()
            for member in members
            if (opened := members.extractfile(member)) is not None
        }
    return dict(sorted(found.items()))


# -- the readers ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Read:
    """What a reader of a body gave: ours, or a reason of refusal."""

    reading: Reading | None = None
    raw: RawFeed | None = None
    reason: str = ""


def _read(body: bytes, headers: Mapping[str, str], row: Row) -> Read:
    source = Source(WebUrl(_ADDRESS), "a source")
    reply = Reply(Request(_ADDRESS), _ADDRESS, body, headers, _NOW)
    try:
        raw = feed.read(reply, Visit(source), _MOST)
        reading = to_reading(raw, source, _ADDRESS)
    except VisitFailed as failure:
        row.refused += failure.reason in REASONS
        return Read(reason=failure.reason)
    except Exception as error:  # noqa: BLE001 - what must never happen is counted
        row.raised += 1
        row.missing.append(f"raised {type(error).__name__}: {error}")
        return Read(reason="raised")
    row.active += sum(_is_active(text) for text in _texts(reading))
    return Read(reading, raw)


def _texts(reading: Reading) -> Iterator[str]:
    yield reading.title
    for entry in reading.entries:
        for value in asdict(entry).values():
            if isinstance(value, str):
                yield value
            if isinstance(value, tuple):
                yield from (one for one in value if isinstance(one, str))


def _is_active(text: str) -> bool:
    """Return whether a tag stands in a text, or an address that is a script."""
    return bool(_ACTIVE.search(text)) or text.lower().startswith(("javascript:", "data:"))


def _peer(body: bytes, headers: Mapping[str, str]) -> Any:
    try:
        return feedparser.parse(BytesIO(body), response_headers=dict(headers))
    except Exception:  # noqa: BLE001 - it raises whatever trips it
        return feedparser.FeedParserDict({"entries": [], "feed": {}})


def _fast(body: bytes) -> Sequence[Mapping[str, Any]]:
    try:
        found: Sequence[Mapping[str, Any]] = fastfeedparser.parse(body).entries
    except Exception:  # noqa: BLE001 - a peer that raises has read nothing
        return ()
    return found


# -- entries of real feeds ------------------------------------------------------------------

_Names = frozenset[tuple[str, str]]


def _realmix(files: _FILE) -> dict[str, Row]:
    entries, json_entries = Row(), Row()
    for path, packed in files.items():
        body = gzip.decompress(packed) if packed.startswith(b"\x1f\x8b") else packed
        is_json = body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
        row = json_entries if is_json else entries
        found = _read(body, {}, row)
        ours = [_names_of_ours(entry) for entry in found.reading.entries] if found.reading else []
        fast = [_names(one) for one in _fast(body)]
        theirs = _items(body) if is_json else [_names(one) for one in _peer(body, {}).entries]
        every = _together(theirs, fast)
        left = _unmatched(every, ours)
        row.of += len(every)
        row.held += len(every) - len(left)
        row.peer += 0 if is_json else len(theirs)
        row.fast += len(every) - len(_unmatched(every, fast))
        row.missing += [f"{path}: {_as_words(names)}" for names in left]
        if found.reason and every:
            row.missing.append(f"{path}: refused, {found.reason}")
    return {"realmix": entries, "realmix.json": json_entries}


def _items(body: bytes) -> list[_Names]:
    try:
        items = json.loads(body.decode("utf-8-sig"))["items"]
    except (ValueError, KeyError, TypeError):
        return []
    return [
        _named(item.get("id"), item.get("url"), item.get("title"))
        for item in items
        if isinstance(item, dict)
    ]


def _names(entry: Mapping[str, Any]) -> _Names:
    return _named(entry.get("id"), entry.get("link"), entry.get("title"))


def _names_of_ours(entry: Any) -> _Names:
    return _named(entry.guid, entry.url, entry.title)


def _named(guid: object, url: object, title: object) -> _Names:
    """Return by what an entry is recognised; its page may stand in its guid, and the other way."""
    words = {
        ("address", canonical(str(url), _ADDRESS) if url else ""),
        ("address", canonical(str(guid or ""))),
        ("guid", one_line(str(guid or ""), 500)),
        ("title", one_line(str(title or ""), 500)),
    }
    return frozenset((kind, word) for kind, word in words if word)


def _unmatched(wanted: Sequence[_Names], there: Sequence[_Names]) -> list[_Names]:
    """Return those of `wanted` that are not `there`, each of which is taken once."""
    by_name: dict[tuple[str, str], list[int]] = {}
    for index, names in enumerate(there):
        for name in names or {("", "")}:
            by_name.setdefault(name, []).append(index)
    taken: set[int] = set()
    left = []
    for names in sorted(wanted, key=len, reverse=True):
        shared = Counter(
            index for name in names or {("", "")} for index in by_name.get(name, ())
            if index not in taken
        )  # fmt: skip
        if shared:
            taken.add(max(shared, key=lambda index: (shared[index], -index)))
        else:
            left.append(names)
    # What says nothing is any other that is left over.
    spare = len(there) - len(taken)
    nameless = [names for names in left if not names]
    return [names for names in left if names] + nameless[spare:]


def _together(one: Sequence[_Names], other: Sequence[_Names]) -> list[_Names]:
    """Return what either found; where the one found nothing to say, the other may have."""
    more = _unmatched(other, one)
    nameless = sum(not names for names in one)
    said = [names for names in one if names] + more
    return said + [frozenset[tuple[str, str]]()] * max(nameless - len(more), 0)


def _as_words(names: _Names) -> str:
    return ", ".join(sorted(f"{kind} {word[:80]!r}" for kind, word in names)) or "an empty entry"


# -- expectations, field by field -----------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What one file expects of one field: of the channel (`entry` is -1) or of an entry."""

    entry: int
    field: str
    value: Any


def _check(wish: Wish, found: Read) -> bool:
    """Return whether we hold what is expected."""
    if found.reading is None or found.raw is None:
        return False
    if wish.entry < 0:
        said = {
            "title": found.reading.title,
            "url": canonical(found.raw.link, _ADDRESS),
            "language": found.reading.language,
        }[wish.field]
        return _same(wish, said)
    if wish.entry >= len(found.reading.entries):
        return False
    entry = found.reading.entries[wish.entry]
    if wish.field in ("published", "updated"):  # of one date it does not matter what it is called
        return _same(
            wish, getattr(entry, _FIELDS[wish.field]) or entry.published_at or entry.updated_at
        )
    return _same(wish, getattr(entry, _FIELDS[wish.field]), entry.text)


_FIELDS = {
    "guid": "guid", "url": "url", "title": "title", "text": "text", "author": "author",
    "published": "published_at", "updated": "updated_at", "language": "language",
    "categories": "categories",
}  # fmt: skip


def _same(wish: Wish, said: Any, text: str = "") -> bool:
    """Return whether a field says what is expected of it, both as a reader sees them."""
    value = wish.value
    if wish.field in ("published", "updated"):
        return bool(said == _instant(value))
    if wish.field == "guid":
        # An identifier is kept as it is written; feedparser completes it like a link.
        written = one_line(str(value), 500)
        return bool(said) and (said == written or urljoin(_ADDRESS, written).endswith(said))
    if wish.field == "author":
        return bool(person(str(said)) == one_line(person(str(value)), 200))
    if wish.field == "url":
        return bool(said == canonical(str(value), _ADDRESS))
    if wish.field == "language":
        return bool(said == str(value or "")[:2].lower())
    if wish.field == "categories":
        return one_line(str(value), 200) in said
    if wish.field == "text":
        return _squeezed(to_text(str(value), 20_000)) in _squeezed(text)
    return bool(said == one_line(str(value), 500))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _instant(value: Any) -> datetime | None:
    if isinstance(value, tuple):
        try:
            year, month, day, hour, minute, second = value[:6]
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (TypeError, ValueError):
            return None
    return read_date(str(value))


# -- gofeed ---------------------------------------------------------------------------------


def _gofeed(files: _FILE) -> dict[str, Row]:
    row = Row()
    for path, body in files.items():
        stem, _, ending = path.rpartition(".")
        answer = next((a for a in (f"{stem}_expected.json", f"{stem}.json") if a in files), "")
        if answer in ("", path) or stem.endswith("_expected"):
            continue
        found, peer = _read(body, {}, row), _peer(body, {})
        for wish in _wishes(json.loads(files[answer])):
            row.of += 1
            row.peer += ending != "json" and _peer_holds(wish, peer)
            held = _check(wish, found)
            row.held += held
            if not held:
                row.missing.append(f"{path}: {wish} {found.reason}")
    return {"gofeed": row}


def _peer_holds(wish: Wish, peer: Any) -> bool:
    """Return whether feedparser holds what is expected, seen as we see it."""
    if wish.entry >= len(peer.entries):
        return False
    said = dict(peer.feed if wish.entry < 0 else peer.entries[wish.entry])
    contents = [content.get("value", "") for content in said.get("content", ())]
    text = to_text("\n".join([str(said.get("summary", "")), *contents]))
    author = (said.get("author_detail") or {}).get("name") or said.get("author", "")
    language = said.get("language") or (said.get("title_detail") or {}).get("language")
    value: Any = {
        "guid": lambda: one_line(said.get("id", ""), 500),
        "url": lambda: canonical(said.get("link", ""), _ADDRESS),
        "title": lambda: one_line(said.get("title", ""), 500),
        "text": lambda: text,
        "author": lambda: one_line(author, 200),
        "published": lambda: _instant(tuple(said.get("published_parsed") or ())),
        "updated": lambda: _instant(tuple(said.get("updated_parsed") or ())),
        "language": lambda: str(language or "")[:2].lower(),
        "categories": lambda: [tag.get("term") for tag in said.get("tags", ())],
    }[wish.field]()
    return _same(wish, value, text)


def _wishes(expected: Any) -> Iterator[Wish]:
    """Yield what gofeed's own trees say of the fields that we carry."""
    if not isinstance(expected, dict):
        return
    yield from _wishes_of(-1, expected, ("title", "language"))
    if isinstance(expected.get("link"), str):
        yield Wish(-1, "url", expected["link"])
    for index, entry in enumerate(expected.get("items") or expected.get("entries") or ()):
        yield from _wishes_of(index, entry, ("title", "language"))
        yield from _wishes_of_entry(index, entry)


def _wishes_of(index: int, said: Mapping[str, Any], names: Sequence[str]) -> Iterator[Wish]:
    yield from (Wish(index, name, said[name]) for name in names if said.get(name))


def _wishes_of_entry(index: int, entry: Mapping[str, Any]) -> Iterator[Wish]:
    url = entry.get("link") or entry.get("url")
    links = [link for link in entry.get("links") or () if isinstance(link, dict)]
    alternates = [one.get("href") for one in links if one.get("rel", "alternate") == "alternate"]
    guid = entry.get("guid") or entry.get("id")
    texts = [entry.get(n) for n in ("description", "summary", "content", "content_html")]
    for name, value in (
        ("url", url or next(iter(alternates), None)),
        ("guid", guid.get("value") if isinstance(guid, dict) else guid),
        ("text", max((_value(text) for text in texts), key=len)),
        ("author", _author(entry)),
        (
            "published",
            entry.get("published") or entry.get("pubDate") or entry.get("date_published"),
        ),
        ("updated", entry.get("updated") or entry.get("date_modified")),
    ):
        if value:
            yield Wish(index, name, value)
    for category in entry.get("categories") or entry.get("tags") or ():
        is_tree = isinstance(category, dict)
        name = (category.get("term") or category.get("value")) if is_tree else category
        if name:
            yield Wish(index, "categories", name)


def _value(said: Any) -> str:
    return str((said.get("value") if isinstance(said, dict) else said) or "")


def _author(entry: Mapping[str, Any]) -> str:
    author = entry.get("author") or next(iter(entry.get("authors") or ()), None)
    if isinstance(author, dict):
        return str(author.get("name") or author.get("email") or "")
    return author or ""


# -- feedparser's own -----------------------------------------------------------------------

_HEADER = re.compile(r"^Header:\s*([\w-]+):\s*(.*)$", re.MULTILINE)
_EXPECT = re.compile(r"^\s*Expect:\s*(.*)$", re.MULTILINE)
_OF_FEED = {
    "title": "title", "title_detail.value": "title", "link": "url", "language": "language",
}  # fmt: skip
_OF_ENTRY = {
    "id": "guid", "guid": "guid", "link": "url", "title": "title", "title_detail.value": "title",
    "summary": "text", "description": "text", "summary_detail.value": "text",
    "content.0.value": "text", "author": "author", "author_detail.name": "author",
    "published": "published", "published_parsed": "published", "issued_parsed": "published",
    "created_parsed": "published", "updated": "updated", "updated_parsed": "updated",
    "modified_parsed": "updated", "title_detail.language": "language", "category": "categories",
    "language": "language",
}  # fmt: skip


def _conformance(files: _FILE) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for path, body in files.items():
        text = body.decode("utf-8", "replace")
        expect = _EXPECT.search(text)
        if not path.startswith("wellformed/") or expect is None:
            continue
        row = rows.setdefault(f"conformance.{path.split('/')[1]}", Row())
        headers = dict(_HEADER.findall(text.partition("-->")[0]))
        headers.setdefault("Content-Type", "application/xml; charset=utf-8")
        found = _read(body, headers, row)
        peer = _peer(body, {"content-location": _ADDRESS, **_lower(headers)})
        for place, wish in _comparisons(expect[1]):
            if wish.field == "text" and _is_shorter(wish, peer):
                continue
            row.of += 1
            row.peer += _looked_up(peer, place) == wish.value
            held = _check(wish, found)
            row.held += held
            if not held:
                row.missing.append(f"{path}: {wish} {found.reason} {_shown(wish, found)}")
    return {"conformance": _sum(rows.values()), **{n: one for n, one in rows.items() if one.of}}


def _sum(rows: Iterable[Row]) -> Row:
    whole = Row()
    for row in rows:
        for name in ("held", "of", "peer", "refused", "raised", "active"):
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
    return whole


def _is_shorter(wish: Wish, peer: Any) -> bool:
    """Return whether the entry says more elsewhere: an `Entry` keeps its longest text."""
    if wish.entry >= len(peer.entries):
        return False
    entry = peer.entries[wish.entry]
    texts = [entry.get("summary", ""), *(one.get("value", "") for one in entry.get("content", ()))]
    return len(str(wish.value)) < max(map(len, texts))


def _shown(wish: Wish, found: Read) -> str:
    reading = found.reading
    if reading is None or wish.entry < 0 or wish.entry >= len(reading.entries):
        return ""
    return repr(getattr(reading.entries[wish.entry], _FIELDS[wish.field]))[:100]


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _comparisons(written: str) -> Iterator[tuple[tuple[str | int, ...], Wish]]:
    """Yield place and value of each `place == literal` on a field that we carry."""
    try:
        tree = ast.parse(written.strip(), mode="eval").body
    except SyntaxError:
        return
    for one in tree.values if isinstance(tree, ast.BoolOp) else [tree]:
        if isinstance(one, ast.Compare) and all(isinstance(op, ast.Eq) for op in one.ops):
            sides = [one.left, *one.comparators]
            try:
                value = ast.literal_eval(sides[-1])
            except (ValueError, TypeError):
                continue
            for side in sides[:-1]:
                place = _place(side)
                if wish := _wish(place, value):
                    yield place, wish


def _place(node: ast.expr) -> tuple[str | int, ...]:
    """Return the way to a field, `("entries", 0, "title")`; () for any other expression."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        before = _place(node.value)
        return (*before, node.attr) if before else ()
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        before, step = _place(node.value), node.slice.value
        return (*before, step) if before and isinstance(step, str | int) else ()
    return ()


def _wish(place: tuple[str | int, ...], value: Any) -> Wish | None:
    if len(place) > 1 and place[0] == "feed":
        name = _OF_FEED.get(".".join(map(str, place[1:])))
        return Wish(-1, name, value) if name else None
    if len(place) > 2 and place[0] == "entries" and isinstance(place[1], int):
        steps = place[2:]
        is_tag = steps[0] == "tags" and steps[-1] == "term"
        name = "categories" if is_tag else _OF_ENTRY.get(".".join(map(str, steps)))
        return Wish(place[1], name, value) if name else None
    return None


def _looked_up(found: Any, place: Sequence[str | int]) -> Any:
    for step in place:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return None
    return found


_MEASURES: Mapping[str, Callable[[_FILE], dict[str, Row]]] = {
    "feeds-realmix": _realmix,
    "feeds-gofeed": _gofeed,
    "feeds-conformance": _conformance,
}
