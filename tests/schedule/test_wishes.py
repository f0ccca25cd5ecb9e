"""Each reader's letter at the weekday and hour that he wishes, whatever the clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.conftest import Town
from watch.domain import Alert, Cluster, Period, Report
from watch.rounds.calendar import today, week_of
from watch.rounds.tell import write_round
from watch.routing.rhythm import Hours, instant
from watch.schedule import Plan, due, tick
from watch.store import letters, subscribers

PARIS = Cluster("essai", "Essai")
PLAN = Plan(tell_weekday=3, tell_hour=10)
USUAL = Hours(3, 10, timedelta(hours=24))


def tells(moments: list[datetime], weekday: int | None, hour: int | None) -> list[str]:
    wishes = {"essai": {(weekday, hour)}}
    slots = [slot for now in moments for slot in due(now, [PARIS], PLAN, wishes)]
    return [slot.on for slot in slots if slot.round == "tell"]


def every_half_hour(start: datetime, count: int) -> list[datetime]:
    return [start + timedelta(minutes=30 * n) for n in range(count)]


def test_a_wished_hour_that_does_not_exist_is_the_next_one() -> None:
    # 29 March 2026: 02:00 to 03:00 do not exist in Paris; 01:00 UTC is 03:00 there.
    assert tells([datetime(2026, 3, 29, 0, 59, tzinfo=UTC)], 6, 2)[1:] == []
    assert tells([datetime(2026, 3, 29, 1, 0, tzinfo=UTC)], 6, 2)[1:] == ["2026-03-29T02"]


def test_a_wished_hour_that_comes_twice_is_one_slot_from_the_first_on() -> None:
    # 25 October 2026: 02:00 to 03:00 come twice in Paris, first from 00:00 UTC on.
    moments = every_half_hour(datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 8)

    assert set(tells(moments, 6, 2)[-7:]) >= {"2026-10-25T02"}
    assert tells(moments[:1], 6, 2) == ["2026-10-22"]
    assert tells(moments[1:2], 6, 2) == ["2026-10-22", "2026-10-25T02"]


def test_the_hour_stays_the_readers_own_on_both_sides_of_a_change() -> None:
    winter, summer = week_of(date(2026, 3, 23)), week_of(date(2026, 3, 30))

    assert instant(winter, 1, 8, "Europe/Paris").astimezone(UTC).hour == 7
    assert instant(summer, 1, 8, "Europe/Paris").astimezone(UTC).hour == 6


def test_a_day_without_an_hour_takes_the_clusters_hour() -> None:
    assert tells([datetime(2026, 11, 24, 8, 59, tzinfo=UTC)], 1, None) == []
    assert tells([datetime(2026, 11, 24, 9, 0, tzinfo=UTC)], 1, None) == ["2026-11-24T10"]


def wished(town: Town, weekday: int | None, hour: int | None) -> None:
    subscribers.wish(replace(town.reader, weekday=weekday, hour=hour))


def test_a_letter_is_written_at_its_readers_hour_and_once(town: Town) -> None:
    now = town.first.published_at + timedelta(minutes=5)
    week = week_of(today(now, "Europe/Paris"))
    before = instant(week, 0, 8, "Europe/Paris") + timedelta(hours=1)
    wished(town, 0, 9)

    counts = [
        write_round("essai", week, at, b"secret", hours=USUAL).counts
        for at in (before - timedelta(minutes=1), before, before + timedelta(hours=2))
    ]

    assert counts[0]["later_hour"] == 1
    assert counts[1].get("later_hour", 0) == 0
    assert counts[1]["written"] + counts[1]["silent"] == 1
    assert counts[2]["written"] == 0


def test_an_officer_who_asks_now_leaves_a_wished_hour_to_come(town: Town) -> None:
    now = town.first.published_at + timedelta(minutes=5)
    week = week_of(today(now, "Europe/Paris"))
    by_hand = Hours(3, 10)
    later = Period(week.first_on + timedelta(weeks=1), week.last_on + timedelta(weeks=1))

    wished(town, 6, 23)
    assert not by_hand.has_come(subscribers.every("essai")[0], later, "Europe/Paris", now)
    wished(town, None, None)
    assert by_hand.has_come(subscribers.every("essai")[0], later, "Europe/Paris", now)


def test_whoever_was_missed_for_too_long_is_left_to_the_officer(town: Town) -> None:
    week = week_of(date(2026, 11, 25))
    late = datetime(2026, 11, 28, 9, tzinfo=UTC)

    assert not USUAL.has_come(town.reader, week, "Europe/Paris", late)
    assert Hours(3, 10).has_come(town.reader, week, "Europe/Paris", late)


def test_the_clock_writes_at_a_wished_hour_and_forgets_it_once_written(town: Town) -> None:
    wished(town, 0, 0)
    now = town.first.published_at + timedelta(minutes=5)
    week = week_of(today(now, "Europe/Paris"))
    called: list[str] = []

    def tell(slug: str) -> Report:
        called.append(slug)
        return write_round(slug, week, now, b"secret")

    plan = Plan(tell_weekday=6, tell_hour=23, tell_at_latest=timedelta(days=9))
    chores = {"tell": tell}
    first = tick(now, [town.cluster], plan, chores, "me:1:1")
    again = tick(now, [town.cluster], plan, chores, "me:1:1")

    assert ("essai" in called) == bool(first)
    assert again == []
    assert len(letters.rows("essai")) == 1
    assert subscribers.wishes("essai", week) == set()


def test_alerts_are_looked_for_after_each_reading_where_somebody_wishes_any(town: Town) -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    done: list[str] = []

    def chore(name: str) -> Report:
        done.append(name)
        return Report(name)

    chores = {
        name: (lambda _slug, name=name: chore(name))
        for name in ("collect", "learn", "read", "tell", "alert")
    }
    tick(now, [PARIS], PLAN, chores, "me")
    assert "alert" not in done

    subscribers.wish(replace(town.reader, alerts=(Alert.DEADLINE,)))
    for minutes in (60, 61, 120):
        tick(now + timedelta(minutes=minutes), [PARIS], PLAN, chores, "me")

    assert [one for one in done if one in {"read", "alert"}][1:] == ["read", "alert"] * 2
