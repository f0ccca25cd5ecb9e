"""Sources that accept and never answer hold up nobody."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer, Write
from watch.domain import Cluster, Manners, Source, WebUrl
from watch.engine.local import Here
from watch.rounds.collect import collect_round
from watch.store import clusters, models, sources
from watch.store.transaction import writing

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><item><title>Un laser</title></item></channel></rss>"
SOURCES, SILENT = 500, 50


def silence(write: Write) -> None:
    time.sleep(3)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_n22_fifty_silent_sources_cost_no_other_its_harvest() -> None:
    clusters.save(Cluster("essai", "Essai"))
    with WebServer({"/feed": Reply(FEED), "/hang": Reply(raw=silence)}) as web:
        names = [f"h{n}.example" for n in range(SOURCES)]
        with writing():
            for n, name in enumerate(names):
                path = "hang" if n % (SOURCES // SILENT) == 0 else "feed"
                sources.add("essai", Source(WebUrl(f"http://{name}/{path}"), name), NOW)
        manners = Manners(
            pause=timedelta(), robots=False, deadline=timedelta(seconds=2),
            open_addresses=frozenset({web.address}),
            directory={f"{name}:80": web.address for name in names},
        )  # fmt: skip
        collect_round(Here(), manners, NOW)

    ended = dict(models.VisitRecord.objects.values_list("source__url", "reason"))
    assert len(ended) == SOURCES
    assert {url for url, reason in ended.items() if reason} == {
        url for url in ended if url.endswith("/hang")
    }
    assert set(ended.values()) == {"", "timeout"}
