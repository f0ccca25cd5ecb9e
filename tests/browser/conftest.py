"""A real browser, and a page of it as our readers open it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser, and let Django work in a thread in which its driver runs a loop."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; set CHROMIUM to the path of one")
    before = dict(os.environ)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    if "DJANGO_ALLOW_ASYNC_UNSAFE" not in before:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # No page of ours needs a script; nobody vouches for the certificates of the tests.
    context = browser.new_context(java_script_enabled=False, locale="fr", ignore_https_errors=True)
    yield context.new_page()
    context.close()
