import gzip
import json
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from tests.shared import shared
from watch.domain import NO_URL, Item
from watch.enrich.stories import Card, Shelf, join_stories
from watch.text.digests import digest
from watch.text.prints import fingerprint, likeness

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TITLE = "Lumenor lève dix millions pour ses lidars à fibre"
# Invented: the firm does not exist.
DISPATCH = (
    "La société Lumenor annonce une levée de fonds auprès de deux investisseurs régionaux. Elle"
    " veut doubler la capacité de son atelier de Lannion, où elle assemble des lidars à fibre pour"
    " les robots agricoles, et recruter trente personnes avant la fin de l'année prochaine."
)
BOILERPLATE = (
    "Le présent marché a pour objet la fourniture, la livraison et la mise en service du matériel"
    " décrit au cahier des clauses techniques particulières. Les offres sont remises par voie"
    " électronique avant la date limite. Le délai de validité des offres est de cent vingt jours."
)


def item(key, title, text="", at=NOW):
    words = f"{title}\n{text}"
    print = fingerprint(words) if text else b""
    return Item(digest(key), NO_URL, title, text, "fr", at, at, 1, key, print=print)


def card(item, story=""):
    return Card(
        item.key, story or item.key, item.title, item.print, item.published_at, item.language
    )


def stories(*items, recent=()):
    """Return how many stories the items make up, those of the shelf included."""
    placements = join_stories(items, Shelf(map(card, recent)))
    return len({p.story for p in placements} | {one.key for one in recent})


def test_what_resembles_both_sides_of_a_parting_joins_the_nearer():
    first = item("a", TITLE, DISPATCH + " La mairie de Lannion s'en réjouit depuis hier soir.")
    parted = item("b", TITLE, DISPATCH, NOW + timedelta(hours=1))
    copy = item("c", TITLE, DISPATCH, NOW + timedelta(hours=2))
    recent = Shelf([card(first), card(parted, "cut off")])

    [as_ever] = join_stories([copy], recent)
    [placement] = join_stories([copy], recent, parted={"cut off"})

    assert as_ever.story == first.key
    assert (placement.story, placement.why) == ("cut off", "same text")


def test_an_item_alone_begins_a_story_of_its_own():
    alone = item("a", TITLE)
    [placement] = join_stories([alone], Shelf())

    assert (placement.item, placement.story, placement.why) == (alone.key, alone.key, "")


def test_a_dispatch_in_twelve_papers_is_one_story_of_the_earliest():
    titles = [
        TITLE,
        "Lumenor lève dix millions pour ses lidars à fibre !",
        "LUMENOR LÈVE DIX MILLIONS POUR SES LIDARS À FIBRE",
        "Lidars à fibre : Lumenor lève dix millions",
        "Lumenor leve dix millions pour ses lidars a fibre",
        "Lumenor lève dix millions pour ses lidars à fibre (AFP)",
        "Robots : Lumenor lève dix millions pour ses lidars à fibre",
        "« Lumenor lève dix millions pour ses lidars à fibre »",
        "Lumenor obtient dix millions pour ses lidars à fibre",
        "Pour ses lidars à fibre, Lumenor lève dix millions",
        "Lumenor lève dix millions pour son lidar à fibre",
        "Lumenor lève dix millions d'euros pour ses lidars à fibre",
    ]
    bare = [
        item(f"paper {n}", title, at=NOW + timedelta(hours=n)) for n, title in enumerate(titles)
    ]
    full = [
        item(f"paper {n}", title, DISPATCH, at=NOW + timedelta(hours=n))
        for n, title in enumerate(titles)
    ]

    assert stories(*bare) == stories(*full) == 1
    assert {placement.story for placement in join_stories(full, Shelf())} == {full[0].key}


def test_a_rewritten_title_over_the_same_text_joins_and_says_why():
    first = item("a", TITLE, DISPATCH)
    copy = item("b", TITLE.upper(), DISPATCH, NOW + timedelta(hours=1))
    other = item(
        "c", "Lannion : trente postes à l'atelier de Lumenor", DISPATCH, NOW + timedelta(days=2)
    )
    bare = item("d", TITLE, "", NOW + timedelta(hours=2))

    whys = {p.item: p.why for p in join_stories([first, copy, other, bare], Shelf())}

    assert whys[copy.key] == "same text"
    assert whys[bare.key] == "same title"
    assert whys[other.key].endswith("of the words")


def test_tenders_with_one_text_and_another_number_place_or_object_stay_apart():
    titles = [
        "Appel d'offres n° 2026-12 : lampes LED, ville de Lyon",
        "Appel d'offres n° 2026-13 : lampes LED, ville de Lyon",
        "Appel d'offres n° 2026-12 : lampes LED, ville de Nantes",
        "Appel d'offres n° 2026-12 : caméras, ville de Lyon",
        "Acquisition d'un laser femtoseconde pour l'université de Lyon",
        "Acquisition d'un laser femtoseconde pour l'université de Nantes",
        "Lyon rénove ses lampes avec des LED",
        "Nantes rénove ses lampes avec des LED",
        "Lot 1 : lasers",
        "Lot 2 : lasers",
    ]
    tenders = [item(title, title, BOILERPLATE) for title in titles]

    assert stories(*tenders) == len(tenders)


def test_one_notice_in_two_places_is_one_story():
    title = "Acquisition d'un laser femtoseconde pour l'université de Lyon"

    assert stories(item("a", title, BOILERPLATE), item("b", title.upper(), BOILERPLATE)) == 1


def test_short_and_general_titles_join_nothing_by_themselves():
    assert stories(item("a", "Agenda"), item("b", "Agenda")) == 2
    assert stories(item("a", "Photonics news"), item("b", "Photonics news")) == 2
    assert stories(item("a", "La lettre de novembre"), item("b", "La lettre de décembre")) == 2


def test_a_weekly_column_tells_something_else_each_week():
    title = "Les nouvelles de la photonique cette semaine"

    assert stories(item("a", title), item("b", title, at=NOW + timedelta(days=7))) == 2


def test_a_text_that_comes_again_after_two_weeks_is_another_story():
    again = [item(f"{days}", TITLE, DISPATCH, NOW + timedelta(days=days)) for days in (0, 13, 28)]

    assert stories(*again[:2]) == 1
    assert stories(again[0], again[2]) == 2


def test_other_figures_are_other_news():
    assert (
        stories(
            item("a", "Le laser atteint 200 watts à Lannion"),
            item("b", "Le laser atteint 300 watts à Lannion"),
        )
        == 2
    )
    assert (
        stories(
            item("a", "Optralis livrera 9 400 jumelles thermiques à l'armée"),
            item("b", "Optralis livrera 9400 jumelles thermiques à l’armée"),
        )
        == 1
    )


def test_a_placed_item_never_moves():
    stored = item("a", TITLE, DISPATCH)
    earlier = item("b", TITLE, DISPATCH, NOW - timedelta(days=1))

    [newcomer, known] = join_stories([stored, earlier], Shelf([card(stored, "f" * 32)]))

    assert (known.item, known.story) == (stored.key, "f" * 32)
    assert (newcomer.item, newcomer.story) == (earlier.key, "f" * 32)


def test_a_story_reaches_through_its_members():
    first = item("a", TITLE)
    titled = item("b", TITLE, DISPATCH, NOW + timedelta(hours=1))
    rewritten = item(
        "c", "Lannion : l'atelier de Lumenor recrute", DISPATCH, NOW + timedelta(hours=2)
    )

    assert stories(first, rewritten) == 2
    assert stories(first, titled, rewritten) == 1


def test_a_shelf_does_not_change_when_cards_are_added():
    one, two, three = (item(key, f"{TITLE} {key}", DISPATCH) for key in ("a", "b", "c"))
    shelf = Shelf([card(one)])
    longer = shelf.with_cards([card(two)]).with_cards([card(three), card(one, "0" * 32)])

    assert (len(shelf), len(longer)) == (1, 3)
    assert shelf.get(two.key) is None
    assert longer.get(one.key) == card(one)
    assert longer.get(three.key) == card(three)


def test_an_empty_batch_and_an_empty_shelf_are_fine():
    assert join_stories([], Shelf()) == []
    assert join_stories([], Shelf([card(item("a", TITLE))])) == []


def test_a_thousand_items_with_one_text_cost_little():
    many = [item(f"{n}", f"Nom{n} rénove ses lampes", BOILERPLATE) for n in range(1_000)]

    assert stories(*many) == 1_000


def rows(*parts):
    path = shared("data", *parts)
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return [json.loads(line) for line in file]


@pytest.mark.parametrize(
    ("parts", "event", "found"),
    [(("photonics", "items.jsonl"), "event", 2), (("ecbplus", "train.jsonl.gz"), "cluster", 24)],
)
def test_near_doubles_hold_their_floor(parts, event, found):
    printed = [(row[event], fingerprint(f"{row['title']}\n{row['text']}")) for row in rows(*parts)]
    pairs = [
        (one == other and one is not None)
        for (one, a), (other, b) in combinations(printed, 2)
        if likeness(a, b) >= 0.5
    ]

    assert all(pairs)
    assert len(pairs) >= found
