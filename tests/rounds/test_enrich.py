"""Enriching: what was collected is looked at once, in batches, and read only then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from watch.domain import Cluster, Item, Source, WebUrl
from watch.engine.local import Here
from watch.rounds import enrich
from watch.rounds.enrich import enrich_round
from watch.store import acts, clusters, items, shelves, sources, tags, vectors
from watch.store.acts import Hand
from watch.store.shelves import Asked
from watch.store.transaction import writing
from watch.text.digests import digest
from watch.text.meaning import Counted

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
TEXT = "Une équipe invente un capteur de lumière qui voit dans le brouillard à cent mètres. "


@pytest.fixture
def journal() -> Source:
    clusters.save(Cluster("essai", "Essai"))
    return sources.add("essai", Source(WebUrl("https://journal.example/feed"), "Journal"), NOW)[0]


def item(name: str, source: Source, text: str = TEXT) -> Item:
    key, url = digest(name), WebUrl(f"https://journal.example/{name}")
    at = NOW - timedelta(hours=1)
    title = f"Un capteur {name} voit dans le brouillard"
    stated = digest(title, text)
    return Item(key, url, title, text, "", at, NOW, source.id, "Journal", digest=stated)


def collected(*some: Item) -> None:
    with writing():
        items.keep(some, NOW)


def found(words: str) -> int:
    return shelves.count("essai", Asked(words=words))


def test_what_is_collected_is_on_the_shelves_at_once_and_read_when_enriched(
    journal: Source,
) -> None:
    collected(item("vert", journal))
    [tagged] = shelves.page("essai", Asked(), 9)

    assert (tagged.item.language, tagged.story.item_count) == ("", 1)
    assert tags.owed("essai", "phrases/1", 1, 9) == []
    assert found("brouillard") == 0

    assert enrich_round(Here(), NOW).counts == {"enriched": 1, "joined": 0}

    [owed] = tags.owed("essai", "phrases/1", 1, 9)
    assert (owed.language, len(owed.print)) == ("fr", 128)
    assert found("brouillards") == 1
    assert enrich_round(Here(), NOW).counts["enriched"] == 0


def test_items_of_one_event_join_across_batches_and_rounds(
    journal: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrich, "ITEMS_IN_A_BATCH", 2)
    long = TEXT * 3
    collected(*(item(name, journal, long) for name in ("un", "deux", "trois")))
    assert enrich_round(Here(), NOW).counts == {"enriched": 3, "joined": 2}

    collected(item("quatre", journal, long))
    assert enrich_round(Here(), NOW).counts == {"enriched": 1, "joined": 1}

    assert {one.story.item_count for one in shelves.page("essai", Asked(), 9)} == {4}


def test_what_people_joined_and_parted_stays_so_whatever_is_read_later(journal: Source) -> None:
    short, long = TEXT * 3, f"{TEXT * 3} La ville de Lannion s'en réjouit depuis hier soir. "
    sea = "Un bateau sans équipage mesure la houle au large de Brest avec douze bouées. " * 3
    un, deux, trois = item("un", journal, long), item("deux", journal, short), item("mer", journal)
    trois = replace(trois, title="Un bateau mesure la houle", text=sea, digest=digest(sea))
    collected(replace(un, published_at=un.published_at - timedelta(hours=1)), deux, trois)
    enrich_round(Here(), NOW)
    acts.part("essai", deux.key, Hand(NOW))
    acts.join("essai", deux.key, trois.key, Hand(NOW))

    later = replace(item("quatre", journal, short), title=deux.title)
    houle = replace(trois, key=digest("h"), title=f"{trois.title} à Brest")
    collected(later, houle, replace(deux, text="Autre chose.", digest=digest("x")))
    enrich_round(Here(), NOW)

    story = {one.key for one, _why in shelves.story("essai", deux.key)}
    assert story == {deux.key, trois.key, later.key, houle.key}
    assert [one.key for one, _why in shelves.story("essai", un.key)] == [un.key]
    assert enrich_round(Here(), NOW).counts == {"enriched": 0, "joined": 0}

    acts.undo("essai", Hand(NOW))
    assert {one.key for one, _why in shelves.story("essai", houle.key)} == {trois.key, houle.key}
    acts.undo("essai", Hand(NOW))
    together = {un.key, deux.key, later.key}
    assert {one.key for one, _why in shelves.story("essai", un.key)} == together


def test_a_revised_item_is_looked_at_again_and_stays_in_its_story(journal: Source) -> None:
    first, second = item("un", journal, TEXT * 3), item("deux", journal, TEXT * 3)
    collected(first, second)
    enrich_round(Here(), NOW)
    english = "Researchers present an entirely different optical sensor for the deep sea."
    for one in (first, second):
        collected(replace(one, title="A sensor", text=english, digest=digest(english)))

    assert tags.owed("essai", "phrases/1", 1, 9) == []
    assert enrich_round(Here(), NOW).counts == {"enriched": 2, "joined": 0}

    assert found("brouillard") == 0
    assert found("researcher") == 2
    assert {one.item.language for one in shelves.page("essai", Asked(), 9)} == {"en"}
    assert {one.story.item_count for one in shelves.page("essai", Asked(), 9)} == {2}


def test_an_item_revised_before_it_was_enriched_is_found_by_its_last_words(
    journal: Source,
) -> None:
    one = item("un", journal)
    collected(one)
    collected(replace(one, text="Rien de tel.", digest=digest("Rien")))

    assert enrich_round(Here(), NOW).counts["enriched"] == 1
    assert (found("équipe"), found("rien")) == (0, 1)


class Lengths:
    """A model to whom a text lies as far away as it is long."""

    id, size = "lengths/1", 2

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_an_item_lies_where_its_last_words_do(journal: Source) -> None:
    first, second, bare = (item(name, journal) for name in ("un", "deux", "trois"))
    collected(bare)
    enrich_round(Here(), NOW)
    collected(first, second)
    enrich_round(Here(), NOW, model=Lengths())
    collected(replace(first, title="", text="Rien de tel.", digest=digest("Rien")))
    enrich_round(Here(), NOW, model=Lengths())

    keys = [bare.key, second.key, first.key]
    assert vectors.of(keys, "lengths/1", 2).tolist() == [
        [0, 0],
        [len(second.title) + 86, 1],
        [12, 1],
    ]
    assert not vectors.of(keys, "another/1", 2).any()


def test_words_that_are_only_counted_are_not_kept(journal: Source) -> None:
    collected(item("un", journal))
    enrich_round(Here(), NOW, model=Counted())

    assert not vectors.of([item("un", journal).key], Counted.id, Counted.size).any()


def test_what_was_revised_while_it_was_looked_at_owes_it_again(journal: Source) -> None:
    one = item("un", journal)
    collected(one)
    [owed] = items.owed(0, 9)
    collected(replace(one, text="Rien de tel.", digest=digest("Rien")))

    with writing():
        late = items.Enriched(owed.id, owed.item.digest, "fr", b"", "equip", one.key)
        assert items.enrich([late]) == 0
        assert items.owed_count() == 1


def test_of_two_who_enrich_one_item_only_one_indexes_it(journal: Source) -> None:
    one = item("un", journal)
    collected(one)
    [owed] = items.owed(0, 9)
    done = items.Enriched(owed.id, owed.item.digest, "fr", b"", "equip", one.key)

    with writing():
        assert [items.enrich([done]), items.enrich([done])] == [1, 0]
