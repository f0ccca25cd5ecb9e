"""A proposed reader's page: nothing by opening it, his yes on record, his no for good."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.conftest import Town
from tests.web.conftest import invitation
from tests.web.test_access import checksum
from watch.domain import Rhythm, Subscriber
from watch.rounds.calendar import today, week_of
from watch.rounds.tell import write_round
from watch.store import invitations, letters, privacy, subscribers
from watch.web.invitation import consent

EMAIL = "proposee@pme.example"


def reader() -> Subscriber:
    found = subscribers.find_by_address("essai", EMAIL)
    assert found is not None
    return found


def written(town: Town) -> list[str]:
    """Write the week's letters; return to whom, and hold that nobody complains."""
    now = timezone.now()
    week = week_of(today(now, town.cluster.timezone))
    report = write_round("essai", week, now, settings.SECRET_KEY.encode())
    assert report.problems == ()
    return sorted(row.letter.to for row in letters.rows("essai"))


def test_l06_who_has_not_answered_gets_no_letter_and_who_said_yes_does(
    town: Town, client: Client
) -> None:
    link = invitation(town)
    assert written(town) == [town.reader.email]

    page = client.post(link, {"do": "confirm", "spoken": "fr"})

    assert "Merci" in page.content.decode()
    assert written(town) == [town.reader.email, EMAIL]


def test_a_yes_is_recorded_with_its_sentence_its_day_and_the_choices(
    town: Town, client: Client
) -> None:
    link = invitation(town)
    shown = client.get(f"{link}?lang=en").content.decode()
    client.post(
        link, {"do": "confirm", "spoken": "en", "rhythm": "monthly", "quota": "4", "market": []}
    )
    client.post(link, {"do": "confirm", "spoken": "fr", "quota": "9"})

    kept, record = reader(), invitations.of(reader().id)
    assert record is not None
    assert kept.basis is not None
    assert (kept.rhythm, kept.quota) == (Rhythm.MONTHLY, 4)
    assert (kept.basis.ground, kept.basis.origin) == ("consent", "Salon d'essai")
    assert kept.basis.since_on == today(timezone.now(), town.cluster.timezone)
    assert record.wording == consent(town.cluster, "en")
    assert record.wording in unescape(shown)
    exported = privacy.export("essai", EMAIL)
    assert exported is not None
    assert exported["invitation"] == record


def test_what_is_tried_is_shown_and_not_kept(town: Town, client: Client) -> None:
    link = invitation(town)
    before = checksum()

    page = client.post(link, {"do": "try", "about": "Du pain.", "watch_words": "levain"})

    assert "Du pain." in page.content.decode()
    assert "levain" in page.content.decode()
    assert checksum() == before


def test_l07_a_no_bars_the_address_for_good(town: Town, client: Client) -> None:
    link = invitation(town)

    page = client.post(link, {"do": "refuse"})
    client.post(link, {"do": "confirm"})

    assert "Nous ne vous écrirons pas" in page.content.decode()
    assert reader().basis is None
    saved = subscribers.save("essai", [replace(town.reader, email=EMAIL)])
    assert saved.suppressed == (EMAIL,)
    assert written(town) == [town.reader.email]


@pytest.mark.parametrize("sent", [{}, {"do": "x"}, {"do": "keep"}])
def test_what_is_no_answer_changes_nothing(
    sent: dict[str, str], town: Town, client: Client
) -> None:
    link = invitation(town)
    before = checksum()

    assert client.post(link, sent).status_code == 200
    assert client.get(link).status_code == 200
    assert checksum() == before


def test_e12_e13_the_link_is_good_for_nothing_else_and_names_no_address(
    town: Town, client: Client
) -> None:
    link = invitation(town)
    token = link.split("/")[2]

    assert {client.get(f"/{door}/{token}").status_code for door in "upasd"} == {404}
    assert client.get(f"/i/{token[:-1]}").status_code == 404
    assert EMAIL not in client.get(link).content.decode()


def test_who_was_never_proposed_has_no_such_page(town: Town, client: Client) -> None:
    from watch.rounds.links import INVITATION, token_of

    token = token_of(settings.SECRET_KEY.encode(), INVITATION, "essai", town.reader.id)

    assert client.get(f"/i/{token}").status_code == 404
    assert client.post(f"/i/{token}", {"do": "refuse"}).status_code == 404
    assert not subscribers.is_suppressed("essai", town.reader.email)
