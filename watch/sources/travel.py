"""Trips -> harvests: every host is asked in turn whether its sources have news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from time import perf_counter

from watch.domain import NO_URL, Harvest, Manners, Outcome, Trip, Visit
from watch.sources.door import Answer, Door
from watch.sources.health import VisitFailed
from watch.sources.registry import KINDS
from watch.text.clean import one_line
from watch.text.urls import canonical

ORDINARY = Manners()

log = logging.getLogger(__name__)

# Failures that are the host's own; after so many in a row its other visits are not tried.
_OF_THE_HOST = frozenset({"certificate", "dns", "timeout", "too_many", "unreachable"})
_PATIENCE = 3
# Names are looked up in threads, and a dead name server holds one for ten seconds and more.
_LOOKUPS_AT_ONCE = 64
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
    return asyncio.run(_tour(trips, now, manners))


async def _tour(trips: Sequence[Trip], now: datetime, manners: Manners) -> list[Harvest]:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_LOOKUPS_AT_ONCE))
    places = asyncio.Semaphore(manners.hosts_at_once)
    async with Door(manners, now) as door:
        # One large body at a time: more threads would not read faster, and hold more memory.
        desk = asyncio.Lock()
        tours = (_trip(trip, now, door, places, desk) for trip in trips)
        return [one for harvests in await asyncio.gather(*tours) for one in harvests]


async def _trip(
    trip: Trip, now: datetime, door: Door, places: asyncio.Semaphore, desk: asyncio.Lock
) -> list[Harvest]:
    """Return the harvests of one host; one that is down is left alone after a few attempts."""
    harvests: list[Harvest] = []
    failures = 0
    async with places:
        for visit in trip.visits:
            if failures < _PATIENCE:
                harvests.append(await _visit(visit, now, door, desk))
                failures = failures + 1 if harvests[-1].reason in _OF_THE_HOST else 0
            else:
                harvests.append(replace(harvests[-1], source=visit.source, seconds=0.0))
    return harvests


async def _visit(visit: Visit, now: datetime, door: Door, desk: asyncio.Lock) -> Harvest:
    began = perf_counter()
    try:
        answer = await door.get(visit.source.url, _conditions(visit))
        if len(answer.body) <= _SMALL_BODY:
            harvested = harvest(visit, answer, now, door.manners)
        else:
            async with desk:
                harvested = await asyncio.to_thread(harvest, visit, answer, now, door.manners)
    except VisitFailed as failure:
        harvested = failed(visit, failure, now)
    except Exception as error:  # whatever it was: one site must not cost the others their harvest
        log.exception("stumbled over source %s", visit.source.id)
        harvested = failed(visit, VisitFailed("broken", f"{type(error).__name__}: {error}"), now)
    return replace(harvested, seconds=perf_counter() - began)


def harvest(visit: Visit, answer: Answer, now: datetime, manners: Manners) -> Harvest:
    """Return what an answer brings; raise `VisitFailed` where it cannot be read.

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
        seen=visit.seen,
        known_count=0,
        size=len(answer.body),
    )
    if answer.status == 304 or (digest and digest == visit.body_hash):
        return result
    return _read(visit, answer, manners, result)


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
        wait=failure.wait,
    )


def _read(visit: Visit, answer: Answer, manners: Manners, result: Harvest) -> Harvest:
    reader = KINDS.get(visit.source.kind)
    if reader is None:
        raise VisitFailed("unknown_kind", visit.source.kind)
    reading = reader(
        answer.body,
        answer.headers.get("Content-Type", ""),
        visit.source,
        answer.url,
        visit.seen,
        manners.most_entries,
    )
    flaw = reading.flaw if answer.is_whole else "cut_short"
    ended_early = flaw == "cut_short"
    return replace(
        result,
        outcome=Outcome.NEWS,
        entries=reading.entries,
        reason=flaw,
        flawed=bool(flaw),
        etag="" if ended_early else result.etag,
        last_modified="" if ended_early else result.last_modified,
        body_hash=b"" if ended_early else result.body_hash,
        seen=reading.seen | visit.seen if ended_early else reading.seen,
        known_count=reading.known_count,
        skipped_count=reading.skipped_count,
        title=reading.title,
        language=reading.language,
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
