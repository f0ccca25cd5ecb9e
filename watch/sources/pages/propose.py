"""A list page -> up to three recipes that would read it, from its repeating blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from watch.domain import Entry, Source
from watch.sources.health import VisitFailed
from watch.sources.pages.recipe import entries_of, is_page
from watch.sources.pages.selector import complaint
from watch.sources.pages.tree import classes_of, read_tree, without_frame, words_of
from watch.sources.raw import RawEntry, RawFeed, to_reading
from watch.sources.request import Reply

if TYPE_CHECKING:
    from bs4 import Tag

__all__ = ["Proposal", "propose"]

_FEWEST = 3
_MOST_CANDIDATES = 60
# Tags alone name blocks all over a page: any other name is better.
_VAGUE = re.compile(r"[a-z]+ > [a-z0-9]+")
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
        whole, pruned = read_tree(reply), read_tree(reply)
    except VisitFailed:
        return []
    main = without_frame(pruned)
    scored: list[tuple[float, str, list[RawEntry]]] = []
    links = _titled_links(main)
    for selector in list(dict.fromkeys(_selectors(main)))[:_MOST_CANDIDATES]:
        entries = entries_of(whole, {"item": selector}, reply)
        weight = 0.4 if _VAGUE.fullmatch(selector) else 1.0
        scored.append((weight * _score(entries, links), selector, entries))
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


def _titled_links(main: Tag) -> set[str]:
    links = main.find_all("a", href=True)
    return {str(link["href"]) for link in links if is_page(str(link["href"])) and _is_title(link)}


def _is_title(link: Tag) -> bool:
    return len(words_of(link)) >= 20


def _selectors(main: Tag) -> Iterator[str]:
    """Yield a selector for each group of brothers that hold links, with and without its parent."""
    for parent in [main, *main.find_all(True)]:
        groups: dict[str, list[Tag]] = {}
        for child in parent.find_all(True, recursive=False):
            if child.name == "a" or child.find("a", href=True):
                groups.setdefault(child.name, []).append(child)
        for name, members in groups.items():
            if len(members) >= _FEWEST:
                yield from _named(parent, name, members)
    # Cards that stand alone in their columns have no brothers, but a class in common.
    counts = Counter(
        f"{one.name}.{name}"
        for one in main.find_all(["article", "div", "li", "section", "tr"])
        for name in classes_of(one)
        if _NAME.fullmatch(name) and one.find("a", href=True)
    )
    yield from (name for name, count in counts.items() if count >= _FEWEST)


def _named(parent: Tag, name: str, members: list[Tag]) -> Iterator[str]:
    counts = Counter(one for member in members for one in set(classes_of(member)))
    common = [one for one, n in counts.items() if n >= 0.8 * len(members) and _NAME.fullmatch(one)]
    yield from (f"{name}.{one}" for one in common[:2])
    for one in _names_of(parent) or _names_of(parent.parent):
        yield f"{one} {name}" if one not in _names_of(parent) else f"{one} > {name}"
    if not common:
        yield f"{parent.name} > {name}" if parent.name != "[document]" else name


def _names_of(element: Tag | None) -> list[str]:
    """Return selectors that name one element: by its id, its first class, or its rare tag."""
    if element is None:
        return []
    names = [f"#{element['id']}"] if element.get("id") else []
    names += [f"{element.name}.{one}" for one in classes_of(element)[:1]]
    names += [element.name] if element.name in {"main", "article"} else []
    return [one for one in names if not complaint(one)]


def _score(entries: list[RawEntry], links: set[str]) -> float:
    """Return how much a reading looks like a list of publications; 0 where it does not."""
    count = len(entries)
    if count < _FEWEST:
        return 0.0
    good = sum(15 <= len(e.title) <= 250 and len(e.title.split()) >= 3 for e in entries) / count
    if good < 0.6 or len({entry.title for entry in entries}) < 0.7 * count:
        return 0.0
    dated = sum(bool(entry.published) for entry in entries) / count
    told = sum(bool(entry.text) for entry in entries) / count
    words = sum(min(len(entry.title.split()), 10) for entry in entries) / count / 10
    covered = min(1.0, count / len(links)) if links else 0.5
    return log2(1 + min(count, 40)) * good * (0.5 + dated + 0.4 * told) * words * (0.5 + covered)
