"""How far a visit to a site's sitemaps has come, and what the next visit has to know.

A kind remembers nothing between two answers: the course travels in each request as text, and
what is to last is left as the mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from watch.sources.health import OF_THE_HOST
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["Course", "Memory", "Place", "begun", "course_in", "memory_in"]

PAGES_A_VISIT: Final = 20
LISTS_A_VISIT: Final = 10
MOST_TRIES: Final = 3
_MOST_REMEMBERED: Final = 1_000

FAR_PAST: Final = datetime(1, 1, 1, tzinfo=UTC)
_FOR_GOOD: Final = frozenset({
    "bad_address", "blocked", "gone", "missing", "refused", "robots", "too_large",
})  # fmt: skip
"""Reasons for which an address is not asked a second time."""


@dataclass(slots=True)
class Place:
    """An address that is to be asked: a sitemap, or a page that the sitemap `of` lists."""

    url: str
    changed: str = ""
    of: str = ""
    level: int = 0

    @property
    def changed_at(self) -> datetime:
        """When its site says that it last changed; long ago where it does not."""
        return read_date(self.changed) or FAR_PAST


@dataclass(slots=True)
class Memory:
    """What the last visit left."""

    lists: dict[str, str] = field(default_factory=dict)
    """Sitemaps that have nothing left over -> when they had last changed; longest ago first."""
    tried: dict[str, int] = field(default_factory=dict)
    """Addresses that did not answer -> how often they were asked."""
    is_first: bool = True
    """Some sitemaps were never read: what they list was there before us."""


@dataclass(slots=True)
class Course:
    """How far a visit has come; what is to be asked next stands first."""

    lists: list[Place] = field(default_factory=list)
    pages: list[Place] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Sitemaps and indexes that were asked in this visit."""
    done: dict[str, str] = field(default_factory=dict)
    """Sitemaps that need no further asking in it -> when they had last changed."""
    left: dict[str, int] = field(default_factory=dict)
    """Sitemaps of which pages must wait for another visit -> how many."""
    tried: dict[str, int] = field(default_factory=dict)
    is_first: bool = True
    is_unread: bool = False
    """There are sitemaps that this visit does not come to, and that were never read."""
    page_count: int = 0
    misses: int = 0
    """How many times in a row the host did not answer."""
    passed: int = 0
    """How many addresses of other sites, or past the bounds, were left out."""

    def following(self) -> Request | None:
        """Return what to ask next: all lists before any page, since they tell what is newest."""
        if self.misses >= MOST_TRIES:
            self.is_unread |= bool(self.lists)
            self.leave(self.pages)
            self.lists, self.pages = [], []
        if self.lists:
            return Request(self.lists[0].url, step=_written(self), may_fail=True)
        if self.pages and self.page_count < PAGES_A_VISIT:
            return Request(self.pages[0].url, step=_written(self), may_fail=True)
        return None

    def leave(self, pages: Iterable[Place]) -> None:
        """Put pages off to another visit."""
        for page in pages:
            self.left[page.of] = self.left.get(page.of, 0) + 1

    def waiting(self) -> int:
        """Return how many pages are still to be asked, in this visit or in another one."""
        return len(self.pages) + sum(self.left.values())

    def heed(self, reply: Reply) -> None:
        """Note how patient the host is: one that is busy, or does not answer, is left alone."""
        self.misses = self.misses + 1 if reply.reason in OF_THE_HOST else 0
        if reply.reason == "too_many" or reply.status == 503:
            self.misses = MOST_TRIES

    def is_worth_another_try(self, url: str, reason: str) -> bool:
        """Return whether what failed is to be asked once more; note that it was tried."""
        self.tried[url] = tries = self.tried.pop(url, 0) + 1
        if reason not in _FOR_GOOD and tries < MOST_TRIES:
            return True
        del self.tried[url]
        return False

    def mark(self, memory: Memory) -> str:
        """Return what the next visit has to know."""
        unfinished = self.left.keys() | {page.of for page in self.pages}
        lists = {url: at for url, at in memory.lists.items() if url not in self.done} | self.done
        kept = [(url, at) for url, at in lists.items() if url not in unfinished]
        return _written(
            Memory(
                lists=dict(kept[-_MOST_REMEMBERED:]),
                tried=dict(list(self.tried.items())[-_MOST_REMEMBERED:]),
                is_first=self.is_first and (self.is_unread or bool(self.lists)),
            )
        )


def begun(url: str, memory: Memory) -> Course:
    """Return the course of a visit that begins at its source's own address."""
    return Course(lists=[Place(url)], tried=dict(memory.tried), is_first=memory.is_first)


def course_in(step: str) -> Course:
    """Return the course that a request carries."""
    written = json.loads(step)
    for name in ("lists", "pages"):
        written[name] = [Place(**place) for place in written[name]]
    return Course(**written)


def memory_in(mark: str) -> Memory:
    """Return what the last visit left; nothing for a mark of another kind."""
    try:
        return Memory(**json.loads(mark)) if mark else Memory()
    except (ValueError, TypeError):
        return Memory()


def _written(value: Any) -> str:
    return json.dumps(asdict(value), ensure_ascii=False, separators=(",", ":"))
