"""A reader's choices: tried without being kept, kept for good, and his letters at his hour."""

from __future__ import annotations

from dataclasses import replace

from django.test import Client

from tests.conftest import Town
from tests.web.conftest import token
from tests.web.test_access import checksum
from watch.domain import Alert, Rhythm
from watch.store import subscribers


def test_a_reader_chooses_day_hour_rhythm_and_words(town: Town, client: Client) -> None:
    sent = {
        "do": "keep", "weekday": "1", "hour": "8", "rhythm": "monthly",
        "about": "Nous mesurons.", "watch_words": "FMCW, chirp\nphare", "actors": "Scanvia",
    }  # fmt: skip

    client.post(f"/p/{token(town, 'p')}", sent)

    kept = subscribers.every("essai")[0]
    assert (kept.weekday, kept.hour, kept.rhythm) == (1, 8, Rhythm.MONTHLY)
    assert kept.watch_words == ("FMCW", "chirp", "phare")
    assert (kept.about, kept.actors) == ("Nous mesurons.", ("Scanvia",))
    subscribers.save("essai", [replace(town.reader, about="Autre chose.", weekday=4)])
    assert subscribers.every("essai")[0] == kept


def test_what_is_no_day_or_hour_is_the_clusters(town: Town, client: Client) -> None:
    client.post(f"/p/{token(town, 'p')}", {"do": "keep", "weekday": "9", "hour": "²"})

    kept = subscribers.every("essai")[0]
    assert (kept.weekday, kept.hour) == (None, None)


def test_choices_are_tried_without_being_kept(town: Town, client: Client) -> None:
    before = checksum()

    page = client.post(
        f"/p/{token(town, 'p')}", {"do": "try", "about": "Du pain.", "watch_words": "pain"}
    )

    assert page.status_code == 200
    assert "Du pain." in page.content.decode()
    assert checksum() == before


def test_a_reader_switches_alerts_on_and_off(town: Town, client: Client) -> None:
    page = client.get(f"/p/{token(town, 'p')}").content.decode()
    assert 'name="alerts" value="deadline">' in page

    on = {"do": "keep", "alerts": ["", "deadline", "competitor", "horoscope"]}
    client.post(f"/p/{token(town, 'p')}", on)
    assert subscribers.every("essai")[0].alerts == tuple(Alert)
    client.post(f"/p/{token(town, 'p')}", {"do": "keep", "quota": "4"})
    assert subscribers.every("essai")[0].alerts == tuple(Alert)

    client.post(f"/p/{token(town, 'p')}", {"do": "keep", "alerts": ""})
    assert subscribers.every("essai")[0].alerts == ()
