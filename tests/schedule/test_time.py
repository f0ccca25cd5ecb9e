"""Each slot once, however the clock moves (rows T02, T05, T06 of the safety list)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.rounds.outbox import CLUSTER, ME, post, states
from tests.rounds.test_sending import Fates
from watch.domain import Cluster, Fate, Report
from watch.rounds.send import send_round
from watch.schedule import Plan, holder, tick
from watch.store import slots

pytestmark = pytest.mark.django_db

PARIS = Cluster("optique", "Optique")
THURSDAY = datetime(2026, 11, 19, 9, tzinfo=UTC)  # ten in Paris
PLAN = Plan(tell_weekday=3, tell_hour=10)


class Chores:
    """Rounds that only count how often they were done."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()

    def at(self, now: datetime) -> list[Report]:
        """Let the clock tick once."""

        def chore(name: str) -> Callable[[str], Report]:
            def do(_slug: str) -> Report:
                self.done[name] += 1
                return Report(name)

            return do

        chores = {name: chore(name) for name in ("collect", "read", "learn", "tell")}
        return [report for _, report in tick(now, [PARIS], PLAN, chores, holder())]


@pytest.mark.parametrize("late", [timedelta(seconds=5), timedelta(hours=5)])
def test_t02_down_at_the_hour_the_letters_are_made_up_for_once(late: timedelta) -> None:
    chores = Chores()

    for minute in range(3):
        chores.at(THURSDAY + late + timedelta(minutes=minute))

    assert chores.done["tell"] == 1
    assert chores.done["collect"] == 1


def test_t02_down_for_days_the_officer_is_asked_once_and_collecting_is_made_up_for_once() -> None:
    chores = Chores()

    reports = chores.at(THURSDAY + timedelta(days=3)) + chores.at(
        THURSDAY + timedelta(days=3, minutes=1)
    )

    assert chores.done["tell"] == 0
    assert chores.done["collect"] == 1
    assert [dict(one.counts) for one in reports if one.name == "tell"] == [{"late": 1}]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(minutes=-5)])
def test_t05_a_clock_that_jumps_does_no_letter_day_again(jump: timedelta) -> None:
    chores = Chores()
    moments = [THURSDAY + timedelta(minutes=n) for n in (0, 10, 20)]

    for now in moments + [one + jump for one in moments] + moments:
        chores.at(now)

    assert chores.done["tell"] == 1


def test_t05_a_clock_that_jumps_ahead_a_year_sends_nothing_of_the_past() -> None:
    post(["ok@firm.example"], THURSDAY)
    way = Fates(Fate.SENT)

    send_round(way, CLUSTER, lambda: THURSDAY + timedelta(days=365), ME)

    assert way.tried == []
    assert states() == {"ok@firm.example": "late"}


def test_t06_a_round_that_is_longer_than_its_period_is_not_begun_twice() -> None:
    lease = timedelta(hours=6)
    assert slots.claim("", "collect", "100", "first", THURSDAY, lease, lambda _: False)
    chores = Chores()

    chores.at(THURSDAY + timedelta(hours=1))
    chores.at(THURSDAY + timedelta(hours=2))
    assert chores.done["collect"] == 0

    slots.finish("", "collect", "100", "first", THURSDAY + timedelta(hours=2), Report("collect"))
    chores.at(THURSDAY + timedelta(hours=2, minutes=1))
    assert chores.done["collect"] == 1
