from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watch.domain import NO_URL, Entry, Harvest, Outcome, Source
from watch.enrich.items import to_items
from watch.text.urls import canonical

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
JOURNAL = Source(canonical("https://journal.example/feed"), "Le Journal", language="fr", id=7)


def entry(path="/a", title="Un laser vert perce le verre", text="", guid="", at=YESTERDAY):
    url = canonical(path, "https://journal.example/") if path else NO_URL
    return Entry(guid, url, title, text, published_at=at)


def harvest(*entries, source=JOURNAL, at=NOW):
    return Harvest(source, at, Outcome.NEWS, entries)


def keys(*entries, **rest):
    return [item.key for item in to_items(harvest(*entries, **rest))]


def test_an_entry_becomes_an_item_with_all_that_its_source_says():
    [item] = to_items(harvest(entry(text="Le verre épais ne résiste pas à la lumière verte.")))

    assert len(item.key) == len(item.digest) == 32
    assert (item.url, item.source, item.outlet) == ("https://journal.example/a", 7, "Le Journal")
    assert (item.language, item.kind) == ("fr", "news")
    assert (item.published_at, item.first_seen_at) == (YESTERDAY, NOW)


def test_guids_that_change_at_each_visit_bring_nothing_new():
    first = keys(*(entry(f"/{n}", f"Titre {n}", guid=f"a-{n}") for n in range(3)))
    second = keys(*(entry(f"/{n}", f"Titre {n}", guid=f"b-{n}") for n in range(3)))

    assert first == second
    assert len(set(first)) == 3


def test_one_guid_for_all_leaves_them_apart_by_their_links_or_titles():
    assert len(keys(*(entry(f"/{n}", f"Titre {n}", guid="same") for n in range(3)))) == 3
    assert len(keys(*(entry("/", f"Titre {n}", guid="same") for n in range(3)))) == 3


def test_a_front_page_names_no_publication():
    assert len(keys(entry("/", "Un", guid="1"), entry("/index.html", "Deux", guid="2"))) == 2
    assert keys(entry("/", "Un")) != keys(entry("/", "Deux"))


def test_an_address_that_entries_share_is_told_apart_by_title():
    assert len(keys(entry("/live", "Un"), entry("/live", "Deux"), entry("/live", "Un"))) == 2


def test_without_an_address_the_guid_names_it_on_its_own_site():
    other = Source(canonical("https://other.example/feed"), "Autre", id=8)

    assert keys(entry("", "Un", guid="12")) == keys(entry("", "Deux", guid="12"))
    assert keys(entry("", "Un", guid="12")) != keys(entry("", "Un", guid="12"), source=other)


def test_without_address_and_guid_the_title_and_its_day_name_it_at_every_visit():
    later = NOW + timedelta(days=3)
    future = datetime(2099, 1, 1, tzinfo=UTC)

    assert keys(entry("", at=None)) == keys(entry("", at=None), at=later)
    assert keys(entry("", at=future)) == keys(entry("", at=future), at=later)
    assert keys(entry("", "Agenda", at=NOW)) != keys(entry("", "Agenda", at=YESTERDAY))


def test_a_site_that_moves_to_https_brings_nothing_new():
    old = Entry("", canonical("http://www.journal.example/a"), "Un laser")

    assert keys(old) == keys(entry("/a", "Un laser"))


def test_a_double_in_one_harvest_keeps_the_first_place_and_the_longest_text():
    items = to_items(
        harvest(entry("/a", text="Court."), entry("/b"), entry("/a", text="Plus long."))
    )

    assert [item.url[-2:] for item in items] == ["/a", "/b"]
    assert items[0].text == "Plus long."


def test_an_edited_article_is_a_revision_of_the_same_item():
    [before], [after] = (to_items(harvest(entry(text=text))) for text in ("Avant.", "Après."))

    assert before.key == after.key
    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("stated", "effective"),
    [
        (YESTERDAY, YESTERDAY),
        (None, NOW),
        (datetime(2099, 1, 1, tzinfo=UTC), NOW),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), NOW),
        (datetime(1, 1, 1, tzinfo=UTC), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
    ],
)
def test_the_effective_date_is_the_earlier_of_stated_and_seen(stated, effective):
    [item] = to_items(harvest(entry(at=stated)))

    assert item.published_at == effective


def test_a_missing_title_is_the_beginning_of_the_text():
    [item] = to_items(harvest(entry(title="", text="Un laser vert perce le verre. " * 9)))

    assert item.title.startswith("Un laser vert perce le verre.")
    assert len(item.title) <= 90


def test_the_name_of_the_outlet_leaves_the_title():
    [with_name] = to_items(harvest(entry(title="Un laser perce le verre | le journal")))
    [other_name] = to_items(harvest(entry(title="Un laser perce le verre - Lyon")))

    assert with_name.title == "Un laser perce le verre"
    assert other_name.title == "Un laser perce le verre - Lyon"


def test_an_entry_that_says_nothing_is_left_out():
    assert to_items(harvest(entry("", "", ""), entry("", " ", "\n", guid="1"))) == []
    assert len(to_items(harvest(entry("/a", "")))) == 1


def test_a_text_that_entries_share_is_not_their_own():
    notice = "La suite de cet article est réservée à nos abonnés, qui la lisent en ligne."

    items = to_items(
        harvest(
            entry("/a", text="Le verre épais ne résiste pas à la lumière verte."),
            entry("/b", "Un capteur mesure la distance", notice),
            entry("/c", "Une caméra voit dans la nuit", notice),
        )
    )

    assert [item.has_own_text for item in items] == [True, False, False]


def test_the_language_is_what_the_source_says_until_the_words_are_looked_at():
    [plain] = to_items(harvest(entry(title="A green laser drills through thick glass")))
    [stated] = to_items(harvest(replace(entry(), language="de")))

    assert (plain.language, stated.language) == ("fr", "de")


def test_an_item_cites_the_other_sites_that_its_words_link_to():
    cites = ("labo.example", "www.journal.example", "journal.example", "pme.example")

    [item] = to_items(harvest(replace(entry(), cites=cites)))

    assert item.cites == ("labo.example", "pme.example")
