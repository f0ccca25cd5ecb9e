"""A list page and an officer's recipe -> the entries of the page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from watch.domain import Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.pages.moments import find_date, without_dates
from watch.sources.pages.selector import complaint, select
from watch.sources.pages.tree import base_of, inside, links_in, read_tree, words_of
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.request import Reply

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["FIELDS", "PAGE", "entries_of", "proposal_in", "read"]

FIELDS = ("item", "title", "link", "date", "summary")
# A page is silent so often in a row before we say that its shape has changed.
_MOST_SILENCE = 3
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MOST_ITEMS = 500
# What lies inside an item is read with it: where items nest, the innermost would be read as often.
_MOST_AROUND = 3


@dataclass(slots=True)
class _Memory:
    """What the last visits left: items of the last good reading, their fields, a proposal."""

    count: int = 0
    dated: int = 0
    silent: int = 0
    proposal: dict[str, str] | None = None

    def written(self) -> str:
        return json.dumps([self.count, self.dated, self.silent, self.proposal])


def read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    """Return what a recipe finds on a page.

    `flaw` is "shape_changed" where it found nothing three times in a row or its reading looks
    otherwise than the last good one; the mark then keeps a new proposal, and the recipe stays.
    `no_recipe` is the flaw of a source that has none yet: an officer has to see one first.
    Raises `VisitFailed`: bad_options, empty, too_large, dangerous.
    """
    options = _checked(visit.source.options)
    tree = read_tree(reply)
    feed = RawFeed(title=words_of(tree.title) if tree.title else "", language=_language(tree))
    if "item" not in options:
        feed.flaw, feed.asks_again, feed.mark = "no_recipe", True, ""
        return feed
    entries = entries_of(tree, options, reply)
    feed.entries, feed.skipped_count = entries[:most_entries], len(entries[most_entries:])
    memory = _memory(visit.mark)
    dated = sum(bool(entry.published) for entry in entries)
    memory.silent = 0 if entries else memory.silent + 1
    if memory.silent >= _MOST_SILENCE or (entries and _is_odd(memory, len(entries), dated)):
        feed.flaw = "shape_changed"
        memory.proposal = _proposed(reply, visit)
    elif entries:
        memory = _Memory(len(entries), dated)
    feed.asks_again = not entries or bool(feed.flaw)
    feed.known = visit.seen if feed.asks_again else frozenset()
    feed.mark = memory.written()
    return feed


def proposal_in(mark: str) -> dict[str, str]:
    """Return the recipe that was proposed when a page changed its shape; {} for none."""
    return _memory(mark).proposal or {}


def entries_of(tree: Tag, options: dict[str, str], reply: Reply) -> list[RawEntry]:
    """Return the entries that a recipe finds, each address once, in the page's order."""
    base = base_of(tree, reply.url)
    items = select(tree, options["item"])[:_MOST_ITEMS]
    known = {id(item) for item in items}
    items = [one for one in items if sum(id(p) in known for p in one.parents) <= _MOST_AROUND]
    found: dict[str, RawEntry] = {}
    for item in items:
        entry = _entry(item, options, base, reply.asked_at, known)
        if entry.title and entry.url:
            found.setdefault(entry.url, entry)
    return list(found.values())


def _entry(
    item: Tag, options: dict[str, str], base: str, asked_at: datetime, known: set[int]
) -> RawEntry:
    link = _link(item, options.get("link", ""))
    if link is None:
        return RawEntry()
    heading = _first(item, options["title"]) if options.get("title") else _heading(item)
    title = words_of(heading or link) or words_of(link) or str(link.get("title") or "")
    published = _date(item, options.get("date", ""), asked_at, known)
    summary = _summary(item, options.get("summary", ""), title)
    return RawEntry(
        url=_joined(base, str(link["href"])), title=title, text=summary, published=published or ""
    )


def _link(item: Tag, selector: str) -> Tag | None:
    """Return the link of an item: the one asked for, of its heading, or with the longest words."""
    if selector:
        found = _first(item, selector)
        links = [found] if found is not None and found.get("href") else []
    elif item.name == "a":
        links = [item]
    else:
        heading = _heading(item)
        links = (list(links_in(heading)) if heading else []) or list(links_in(item))
    web = [link for link in links if is_page(str(link.get("href") or ""))]
    return max(web, key=lambda link: len(words_of(link)), default=None)


def is_page(href: str) -> bool:
    """Return whether a link leads to a page: not to a script, a mailbox or a place on this one."""
    written = href.strip().lower()
    scheme = written.partition(":")[0] if ":" in written.partition("/")[0] else ""
    return bool(written) and not written.startswith("#") and scheme in {"", "http", "https"}


def _date(item: Tag, selector: str, asked_at: datetime, known: set[int]) -> datetime | None:
    """Return the date in an item, else in what stands beside it and is no item."""
    place = _first(item, selector) if selector else next(inside(item, "time"), None)
    for element in filter(None, (place, item, *_beside(item, known))):
        for name in ("datetime", "content"):
            found, _ = find_date(str(element.get(name) or "")[:10], asked_at)
            if found:
                return found
        found, _ = find_date(words_of(element)[:2_000], asked_at)
        if found:
            return found
    return None


def _beside(item: Tag, known: set[int]) -> list[Tag]:
    """Return the heading or term above an item, and the definition below."""
    above = item.find_previous_sibling(True)
    for _ in range(50):
        if above is None or id(above) not in known:
            break
        above = above.find_previous_sibling(True)
    below = item.find_next_sibling(True) if item.name in {"dt", *HEADINGS} else None
    return [
        one
        for one in (above, below)
        if one is not None and id(one) not in known and len(words_of(one)) < 300
    ]


def _summary(item: Tag, selector: str, title: str) -> str:
    if selector:
        found = _first(item, selector)
        return without_dates(words_of(found)) if found is not None else ""
    texts = [without_dates(words_of(one)) for one in inside(item, "p")]
    return max((text for text in texts if text != title and len(text) > 30), key=len, default="")


def _first(item: Tag, selector: str) -> Tag | None:
    return next(iter(select(item, selector)), None)


def _heading(item: Tag) -> Tag | None:
    return next(inside(item, *HEADINGS), None)


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def _is_odd(last: _Memory, count: int, dated: int) -> bool:
    """Return whether a reading looks otherwise than the last good one."""
    lost_dates = last.dated >= 0.8 * last.count > 0 and dated < 0.2 * count
    return lost_dates or (last.count >= 8 and not last.count / 4 <= count <= last.count * 4)


def _proposed(reply: Reply, visit: Visit) -> dict[str, str] | None:
    from watch.sources.pages.propose import propose

    found = propose(reply, visit.source, most=1)
    return dict(found[0].options) if found else None


def _checked(options: Any) -> dict[str, str]:
    """Return the recipe of a source; raise `VisitFailed` where a selector will not do."""
    recipe = {name: options[name].strip() for name in FIELDS if options.get(name, "").strip()}
    for name, written in recipe.items():
        if wrong := complaint(written):
            raise VisitFailed("bad_options", f"{name}: {wrong}")
    return recipe


def _memory(mark: str) -> _Memory:
    try:
        return _Memory(*json.loads(mark)) if mark else _Memory()
    except (ValueError, TypeError):
        return _Memory()


def _language(tree: BeautifulSoup) -> str:
    html = tree.find("html")
    return str(html.get("lang") or "") if html else ""


PAGE = Kind(
    "page",
    "A list page without a feed, whose items stand where you say",
    read=read,
    options=(
        Option("item", "Block that holds one publication (CSS selector)", complaint=complaint),
        Option("title", "Its title, inside the block", complaint=complaint),
        Option("link", "Its link, inside the block", complaint=complaint),
        Option("date", "Its date, inside the block", complaint=complaint),
        Option("summary", "Its summary, inside the block", complaint=complaint),
    ),
    example={"url": "https://cluster.example/actualites", "item": "article", "title": "h2"},
)
