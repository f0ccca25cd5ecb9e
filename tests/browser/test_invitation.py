"""In a real browser, as wide as a phone: a proposed reader looks, changes, tries, says yes."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.conftest import Town
from tests.web.conftest import invitation
from watch.store import invitations, subscribers


@pytest.mark.timeout(120)
def test_a_proposed_reader_sees_tries_and_confirms_on_a_phone(
    town: Town, live_server: LiveServer, page: Page
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_server.url + invitation(town))
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/invitation.png", full_page=True)
    preview = page.get_by_role("list").filter(has_text=town.first.title)
    expect(preview).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # Other choices would bring other lines; nothing is kept by trying.
    page.get_by_label("Automobile").uncheck()
    page.get_by_label("Santé").check()
    page.get_by_text("Technologies").first.click()
    page.get_by_label("Lidar").uncheck()
    page.get_by_role("button", name="Voir ce qu’ils apporteraient").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(preview).to_have_count(0)
    found = subscribers.find_by_address("essai", "proposee@pme.example")
    assert found is not None
    assert found.interests == town.reader.interests
    if folder:
        page.screenshot(path=f"{folder}/invitation-tried.png", full_page=True)

    page.get_by_role("button", name="Oui, envoyez-moi les lettres").click()
    expect(page.get_by_role("status")).to_contain_text("Merci")
    if folder:
        page.screenshot(path=f"{folder}/invitation-done.png", full_page=True)
    kept = subscribers.find_by_address("essai", "proposee@pme.example")
    assert kept is not None
    assert kept.basis is not None
    assert [one.topic for one in kept.interests] == ["sante"]
    record = invitations.of(kept.id)
    assert record is not None
    assert record.wording.startswith("Je souhaite recevoir")
