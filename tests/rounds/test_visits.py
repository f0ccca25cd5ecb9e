"""What the store keeps of visits, how long, and what it reads for the next ones."""

from __future__ import annotations

import pickle
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import stored
from watch.domain import Cluster, Harvest, Item, Manners, Outcome, Source, Visit, WebUrl, packed
from watch.engine.local import Here
from watch.rounds import collect
from watch.rounds.appointments import keep_visits
from watch.sources.rhythm import learn
from watch.store import clusters, models, sources, visits
from watch.store.transaction import writing

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# An address inside that was not opened: refused before anything is sent.
NOWHERE = {
    f"{name}.example:443": ("127.0.0.1", 9) for name in ("journal", *(f"host{n}" for n in range(5)))
}


@pytest.fixture
def journal() -> Source:
    clusters.save(Cluster("essai", "Essai"))
    return added("https://journal.example/feed")


def added(url: str) -> Source:
    return sources.add("essai", Source(WebUrl(url), "A journal"), NOW)[0]


def visited(source: Source, at: datetime, outcome: Outcome, new_count: int = 0) -> None:
    with writing():
        visits.record([Harvest(source, at, outcome)], [at + HOUR], {source.id: new_count})


def kept_from(source: Source) -> list[datetime]:
    return [line.visited_at for line in visits.history("essai", source.id, 99)]


# -- pruning and looking back --------------------------------------------------------------


def test_quiet_visits_are_forgotten_after_a_hundred_days_and_the_others_later(
    journal: Source,
) -> None:
    quiet, brought, failed = (NOW - n * HOUR for n in (1, 2, 3))
    visited(journal, quiet, Outcome.UNCHANGED)
    visited(journal, brought, Outcome.NEWS, new_count=2)
    visited(journal, failed, Outcome.FAILED)

    visits.prune([journal.id], NOW + 99 * DAY)
    assert kept_from(journal) == [quiet, brought, failed]

    visits.prune([journal.id], NOW + 101 * DAY)
    assert kept_from(journal) == [brought, failed]

    visits.prune([journal.id], NOW + 401 * DAY)
    assert kept_from(journal) == []


def test_pruning_touches_no_other_source(journal: Source) -> None:
    other = added("https://other.example/feed")
    visited(other, NOW, Outcome.UNCHANGED)

    visits.prune([journal.id], NOW + 1000 * DAY)

    assert kept_from(other) == [NOW]


def test_old_visits_are_forgotten_at_the_first_visit_of_a_day(journal: Source) -> None:
    visited(journal, NOW - 200 * DAY, Outcome.UNCHANGED)
    visited(journal, NOW - DAY, Outcome.UNCHANGED)
    quiet = Harvest(journal, NOW, Outcome.UNCHANGED)

    with writing():
        keep_visits([quiet], {one.source.id: one for one in stored.due(NOW)}, {}, {}, NOW, "en")

    assert kept_from(journal) == [NOW, NOW - DAY]


def test_a_history_is_the_last_visits_newest_first_and_of_ones_own_sources(
    journal: Source,
) -> None:
    clusters.save(Cluster("autre", "Autre"))
    failed = Harvest(journal, NOW, Outcome.FAILED, reason="timeout", detail="slow", status=0)
    visited(journal, NOW - 2 * HOUR, Outcome.UNCHANGED)
    visited(journal, NOW - HOUR, Outcome.NEWS, new_count=3)
    with writing():
        visits.record([failed], [NOW], {})

    last, before = visits.history("essai", journal.id, 2)

    assert (last.outcome, last.reason, last.detail) == (Outcome.FAILED, "timeout", "slow")
    assert (before.outcome, before.new_count) == (Outcome.NEWS, 3)
    assert visits.history("autre", journal.id, 2) == []


# -- moves ---------------------------------------------------------------------------------


def test_a_move_is_followed_unless_its_new_address_is_a_source_already(journal: Source) -> None:
    other, third = added("https://other.example/feed"), added("https://third.example/feed")
    new = "https://journal.example/new"

    refused = sources.follow_moves({journal.id: new, other.id: third.url})

    assert refused == {other.id}
    assert {one.url for one in sources.held("essai")} == {new, other.url, third.url}


def test_of_two_sources_that_move_to_one_address_one_goes(journal: Source) -> None:
    other = added("https://journal.example/other")
    new = "https://journal.example/new"

    assert sources.follow_moves({journal.id: new, other.id: new}) == {other.id}


# -- what is due ---------------------------------------------------------------------------


def test_all_due_visits_of_a_host_are_one_trip_longest_waiting_first(journal: Source) -> None:
    second, other = added("https://journal.example/b"), added("https://other.example/a")
    for source, waited in ((journal, 1), (second, 3), (other, 2)):
        models.Source.objects.filter(pk=source.id).update(due_at=NOW - waited * HOUR)

    assert visits.due(NOW, 9) == {
        "journal.example": [second.id, journal.id],
        "other.example": [other.id],
    }
    assert visits.due(NOW, 1) == {"journal.example": [second.id]}
    assert visits.due(NOW, 9, "nobody") == {}


def test_visits_are_read_in_the_order_asked_for_without_those_that_are_no_more(
    journal: Source,
) -> None:
    other = added("https://other.example/a")

    assert [one.source for one in visits.of([other.id, 12_345, journal.id])] == [other, journal]


class Counting(Here):
    """Notes how many visits were recorded when each task was handed out."""

    def __init__(self) -> None:
        self.recorded: list[int] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Note, and run the task."""
        self.recorded.append(models.VisitRecord.objects.count())
        return super().submit(fn, *args, **kwargs)


def test_visits_are_handed_out_as_others_are_recorded_not_all_at_first(
    journal: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        added(f"https://host{n}.example/feed")
    monkeypatch.setattr(collect, "HOSTS_IN_A_TASK", 2)
    monkeypatch.setattr(collect, "TASKS_AT_ONCE", 1)
    engine = Counting()

    nowhere = Manners(robots=False, directory=NOWHERE)
    report = collect.collect_round(engine, nowhere, NOW)

    assert report.counts["visits"] == 6
    assert engine.recorded == [0, 0, 2]
    assert stored.due(NOW) == []


# -- what is learnt ------------------------------------------------------------------------


def quiet_visit(journal: Source) -> Visit:
    """Let a visit without news pass; return the next one."""
    harvest = Harvest(journal, NOW + DAY, Outcome.UNCHANGED)
    before = {one.source.id: one for one in visits.of([journal.id])}
    with writing():
        keep_visits([harvest], before, {}, {}, NOW + DAY, "en")
    return visits.of([journal.id])[0]


def test_what_news_teach_is_kept_and_a_visit_without_news_leaves_it(journal: Source) -> None:
    harvest = Harvest(journal, NOW, Outcome.NEWS, known_count=9)
    shown = {journal.id: [NOW - n * DAY for n in range(1, 10)]}
    with writing():
        keep_visits([harvest], {journal.id: Visit(journal)}, shown, {}, NOW, "en")
    taught = visits.of([journal.id])[0]

    assert taught.learnt == learn(taught.past) != b""
    assert quiet_visit(journal).learnt == taught.learnt


def test_a_past_that_an_older_version_kept_is_learnt_at_the_next_visit(journal: Source) -> None:
    harvest = Harvest(journal, NOW, Outcome.NEWS)
    shown = {journal.id: [NOW - n * DAY for n in range(1, 10)]}
    with writing():
        keep_visits([harvest], {journal.id: Visit(journal)}, shown, {}, NOW, "en")
    models.Source.objects.update(learnt=b"")

    after = quiet_visit(journal)

    assert after.learnt == learn(after.past)


# -- crossing ------------------------------------------------------------------------------


def test_what_crosses_to_another_process_arrives_as_it_was(journal: Source) -> None:
    visit = Visit(journal, '"x"', prints=packed({1, 2**64 - 1}), good_at=NOW, mark="é")
    harvest = Harvest(journal, NOW, Outcome.NEWS, seen=visit.seen, asked_every=DAY, flawed=True)
    item = Item("k", WebUrl("https://a.example/"), "T", "t", "fr", NOW, NOW, 1, "A")

    assert pickle.loads(pickle.dumps((visit, harvest, item))) == (visit, harvest, item)
