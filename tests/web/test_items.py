"""Items in a browser: found, read, reviewed; and nothing that a publisher writes runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import stored
from tests.conftest import Town
from watch.domain import Axis, Item
from watch.store import shelves, tags
from watch.web import marks

SignIn = Callable[[str], Client]
LIST = "/c/essai/"


def titles(page: str) -> list[str]:
    """Return the titles in a list, in their order."""
    return re.findall(r'<h2 lang="fr"><a [^>]+>(.+?)</a>', page)


def keep(*some: Item) -> None:
    stored.keep(some, timezone.now())


def review(client: Client, item: Item, **form: str) -> str:
    """Send a review; return where it leads."""
    response = client.post(f"/c/essai/items/{item.key}/review", form)
    assert response.status_code == 303
    return response.headers["Location"]


def settled(item: Item) -> dict[str, float]:
    """Return what the item is about: topic -> score."""
    found = shelves.find("essai", item.key)
    assert found is not None
    return {tag.topic: tag.score for tag in found.tags}


# -- the list ------------------------------------------------------------------------------


def test_the_list_shows_facts_newest_first(town: Town, sign_in: SignIn) -> None:
    page = sign_in("reader").get(LIST).content.decode()

    assert titles(page) == [
        "Un lidar voit loin en voiture",
        "Le laser entre à l&#39;hôpital",
        "Une automobile et son lidar",
        "Un lidar pour chaque voiture",
        "Phare et lidar de voiture",
    ]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("market=sante", 1),
        ("market=automobile&technology=lidar", 4),
        ("market=sante&technology=lidar", 0),
        ("words=hopitaux", 1),
        ("words=voitures+lidar", 3),
        ("state=all", 6),
        ("state=doubtful", 1),
        ("state=untagged", 1),
        ("state=all&language=en", 0),
        ("state=all&source=999999", 6),
        ("market=nothing&state=nonsense&days=x&source=%00&before=rubbish_x", 5),
        ("words=%22%27%29+OR+*%3B--+%00", 0),
    ],
)
def test_a_filter_shows_what_it_names(query: str, count: int, town: Town, sign_in: SignIn) -> None:
    page = sign_in("expert").get(f"{LIST}?{query}").content.decode()

    assert len(titles(page)) == count


def test_a_reader_is_not_asked_to_review(town: Town, sign_in: SignIn) -> None:
    page = sign_in("reader").get(f"{LIST}?state=doubtful").content.decode()

    assert "Confirmer" not in page
    assert "À revoir" not in page


def test_old_items_are_left_out_until_a_longer_period_is_asked_for(
    town: Town, sign_in: SignIn
) -> None:
    long_ago = timezone.now() - timedelta(days=60)
    keep(replace(town.first, key="9" * 32, title="Vieux lidar", published_at=long_ago))
    client = sign_in("reader")

    assert "Vieux lidar" not in client.get(f"{LIST}?state=all").content.decode()
    assert "Vieux lidar" in client.get(f"{LIST}?state=all&days=90").content.decode()


def test_pages_follow_one_another_without_gap_or_double(town: Town, sign_in: SignIn) -> None:
    at = timezone.now() - timedelta(hours=1)
    keep(*(
        # All of one instant: the key alone puts them in order.
        replace(town.first, key=f"{n:032x}", title=f"Item {n}", published_at=at)
        for n in range(70)
    ))  # fmt: skip
    client = sign_in("reader")

    seen: list[str] = []
    address = f"{LIST}?state=all"
    while address:
        page = client.get(address).content.decode()
        seen += titles(page)
        following = re.search(r'rel="next" href="(\?[^"]+)"', page)
        address = LIST + following[1].replace("&amp;", "&") if following else ""

    assert len(seen) == 76
    assert len(set(seen)) == 76


def test_the_list_says_where_else_a_story_was_told(town: Town, sign_in: SignIn) -> None:
    other = replace(town.first, key="8" * 32, outlet="Autre journal", title="Le même lidar")
    stored.keep([other], timezone.now(), {other.key: (town.first.key, "near")})
    client = sign_in("reader")

    assert "Aussi vu dans Autre journal" in client.get(LIST).content.decode()
    page = client.get(f"/c/essai/items/{town.first.key}").content.decode()
    assert "Le même événement ailleurs" in page
    assert "Le même lidar" in page


# -- one item ------------------------------------------------------------------------------


def test_an_item_shows_its_evidence_where_it_stands(town: Town, sign_in: SignIn) -> None:
    page = sign_in("reader").get(f"/c/essai/items/{town.first.key}").content.decode()

    assert "Un <mark>lidar</mark> voit loin en <mark>voiture</mark>" in page
    assert "trouvée par les mots du cahier des charges" in page
    assert "Confirmer" not in page


def test_what_an_item_said_before_stays_readable(town: Town, sign_in: SignIn) -> None:
    keep(replace(town.first, title="Titre corrigé", digest="z"))

    page = sign_in("reader").get(f"/c/essai/items/{town.first.key}").content.decode()

    assert "Titre corrigé" in page
    assert "Un lidar voit loin en voiture" in page


def test_nothing_that_a_publisher_writes_runs(town: Town, sign_in: SignIn) -> None:
    bad = replace(
        town.first,
        key="7" * 32,
        title="<script>alert(1)</script> {{ 7*7 }} \"onload='x'",
        text="<img src=x onerror=alert(2)> lidar </p><style>*{}</style>",
        outlet="<b>Outlet</b>",
        author="<i>Author</i>",
    )
    keep(bad)
    client = sign_in("expert")
    review(client, bad, topic="technology/lidar", verdict="confirm")

    for address in (f"{LIST}?state=all", f"/c/essai/items/{bad.key}"):
        page = client.get(address).content.decode()

        assert "<script" not in page
        assert "<img" not in page
        assert "<style" not in page
        assert "<b>" not in page
        assert "<i>" not in page
        assert "{{ 7*7 }}" in page


def test_evidence_is_marked_as_whole_words_and_escaped() -> None:
    assert marks.marked("a<b lidars lidar", ["lidar", ""]) == ("a&lt;b lidars <mark>lidar</mark>")
    assert marks.marked("lidar FMCW", ["lidar", "lidar FMCW"]) == "<mark>lidar FMCW</mark>"
    assert marks.marked("C++ (.*)", ["C++", "(.*)"]) == "<mark>C++</mark> <mark>(.*)</mark>"
    assert marks.paragraphs("un\n\n deux", []) == ["un", " deux"]


# -- reviews -------------------------------------------------------------------------------


def test_an_expert_confirms_a_doubtful_tag_and_it_becomes_a_fact(
    town: Town, sign_in: SignIn
) -> None:
    laser = town.items[1]
    client = sign_in("expert")

    there = review(client, laser, topic="technology/laser", verdict="confirm")

    page = client.get(there).content.decode()
    assert settled(laser)["laser"] == 1.0
    assert 'role="status"' in page
    assert "avis d’expert" in page
    assert "expert a confirmé «\u00a0Laser\u00a0»" in page
    assert tags.reviews("essai", laser.key)[0][:4] == ("expert", "technology", "laser", "confirm")


def test_an_expert_rejects_a_tag_and_it_is_gone_at_once(town: Town, sign_in: SignIn) -> None:
    review(sign_in("expert"), town.first, topic="market/automobile", verdict="reject")

    assert "automobile" not in settled(town.first)


def test_an_expert_corrects_a_tag_and_his_word_stands_in_its_place(
    town: Town, sign_in: SignIn
) -> None:
    form = {"topic": "market/automobile", "verdict": "correct", "instead": "sante"}

    review(sign_in("expert"), town.first, **form)

    assert settled(town.first) == {"sante": 1.0, "lidar": 0.9}


def test_an_officer_adds_a_tag_that_nobody_found(town: Town, sign_in: SignIn) -> None:
    bread = town.items[-1]

    review(sign_in("officer"), bread, topic="technology/laser", verdict="confirm")

    assert settled(bread) == {"laser": 1.0}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"topic": "market/automobile"},
        {"topic": "market/automobile", "verdict": "nonsense"},
        {"topic": "market/nothing", "verdict": "confirm"},
        {"topic": "nothing/lidar", "verdict": "confirm"},
        {"topic": "market/automobile", "verdict": "correct"},
        {"topic": "market/automobile", "verdict": "correct", "instead": "automobile"},
        {"topic": "market/automobile", "verdict": "correct", "instead": "lidar"},
    ],
)
def test_a_form_that_means_nothing_changes_nothing(
    form: dict[str, str], town: Town, sign_in: SignIn
) -> None:
    client = sign_in("expert")
    before = settled(town.first)

    there = review(client, town.first, **form)

    assert there.endswith("said=unclear")
    assert "Rien n’a changé" in client.get(there).content.decode()
    assert settled(town.first) == before
    assert tags.reviews("essai", town.first.key) == []


def test_a_review_from_the_list_leads_back_to_the_list(town: Town, sign_in: SignIn) -> None:
    form = {"topic": "technology/laser", "verdict": "confirm"}
    client = sign_in("expert")

    assert review(client, town.items[1], **form, back="/c/essai/?state=doubtful") == (
        "/c/essai/?state=doubtful&said=confirm"
    )
    assert review(client, town.items[1], **form, back="//evil.example").startswith("/c/essai/items")


def test_a_reviewers_college_goes_with_his_word(town: Town, sign_in: SignIn) -> None:
    review(sign_in("expert"), town.first, topic="market/automobile", verdict="confirm")

    said = tags.opinions("essai", [town.first.key])[town.first.key]
    assert [t.by.rpartition("/")[0] for t in said if t.axis is Axis.MARKET] == [
        "phrases",
        "expert/industry",
    ]


# -- stories -------------------------------------------------------------------------------


def act(client: Client, item: Item, **form: str) -> tuple[int, str]:
    """Send what an officer decides of an item's story; return status and page that he gets then."""
    answer = client.post(f"/c/essai/items/{item.key}/story", form)
    if answer.status_code == 303:
        answer = client.get(answer.headers["Location"])
    page = answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'")
    return answer.status_code, page


def story(item: Item) -> set[str]:
    return {one.key for one, _why in shelves.story("essai", item.key)}


def number(page: str) -> str:
    found = re.search(r'name="act" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_an_officer_joins_and_parts_stories_and_takes_it_back(town: Town, sign_in: SignIn) -> None:
    first, second = town.items[:2]
    client = sign_in("officer")

    _, page = act(client, first, do="join", other=f" {second.url} ", remark="même salon")
    assert story(first) == {first.key, second.key}
    assert "Réunies. Cela reste ainsi" in page
    assert f"réunie avec « {second.title} » par officer le" in page
    assert "(même salon)" in page

    _, page = act(client, second, do="undo", act=number(page))
    assert story(first) == {first.key}
    assert "C'est défait." in page

    act(client, first, do="join", other=second.key)
    _, page = act(client, first, do="part")
    assert story(first) == {first.key}
    assert f"séparée de « {second.title} » par officer le" in page

    act(client, first, do="undo", act=number(page))
    assert story(first) == {first.key, second.key}


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({}, 200, "Rien n’a changé."),
        ({"do": "undo", "act": "x"}, 200, "Rien n’a changé."),
        ({"do": "undo", "act": "7" * 9}, 422, "il n'y a rien à défaire."),
        ({"do": "part"}, 422, "est seule : il n'y a rien dont la séparer."),
        ({"do": "join"}, 422, "cette publication n'existe pas. Donnez son adresse"),
        ({"do": "join", "other": "javascript:1\x00"}, 422, "cette publication n'existe pas"),
        ({"do": "join", "other": "é" * 3000}, 422, "cette publication n'existe pas"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_a_sentence(
    form: dict[str, str], status: int, words: str, town: Town, sign_in: SignIn
) -> None:
    code, page = act(sign_in("officer"), town.first, **form)

    assert code == status
    assert words in page
    assert story(town.first) == {town.first.key}


def test_a_reader_reads_why_and_decides_nothing(town: Town, sign_in: SignIn) -> None:
    other = replace(town.first, key="8" * 32, outlet="Autre journal", title="Le même lidar")
    stored.keep([other], timezone.now(), {other.key: (town.first.key, "0.82 of the words")})
    act(sign_in("officer"), town.first, do="join", other=town.items[1].key)
    address = f"/c/essai/items/{town.first.key}"

    page = sign_in("expert").get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")

    assert "mots en commun : 82 %" in page
    assert "par officer le" in page
    assert "Défaire" not in page
    assert "Corriger cet événement" not in page
    assert sign_in("expert").post(f"{address}/story", {"do": "part"}).status_code == 404
