"""A list page -> up to three recipes that would read it, from its repeating blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from watch.domain import Entry, Source
from watch.sources.health import VisitFailed
from watch.sources.pages.moments import without_dates
from watch.sources.pages.recipe import HEADINGS, entries_of, is_page
from watch.sources.pages.selector import complaint
from watch.sources.pages.tree import (
    classes_of,
    inside,
    links_in,
    read_tree,
    without_frame,
    words_of,
)
from watch.sources.raw import RawEntry, RawFeed, to_reading
from watch.sources.request import Reply

if TYPE_CHECKING:
    from bs4 import Tag

__all__ = ["Proposal", "propose"]

_FEWEST = 3
_MOST_CANDIDATES = 60
_MOST_READ_BACK = 8
# Blocks without a name of their own stand all over a page; others tell a list by their tag.
_PLAIN = frozenset({"div", "span", "p", "a"})
# How wide a block is tells nothing of what it holds: such a class comes after every other.
_WIDTH = re.compile(r"(?:col|span|grid|row|w|m|p|g|d)-.*|(?:col|row|grid|item)s?", re.IGNORECASE)
# A link in the midst of a text is no title: that has more of its block's words.
_LEAST_SHARE = 0.15
_SHORTEST = 15
# Of a title; names of people have two or three.
_FEWEST_WORDS = 4
_SAMPLE = 5
_NAME = re.compile(r"-?[A-Za-z_][\w-]*")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A recipe, and what it would bring from the page as it is now."""

    options: Mapping[str, str]
    entries: tuple[Entry, ...]


def propose(reply: Reply, source: Source, most: int = 3) -> list[Proposal]:
    """Return the recipes that read the lists of a page, the best first; [] where there is none.

    Each is read back on the whole page: what it shows is what a visit would bring.
    """
    try:
        whole = read_tree(reply)
    except VisitFailed:
        return []
    # A copy takes a seventh of the time of a second reading.
    pruned = copy(whole)
    main = without_frame(pruned)
    links = _titled_links(main)
    wanted = _promising(pruned, main, links, reply)
    scored: list[tuple[float, str, list[RawEntry]]] = []
    for selector in wanted:
        entries = entries_of(whole, {"item": selector}, reply)
        scored.append((_score(entries, links, reply.url), selector, entries))
    scored.sort(key=lambda one: -one[0])
    chosen: list[Proposal] = []
    shown: list[set[str]] = []
    for score, selector, entries in scored:
        urls = {entry.url for entry in entries}
        is_other = all(len(urls & other) < 0.5 * min(len(urls), len(other)) for other in shown)
        if score > 0 and is_other and len(chosen) < most:
            reading = to_reading(RawFeed(entries=entries), source, reply.url)
            chosen.append(Proposal({"item": selector}, reading.entries))
            shown.append(urls)
    return chosen


def _promising(pruned: Tag, main: Tag, links: set[str], reply: Reply) -> list[str]:
    """Return the selectors that read a list in the midst of a page, the best first."""
    found = []
    for selector in list(dict.fromkeys(_selectors(main)))[:_MOST_CANDIDATES]:
        score = _score(entries_of(pruned, {"item": selector}, reply), links, reply.url)
        if score > 0:
            found.append((score, selector))
    found.sort(key=lambda one: -one[0])
    return [selector for _, selector in found[:_MOST_READ_BACK]]


def _titled_links(main: Tag) -> set[str]:
    return {
        str(link["href"])
        for link in links_in(main)
        if is_page(str(link["href"])) and _is_title(link)
    }


def _is_title(link: Tag) -> bool:
    return len(words_of(link)) >= 20


def _selectors(main: Tag) -> Iterator[str]:
    """Yield a selector for each group of brothers that hold links, with and without its parent."""
    linking = {id(above) for link in links_in(main) for above in link.parents}
    for parent in [main, *main.find_all(True)]:
        groups: dict[str, list[Tag]] = {}
        # A text between elements has no name; the library's own types are not loaded here.
        for child in parent.children:
            if child.name == "a" or id(child) in linking:  # type: ignore[attr-defined]
                groups.setdefault(child.name, []).append(child)  # type: ignore[attr-defined,arg-type]
        for name, members in groups.items():
            if len(members) >= _FEWEST and _is_titled(members):
                yield from _named(parent, name, members)
    # Cards that stand alone in their columns have no brothers, but a class in common.
    counts = Counter(
        f"{one.name}.{name}"
        for one in main.find_all(["article", "div", "li", "section", "tr"])
        for name in classes_of(one)
        if id(one) in linking and _NAME.fullmatch(name)
    )
    yield from (name for name, count in counts.items() if count >= _FEWEST)


def _is_titled(members: list[Tag]) -> bool:
    """Return whether blocks have links that may be titles: judged by a few from their midst."""
    some = members[len(members) // 3 :][:_SAMPLE]
    return sum(map(_has_title, some)) > len(some) / 2


def _has_title(block: Tag) -> bool:
    links = [block] if block.name == "a" else links_in(block)
    longest = max((len(words_of(link)) for link in links), default=0)
    is_headed = any(inside(block, *HEADINGS))
    return longest >= _SHORTEST and (is_headed or longest >= _LEAST_SHARE * len(words_of(block)))


def _named(parent: Tag, name: str, members: list[Tag]) -> Iterator[str]:
    counts = Counter(one for member in members for one in dict.fromkeys(classes_of(member)))
    common = [one for one, n in counts.items() if n >= 0.8 * len(members) and _NAME.fullmatch(one)]
    common.sort(key=lambda one: bool(_WIDTH.fullmatch(one)))
    yield from (f"{name}.{one}" for one in common[:2])
    for one in _names_of(parent) or _names_of(parent.parent):
        yield f"{one} {name}" if one not in _names_of(parent) else f"{one} > {name}"
    if not common and not {parent.name, name} <= _PLAIN:
        yield f"{parent.name} > {name}" if parent.name != "[document]" else name


def _names_of(element: Tag | None) -> list[str]:
    """Return selectors that name one element: by its id, its first class, or its rare tag."""
    if element is None:
        return []
    names = [f"#{element['id']}"] if element.get("id") else []
    names += [f"{element.name}.{one}" for one in classes_of(element)[:1]]
    names += [element.name] if element.name in {"main", "article"} else []
    return [one for one in names if not complaint(one)]


def _score(entries: list[RawEntry], links: set[str], page: str) -> float:
    """Return how much a reading looks like a list of publications; 0 where it does not."""
    count = len(entries)
    if count < _FEWEST:
        return 0.0
    good = sum(map(_is_good, entries)) / count
    if good < 0.6 or len({entry.title for entry in entries}) < 0.7 * count:
        return 0.0
    # Comments are places on the page itself, and a list's items are pages of their own.
    own = page.partition("#")[0]
    elsewhere = {entry.url.partition("#")[0] for entry in entries} - {own}
    if len(elsewhere) < 0.6 * count:
        return 0.0
    dated = sum(bool(entry.published) for entry in entries) / count
    told = sum(bool(entry.text) for entry in entries) / count
    words = sum(min(len(entry.title.split()), 10) for entry in entries) / count / 10
    covered = min(1.0, count / len(links)) if links else 0.5
    return log2(1 + min(count, 40)) * good * (0.5 + dated + 0.4 * told) * words * (0.5 + covered)


def _is_good(entry: RawEntry) -> bool:
    """Return whether an entry has a title of words: no date, no name of a person."""
    words = without_dates(entry.title).split()
    return _SHORTEST <= len(entry.title) <= 250 and len(words) >= _FEWEST_WORDS
