from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watch.domain import Harvest, Outcome, Source, Visit, WebUrl
from watch.sources.health import REASONS, explain, next_visit

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def visit(failures: int = 0, id: int = 1, hours: int = 6) -> Visit:
    url = WebUrl("https://site.example/feed")
    source = Source(url, "a source", every=timedelta(hours=hours), id=id)
    return Visit(source, failures=failures)


def ended(outcome: Outcome, reason: str = "", wait: timedelta | None = None) -> Harvest:
    return Harvest(visit().source, NOW, outcome, reason=reason, wait=wait)


def rest(visited: Visit, harvest: Harvest) -> timedelta:
    return next_visit(visited, harvest, NOW) - NOW


@pytest.mark.parametrize("outcome", [Outcome.NEWS, Outcome.UNCHANGED])
def test_a_source_that_answers_is_visited_as_agreed(outcome: Outcome) -> None:
    assert rest(visit(failures=9), ended(outcome)) == timedelta(hours=6)


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 12), (1, 24), (3, 96), (4, 168), (9, 168), (10**9, 168)]
)
def test_a_source_that_fails_rests_longer_each_time_up_to_a_week(failures: int, hours: int) -> None:
    rested = rest(visit(failures), ended(Outcome.FAILED, "timeout"))

    assert timedelta(hours=hours) <= rested <= timedelta(hours=hours * 1.1)


def test_a_source_that_is_visited_monthly_does_not_come_weekly_when_it_fails() -> None:
    rested = rest(visit(hours=720), ended(Outcome.FAILED, "timeout"))

    assert rested >= timedelta(hours=720)


def test_sources_that_failed_together_come_back_apart_and_always_alike() -> None:
    failure = ended(Outcome.FAILED, "timeout")
    rests = [rest(visit(id=id), failure) for id in range(20)]

    assert len(set(rests)) > 15
    assert rests == [rest(visit(id=id), failure) for id in range(20)]


def test_what_a_host_asks_for_is_obeyed() -> None:
    waiting = ended(Outcome.FAILED, "too_many", timedelta(hours=24))

    assert rest(visit(hours=1), waiting) == timedelta(hours=24)


def test_a_source_that_is_gone_is_looked_at_once_a_week() -> None:
    assert rest(visit(), ended(Outcome.FAILED, "gone")) == timedelta(days=7)


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_said_in_both_languages(reason: str) -> None:
    english, french = explain(reason, "en"), explain(reason, "fr")

    assert english == REASONS[reason]
    assert all(one and one != other for one, other in zip(french, english, strict=True))


def test_a_reason_of_another_version_has_a_sentence_too() -> None:
    assert explain("never heard of", "en") == REASONS["broken"]
