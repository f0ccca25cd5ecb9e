"""axe finds nothing to mend: on the pages that open without signing in, the officer's, the letter.

Both languages, by day and in the dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.conftest import PASSWORD, Town
from tests.web.conftest import addresses

Axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="install axe-playwright-python"
).Axe

OPEN = ("sign-in", "accessibility", "farewell", "feedback", "asking", "preferences", "archive",
        "archived", "data", "invitation")  # fmt: skip
OFFICERS = ("items", "item", "agenda", "coverage", "sources", "perimeter", "zooms", "previews",
            "preview", "letter", "letters", "held", "held-letter", "held-frame",
            "channel", "requests")  # fmt: skip

__all__ = ["addresses"]


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    # axe is put into the page from outside, which our own rules would refuse.
    context = browser.new_context(bypass_csp=True, color_scheme=request.param)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture(params=["fr", "en"])
def language(town: Town, request: pytest.FixtureRequest) -> str:
    """Let the reader's letters be in this language, before any is written."""
    from watch.store import models

    models.Subscriber.objects.filter(pk=town.reader.id).update(language=request.param)
    return str(request.param)


def found(page: Page, address: str) -> list[str]:
    """Return what axe finds wrong with a page, each with its first element.

    The content of a frame is looked at as a page of its own: a sandbox lets nobody in.
    """
    page.goto(address)
    said = Axe().run(page, options={"iframes": False}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in said]


def test_a01_a03_axe_finds_nothing_on_pages_without_signing_in(
    language: str, addresses: Mapping[str, str], live_server: LiveServer, page: Page
) -> None:
    wrong = {
        name: said
        for name in OPEN
        if (said := found(page, f"{live_server.url}{addresses[name]}?lang={language}"))
    }

    assert wrong == {}
    page.goto(f"{live_server.url}{addresses['archived']}")
    assert page.locator("html").get_attribute("lang") == language


def test_a01_a03_axe_finds_nothing_on_the_pages_of_an_officer(
    language: str, addresses: Mapping[str, str], live_server: LiveServer, page: Page
) -> None:
    page.goto(f"{live_server.url}/sign-in?lang=fr")
    page.get_by_label("Adresse électronique").fill("officer")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    wrong = {
        name: said
        for name in OFFICERS
        if (said := found(page, f"{live_server.url}{addresses[name]}?lang={language}"))
    }

    assert wrong == {}
