"""What people join and part stays so, and comes back: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from tests import stored
from tests.deliver.letters import LETTER
from watch.domain import ActKind, Basis, Cluster, Item, Period, Source, Subscriber, WebUrl
from watch.errors import ActRefused
from watch.store import (
    acts,
    clusters,
    items,
    letters,
    people,
    privacy,
    shelves,
    sources,
    stories,
    subscribers,
)
from watch.store.acts import Hand
from watch.store.people import Role
from watch.store.transaction import writing

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HAND = Hand(NOW)


def item(name: str, source: Source) -> Item:
    at = NOW - timedelta(hours=9) + timedelta(hours=ord(name) - ord("a"))
    url = WebUrl(f"https://journal.example/{name}")
    return Item(
        name * 32, url, f"Titre {name}", "", "fr", at, NOW, source.id, "J", digest=name * 32
    )


@pytest.fixture
def journal() -> Source:
    """Six items: a, b and c tell one event, d and e another, f a third."""
    clusters.save(Cluster("optique", "Optique"))
    clusters.save(Cluster("mode", "Mode"))
    source, _ = sources.add("optique", Source(WebUrl("https://journal.example/feed"), "J"), NOW)
    some = [item(name, source) for name in "abcdef"]
    told = {"b": "a", "c": "a", "e": "d"}
    stored.keep(some, NOW, {k * 32: (v * 32, "same text") for k, v in told.items()})
    return source


def stand() -> list[str]:
    """Return who stands together, by their letters."""
    found: dict[str, str] = {}
    for card in stories.cards(NOW - timedelta(days=9), NOW + timedelta(days=9)):
        [one] = shelves.of_keys("optique", [card.key])
        found[one.story.key] = found.get(one.story.key, "") + card.key[0]
    return sorted(found.values())


def join(one: str, other: str) -> None:
    acts.join("optique", one * 32, other * 32, HAND)


def part(one: str) -> None:
    acts.part("optique", one * 32, HAND)


def arrive(name: str, strand: str, source: Source) -> None:
    """Store an item that was found to belong to a strand, as the round does."""
    with writing():
        items.keep([item(name, source)], NOW)
        [owed] = items.owed(0, 9)
        story = acts.stories().get(strand, strand)
        items.enrich([
            items.Enriched(owed.id, owed.item.digest, "fr", b"", "", story, strand=strand)
        ])  # fmt: skip


def strand_of(name: str) -> str:
    found = {one.key[0]: one.story for one in stories.cards(NOW - timedelta(days=9), NOW)}
    return found[name]


def test_joined_stories_are_one_until_it_is_taken_back(journal: Source) -> None:
    join("b", "d")
    assert stand() == ["abcde", "f"]

    acts.undo("optique", HAND)
    assert stand() == ["abc", "de", "f"]


def test_an_item_is_parted_even_if_its_story_bears_its_name(journal: Source) -> None:
    part("a")
    assert stand() == ["a", "bc", "de", "f"]

    part("b")
    assert stand() == ["a", "b", "c", "de", "f"]

    acts.undo("optique", HAND)
    acts.undo("optique", HAND)
    assert stand() == ["abc", "de", "f"]


def test_who_joins_through_an_item_stays_joined_when_it_leaves(journal: Source) -> None:
    join("f", "a")
    join("f", "d")
    part("f")

    assert stand() == ["abcde", "f"]


def test_what_comes_later_goes_where_that_goes_to_which_it_is_tied(journal: Source) -> None:
    join("a", "d")
    part("b")
    arrive("g", strand_of("d"), journal)
    arrive("h", strand_of("b"), journal)
    assert stand() == ["acdeg", "bh", "f"]

    acts.undo("optique", HAND)
    assert stand() == ["abcdegh", "f"]

    acts.undo("optique", HAND)
    assert stand() == ["abch", "deg", "f"]


def test_acts_are_taken_back_in_any_order(journal: Source) -> None:
    first = acts.join("optique", "a" * 32, "d" * 32, HAND)
    part("d")
    assert stand() == ["abce", "d", "f"]

    acts.undo("optique", HAND, first.id)
    assert stand() == ["abc", "d", "e", "f"]

    acts.undo("optique", HAND)
    assert stand() == ["abc", "de", "f"]


def test_a_later_word_outdoes_an_earlier_one(journal: Source) -> None:
    part("b")
    join("b", "c")
    assert stand() == ["abc", "de", "f"]

    part("b")
    assert stand() == ["ac", "b", "de", "f"]


@pytest.mark.parametrize(
    ("kind", "named", "message"),
    [
        ("join", "ab", "Titre a: is of that story already"),
        ("join", "aa", "Titre a: is of that story already"),
        ("join", "az", "there is no such item"),
        ("part", "f", "Titre f: stands alone"),
        ("part", "z", "there is no such item"),
        ("undo", "", "there is nothing to take back"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    kind: str, named: str, message: str, journal: Source
) -> None:
    with pytest.raises(ActRefused, match=message):
        {"join": lambda: join(*named), "part": lambda: part(named),
         "undo": lambda: acts.undo("optique", HAND)}[kind]()  # fmt: skip

    assert stand() == ["abc", "de", "f"]


def test_an_item_that_stands_in_no_story_yet_waits(journal: Source) -> None:
    with writing():
        items.keep([item("g", journal)], NOW)

    with pytest.raises(ActRefused, match="wait until it is read"):
        join("g", "a")


def test_a_cluster_neither_acts_on_what_it_does_not_see_nor_reads_names_of_others(
    journal: Source,
) -> None:
    with pytest.raises(ActRefused):
        acts.part("mode", "a" * 32, HAND)

    anna = User.objects.create(username="anna")
    acts.join("optique", "a" * 32, "f" * 32, Hand(NOW, anna.pk, "  same \n laser "))
    assert acts.of("mode", ["a" * 32]) == []
    with pytest.raises(ActRefused):
        acts.undo("mode", HAND)

    sources.add("mode", Source(journal.url, "J"), NOW)
    [own], [theirs] = (acts.of(one, ["a" * 32]) for one in ("optique", "mode"))
    assert (own.kind, own.by, own.remark) == (ActKind.JOIN, "anna", "same laser")
    assert (theirs.by, theirs.remark, theirs.is_own) == ("", "", False)


def test_what_a_person_decided_is_handed_over_and_outlives_him_without_his_name(
    journal: Source,
) -> None:
    people.add(
        "optique", "anna@pole.example", "Anna", Role.OFFICER, "staff", "un-mot-de-passe-long"
    )
    [anna] = people.members("optique")
    acts.join("optique", "a" * 32, "f" * 32, Hand(NOW, anna.user))

    found = privacy.export("optique", "anna@pole.example")
    assert found is not None
    assert [act["kind"] for act in found["acts_on_stories"]] == ["join"]

    privacy.erase("optique", "anna@pole.example", NOW)
    [act] = acts.of("optique", ["a" * 32])
    assert (act.by, stand()) == ("", ["abcf", "de"])


def test_an_item_is_found_by_key_address_or_page(journal: Source) -> None:
    page = f"https://watch.example/c/optique/items/{'a' * 32}"

    for named in ("a" * 32, "HTTPS://journal.example/a#top", page):
        assert acts.find("optique", named).key == "a" * 32
    with pytest.raises(ActRefused, match="there is no such item"):
        acts.find("optique", "https://journal.example/zzz")
    with pytest.raises(ActRefused):
        acts.find("mode", "a" * 32)


def told_by(name: str) -> int:
    """Tell the reader's letter of one item; return the reader."""
    basis = Basis("member", "adhésion", date(2026, 1, 5))
    reader = Subscriber(0, "optique", "anna@pme.example", "", "", "fr", (), basis)
    subscribers.save("optique", [reader])
    id = subscribers.every("optique")[0].id
    week = Period(date(2026, 11, 16), date(2026, 11, 22))
    letters.post("optique", id, LETTER, week, {"a" * 32: name * 32}, NOW)
    return id


def known(reader: int) -> str:
    """Return the items that no further letter tells the reader, by their letters."""
    told = subscribers.told(reader)
    shelf = shelves.of_keys("optique", [name * 32 for name in "abcdef"])
    return "".join(sorted(one.item.key[0] for one in shelf if one.story.key in told))


def test_what_a_reader_was_told_he_is_told_under_no_other_name(journal: Source) -> None:
    reader = told_by("b")
    assert known(reader) == "abc"

    join("a", "d")
    assert known(reader) == "abcde"

    part("a")
    assert known(reader) == "bcde"

    part("b")
    assert known(reader) == "bcde"

    for _ in range(3):
        acts.undo("optique", HAND)
    assert known(reader) == "abc"
