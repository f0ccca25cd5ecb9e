"""Six hundred feeds as they were found on the web go the whole way, to the written report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.doors import Reply, WebServer
from tests.shared import unpacked
from watch.domain import Cluster, Manners, Period, Report, Source, WebUrl
from watch.engine.local import Here
from watch.perimeter.read import read
from watch.rounds.collect import collect_round
from watch.rounds.enrich import enrich_round
from watch.rounds.publish import Imprint, publish_round
from watch.rounds.read import read_round
from watch.store import clusters, items, perimeters, sources

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
PERIMETER = Path(__file__).parents[2] / "config" / "perimeters" / "photonique.yaml"
# When most of these feeds were captured.
CAPTURED = Period(date(2008, 1, 1), date(2008, 12, 31))

# What of the two sets is no feed, or not one of which anything could be read.
UNREADABLE = {
    "custom": "not_a_feed",
    "FeedNotFound.xml": "not_a_feed",
    "logback-test.xml": "not_a_feed",
    "notafeed.html": "not_a_feed",
    "opml_1.0.xml": "not_a_feed",
    "opml_1.0_links.xml": "not_a_feed",
    "opml_2.0.xml": "not_a_feed",
    "2.rss": "not_a_feed",
    "rss_2.0_invalid_1.xml": "broken",
    "unrecognized.rss": "not_a_feed",
    "xml_sample_1.xml": "not_a_feed",
    "xml_sample_2.xml": "not_a_feed",
}

# Measured. feedparser finds 8,309 entries in both sets, JSON feeds included; what one feed says
# twice is one sighting, and what several feeds say is one item.
FEWEST_SIGHTINGS = 8_200
FEWEST_ITEMS = 7_900


@dataclass(frozen=True)
class RealWeb:
    """The files, each on a host of its own, and how to visit them."""

    server: WebServer
    manners: Manners

    def collect(self, now: datetime) -> Report:
        report = collect_round(Here(), self.manners, now, language="en")
        enrich_round(Here(), now)
        return report


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    sets = [unpacked(n, tmp_path_factory.mktemp(n)) for n in ("feeds-realmix", "feeds-bench")]
    return [path for one in sets for path in sorted(one.rglob("*")) if path.is_file()]


@pytest.fixture
def web(files: list[Path]) -> Iterator[RealWeb]:
    """Serve the files, and let the cluster `photonique` hold them all."""
    clusters.save(Cluster("photonique", "Photonique"))
    written = PERIMETER.read_text("utf-8")
    perimeters.load("photonique", read(written).version, written, "", NOW)
    names = [f"f{number}.feeds.example" for number in range(len(files))]
    answers = {f"/{name}": _reply(path) for name, path in zip(names, files, strict=True)}
    with WebServer(answers) as server:
        for name, path in zip(names, files, strict=True):
            sources.add("photonique", Source(WebUrl(f"http://{name}/{name}"), path.name), NOW)
        manners = Manners(
            pause=timedelta(),
            robots=False,
            open_addresses=frozenset({server.address}),
            directory={f"{name}:80": server.address for name in names},
        )
        yield RealWeb(server, manners)


def _reply(path: Path) -> Reply:
    body = path.read_bytes()
    # Two were stored as they went over the wire.
    packed = {"Content-Encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    return Reply(body, headers={"Content-Type": "application/xml", **packed})


@pytest.mark.slow
def test_real_feeds_are_stored_once_told_of_and_written_about(web: RealWeb, tmp_path: Path) -> None:
    first = web.collect(NOW)
    stored = items.count("photonique")
    health = sources.health("photonique")

    assert {one.source.name: one.reason for one in health if one.failures} == UNREADABLE
    # Feeds that ended years ago are named too: they are silent.
    assert {problem.partition(": ")[0] for problem in first.problems} >= set(UNREADABLE)
    assert first.counts["failed"] == len(UNREADABLE)
    assert all(problem.partition(": ")[2] for problem in first.problems)
    assert first.counts["items"] == stored >= FEWEST_ITEMS
    assert sum(one.item_count for one in health) >= FEWEST_SIGHTINGS

    reading = read_round(Here(), "photonique", NOW)
    report = publish_round(
        "photonique", "culture", CAPTURED, Imprint("Ada"), NOW, tmp_path, with_pdf=False
    )

    assert reading.counts["read"] == stored
    assert reading.counts["tagged"] >= 150
    assert report.counts["stories"] >= 10
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".html", ".html"]

    second = web.collect(NOW + timedelta(days=30))

    assert (second.counts["items"], second.counts["revised"]) == (0, 0)
    assert items.count("photonique") == stored
