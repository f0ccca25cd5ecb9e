"""In a real browser, as wide as a phone: a reader judges, chooses, leaves, and stays away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.conftest import Town
from tests.web.conftest import sent, token
from watch.domain import Say
from watch.store import clusters, letters, mail, subscribers, votes


@pytest.mark.timeout(120)
def test_from_the_letter_to_a_vote_a_choice_and_the_way_out(
    town: Town, live_server: LiveServer, page: Page
) -> None:
    clusters.save(replace(town.cluster, base_url=live_server.url))
    sent(town)
    page.set_viewport_size({"width": 360, "height": 740})
    letter = letters.rows("essai")[0].letter

    # The letter as it came, opened on a phone.
    page.set_content(letter.html)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Pas pour moi").first.click()

    # The link only asks; the button says it.
    expect(page.get_by_label("Pas pour moi")).to_be_checked()
    assert votes.of(town.reader.id) == []
    page.get_by_label("Trop technique").check()
    page.get_by_role("button", name="Donner cet avis").click()
    expect(page.get_by_text("moins de ce genre")).to_be_visible()
    assert [(one.say, one.reason) for one in votes.of(town.reader.id)] == [
        (Say.NOT_FOR_ME, "technical")
    ]

    # Other choices bring other lines.
    page.set_content(letter.html)
    page.get_by_role("link", name="Modifier mes choix, ou faire une pause").click()
    preview = page.get_by_role("list").filter(has_text=town.first.title)
    expect(preview).to_be_visible()
    page.get_by_label("Automobile").uncheck()
    page.get_by_label("Santé").check()
    page.get_by_text("Technologies").first.click()
    page.get_by_label("Lidar").uncheck()
    page.get_by_role("button", name="Retenir mes choix").click()
    expect(page.get_by_role("status")).to_contain_text("C’est retenu")
    expect(preview).to_have_count(0)

    # One step out, and no list brings him back.
    page.set_content(letter.html)
    page.get_by_role("link", name="Ne plus recevoir ces lettres").click()
    page.get_by_role("button", name="Ne plus recevoir les lettres").click()
    expect(page.get_by_role("status")).to_be_visible()
    saved = subscribers.save("essai", [replace(town.reader, email="LECTRICE@pme.example")])
    assert saved.suppressed == ("LECTRICE@pme.example",)
    assert not any(one.is_active for one in subscribers.every("essai"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_of_a_reader_has_to_be_scrolled_sideways(
    language: str, town: Town, live_server: LiveServer, page: Page
) -> None:
    sent(town)
    (letter,) = mail.sent("essai", town.reader.id)
    page.set_viewport_size({"width": 320, "height": 640})
    own = {door: f"/{door}/{token(town, door)}" for door in ("u", "p", "a", "d")}
    for address in (*own.values(), f"{own['a']}/{letter.id}"):
        page.goto(f"{live_server.url}{address}?lang={language}")

        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
