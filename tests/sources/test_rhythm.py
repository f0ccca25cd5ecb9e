from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watch.domain import Harvest, Outcome, Source, Visit, WebUrl
from watch.sources.pace import next_visit, promise
from watch.sources.rhythm import Rhythm, remember
from watch.sources.rhythm import learn as learnt_of

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def visit(failures: int = 0, id: int = 1, hours: float = 6) -> Visit:
    url = WebUrl("https://site.example/feed")
    source = Source(url, "a source", every=timedelta(hours=hours), id=id)
    return Visit(source, failures=failures)


def ended(outcome: Outcome, reason: str = "", wait: timedelta | None = None) -> Harvest:
    return Harvest(visit().source, NOW, outcome, reason=reason, wait=wait)


NOTHING = Rhythm()


def rest(visited: Visit, harvest: Harvest, rhythm: Rhythm = NOTHING, window: int = 0) -> timedelta:
    return next_visit(visited, harvest, rhythm, window, NOW) - NOW


def learn(past: bytes, now: datetime) -> Rhythm:
    return Rhythm.read(past, learnt_of(past), now)


def past_of(*instants: datetime) -> bytes:
    return remember(visit(), instants, len(instants), NOW)


def every_day_at(hour: float, days: int = 30) -> bytes:
    midnight = NOW.replace(hour=0)
    return past_of(*(midnight - n * DAY + hour * HOUR for n in range(1, days)))


GOOD = ended(Outcome.NEWS)


def test_a_source_of_which_nothing_is_known_is_visited_as_wished() -> None:
    assert rest(visit(failures=9), GOOD) == 6 * HOUR


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 3), (1, 6), (2, 12), (3, 24), (4, 24), (10**9, 24)]
)
def test_a_source_that_fails_rests_longer_each_time_up_to_a_day(failures: int, hours: int) -> None:
    rested = rest(visit(failures), ended(Outcome.FAILED, "timeout"))

    assert hours * HOUR <= rested <= hours * 1.1 * HOUR


def test_a_source_that_is_visited_monthly_does_not_come_daily_when_it_fails() -> None:
    assert rest(visit(failures=4, hours=720), ended(Outcome.FAILED, "timeout")) >= 720 * HOUR


def test_sources_that_failed_together_come_back_apart_and_always_alike() -> None:
    failure = ended(Outcome.FAILED, "timeout")
    rests = [rest(visit(id=id), failure) for id in range(20)]

    assert len(set(rests)) > 15
    assert rests == [rest(visit(id=id), failure) for id in range(20)]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NEWS])
def test_n30_what_a_host_asks_for_is_obeyed(outcome: Outcome) -> None:
    assert rest(visit(hours=1), ended(outcome, "too_many", DAY)) >= DAY


def test_n31_a_source_that_is_gone_is_looked_at_once_a_week_and_never_given_up() -> None:
    rested = rest(visit(failures=1000), ended(Outcome.FAILED, "gone"))

    assert 7 * DAY <= rested <= 7.7 * DAY


def test_a_source_that_keeps_an_hour_is_visited_within_the_wish_of_it() -> None:
    rhythm = learn(every_day_at(10), NOW)

    due = NOW + rest(visit(), GOOD, rhythm)

    assert promise(rhythm, 6 * HOUR) < 8 * HOUR
    assert NOW.replace(hour=14) < due < NOW.replace(hour=18)


def test_a_slow_source_without_habits_is_visited_once_a_day() -> None:
    instants = (NOW - n * 2.3 * DAY - (n * 7 % 24) * HOUR for n in range(1, 12))

    assert rest(visit(), GOOD, learn(past_of(*instants), NOW)) == DAY


def test_a_busy_source_is_visited_about_as_often_as_wished() -> None:
    rhythm = learn(past_of(*(NOW - n * HOUR for n in range(1, 150))), NOW)

    assert 6 * HOUR <= rest(visit(), GOOD, rhythm, window=100) <= 7 * HOUR


def test_a_small_window_brings_us_back_before_it_is_full() -> None:
    rhythm = learn(past_of(*(NOW - n * 7 * timedelta(minutes=1) for n in range(1, 150))), NOW)

    rested = rest(visit(), GOOD, rhythm, window=20)

    assert timedelta(minutes=15) <= rested <= HOUR


def test_a_window_never_brings_us_back_within_a_quarter_of_an_hour() -> None:
    rhythm = learn(past_of(*(NOW - n * timedelta(seconds=20) for n in range(1, 150))), NOW)

    assert rest(visit(), GOOD, rhythm, window=10) == timedelta(minutes=15)


@pytest.mark.parametrize(("asked", "hours"), [(12, 12), (24 * 30, 24)])
def test_a_sources_own_wish_is_obeyed_up_to_a_day(asked: int, hours: int) -> None:
    wishing = replace(GOOD, asked_every=asked * HOUR)

    assert rest(visit(), wishing) == hours * HOUR


def test_a_wish_holds_on_where_a_visit_found_nothing_changed() -> None:
    wishing = replace(visit(), asked_every=12 * HOUR)

    assert rest(wishing, ended(Outcome.UNCHANGED)) == 12 * HOUR


def test_a_revised_item_is_no_news() -> None:
    past = past_of(NOW - DAY, NOW - 2 * DAY)
    later = replace(visit(), past=past, good_at=NOW)

    assert remember(later, [NOW - DAY], 0, NOW + HOUR) == past


def test_a_date_that_an_earlier_visit_should_have_seen_tells_nothing_of_hours() -> None:
    later = replace(visit(), past=every_day_at(10), good_at=NOW)

    before, after = learn(later.past, NOW), remember(later, [NOW - 9 * DAY], 1, NOW + HOUR)

    assert len(learn(after, NOW + HOUR).instants) == len(before.instants) + 1
    assert learn(after, NOW + HOUR).instants[-1] % 2 == 1


def test_a_daily_source_is_silent_after_some_days_and_a_new_one_is_never() -> None:
    silent_after = learn(every_day_at(10), NOW).silent_after

    assert silent_after is not None
    assert 2 * DAY < silent_after < 4 * DAY
    assert learn(past_of(NOW - DAY), NOW).silent_after is None


def test_a_free_weekend_is_no_silence_for_who_has_been_known_for_days() -> None:
    friday = NOW - 3 * DAY
    past = past_of(*(friday - n * HOUR for n in range(30)))

    silent_after = learn(past, NOW).silent_after

    assert silent_after is not None
    assert silent_after > 4 * DAY
