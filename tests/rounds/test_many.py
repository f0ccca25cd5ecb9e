"""Many sources, a tenth failing in every way: one pass ends, and no healthy one is missed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from bench import unruly
from watch.domain import Cluster, Manners, Source, WebUrl
from watch.engine.local import Here
from watch.rounds.collect import collect_round
from watch.store import clusters, models, sources
from watch.store.transaction import writing

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
SOURCES, HOSTS = 420, 140


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_among_failing_sources_every_healthy_one_is_collected() -> None:
    clusters.save(Cluster("essai", "Essai"))
    with writing():
        for n in range(SOURCES):
            source = Source(WebUrl(unruly.address(n, HOSTS)), f"Source {n}")
            sources.add("essai", source, NOW)
    well = {unruly.address(n, HOSTS) for n in range(SOURCES) if unruly.is_well(n, HOSTS)}
    with unruly.running() as port:
        here = ("127.0.0.1", port)
        ways = {f"h{n}.many.localhost:{p}": here for n in range(HOSTS) for p in (80, 443)}
        manners = Manners(
            pause=timedelta(), robots=False, deadline=timedelta(seconds=2),
            open_addresses=frozenset({here}), directory=ways,
        )  # fmt: skip

        report = collect_round(Here(), manners, NOW)

    brought = Counter(models.Sighting.objects.values_list("source__url", flat=True))
    assert report.counts["visits"] == SOURCES
    assert {url for url in well if brought[url] != unruly.ENTRIES} == set()
    said = dict(models.VisitRecord.objects.values_list("source__url", "reason"))
    ways_of_failing = {
        (urlsplit(url).path.split("/")[1], reason)
        for url, reason in said.items()
        if url not in well
    }
    assert {way for way, _ in ways_of_failing} == set(unruly.REASONS)
    assert {(w, r) for w, r in ways_of_failing if r not in unruly.REASONS[w]} == set()
