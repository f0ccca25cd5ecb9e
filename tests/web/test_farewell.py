"""Unsubscribing: one step, no sign-in, no accident, nothing given away."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.conftest import Town
from tests.web.conftest import token
from watch.store import subscribers
from watch.text.seal import seal

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def is_written_to(town: Town) -> bool:
    found = subscribers.find("essai", town.reader.id)
    return bool(found and found.is_active)


def test_a_scanner_that_opens_the_link_changes_nothing(town: Town, client: Client) -> None:
    response = client.get(f"/u/{token(town)}")

    assert response.status_code == 200
    assert is_written_to(town)
    assert not response.cookies
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_one_click_of_a_mail_client_stops_the_letters(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post(f"/u/{token(town)}", ONE_CLICK)

    assert response.status_code == 200
    assert not is_written_to(town)
    assert subscribers.is_suppressed("essai", town.reader.email)


def test_asked_twice_it_answers_the_same(town: Town, client: Client) -> None:
    first = client.post(f"/u/{token(town)}", ONE_CLICK)
    second = client.post(f"/u/{token(town)}", ONE_CLICK)

    assert (first.status_code, first.content) == (second.status_code, second.content)


def test_a_reader_who_was_forgotten_meanwhile_gets_the_same_answer(
    town: Town, client: Client
) -> None:
    link = f"/u/{token(town)}"
    subscribers.remove("essai", town.reader.email)

    assert client.post(link, ONE_CLICK).status_code == 200


def test_the_button_of_the_page_sends_what_a_mail_client_sends(town: Town, client: Client) -> None:
    page = client.get(f"/u/{token(town)}").content.decode()

    assert '<form method="post">' in page
    assert 'name="List-Unsubscribe" value="One-Click"' in page


def test_a_post_that_asks_for_nothing_changes_nothing(town: Town, client: Client) -> None:
    assert client.post(f"/u/{token(town)}", {}).status_code == 200
    assert is_written_to(town)


def test_every_token_that_is_none_gets_one_and_the_same_answer(town: Town, client: Client) -> None:
    secret, id = settings.SECRET_KEY.encode(), str(town.reader.id)
    good = token(town)
    bad = [
        good[:-1],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "nonsense",
        "%00",
        "é" * 500,
        seal(secret, "feedback", "essai", id),
        seal(b"another secret", "unsubscribe", "essai", id),
        seal(secret, "unsubscribe", "essai"),
        seal(secret, "unsubscribe", "essai", "x"),
        seal(secret, "unsubscribe", "nowhere", id),
    ]

    answers = [client.post(f"/u/{one}", ONE_CLICK) for one in bad]
    answers += [client.get(f"/u/{one}") for one in bad]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert is_written_to(town)


def test_a_token_of_another_cluster_stops_nobody_here(town: Town, client: Client) -> None:
    theirs = seal(settings.SECRET_KEY.encode(), "unsubscribe", "voisin", str(town.reader.id))

    assert client.post(f"/u/{theirs}", ONE_CLICK).status_code == 200
    assert is_written_to(town)


def test_the_page_gives_no_name_and_no_address_away(town: Town, client: Client) -> None:
    pages = [client.get(f"/u/{token(town)}"), client.post(f"/u/{token(town)}", ONE_CLICK)]

    for page in pages:
        assert town.reader.email not in page.content.decode()
        assert town.reader.firm not in page.content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_speaks_the_readers_language(language: str, town: Town, client: Client) -> None:
    page = client.get(f"/u/{token(town)}?lang={language}").content.decode()

    assert f'<html lang="{language}">' in page
