"""Before letters go: the officer's pages, and the door by which a reader asks the team."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.conftest import Town
from tests.web.conftest import held_key, vote_link
from watch.store import held, letters, privacy, requests

SignIn = Callable[[str], Client]


def test_an_officer_sees_counts_reasons_and_warnings(town: Town, sign_in: SignIn) -> None:
    key = held_key(town)

    page = sign_in("officer").get("/c/essai/held?lang=fr").content.decode()

    assert "Autre PME d&#39;essai" in page
    assert "Vous suivez Lidar × Automobile" in page
    assert page.count("<iframe") == len(held.held("essai"))
    assert f'value="{key}" checked' in page


def test_an_officer_edits_and_takes_back_on_the_page(town: Town, sign_in: SignIn) -> None:
    key, client = held_key(town), sign_in("officer")
    address = f"/c/essai/held/{key}"
    before = held.find("essai", key)
    assert before is not None

    for form in (
        {"do": "reword", "line": "1", "excerpt": "Dit <b>autrement", "why": ""},
        {"do": "down", "line": "1"},
        {"do": "drop", "line": "1"},
        {"do": "greet", "greeting": "Bonjour."},
    ):
        assert client.post(address, form).status_code == 302
    after = held.find("essai", key)
    assert after is not None
    assert [one.title for one in after.lines] == [
        before.lines[0].title, *(one.title for one in before.lines[2:])
    ]  # fmt: skip
    assert "Bonjour." in client.get(f"{address}/letter").content.decode()

    for _ in range(4):
        client.post(address, {"do": "undo"})
    again = held.find("essai", key)
    assert again is not None
    assert again.lines == before.lines


def test_letters_are_approved_in_batch(town: Town, sign_in: SignIn) -> None:
    held_key(town)
    keys = [one.key for one in held.held("essai")]

    sign_in("officer").post("/c/essai/held", {"do": "release", "key": keys})

    assert letters.counts("essai") == {"queued": len(keys)}


def test_a_reader_asks_the_team_and_is_promised_a_day(
    town: Town, client: Client, sign_in: SignIn
) -> None:
    link = f"{vote_link(town)}/ask"
    assert "Demander à l’équipe veille" in client.get(link).content.decode()
    assert requests.open_ones("essai") == []

    page = client.post(link, {"words": "Qui le vend ?"}).content.decode()
    client.post(link, {"words": ""})

    (one,) = requests.open_ones("essai")
    assert "Vous aurez une réponse au plus tard le" in page
    assert (one.reader, one.words) == (town.reader.firm, "Qui le vend ?")
    days = one.promised_on - timezone.now().date()
    assert timedelta(days=2) <= days <= timedelta(days=6)
    officer = sign_in("officer")
    assert "Qui le vend ?" in officer.get("/c/essai/requests").content.decode()
    officer.post("/c/essai/requests", {"id": str(one.id)})
    assert requests.open_ones("essai") == []


def test_another_clusters_officer_closes_nothing(
    town: Town, client: Client, sign_in: SignIn
) -> None:
    client.post(f"{vote_link(town)}/ask", {"words": "x"})
    (one,) = requests.open_ones("essai")

    sign_in("stranger").post("/c/voisin/requests", {"id": str(one.id)})

    assert len(requests.open_ones("essai")) == 1


def test_l08_what_a_reader_asked_is_handed_over_and_erased_with_him(
    town: Town, client: Client
) -> None:
    client.post(f"{vote_link(town)}/ask", {"words": "Une question privée"})

    found = privacy.export("essai", town.reader.email)
    privacy.erase("essai", town.reader.email, timezone.now())

    assert found is not None
    assert [one.words for one in found["requests"]] == ["Une question privée"]
    assert requests.open_ones("essai") == []
