"""Trips -> harvests: every host is asked in turn whether its sources have news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from time import perf_counter

from watch.domain import NO_URL, Harvest, Manners, Outcome, Trip, Visit
from watch.sources.door import Answer, Door, each, run
from watch.sources.door.waits import rest_of
from watch.sources.health import OF_THE_HOST, VisitFailed
from watch.sources.kind import Kind
from watch.sources.raw import RawFeed, to_reading
from watch.sources.registry import KINDS
from watch.sources.request import Reply, Request
from watch.text.clean import one_line
from watch.text.urls import canonical

ORDINARY = Manners()

log = logging.getLogger(__name__)

# After so many failures of the host's own in a row its other visits are not tried.
_PATIENCE = 3
# Reading a larger body takes so long that it goes to a thread; for others the way costs more.
_SMALL_BODY = 200_000
_MOST_VALIDATOR = 1_000
_MOST_DETAIL = 300


def travel(trips: Sequence[Trip], now: datetime, manners: Manners = ORDINARY) -> list[Harvest]:
    """Return one harvest per visit, in the order of the trips and their visits.

    A plain function of plain values, for any process: it runs an event loop of its own, so it
    must not be called inside one. Whatever a site does is a failed `Harvest`, never an error.
    Many hosts are asked at once, and one host once at a time.
    """
    return run(_tour(trips, now, manners))


async def _tour(trips: Sequence[Trip], now: datetime, manners: Manners) -> list[Harvest]:
    known = {rules.origin: rules for trip in trips for rules in trip.rules}
    # One large body at a time: more threads would not read faster, and hold more memory.
    desk = asyncio.Lock()
    async with Door(manners, now, known.values()) as door:
        found = await each(trips, manners.hosts_at_once, lambda trip: _trip(trip, now, door, desk))
    return [one for harvests in found for one in harvests]


async def _trip(trip: Trip, now: datetime, door: Door, desk: asyncio.Lock) -> list[Harvest]:
    """Return the harvests of one host; one that is down is left alone after a few attempts."""
    harvests: list[Harvest] = []
    failures = 0
    for visit in trip.visits:
        if failures < _PATIENCE:
            harvests.append(await _visit(visit, now, door, desk))
            failures = failures + 1 if harvests[-1].reason in OF_THE_HOST else 0
        else:
            harvests.append(replace(harvests[-1], source=visit.source, seconds=0.0))
    return harvests


async def visit_once(visit: Visit, now: datetime, door: Door) -> Harvest:
    """Return what one visit brings, through a door that is open; for a look before a source is."""
    return await _visit(visit, now, door, asyncio.Lock())


async def _visit(visit: Visit, now: datetime, door: Door, desk: asyncio.Lock) -> Harvest:
    began = perf_counter()
    try:
        kind = KINDS.get(visit.source.kind)
        if kind is None:
            raise VisitFailed("unknown_kind", visit.source.kind)
        if kind.fetch is not None:
            feed = await asyncio.to_thread(kind.fetch, visit, door.manners, now)
            harvested = _harvest(visit, feed, Harvest(visit.source, now, Outcome.NEWS))
        else:
            harvested = await _tell(kind, visit, now, door, desk)
    except VisitFailed as failure:
        harvested = failed(visit, failure, now)
    except Exception as error:  # whatever it was: one site must not cost the others their harvest
        log.exception("stumbled over source %s", visit.source.id)
        harvested = failed(visit, VisitFailed("broken", f"{type(error).__name__}: {error}"), now)
    return replace(
        permitted(harvested, door),
        detail=without_keys(harvested.detail, door.manners),
        seconds=perf_counter() - began,
        rules=door.courtesy.take_anew(),
    )


def without_keys(detail: str, manners: Manners) -> str:
    """Return what is told of a visit without the keys that a service may repeat in its words."""
    for key in manners.keys.values():
        detail = detail.replace(key, "…") if key else detail
    return detail


def permitted(harvest: Harvest, door: Door) -> Harvest:
    """Return a harvest with no more of its words than the source, or an entry's page, leaves us."""
    is_all = harvest.is_reserved or harvest.source.rights.is_reserved
    if not (is_all or door.courtesy.knows_reservations):
        return harvest
    entries = tuple(
        replace(one, text="", cites=()) if one.text and (is_all or door.reserves(one.url)) else one
        for one in harvest.entries
    )
    return replace(harvest, entries=entries)


async def _tell(kind: Kind, visit: Visit, now: datetime, door: Door, desk: asyncio.Lock) -> Harvest:
    """Return what a source answers to its kind's first request, and to those that follow."""
    request = kind.first(visit, door.manners, now)
    conditions = _conditions(visit) if kind.is_conditional else {}
    answer = await door.ask(request, conditions, kind.asks_robots)
    if len(answer.body) <= _SMALL_BODY:
        harvested, following = _first(kind, visit, request, answer, now, door.manners)
    else:
        async with desk:
            harvested, following = await asyncio.to_thread(
                _first, kind, visit, request, answer, now, door.manners
            )
    for _ in range(kind.most_requests - 1):
        left = door.manners.most_entries - len(harvested.entries) - harvested.known_count
        if following is None or left <= 0:
            break
        try:
            if harvested.wait:
                raise VisitFailed("too_many", "its allowance is nearly spent", 200, harvested.wait)
            answer, failure = await _ask_on(kind, following, door)
            feed = _read(kind, visit, following, answer, now, left, failure)
        except VisitFailed as end:
            if not (harvested.entries or harvested.known_count):
                raise
            # What the first pages held is kept; the mark stays, so that the rest is asked again.
            return replace(
                harvested,
                reason="cut_short", detail=one_line(end.detail, _MOST_DETAIL), flawed=True,
                etag="", last_modified="", body_hash=b"", mark=visit.mark, wait=end.wait,
            )  # fmt: skip
        harvested, following = _with_page(harvested, visit, feed, answer, now), feed.next
        if failure is not None and following is None:
            harvested = replace(harvested, wait=failure.wait)
    if following is not None:
        return replace(harvested, skipped_count=max(harvested.skipped_count, 1))
    return harvested


async def _ask_on(kind: Kind, request: Request, door: Door) -> tuple[Answer, VisitFailed | None]:
    """Return the answer to a further request; an empty one, and why, where it may fail."""
    try:
        return await door.ask(request, asks_robots=kind.asks_robots), None
    except VisitFailed as failure:
        if not request.may_fail:
            raise
        return Answer(request.url, failure.status, {}), failure


def harvest(visit: Visit, answer: Answer, now: datetime, manners: Manners) -> Harvest:
    """Return what an answer of the source's own address brings.

    Raises `VisitFailed` where it cannot be read.
    """
    kind = KINDS.get(visit.source.kind)
    if kind is None:
        raise VisitFailed("unknown_kind", visit.source.kind)
    return _first(kind, visit, Request(visit.source.url), answer, now, manners)[0]


def _first(
    kind: Kind, visit: Visit, request: Request, answer: Answer, now: datetime, manners: Manners
) -> tuple[Harvest, Request | None]:
    """Return what the first answer brings, and what to ask for next.

    The body's hash decides before anything is parsed. Of a body that ended early neither hash
    nor validators are kept, so the next visit asks for the whole.
    """
    digest = blake2b(answer.body, digest_size=16).digest() if answer.body else b""
    moved_to = canonical(answer.moved_to) if answer.moved_to else NO_URL
    result = Harvest(
        source=visit.source,
        visited_at=now,
        outcome=Outcome.UNCHANGED,
        status=answer.status,
        moved_to=moved_to if moved_to != visit.source.url else NO_URL,
        etag=_validator(answer.headers, "ETag") or (visit.etag if answer.status == 304 else ""),
        last_modified=_validator(answer.headers, "Last-Modified")
        or (visit.last_modified if answer.status == 304 else ""),
        body_hash=digest or visit.body_hash,
        mark=visit.mark,
        size=len(answer.body),
        wait=rest_of(answer.headers, now),
        is_reserved=answer.is_reserved,
    )
    is_same = bool(digest) and digest == visit.body_hash
    if answer.status == 304 or (kind.is_conditional and is_same):
        return result, None
    feed = _read(kind, visit, request, answer, now, manners.most_entries)
    feed.flaw = feed.flaw if answer.is_whole else "cut_short"
    return _harvest(visit, feed, result, answer.url), feed.next


def _read(
    kind: Kind, visit: Visit, request: Request, answer: Answer, now: datetime, most: int,
    failure: VisitFailed | None = None,
) -> RawFeed:  # fmt: skip
    assert kind.read is not None
    reason = failure.reason if failure else ""
    reply = Reply(request, answer.url, answer.body, answer.headers, now, answer.status, reason)
    return kind.read(reply, visit, most)


def _harvest(visit: Visit, feed: RawFeed, result: Harvest, base: str = "") -> Harvest:
    """Return the harvest of what was read, with `result`'s facts about the answer."""
    reading = to_reading(feed, visit.source, base, visit.seen, _item_kind(visit))
    ended_early = reading.flaw == "cut_short"
    is_asked_again = ended_early or feed.asks_again
    return replace(
        result,
        outcome=Outcome.NEWS,
        entries=reading.entries,
        reason=reading.flaw,
        flawed=bool(reading.flaw),
        etag="" if is_asked_again else result.etag,
        last_modified="" if is_asked_again else result.last_modified,
        body_hash=b"" if is_asked_again else result.body_hash,
        seen=reading.seen | visit.seen if ended_early else reading.seen,
        known_count=reading.known_count,
        skipped_count=reading.skipped_count,
        title=reading.title,
        language=reading.language,
        mark=visit.mark if feed.mark is None or ended_early else feed.mark,
        asked_every=reading.asked_every,
        hub=reading.hub,
    )


def _with_page(one: Harvest, visit: Visit, feed: RawFeed, answer: Answer, now: datetime) -> Harvest:
    """Return a harvest with what a further page holds."""
    page = to_reading(feed, visit.source, answer.url, visit.seen, _item_kind(visit))
    return replace(
        one,
        outcome=Outcome.NEWS,
        entries=one.entries + page.entries,
        seen=one.seen | page.seen,
        known_count=one.known_count + page.known_count,
        skipped_count=page.skipped_count,
        reason=one.reason or page.flaw,
        flawed=one.flawed or bool(page.flaw),
        title=one.title or page.title,
        mark=one.mark if feed.mark is None else feed.mark,
        size=one.size + len(answer.body),
        wait=rest_of(answer.headers, now),
        is_reserved=one.is_reserved or answer.is_reserved,
    )


def _item_kind(visit: Visit) -> str:
    return KINDS[visit.source.kind].item_kind


def failed(visit: Visit, failure: VisitFailed, now: datetime) -> Harvest:
    """Return the harvest of a visit that failed; what the last one left us stays."""
    return Harvest(
        source=visit.source,
        visited_at=now,
        outcome=Outcome.FAILED,
        reason=failure.reason,
        detail=one_line(failure.detail, _MOST_DETAIL),
        status=failure.status,
        etag=visit.etag,
        last_modified=visit.last_modified,
        body_hash=visit.body_hash,
        seen=visit.seen,
        mark=visit.mark,
        wait=failure.wait,
    )


def _conditions(visit: Visit) -> dict[str, str]:
    """Return the headers that ask for a body only where it has changed."""
    written = {"If-None-Match": visit.etag, "If-Modified-Since": visit.last_modified}
    return {name: value for name, value in written.items() if _is_sendable(value)}


def _validator(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "").strip()
    return value if _is_sendable(value) else ""


def _is_sendable(value: str) -> bool:
    """Return whether a validator can be kept and sent back: short, and plain ASCII."""
    return 0 < len(value) <= _MOST_VALIDATOR and value.isascii() and value.isprintable()
