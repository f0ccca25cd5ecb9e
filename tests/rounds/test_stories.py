"""A story that was joined or parted after a letter told it comes in no further letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from tests import stored
from tests.conftest import Town
from watch.domain import Axis, Item, Period, Tag
from watch.rounds.calendar import today, week_of
from watch.rounds.read import settle_again
from watch.rounds.stories import told
from watch.rounds.tell import drafts, write_round
from watch.store import acts, held, tags
from watch.store.acts import Hand
from watch.store.transaction import writing


def come(town: Town, *names: str) -> list[Item]:
    """Store items of today on cars and lidars, each with words of its own."""
    now = timezone.now()
    come = [
        replace(
            town.first,
            key=name * 32,
            digest=name * 32,
            url=f"https://journal.example/{name}",
            title=f"{name * 7} lidar {name * 9} voiture",
            published_at=now - timedelta(minutes=1),
        )
        for name in names
    ]
    stored.keep(come, now)
    with writing():
        for one in come:
            said = [(Axis.MARKET, "automobile"), (Axis.TECHNOLOGY, "lidar")]
            opinions = [Tag(one.key, axis, topic, 0.9, "phrases/1") for axis, topic in said]
            tags.keep_readings("essai", ["phrases/1"], 1, [one], opinions, now)
        settle_again("essai", [one.key for one in come])
    return come


def test_neither_a_joined_nor_a_parted_story_is_told_again(town: Town) -> None:
    now = timezone.now()
    hand = Hand(now)
    week = week_of(today(now, town.cluster.timezone))
    first, _laser, second, third, fourth = town.items[:5]
    acts.join("essai", first.key, second.key, hand)
    write_round("essai", week, now, b"secret", is_held=True)
    lines = {line.item for line in held.held("essai")[0].lines}
    assert len(lines & {first.key, second.key}) == 1
    assert {third.key, fourth.key} <= lines

    known, *news = come(town, "g", "h", "i", "j")
    acts.part("essai", second.key, hand)
    acts.join("essai", known.key, third.key, hand)

    following = Period(week.first_on + timedelta(days=7), week.last_on + timedelta(days=7))
    [draft] = drafts("essai", following, now)
    again = {pick.tagged.item.key for pick in draft.digest.picks}
    assert {one.key for one in news} <= again
    assert again.isdisjoint({*lines, first.key, second.key, third.key, fourth.key, known.key})


def test_a_story_tells_why_its_items_stand_there(town: Town) -> None:
    first, laser, car = town.items[:3]
    hand = Hand(timezone.now(), remark="same fair")
    acts.join("essai", first.key, laser.key, hand)
    acts.join("essai", first.key, car.key, hand)
    acts.part("essai", car.key, hand)

    story = {
        one.item.key: list(one.reasons("en", lambda at: at.date().isoformat()))
        for one in told("essai", first.key)
    }
    [alone] = told("essai", car.key)

    day = hand.at.date().isoformat()
    assert set(story) == {first.key, laser.key}
    assert f"joined with “{laser.title}” on {day} (same fair)" in story[first.key]
    assert f"joined with “{first.title}” on {day} (same fair)" in story[laser.key]
    assert [act.kind.value for act, _title in alone.acts] == ["part"]
    assert told("voisin", first.key) == []
