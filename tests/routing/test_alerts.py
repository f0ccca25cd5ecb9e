"""Alerts: what cannot wait for the next letter, once, and once more before it closes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routing.shelf import CLUSTER, PERIMETER, READER, told
from watch.domain import Alert, Cause, Digest, Record, Say, Tagged, Vote
from watch.routing.alerts import WITHHELD, alert
from watch.routing.interest import Known
from watch.routing.shelf import Shelf
from watch.routing.votes import Lesson, Voted
from watch.text.meaning import embedder

DAY = date(2026, 11, 20)
EVERYTHING = replace(READER, alerts=tuple(Alert), actors=("Scanvia", "Novarays"))


def tender(key: str, closes_in: int, since: date = DAY, **changes: object) -> Tagged:
    """Return a call for tenders on what the reader follows; `closes_in` counts from a day."""
    at = datetime(since.year, since.month, since.day, 12, tzinfo=UTC) + timedelta(days=closes_in)
    return told(key, kind="tender", record=Record(deadline_at=at), **changes)


def alerted(
    *shelf: Tagged, day: date = DAY, had: dict[str, date] | None = None, reader: object = EVERYTHING
) -> Digest:
    assert isinstance(reader, type(READER))
    return alert(CLUSTER, PERIMETER, reader, Shelf(shelf, "Europe/Paris"), had or {}, day)


def keys(digest: Digest) -> list[str]:
    return [pick.tagged.item.key for pick in digest.picks]


def causes(digest: Digest) -> list[Cause]:
    return [reason.cause for pick in digest.picks for reason in pick.reasons]


def test_whoever_wishes_no_alert_gets_none() -> None:
    assert keys(alerted(tender("a", 5), reader=READER)) == []


def test_a_deadline_is_near_from_a_fortnight_before_to_the_day_before() -> None:
    shelf = [tender(f"in-{days}", days) for days in (-1, 0, 1, 14, 15)]

    assert keys(alerted(*shelf)) == ["in-1", "in-14"]


def test_a_tender_for_others_is_no_alert() -> None:
    assert keys(alerted(tender("a", 5, market="farms", technology="led"))) == []


def test_what_was_told_is_told_again_once_a_week_before_it_closes() -> None:
    early, late = {"a": DAY - timedelta(days=20)}, {"a": DAY - timedelta(days=1)}

    assert keys(alerted(tender("a", 8), had=early)) == []
    reminder = alerted(tender("a", 7), had=early)
    assert keys(reminder) == ["a"]
    assert causes(reminder)[:2] == [Cause.TOLD, Cause.SOON]
    assert keys(alerted(tender("a", 6), had=late)) == []


def test_what_an_officer_held_back_comes_neither_first_nor_again() -> None:
    assert keys(alerted(tender("a", 5), had={"a": WITHHELD})) == []


def test_nobody_is_reminded_of_what_he_called_not_for_him() -> None:
    one = tender("a", 5)
    vote = Vote("a", Say.NOT_FOR_ME, datetime(2026, 11, 1, tzinfo=UTC))
    lesson = Lesson((Voted(vote, one, embedder().encode(["a"])[0]),))
    shelf, had = Shelf([one], "Europe/Paris"), {"a": DAY - timedelta(days=20)}

    found = alert(CLUSTER, PERIMETER, EVERYTHING, shelf, had, DAY, Known(lesson=lesson))

    assert keys(found) == []


def test_news_of_a_followed_actor_on_ones_topics_does_not_wait() -> None:
    named = {"title": "Scanvia opens a plant"}
    shelf = [
        told("new", **named),
        told("old", **named, day=1),
        told("other", market="farms", technology="led", **named),
        told("nobody"),
    ]

    found = alerted(*shelf)

    assert keys(found) == ["new"]
    assert causes(found)[0] is Cause.ACTOR


def test_where_competitors_are_named_a_customer_can_wait() -> None:
    shelf = [told("a", title="Scanvia opens a plant"), told("b", title="Novarays opens a plant")]

    found = alerted(*shelf, reader=replace(EVERYTHING, competitors=("Novarays",)))

    assert keys(found) == ["b"]


def test_five_lines_the_nearest_deadline_first_the_rest_tomorrow() -> None:
    shelf = [tender(f"in-{days}", days) for days in (9, 3, 12, 5, 7, 2)]
    shelf.append(told("actor", title="Scanvia opens a plant"))

    assert keys(alerted(*shelf)) == ["in-2", "in-3", "in-5", "in-7", "in-9"]


CALLS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 40)), max_size=8)
"""On which day each call is known first, and on which it closes."""


@settings(max_examples=60, deadline=None)
@given(CALLS, st.sets(st.integers(0, 40)))
def test_day_after_day_each_is_told_once_and_reminded_once_in_time(
    calls: list[tuple[int, int]], silent: set[int]
) -> None:
    """On silent days nothing goes, as in a pause."""
    first = date(2026, 11, 18)
    shelf = {
        f"k{n}": (known, tender(f"k{n}", closes, first, day=18))
        for n, (known, closes) in enumerate(calls)
    }
    had: dict[str, date] = {}
    days: dict[str, list[int]] = defaultdict(list)
    for n in sorted(set(range(41)) - silent):
        today = first + timedelta(days=n)
        found = alerted(*(one for known, one in shelf.values() if known <= n), day=today, had=had)
        for key in keys(found):
            days[key].append(n)
            had[key] = today

    for n, (_known, closes) in enumerate(calls):
        told_on = days[f"k{n}"]
        assert len(told_on) <= 2
        assert all(1 <= closes - on <= 14 for on in told_on)
        assert len(told_on) < 2 or (closes - told_on[0] > 7 >= closes - told_on[1])
