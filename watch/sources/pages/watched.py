"""One page that is watched: what it says anew since the last visit becomes an entry."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from watch.domain import Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.pages.moments import find_date
from watch.sources.pages.selector import complaint, select
from watch.sources.pages.tree import read_tree, without_frame, words_of
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.request import Reply
from watch.text.clean import shorten

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["WATCH", "read"]

# Of the text that is compared; with 60,000 letters a mark stays below 40 kB.
_MOST_LETTERS = 60_000
_MOST_SILENCE = 3
_BLOCKS = (
    "p", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "blockquote", "pre", "div",
    "section", "article", "main", "table", "ul", "ol", "dl", "figcaption", "caption", "body",
)  # fmt: skip
_COUNTER = re.compile(
    r"\d[\d\s.,]{0,30}+(?:vues?|views?|lectures?|commentaires?|comments?|likes?|partages?|shares?"
    r"|visiteurs?|visitors?|abonnés|followers|téléchargements?|downloads?|votes?)\b",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"mis(?:e)? à jour|dernière modification|last (?:updated|modified)|updated on|©|copyright"
    r"|nous sommes le|il est \d|heure locale|local time",
    re.IGNORECASE,
)
_SESSION = re.compile(r"\b(?=\w*\d)(?=\w*[a-fA-F])\w{16,}\b")
_CLOCK = re.compile(r"\b\d{1,2}(?::|\s?h\s?)\d{2}(?::\d{2})?\b")


def read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    """Return one entry with the passage that is new on a page, or none.

    The first visit only remembers. A page that has all but vanished three times in a row is
    flawed ("shape_changed"), and until then what was remembered stays.
    Raises `VisitFailed`: bad_options, empty, too_large, dangerous.
    """
    del most_entries
    part = visit.source.options.get("part", "").strip()
    if part and (wrong := complaint(part)):
        raise VisitFailed("bad_options", f"part: {wrong}")
    tree = read_tree(reply)
    title = words_of(tree.title) if tree.title else ""
    lines = _lines(tree, part, reply.asked_at)
    old, silent = _remembered(visit.mark)
    feed = RawFeed(title=title)
    if _has_vanished(old, lines):
        silent += 1
        feed.mark = _mark(old or [], silent)
        feed.flaw = "shape_changed" if silent >= _MOST_SILENCE else ""
        feed.asks_again = True
        return feed
    feed.mark = _mark(lines, 0)
    if old is not None:
        feed.entries = _changes(old, lines, title or visit.source.name, reply)
    return feed


def _changes(old: list[str], new: list[str], title: str, reply: Reply) -> list[RawEntry]:
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    added = [line for line in dict.fromkeys(new) if come[line]]
    removed = [line for line in dict.fromkeys(old) if gone[line]]
    if not added and not removed:
        return []
    text = "\n".join((*added, *(f"− {line}" for line in removed)))
    # Each change is a publication of its own: "#!" keeps its address apart from the page's.
    name = blake2b(text.encode(), digest_size=4).hexdigest()
    address = f"{reply.url.partition('#')[0]}#!{reply.asked_at:%Y-%m-%d}-{name}"
    told = added[0] if added else f"− {removed[0]}"
    return [
        RawEntry(
            guid=address,
            url=address,
            title=f"{shorten(title, 120)} – {shorten(told, 120)}".replace("<", "&lt;"),
            text=text.replace("&", "&amp;").replace("<", "&lt;"),
            published=reply.asked_at,
        )
    ]


def _lines(tree: BeautifulSoup, part: str, asked_at: datetime) -> list[str]:
    """Return the lines that count, without counters, days of today and sessions."""
    places = select(tree, part) if part else [without_frame(tree)]
    inner = {id(below) for place in places for below in place.find_all(True)}
    outermost = [place for place in places if id(place) not in inner]
    lines = (
        _quiet(line[:_MOST_LETTERS], asked_at) for place in outermost for line in _blocks(place)
    )
    kept, left = [], _MOST_LETTERS
    for line in filter(None, lines):
        left -= len(line)
        if left < 0:
            break
        kept.append(line)
    return kept


def _blocks(place: Tag) -> list[str]:
    """Return the text of a place with a line for each block; a row of a table is one line."""
    for row in place.find_all("tr"):
        row.string = words_of(row)
    for block in place.find_all(_BLOCKS):
        block.insert(0, "\n")
        block.append("\n")
    return [" ".join(line.split()) for line in place.get_text(" ").splitlines() if line.strip()]


def _quiet(line: str, asked_at: datetime) -> str:
    """Return a line without what changes by itself; "" where nothing is left to say."""
    line = _SESSION.sub("", _COUNTER.sub("", line))
    if _STAMP.search(line):
        return ""
    found, words = find_date(line, asked_at)
    if found and abs(found - asked_at) < timedelta(days=2):
        line = _CLOCK.sub("", line.replace(words, ""))
    line = " ".join(line.split())
    return line if any(letter.isalnum() for letter in line) else ""


def _has_vanished(old: list[str] | None, new: list[str]) -> bool:
    if old is None:
        return False
    before, after = sum(map(len, old)), sum(map(len, new))
    return before > 0 and (after == 0 or (before > 500 and after * 5 < before))


def _mark(lines: list[str], silent: int) -> str:
    written = json.dumps([silent, lines], ensure_ascii=False).encode("utf-8", "replace")
    return b64encode(zlib.compress(written, 9)).decode()


def _remembered(mark: str) -> tuple[list[str] | None, int]:
    """Return the lines that were kept, None before a first visit, and how often it was silent."""
    try:
        most = 8 * _MOST_LETTERS
        silent, lines = json.loads(zlib.decompressobj().decompress(b64decode(mark), most))
        return [str(line) for line in lines], int(silent)
    except (ValueError, TypeError, zlib.error):
        return None, 0


WATCH = Kind(
    "watch",
    "One page that is watched: what changes on it",
    read=read,
    options=(Option("part", "Only this part of the page (CSS selector)", complaint=complaint),),
    example={"url": "https://norme.example/page", "part": "main"},
)
