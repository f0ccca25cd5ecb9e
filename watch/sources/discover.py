"""An address that an officer typed -> the feed that it is, or the feeds that its page offers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import pairwise
from statistics import median
from urllib.parse import urljoin

from watch.domain import Entry, Harvest, Manners, Source, Visit, WebUrl
from watch.sources.door import Answer, Door
from watch.sources.encoding import to_utf8
from watch.sources.health import VisitFailed
from watch.sources.travel import ORDINARY, failed, harvest
from watch.text.urls import canonical, host

MOST_TRIES = 5
MOST_NEWEST = 10

_USUAL = ("/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.json")
_TYPES = frozenset(
    f"application/{name}" for name in ("rss+xml", "atom+xml", "feed+json", "rdf+xml")
)
_MOST_PAGE = 300_000
_TAG = re.compile(r"<(link|base)\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-z-]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """What an address turned out to be. `kind` is "feed", "page" (with feeds) or "nothing"."""

    kind: str
    source: Source | None
    """The feed, named by its title and in its language; None for a page or nothing."""
    feeds: tuple[Source, ...]
    """The feeds that were found and could be read; of a feed itself alone."""
    newest: tuple[Entry, ...]
    """The ten newest entries of the first of them."""
    every: timedelta | None
    """Its rhythm: the median time between two entries; None where too few are dated."""
    harvest: Harvest
    """Of the address itself, with the reason why it is no feed."""


def check(address: str, now: datetime, manners: Manners = ORDINARY) -> Finding:
    """Return what is at an address; never raises for what a site may do.

    A page's own `<link rel="alternate">` are tried first, then the usual paths: with the page at
    most six addresses, all of them under the guard and the manners of a visit. Runs an event
    loop of its own.
    """
    return asyncio.run(_check(address, now, manners))


async def _check(address: str, now: datetime, manners: Manners) -> Finding:
    url = canonical(address)
    visit = Visit(Source(url, host(url)))
    async with Door(manners, now) as door:
        page: Answer | None = None
        try:
            page = await door.get(url)
            return _feed(harvest(visit, page, now, manners))
        except VisitFailed as failure:
            own = failed(visit, failure, now)
        found = await _offered(page, door, now) if page and own.reason == "not_a_feed" else []
    if not found:
        return Finding("nothing", None, (), (), None, own)
    first = _feed(found[0])
    feeds = tuple(_named(one) for one in found)
    return replace(first, kind="page", source=None, feeds=feeds, harvest=own)


async def _offered(page: Answer, door: Door, now: datetime) -> list[Harvest]:
    """Return the harvests of the feeds that a page names, else of those at the usual paths."""
    named = list(dict.fromkeys(_links(page)))[:MOST_TRIES]
    usual = [canonical(path, page.url) for path in _USUAL]
    found = await _tried(named, door, now)
    return found or await _tried(usual[: MOST_TRIES - len(named)], door, now)


async def _tried(urls: Sequence[WebUrl], door: Door, now: datetime) -> list[Harvest]:
    found: list[Harvest] = []
    for url in urls:
        visit = Visit(Source(url, host(url)))
        try:
            one = harvest(visit, await door.get(url), now, door.manners)
        except VisitFailed:
            continue
        if one.body_hash not in {other.body_hash for other in found}:
            found.append(one)
    return found


def _links(page: Answer) -> Iterator[WebUrl]:
    """Yield the addresses of the feeds that a page declares, in its order."""
    html = to_utf8(page.body[:_MOST_PAGE], page.headers.get("Content-Type", "")).decode()
    base = page.url
    for tag, written in _TAG.findall(html):
        said = {
            name.lower(): unescape(one or two or three).strip()
            for name, one, two, three in _ATTRIBUTE.findall(written)
        }
        if tag.lower() == "base":
            base = _joined(page.url, said.get("href", ""))
        elif said.get("type", "").lower() in _TYPES and "alternate" in said.get("rel", "").lower():
            url = canonical(said.get("href", ""), base)
            if url:
                yield url


def _joined(base: str, written: str) -> str:
    try:
        return urljoin(base, written)
    except ValueError:
        return base


def _feed(one: Harvest) -> Finding:
    dated = [entry.published_at or entry.updated_at or _FAR_PAST for entry in one.entries]
    order = sorted(range(len(dated)), key=lambda index: dated[index], reverse=True)
    newest = tuple(one.entries[index] for index in order[:MOST_NEWEST])
    source = _named(one)
    return Finding("feed", source, (source,), newest, _rhythm(dated), one)


def _named(one: Harvest) -> Source:
    """Return the source as it should be kept: at its lasting address, under its own title."""
    url = one.moved_to or one.source.url
    return Source(url, one.title or host(url), language=one.language)


def _rhythm(instants: Sequence[datetime]) -> timedelta | None:
    """Return the median time between two of three or more instants, else None."""
    known = sorted(instant for instant in instants if instant is not _FAR_PAST)
    if len(known) < 3:
        return None
    seconds = [(after - before).total_seconds() for before, after in pairwise(known)]
    return timedelta(seconds=median(seconds))
