"""What people join and part holds, in whatever order they do it and whatever comes later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import stored
from tests.deliver.letters import LETTER
from tests.laws.test_enrich_laws import batches, places, shelved
from watch.domain import Act, ActKind, Basis, Cluster, Item, Period, Source, Subscriber, WebUrl
from watch.enrich.stories import Shelf, join_stories
from watch.errors import ActRefused
from watch.store import acts, clusters, items, letters, models, sources, subscribers
from watch.store.acts import Hand
from watch.store.items import Enriched
from watch.store.transaction import writing
from watch.text.digests import digest

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HAND = Hand(NOW)
NAMES = "abcdef"
CASES = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# Two items to join, or one to part.
names = st.sampled_from(NAMES)
doings = st.lists(st.tuples(names, names) | st.tuples(names), max_size=7)
partitions = st.lists(st.integers(0, 2), min_size=len(NAMES), max_size=len(NAMES))


def item(name: str, source: Source) -> Item:
    at = NOW - timedelta(hours=200 - ord(name))
    url = WebUrl(f"https://journal.example/{name}")
    return Item(name * 32, url, name, "", "fr", at, NOW, source.id, "J", digest=name * 32)


@contextmanager
def watch(partition: list[int]) -> Iterator[Source]:
    """Let there be six items in so many stories, each named for its first; forget it after."""
    with transaction.atomic():
        clusters.save(Cluster("essai", "Essai"))
        source, _ = sources.add("essai", Source(WebUrl("https://journal.example/f"), "J"), NOW)
        heads = {number: NAMES[partition.index(number)] * 32 for number in partition}
        told = {n * 32: (heads[p], "same text") for n, p in zip(NAMES, partition, strict=True)}
        stored.keep([item(name, source) for name in NAMES], NOW, told)
        yield source
        transaction.set_rollback(True)


def stories() -> dict[str, str]:
    """Return the story of each item, by their names."""
    return {key[0]: story for key, story in models.Item.objects.values_list("key", "story")}


def sides(told: dict[str, str]) -> set[frozenset[str]]:
    """Return who stands together, whatever their story is called."""
    return {frozenset(n for n in told if told[n] == story) for story in told.values()}


def do(doing: tuple[str, ...]) -> Act | None:
    """Join or part; None where that is refused."""
    with suppress(ActRefused):
        if len(doing) == 2:
            return acts.join("essai", doing[0] * 32, doing[1] * 32, HAND)
        return acts.part("essai", doing[0] * 32, HAND)
    return None


@CASES
@given(partitions, doings)
def test_an_act_changes_what_it_names_and_nothing_else(partition, some):
    with watch(partition):
        for doing in some:
            before = sides(stories())
            done, after = do(doing), sides(stories())
            if done is None:
                assert after == before
            elif done.kind is ActKind.JOIN:
                both = {one for one in before if not one.isdisjoint(doing)}
                assert after == before - both | {frozenset().union(*both)}
            else:
                [whole] = (one for one in before if doing[0] in one)
                assert after == before - {whole} | {whole - set(doing), frozenset(doing)}


@CASES
@given(partitions, doings, doings.filter(bool))
def test_taken_back_the_last_act_has_never_been(partition, some, last):
    with watch(partition):
        for doing in some:
            do(doing)
        for doing in last:
            before = stories()
            if do(doing):
                acts.undo("essai", HAND)
            assert stories() == before


@CASES
@given(partitions, doings, st.integers())
def test_taken_back_in_any_order_all_acts_leave_what_was_found(partition, some, seed):
    with watch(partition):
        before = stories()
        done = [act for doing in some if (act := do(doing))]
        for act in Random(seed).sample(done, len(done)):
            acts.undo("essai", HAND, act.id)
        assert stories() == before


@CASES
@given(partitions, st.lists(st.tuples(names, names), max_size=5), st.integers())
def test_the_order_of_joinings_does_not_matter(partition, pairs, seed):
    found = []
    for some in (pairs, Random(seed).sample(pairs, len(pairs))):
        with watch(partition):
            for pair in some:
                do(pair)
            found.append(stories())
    assert found[0] == found[1]


@CASES
@given(partitions, doings, st.lists(names, max_size=4), doings)
def test_what_comes_later_moves_nothing_and_goes_where_that_goes_to_which_it_is_tied(
    partition, some, ties, more
):
    with watch(partition) as source:
        for doing in some:
            do(doing)
        before, fresh = stories(), dict(zip("uvwx", ties, strict=False))
        for name, tie in fresh.items():
            arrive(name, tie, source)
        assert stories() == before | {name: before[tie] for name, tie in fresh.items()}

        # Whoever is parted goes alone, as he was named; what was undone comes back with its own.
        parted = {doing[0] for doing in more if len(doing) == 1}
        for doing in more:
            do(doing)
        after = stories()
        assert all(after[n] == after[t] for n, t in fresh.items() if t not in parted)


def arrive(name: str, tie: str, source: Source) -> None:
    """Store an item that is found to tell what another tells, as the round does."""
    row = models.Item.objects.get(key=tie * 32)
    strand = row.strand or row.story
    with writing():
        items.keep([item(name, source)], NOW)
        [owed] = items.owed(0, 9)
        story = acts.stories().get(strand, strand)
        found = Enriched(owed.id, owed.item.digest, "fr", b"", "", story, strand=strand)
        items.enrich([found])


@CASES
@given(partitions, doings, names, doings, st.integers(0, 7))
def test_a_story_that_was_told_is_never_told_again(partition, some, name, more, undone):
    with watch(partition):
        for doing in some:
            do(doing)
        before = stories()
        reader = told(before[name], name)
        for doing in more:
            do(doing)
            assert is_known(reader, before[name], name)
        for _ in range(undone):
            with suppress(ActRefused):
                acts.undo("essai", HAND)
        assert is_known(reader, before[name], name)


def is_known(reader: int, story: str, name: str) -> bool:
    """Return whether neither what still bears the story's name nor what told it comes again."""
    now, known = stories(), subscribers.told(reader)
    return now[name] in known and (story in known or story not in now.values())


def told(story: str, name: str) -> int:
    """Tell a reader of a story by an item; return him."""
    basis = Basis("member", "adhésion", date(2026, 1, 5))
    subscribers.save("essai", [Subscriber(0, "essai", "a@pme.example", "", "", "fr", (), basis)])
    id = subscribers.every("essai")[0].id
    week = Period(date(2026, 11, 16), date(2026, 11, 22))
    letters.post("essai", id, LETTER, week, {story: name * 32}, NOW)
    return id


@settings(deadline=None)
@given(batches(), batches(), st.integers())
def test_beside_a_parting_neither_order_nor_reading_twice_matters(old, new, seed):
    cards = shelved(old, join_stories(old, Shelf()))
    new = [replace(one, key=digest("new", one.key)) for one in new]
    parted = {card.story for card in cards[::2]}
    shelf = Shelf(cards)

    placements = join_stories(new, shelf, parted)
    again = join_stories(new, shelf.with_cards(shelved(new, placements)), parted)

    assert join_stories(Random(seed).sample(new, len(new)), shelf, parted) == placements
    assert places(again) == places(placements)
