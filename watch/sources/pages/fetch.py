"""Pages of items -> articles: each host is asked in turn, politely, like any visit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from watch.domain import HouseRules, Manners, WebUrl
from watch.sources.door import Answer, Door, each, run
from watch.sources.health import OF_THE_HOST, VisitFailed
from watch.sources.pages.apart import read_apart
from watch.sources.pages.article import Article, read_article
from watch.sources.pages.bounds import MOST_BYTES, is_heavy

__all__ = ["Fetched", "Wanted", "fetch_pages"]

log = logging.getLogger(__name__)

# After one of these a host's other pages are left for another day.
_ENDING: Final = OF_THE_HOST | {"refused"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page to fetch: of which item, and where."""

    item: str
    url: WebUrl


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one page: an article, or the reason why there is none."""

    item: str
    article: Article | None = None
    reason: str = ""
    """A reason of `health.REASONS`, "reserved", or "no_article"; "" with an article."""


def fetch_pages(
    tours: Sequence[Sequence[Wanted]],
    now: datetime,
    manners: Manners,
    known: Iterable[HouseRules] = (),
) -> list[Fetched]:
    """Return what became of each page; a tour is all wanted pages of one host, in their order.

    `known` are the house rules that visits have brought: these are not asked for again.

    A plain function for any process, with an event loop of its own. Whatever a site does is a
    reason, never an error; after a failure of the host's own its other pages are not asked for.
    """
    return run(_fetch(tours, now, manners, known))


async def _fetch(
    tours: Sequence[Sequence[Wanted]],
    now: datetime,
    manners: Manners,
    known: Iterable[HouseRules],
) -> list[Fetched]:
    bounded = replace(manners, most_bytes=min(manners.most_bytes, MOST_BYTES))
    # One page at a time: its tree is many times its size.
    desk = asyncio.Lock()
    async with Door(bounded, now, known) as door:
        found = await each(tours, manners.hosts_at_once, lambda tour: _tour(tour, now, door, desk))
    return [one for some in found for one in some]


async def _tour(
    tour: Sequence[Wanted], now: datetime, door: Door, desk: asyncio.Lock
) -> list[Fetched]:
    found: list[Fetched] = []
    for wanted in tour:
        if found and found[-1].reason in _ENDING:
            found.append(Fetched(wanted.item, reason=found[-1].reason))
        else:
            found.append(await _one(wanted, now, door, desk))
    return found


async def _one(wanted: Wanted, now: datetime, door: Door, desk: asyncio.Lock) -> Fetched:
    try:
        answer = await door.get(wanted.url)
        if answer.is_reserved:
            return Fetched(wanted.item, reason="reserved")
        async with desk:
            article = await asyncio.to_thread(_read, answer, now)
    except VisitFailed as failure:
        return Fetched(wanted.item, reason=failure.reason)
    except Exception:  # whatever it was: one page must not cost the others
        log.exception("stumbled over the page of item %s", wanted.item)
        return Fetched(wanted.item, reason="broken")
    if article is None:
        return Fetched(wanted.item, reason="no_article")
    if article.is_reserved:
        return Fetched(wanted.item, reason="reserved")
    return Fetched(wanted.item, article)


def _read(answer: Answer, now: datetime) -> Article | None:
    content_type = answer.headers.get("Content-Type", "")
    if not answer.is_whole or (content_type and "html" not in content_type.lower()):
        return None
    read = read_apart if is_heavy(answer.body) else read_article
    return read(answer.body, answer.url, now, content_type)
