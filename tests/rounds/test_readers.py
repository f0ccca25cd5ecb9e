"""What is known of a reader changes his next letter: his firm's words, his votes, his rhythm."""

# ruff: noqa: F401, F811 - the fixtures of another file are asked for by their names
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.rounds.test_rounds import (
    NOW,
    PERIMETER,
    SECRET,
    TITLES,
    WEEK,
    cluster,
    reader,
    told,
    web,
)
from watch.domain import Rhythm, Say, Vote
from watch.rounds.calendar import week_of
from watch.rounds.readers import known_of
from watch.rounds.tell import drafts, write_round
from watch.store import letters, subscribers, votes

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_firm_that_says_what_it_does_is_known_by_it(told: str) -> None:
    subscribers.save(told, [reader("b@firme.example", about="Nous fabriquons un lidar.")])
    silent, speaking = sorted(subscribers.every(told), key=lambda one: one.email)

    known = known_of(told, [silent, speaking], PERIMETER)

    assert known[silent.id].implied == ()
    assert [interest.topic for interest in known[speaking.id].implied] == ["lidar"]
    assert known[silent.id].vector is None


def test_a_vote_is_learned_from(told: str) -> None:
    [one] = subscribers.every(told)
    first = drafts(told, WEEK, NOW)[0].digest.picks[-1].tagged.item
    votes.keep(one.id, Vote(first.key, Say.USEFUL, NOW))

    lesson = known_of(told, [one], PERIMETER)[one.id].lesson

    assert [voted.tagged.item.title for voted in lesson.voted] == [first.title]


def test_an_exclusion_keeps_its_items_out_of_the_letter(told: str) -> None:
    [one] = subscribers.every(told)
    subscribers.save(told, [replace(one, exclusions=("ferry",))])

    titles = [pick.tagged.item.title for pick in drafts(told, WEEK, NOW)[0].digest.picks]

    assert sorted(titles) == sorted(title for title in TITLES if "ferry" not in title)


def test_a_monthly_reader_waits_four_weeks(told: str) -> None:
    subscribers.save(told, [reader(rhythm=Rhythm.MONTHLY)])
    write_round(told, WEEK, NOW, SECRET)
    next_week = NOW + timedelta(days=7)

    [draft] = drafts(told, week_of(next_week.date()), next_week)

    assert draft.reason == "not_due"
    assert drafts(told, WEEK, NOW)[0].reason == ""


def test_four_silent_weeks_end_with_one_line_and_no_sooner(told: str) -> None:
    write_round(told, WEEK, NOW, SECRET)
    written = []
    for weeks in range(1, 6):
        later = NOW + timedelta(weeks=weeks)
        written.append(write_round(told, week_of(later.date()), later, SECRET).counts["written"])

    assert written == [0, 0, 0, 1, 0]
    assert letters.rows(told)[0].letter.subject.startswith("Rien de neuf")
