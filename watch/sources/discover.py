"""An address that an officer typed -> what it is, and the ways in which it can be watched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from statistics import median

from watch.domain import Entry, Harvest, Manners, Outcome, Source, Visit, WebUrl
from watch.sources.door import Answer, Door, run
from watch.sources.health import VisitFailed
from watch.sources.kind import ask_address
from watch.sources.registry import KINDS
from watch.sources.request import Reply, Request
from watch.sources.spot import declared_feeds, page_title, usual_feeds, usual_sitemaps
from watch.sources.travel import ORDINARY, failed, harvest, permitted, visit_once
from watch.text.urls import canonical, host

__all__ = ["WAYS", "Finding", "Proposal", "check", "check_source"]

MOST_TRIES = 7
"""Of one way to watch a site: so many addresses are asked, no more."""
MOST_NEWEST = 10

WAYS = {
    "itself": "this address is a feed",
    "declared": "a feed that the page declares",
    "usual": "a feed that the page does not mention, found at a usual place",
    "interface": "the articles as the site hands them to programs",
    "list": "the list of articles on the page itself",
    "sitemap": "the list of its pages that the site keeps for search engines",
    "changes": "what changes on the page itself",
    "service": "a service that we know",
    "told": "as you describe it",
}
"""How an address can be watched, best first: a machine word -> what it is, to be translated."""

_WAY_OF = {"wordpress": "interface", "page": "list", "sitemap": "sitemap", "watch": "changes"}
_FAR_PAST = datetime(1, 1, 1, tzinfo=UTC)

Said = Callable[[str], None]
"""Told each address before it is asked: the work takes as long as the site's patience."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to watch an address: a source as it would be kept, and what a visit brings."""

    source: Source
    way: str
    """One of `WAYS`."""
    newest: tuple[Entry, ...]
    """The ten newest entries, newest first."""
    harvest: Harvest
    every: timedelta | None
    """Its rhythm: the median time between two entries; None where too few are dated."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an address turned out to be."""

    address: WebUrl
    """Where it answered in the end."""
    title: str
    """What the page calls itself; "" for a feed or nothing."""
    proposals: tuple[Proposal, ...]
    """Best first; empty where nothing can be watched."""
    harvest: Harvest
    """Of the address itself, read as a feed: with the reason why it is none."""


def check(
    address: str, now: datetime, manners: Manners = ORDINARY, said: Said | None = None
) -> Finding:
    """Return what is at an address and how it can be watched; never raises for what a site does.

    What the address itself is comes first, then the feeds that its page declares, then those at
    usual paths and the interfaces of its make, then the list of articles on the page, the site's
    sitemap where there is no feed, and the page itself. All that is asked goes under the guard
    and the manners of a visit. Runs an event loop of its own.
    """
    return run(_check(canonical(address), now, manners, said or _nobody))


def check_source(source: Source, now: datetime, manners: Manners = ORDINARY) -> Finding:
    """Return what a source brings whose kind and settings are known; never raises, as `check`."""
    return run(_check_source(source, now, manners))


async def _check_source(source: Source, now: datetime, manners: Manners) -> Finding:
    async with Door(manners, now) as door:
        one = await visit_once(Visit(source), now, door)
    found = () if one.outcome is Outcome.FAILED else (_proposal(one, "told"),)
    return Finding(source.url, "", found, one)


def _nobody(address: str) -> None:
    del address


async def _check(url: WebUrl, now: datetime, manners: Manners, said: Said) -> Finding:
    async with Door(manners, now) as door:
        here = Reply(Request(url), url, b"", {}, now)
        known = [p async for p in _visited(_spotted(here), "service", door, now, said)]
        if known:
            return Finding(url, "", tuple(known), known[0].harvest)
        visit = Visit(Source(url, host(url)))
        said(url)
        page: Answer | None = None
        try:
            page = await door.get(url)
            own = permitted(harvest(visit, page, now, manners), door)
        except VisitFailed as failure:
            own = failed(visit, failure, now)
        if own.outcome is not Outcome.FAILED:
            return Finding(own.moved_to or url, "", (_proposal(own, "itself"),), own)
        if page is None or own.reason not in {"not_a_feed", "broken", "empty"}:
            return Finding(url, "", (), own)
        reply = Reply(Request(url), page.url, page.body, page.headers, now)
        found = await _ways(reply, page, door, now, said)
        return Finding(WebUrl(page.url), page_title(reply), tuple(found), own)


async def _ways(
    reply: Reply, page: Answer, door: Door, now: datetime, said: Said
) -> list[Proposal]:
    """Return how a page can be watched: its feeds, else whatever else there is."""
    declared = islice(declared_feeds(reply), MOST_TRIES)
    found = [p async for p in _visited(declared, "declared", door, now, said)]
    others = [p async for p in _visited(_spotted(reply), "", door, now, said, page)]
    if not found and not any(one.way in {"interface", "sitemap"} for one in others):
        usual = islice(usual_feeds(reply), MOST_TRIES)
        found = [p async for p in _visited(usual, "usual", door, now, said)]
        found = found or await _sitemap(reply, door, now, said)
    order = list(WAYS)
    return sorted([*found, *others], key=lambda one: order.index(one.way))


async def _sitemap(reply: Reply, door: Door, now: datetime, said: Said) -> list[Proposal]:
    """Return the first sitemap of the site that brings anything: a visit asks many pages."""
    for source in usual_sitemaps(reply):
        async for one in _visited([source], "sitemap", door, now, said):
            if one.newest:
                return [one]
    return []


def _spotted(reply: Reply) -> Iterator[Source]:
    """Yield what the kinds themselves recognise in a page or, without a body, in an address."""
    for kind in KINDS.values():
        if kind.spot:
            yield from kind.spot(reply)


async def _visited(
    sources: Iterable[Source],
    way: str,
    door: Door,
    now: datetime,
    said: Said,
    page: Answer | None = None,
) -> AsyncIterator[Proposal]:
    """Yield those of the sources that can be read, what reads one body in one way once.

    `page` is what was asked already: a source that is this page needs no second asking.
    """
    known: set[tuple[str, frozenset[tuple[str, str]], bytes]] = set()
    for source in sources:
        if page and _is_page(source, page):
            one = _read_here(source, page, door, now)
        else:
            said(source.url)
            one = await visit_once(Visit(source), now, door)
        reading = (source.kind, frozenset(source.options.items()), one.body_hash)
        is_other = not one.body_hash or reading not in known
        if one.outcome is not Outcome.FAILED and is_other:
            known.add(reading)
            yield _proposal(one, way or _WAY_OF.get(source.kind, "service"))


def _is_page(source: Source, page: Answer) -> bool:
    kind = KINDS[source.kind]
    is_whole = kind.first is ask_address and kind.most_requests == 1
    return is_whole and source.url == canonical(page.url)


def _read_here(source: Source, page: Answer, door: Door, now: datetime) -> Harvest:
    visit = Visit(source)
    try:
        return permitted(harvest(visit, page, now, door.manners), door)
    except VisitFailed as failure:
        return failed(visit, failure, now)


def _proposal(one: Harvest, way: str) -> Proposal:
    dated = [entry.published_at or entry.updated_at or _FAR_PAST for entry in one.entries]
    order = sorted(range(len(dated)), key=lambda index: dated[index], reverse=True)
    newest = tuple(one.entries[index] for index in order[:MOST_NEWEST])
    source = _named(one)
    return Proposal(source, way, newest, replace(one, source=source), _rhythm(dated))


def _named(one: Harvest) -> Source:
    """Return the source as it should be kept: at its lasting address, under its own title."""
    url = one.moved_to or one.source.url
    name = one.title or one.source.name or host(url)
    return replace(one.source, url=url, name=name, language=one.source.language or one.language)


def _rhythm(instants: Iterable[datetime]) -> timedelta | None:
    """Return the median time between two of three or more instants, else None."""
    known = sorted(instant for instant in instants if instant is not _FAR_PAST)
    if len(known) < 3:
        return None
    seconds = [(after - before).total_seconds() for before, after in pairwise(known)]
    return timedelta(seconds=median(seconds))
