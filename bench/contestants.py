"""Who takes part in the measurement of collecting: ourselves, our relatives, and the limit.

Each is a context manager that makes everything ready before the clock runs, and gives what to
run and how to count what was kept.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from time import sleep
from typing import Any

__all__ = ["AT_ONCE", "CONTESTANTS", "Place", "Ready"]

AT_ONCE = 100
"""Requests that wait at one time, in the contestants that wait without threads."""
_THREADS = 20
_WORKERS = 2
_HOSTS = 1_000
_NOTES = "validators.json"


@dataclass(frozen=True)
class Place:
    """Where a contestant works: the web's port, how many feeds it has, a folder of its own."""

    port: int
    feeds: int
    folder: Path
    is_first: bool

    def plain(self) -> list[str]:
        """Return the addresses of the feeds, all on one host."""
        return [f"http://127.0.0.1:{self.port}/feed/{n}" for n in range(self.feeds)]

    def validators(self) -> dict[str, str]:
        """Return the ETags that a plain client wrote down at its first pass."""
        notes: dict[str, str] = json.loads((self.folder / _NOTES).read_text("utf-8"))
        return notes

    def keep(self, validators: Mapping[str, str]) -> None:
        """Write the ETags down for the next pass."""
        (self.folder / _NOTES).write_text(json.dumps(validators), "utf-8")


@dataclass(frozen=True)
class Ready:
    """What is measured, and what is asked afterwards: how many entries are kept now."""

    run: Callable[[], object]
    kept: Callable[[], int]


Contestant = Callable[[Place], AbstractContextManager[Ready]]


# -- ourselves -----------------------------------------------------------------------------


@contextmanager
def ours(place: Place, *, robots: bool = False, enriched: bool = False) -> Iterator[Ready]:
    """The real round into a real store; a thousand hosts, no pause between two requests to one."""
    os.environ |= {"ZOOM_MARCHE_HOME": str(place.folder), "ZOOM_MARCHE_DATABASE": ""}
    os.environ["DJANGO_SETTINGS_MODULE"] = "watch.settings"
    import django

    django.setup()
    from watch.domain import Cluster, Manners, Source, WebUrl
    from watch.engine.local import processes
    from watch.rounds.collect import collect_round
    from watch.rounds.visiting import gather
    from watch.store import clusters, models, sources
    from watch.store.transaction import prepare, writing

    now = datetime.now(UTC)
    hosts = [f"h{n}.bench.localhost" for n in range(min(place.feeds, _HOSTS))]
    if place.is_first:
        prepare()
        clusters.save(Cluster("bench", "Bench"))
        with writing():
            for n in range(place.feeds):
                address = WebUrl(f"http://{hosts[n % len(hosts)]}/feed/{n}")
                sources.add("bench", Source(address, f"Feed {n}"), now)
    else:
        sources.postpone("bench", now)
    here = ("127.0.0.1", place.port)
    manners = Manners(
        pause=timedelta(),
        robots=robots,
        open_addresses=frozenset({here}),
        directory={f"{host}:80": here for host in hosts},
    )
    with processes(_WORKERS, loaded=["watch.rounds.visiting"]) as engine:
        # A sleeper for each worker makes them all; then each imports what its tasks need.
        for task in (partial(sleep, 0.5), partial(gather, [], now, manners)):
            for future in [engine.submit(task) for _ in range(_WORKERS)]:
                future.result()

        def run() -> None:
            collect_round(engine, manners, now, "bench")
            if enriched:
                # Imported here: who only collects does not hold its tables.
                from watch.rounds.enrich import enrich_round

                enrich_round(engine, now)

        yield Ready(run, lambda: models.Sighting.objects.count())


@contextmanager
def ours_with_robots(place: Place) -> Iterator[Ready]:
    """The same with every host asked for its robots.txt first, as it is in earnest."""
    with ours(place, robots=True) as ready:
        yield ready


@contextmanager
def ours_enriched(place: Place) -> Iterator[Ready]:
    """The same and what follows it: language, print, story and search index of every item."""
    with ours(place, enriched=True) as ready:
        yield ready


@contextmanager
def visits_alone(place: Place) -> Iterator[Ready]:
    """Our visits without the round: asked and read in this process, nothing is stored."""
    from watch.domain import Harvest, Manners, Source, Trip, Visit, WebUrl
    from watch.sources.travel import travel

    notes = {} if place.is_first else place.validators()
    here = ("127.0.0.1", place.port)
    hosts = [f"h{n}.bench.localhost" for n in range(min(place.feeds, _HOSTS))]
    trips: dict[str, list[Visit]] = {host: [] for host in hosts}
    for n in range(place.feeds):
        host = hosts[n % len(hosts)]
        url = WebUrl(f"http://{host}/feed/{n}")
        trips[host].append(Visit(Source(url, f"Feed {n}"), etag=notes.get(url, "")))
    manners = Manners(
        pause=timedelta(),
        robots=False,
        open_addresses=frozenset({here}),
        directory={f"{host}:80": here for host in hosts},
    )
    tour = [Trip(host, tuple(visits)) for host, visits in trips.items()]
    found: list[Harvest] = []
    yield Ready(
        lambda: found.extend(travel(tour, datetime.now(UTC), manners)),
        lambda: sum(len(harvest.entries) for harvest in found),
    )
    place.keep({harvest.source.url: harvest.etag for harvest in found})


# -- relatives -----------------------------------------------------------------------------


@contextmanager
def reader(place: Place) -> Iterator[Ready]:
    """The library `reader` with its own store, in as many threads as it is worth."""
    from reader import make_reader

    opened = make_reader(str(place.folder / "reader.sqlite"))
    if place.is_first:
        for url in place.plain():
            opened.add_feed(url)

    def run() -> None:
        # Without `scheduled=False` a second pass within the hour would do nothing at all.
        opened.update_feeds(workers=_THREADS, scheduled=place.is_first)

    yield Ready(run, lambda: opened.get_entry_counts().total or 0)
    opened.close()


@contextmanager
def threads(place: Place) -> Iterator[Ready]:
    """What many write first: requests and feedparser in threads; nothing is stored."""
    import feedparser
    import requests

    notes = {} if place.is_first else place.validators()
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=_THREADS))
    counts: list[int] = []

    def visit(url: str) -> None:
        headers = {"If-None-Match": notes[url]} if url in notes else {}
        reply = session.get(url, headers=headers, timeout=30)
        if reply.status_code == 200:
            parsed = feedparser.parse(BytesIO(reply.content), response_headers=reply.headers)
            counts.append(len(parsed["entries"]))
            notes[url] = reply.headers.get("ETag", "")

    def run() -> None:
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(visit, place.plain()))

    yield Ready(run, lambda: sum(counts))
    place.keep(notes)


# -- the limit -----------------------------------------------------------------------------


@contextmanager
def bare_asyncio(place: Place) -> Iterator[Ready]:
    """Bytes over a hundred open connections, and nothing else: no client costs less."""
    notes = {} if place.is_first else place.validators()

    async def client(urls: Iterator[str]) -> None:
        incoming, outgoing = await asyncio.open_connection("127.0.0.1", place.port)
        for url in urls:
            path = "/" + url.split("/", 3)[3]
            condition = f"If-None-Match: {notes[url]}\r\n" if url in notes else ""
            outgoing.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{condition}\r\n".encode())
            head = await incoming.readuntil(b"\r\n\r\n")
            said = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
            await incoming.readexactly(int(said.get(b"Content-Length", 0)))
            notes[url] = said.get(b"ETag", b"").decode()
        outgoing.close()

    async def tour() -> None:
        urls = iter(place.plain())
        await asyncio.gather(*(client(urls) for _ in range(AT_ONCE)))

    yield Ready(lambda: asyncio.run(tour()), lambda: 0)
    place.keep(notes)


@contextmanager
def aiohttp_only(place: Place) -> Iterator[Ready]:
    """The client that most Python programs of this kind use, alone: get and forget."""
    import aiohttp

    notes = {} if place.is_first else place.validators()

    async def visit(session: Any, url: str) -> None:
        headers = {"If-None-Match": notes[url]} if url in notes else {}
        async with session.get(url, headers=headers) as reply:
            await reply.read()
            notes[url] = reply.headers.get("ETag", "")

    async def tour() -> None:
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(visit(session, url) for url in place.plain()))

    yield Ready(lambda: asyncio.run(tour()), lambda: 0)
    place.keep(notes)


CONTESTANTS: Mapping[str, Contestant] = {
    "ours": ours,
    "ours, robots on": ours_with_robots,
    "ours, enriched": ours_enriched,
    "our visits alone": visits_alone,
    "reader": reader,
    "requests + feedparser": threads,
    "bare asyncio": bare_asyncio,
    "aiohttp only": aiohttp_only,
}
