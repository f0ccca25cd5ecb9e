from datetime import UTC, datetime, timedelta
from itertools import combinations, islice
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.stories import invented
from watch.domain import NO_URL, Entry, Harvest, Item, Outcome, Placement, Source
from watch.enrich.events import TOLERANCE, Pool, cards_of, join_events
from watch.enrich.items import to_items
from watch.enrich.pairs import judges
from watch.enrich.stories import Card, Shelf, join_stories
from watch.text.digests import digest
from watch.text.marks import marks
from watch.text.prints import fingerprint
from watch.text.urls import canonical
from watch.text.words import words

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SOURCE = Source(canonical("https://journal.example/feed"), "Le Journal", id=1)
WORDS = ["laser", "vert", "bleu", "Lyon", "Nantes", "perce", "verre", "lidar", "fibre", "10", "20"]
TEXT = (
    "Le verre épais ne résiste pas à la lumière verte et la mesure le montre avec trois capteurs"
    " posés sur un banc de dix mètres dans un atelier sans fenêtre au bord de la mer"
)
RUNS = words(TEXT)

entries = st.builds(
    Entry,
    guid=st.sampled_from(["", "1", "2"]),
    url=st.sampled_from(["", "/", "/a", "/b"]).map(
        lambda path: canonical(path, SOURCE.url) if path else NO_URL
    ),
    title=st.sampled_from(["", "Un laser", "Un lidar", "Agenda"]),
    text=st.sampled_from(["", "Un texte.", "Un autre texte, plus long."]),
    published_at=st.sampled_from([None, NOW, datetime(1, 1, 1, tzinfo=UTC)])
    | st.datetimes(timezones=st.just(UTC)),
)


@st.composite
def batches(draw):
    """Draw items with titles and texts from few words, so that many are near each other."""
    items = []
    for number in range(draw(st.integers(0, 9))):
        title = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9)))
        cut = draw(st.integers(0, len(RUNS)))
        text = " ".join([*RUNS[cut:], *RUNS[:cut]]) if draw(st.booleans()) else ""
        at = NOW + timedelta(hours=draw(st.integers(0, 24 * 20)))
        print = fingerprint(f"{title} {text}")
        key = digest(str(number))
        items.append(Item(key, NO_URL, title, text, "fr", at, at, 1, "Journal", print=print))
    return items


def shelved(items: list[Item], placements: list[Placement]) -> list[Card]:
    by_key = {item.key: item for item in items}
    return [
        Card(p.item, p.story, i.title, i.print, i.published_at, i.language)
        for p in placements
        for i in (by_key[p.item],)
    ]


def places(placements: list[Placement]) -> dict[str, str]:
    return {placement.item: placement.story for placement in placements}


@given(st.lists(entries, max_size=8))
def test_a_harvest_read_again_days_later_brings_the_same_items(some):
    first = to_items(Harvest(SOURCE, NOW, Outcome.NEWS, tuple(some)))
    again = to_items(Harvest(SOURCE, NOW + timedelta(days=5), Outcome.NEWS, tuple(some)))

    assert [item.key for item in first] == [item.key for item in again]
    assert [item.digest for item in first] == [item.digest for item in again]
    assert len({item.key for item in first}) == len(first)
    assert all(item.published_at <= NOW for item in first)


@settings(deadline=None)
@given(batches(), st.integers())
def test_the_order_of_a_batch_does_not_matter(items, seed):
    shuffled = Random(seed).sample(items, len(items))

    assert join_stories(shuffled, Shelf()) == join_stories(items, Shelf())


@settings(deadline=None)
@given(batches())
def test_joining_twice_moves_nothing(items):
    placements = join_stories(items, Shelf())
    shelf = Shelf(shelved(items, placements))

    assert places(join_stories(items, shelf)) == places(placements)


@settings(deadline=None)
@given(batches(), st.integers(0, 9), st.integers(0, 9))
def test_batches_one_after_the_other_come_to_the_same_stories(items, one, other):
    items = sorted(items, key=lambda item: (item.published_at, item.key))
    shelf, found = Shelf(), {}
    first, second = sorted((one, other))
    for part in (items[:first], items[first:second], items[second:]):
        placements = join_stories(part, shelf)
        shelf = shelf.with_cards(shelved(part, placements))
        found |= places(placements)

    assert found == places(join_stories(items, Shelf()))


@settings(deadline=None)
@given(batches())
def test_a_story_bears_the_name_of_its_first_item(items):
    by_key = {item.key: item for item in items}
    for placement in join_stories(items, Shelf()):
        first, own = by_key[placement.story], by_key[placement.item]
        assert (first.published_at, first.key) <= (own.published_at, own.key)


EVENTS = [
    "Optralis livrera 9 400 jumelles thermiques à l'armée de terre depuis son usine de Grenoble",
    "Grenoble: the army orders 9,400 thermal binoculars from Optralis",
    "Monophot construit une machine à photons de 24 modes pour Bologne",
    "Bologna buys a machine of 24 photon modes from Monophot",
    "Le festival de Lyon rend hommage aux cascadeurs",
    "Lyon's festival salutes stunt performers",
]


@st.composite
def retold(draw):
    """Draw items that tell a few events, in two languages, with or without a line of their own."""
    items = []
    for number in range(draw(st.integers(0, 12))):
        title = draw(st.sampled_from(EVENTS))
        text = " ".join(draw(st.lists(st.sampled_from([*EVENTS, *WORDS]), max_size=3)))
        at = NOW + timedelta(hours=draw(st.integers(0, 24 * 60)))
        key = digest(str(number))
        language = draw(st.sampled_from(["fr", "en"]))
        items.append(Item(key, NO_URL, title, text, language, at, at, 1, "Journal"))
    return items


def told(items: list[Item], pool: Pool, shelf: Shelf) -> tuple[list[Placement], list[Card]]:
    """Return where the items stand after both crafts, and their cards."""
    written = {item.key: marks(item.title, item.text) for item in items}
    placements = join_events(join_stories(items, shelf), items, written, pool, judges())
    return placements, cards_of(placements, {item.key: item for item in items}, written)


@settings(deadline=None, max_examples=40)
@given(retold(), st.integers())
def test_the_order_of_a_batch_does_not_matter_to_events(items, seed):
    shuffled = Random(seed).sample(items, len(items))

    one, other = (told(some, Pool.of(), Shelf())[0] for some in (items, shuffled))

    assert sorted(one, key=lambda p: p.item) == sorted(other, key=lambda p: p.item)


@settings(deadline=None, max_examples=40)
@given(retold())
def test_events_read_again_move_nothing(items):
    placements, cards = told(items, Pool.of(), Shelf())
    again, _ = told(items, Pool.of(cards), Shelf(cards))

    assert places(again) == places(placements)


NEWS = list(islice(invented(1), 150))


def pairs(stories: dict[str, str]) -> set[tuple[str, str]]:
    return {(a, b) for a, b in combinations(sorted(stories), 2) if stories[a] == stories[b]}


@settings(deadline=None, max_examples=20)
@given(st.integers(), st.integers(10, 150))
def test_in_any_order_and_in_any_batches_the_pairs_of_stories_are_the_same_within_the_tolerance(
    seed, size
):
    at_once = pairs(places(told(NEWS, Pool.of(), Shelf())[0]))
    arriving, pool, shelf, found = Random(seed).sample(NEWS, len(NEWS)), Pool.of(), Shelf(), {}
    for start in range(0, len(arriving), size):
        placements, cards = told(arriving[start : start + size], pool, shelf)
        pool, shelf = pool.with_cards(cards), shelf.with_cards(cards)
        found |= places(placements)

    both = len(at_once & pairs(found))
    assert len(at_once) > 5
    assert 2 * both >= (1 - TOLERANCE) * (len(at_once) + len(pairs(found)))


@settings(deadline=None, max_examples=40)
@given(retold(), st.integers(0, 12))
def test_what_comes_later_leaves_old_stories_as_they_are(items, cut):
    items = sorted(items, key=lambda item: (item.published_at, item.key))
    before, cards = told(items[:cut], Pool.of(), Shelf())
    after, _ = told(items[cut:], Pool.of(cards), Shelf(cards))

    old = set(places(before).values())
    fresh = {item.key for item in items[cut:]}
    assert {story for story in places(after).values() if story not in fresh} <= old
    assert set(places(after)) == fresh


@settings(deadline=None, max_examples=40)
@given(retold())
def test_an_event_bears_the_name_of_its_first_item_and_says_what_ties_the_others(items):
    by_key = {item.key: item for item in items}
    for placement in told(items, Pool.of(), Shelf())[0]:
        first, own = by_key[placement.story], by_key[placement.item]
        assert (first.published_at, first.key) <= (own.published_at, own.key)
        assert bool(placement.why) == (placement.story != placement.item)
