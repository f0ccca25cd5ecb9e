"""In a real browser: an expert corrects a tag, and the letter that a reader would get changes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.conftest import PASSWORD, Town


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/sign-in?next=/c/essai/preview")
    page.get_by_label("Adresse électronique").fill(name)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def test_an_expert_corrects_a_tag_and_the_letter_changes(
    town: Town, live_server: LiveServer, page: Page
) -> None:
    title = town.first.title
    sign_in(page, live_server.url, "expert")

    page.get_by_role("link", name="PME d'essai").click()
    letter = page.frame_locator("iframe.letter")
    beside = letter.get_by_text("À côté de votre périmètre")
    expect(letter.get_by_text(title)).to_be_visible()
    expect(beside).to_have_count(0)
    before = page.url

    page.get_by_role("link", name=title).click()
    tag = page.get_by_role("listitem").filter(has=page.locator("strong", has_text="Lidar"))
    tag.locator("summary").click()
    tag.get_by_label("Il s’agit plutôt de").select_option("laser")
    tag.get_by_role("button", name="Corriger").click()
    expect(page.get_by_role("status")).to_have_text("Corrigé. Votre avis vaut dès maintenant.")
    expect(page.get_by_text("expert a mis")).to_be_visible()

    page.goto(before)
    # A laser in a car is no lidar in a car: now it stands apart, as kin to what she follows.
    expect(beside).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=title)).to_contain_text("à côté")


def test_the_list_is_worked_with_the_keyboard_alone(
    town: Town, live_server: LiveServer, page: Page
) -> None:
    sign_in(page, live_server.url, "expert")
    page.goto(f"{live_server.url}/c/essai/?state=doubtful")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Aller au contenu")
    confirm = page.get_by_role("button", name="Confirmer Laser")
    for _ in range(40):
        if confirm.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Confirmé. Votre avis vaut dès maintenant.")
    expect(page.get_by_role("button", name="Confirmer Laser")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1200])
def test_no_page_has_to_be_scrolled_sideways(
    width: int, town: Town, live_server: LiveServer, page: Page
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, live_server.url, "officer")
    home = f"{live_server.url}/c/essai"
    for address in (
        "/", "/coverage", "/sources", "/perimeter", "/preview", "/letters", "/zooms",
        f"/items/{town.first.key}", f"/preview/{town.reader.id}",
    ):  # fmt: skip
        page.goto(home + address)

        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
