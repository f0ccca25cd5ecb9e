"""An author who opposes is named no more: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests import stored
from tests.contract.test_store import item
from watch.domain import Cluster, Item, Source, WebUrl
from watch.store import clusters, items, opposition, pages, sources
from watch.store.models import Opposition
from watch.store.pages import Attempt
from watch.store.transaction import writing

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def journal() -> Source:
    clusters.save(Cluster("optique", "Optique"))
    address = WebUrl("https://journal.example/feed")
    return sources.add("optique", Source(address, "Journal"), NOW)[0]


def author(of: Item) -> str:
    found = items.by_key("optique", of.key)
    assert found is not None
    assert found.url == of.url  # the link to the source stays
    return found.author


def test_l11_an_author_who_opposes_is_forgotten_and_not_kept_at_the_next_collection(
    journal: Source,
) -> None:
    old = item("a", journal, author="Par Zoé Éclair")
    shared = item("b", journal, author="Éclair, Zoé ; Max Prisme")
    others = item("c", journal, author="Zoé Prisme")
    stored.keep([old, shared, others], NOW)

    assert opposition.oppose("ÉCLAIR Zoe", NOW) == 2
    assert opposition.oppose("Zoé Éclair", NOW) == 0
    new = item("d", journal, author="Max Prisme et Zoé Éclair")
    edited = replace(others, title="Un autre titre", digest="e" * 32, author="Zoé Éclair")
    stored.keep([new, edited], NOW)
    read = replace(old, text="La page entière, inventée.", author="Zoé Éclair")
    with writing():
        pages.keep([Attempt(old.key, "read", changed=read)], NOW)

    assert [author(one) for one in (old, shared, new, others)] == [
        "", "Max Prisme", "Max Prisme", "",
    ]  # fmt: skip
    hashes = Opposition.objects.values_list("name_hash", flat=True)
    assert len(hashes) == 1
    assert "clair" not in hashes[0]


def test_l11_an_address_is_not_kept_as_an_author(journal: Source) -> None:
    lone = item("a", journal, author="zoe@journal.example")
    stored.keep([lone], NOW)
    assert author(lone) == ""


def test_who_takes_it_back_is_named_again(journal: Source) -> None:
    opposition.oppose("Zoé Éclair", NOW)
    assert opposition.take_back("Éclair Zoé")
    assert not opposition.take_back("Éclair Zoé")
    signed = item("a", journal, author="Zoé Éclair")
    stored.keep([signed], NOW)
    assert author(signed) == "Zoé Éclair"
