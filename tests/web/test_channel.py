"""The officer's page of the channel: choose, look, let it go once."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client, override_settings

from tests.conftest import Town
from watch.store import bulletins

SignIn = Callable[[str], Client]
SET_UP = {"ZOOM_MARCHE_CHANNEL_ESSAI": "slack https://hooks.example/t0p-secret"}


@override_settings(CHANNELS=SET_UP)
def test_what_is_chosen_is_shown_first_and_goes_once(town: Town, sign_in: SignIn) -> None:
    client = sign_in("officer")
    form = {"item": [town.first.key], "greeting": "Bonjour <b>à tous"}

    page = client.post("/c/essai/channel", {**form, "do": "preview"}).content.decode()
    assert "Bonjour &lt;b&gt;à tous" in page
    assert town.first.url in page
    assert "t0p-secret" not in page
    assert bulletins.rows("essai") == []

    for _ in range(2):
        assert client.post("/c/essai/channel", {**form, "do": "post"}).status_code == 302

    (row,) = bulletins.rows("essai")
    assert row.state == "queued"
    assert row.bulletin.lines[0].item == town.first.key


@override_settings(CHANNELS={})
def test_without_a_channel_the_page_says_how_to_set_one_up(town: Town, sign_in: SignIn) -> None:
    client = sign_in("officer")

    page = client.get("/c/essai/channel").content.decode()
    client.post("/c/essai/channel", {"item": [town.first.key], "do": "post"})

    assert "ZOOM_MARCHE_CHANNEL_ESSAI" in page
    assert bulletins.rows("essai") == []
