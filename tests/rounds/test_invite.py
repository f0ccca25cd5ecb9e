"""The invitation: one letter that asks, with its reason and the way out; none after an answer."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from tests.conftest import Town
from tests.rounds.outbox import ME
from tests.rounds.test_sending import Fates
from watch.deliver.message import to_bytes
from watch.domain import Basis, Fate, Letter
from watch.rounds.calendar import today
from watch.rounds.invite import invite
from watch.rounds.send import send_round
from watch.store import invitations, letters, mail, subscribers

EMAIL = "lea@aubelune.example"


def invited(town: Town, language: str = "fr") -> str:
    reader = replace(town.reader, email=EMAIL, firm="Aubelune", language=language, about="")
    basis = Basis("legitimate_interest", "Salon de mars", today(timezone.now(), "Europe/Paris"))
    return invite(reader, basis, timezone.now(), settings.SECRET_KEY.encode())


def sent(town: Town) -> list[Letter]:
    post = Fates(Fate.SENT)
    send_round(post, town.cluster.slug, timezone.now, ME)
    return [row.letter for row in letters.rows("essai") if row.state == "sent"]


@pytest.mark.parametrize(
    ("language", "why"), [("fr", "concerne votre travail"), ("en", "concerns your work")]
)
def test_l12_the_invitation_says_who_asks_why_and_how_to_refuse(
    language: str, why: str, town: Town
) -> None:
    address = invited(town, language)
    invited(town, language)

    [letter] = sent(town)

    assert (letter.to, letter.language) == (EMAIL, language)
    assert "Aubelune" in letter.subject
    for part in (" ".join(letter.text.split()), letter.html.replace("&#39;", "'")):
        assert address in part
        assert town.first.title in part
        assert why in part
        assert "Salon de mars" in part
        assert town.cluster.name in part
        assert "/u/" in part
    headers = dict(letter.headers)
    assert "/u/" in headers["List-Unsubscribe"]
    assert letter.message_id.startswith(f"<{letter.key}@")
    assert "<img" not in letter.html
    assert len(letter.html.encode()) < 90_000
    assert to_bytes(letter, timezone.now()).startswith(b"From: ")
    if folder := os.environ.get("PICTURES"):
        (Path(folder) / f"invitation-{language}.html").write_text(letter.html, encoding="utf-8")


@pytest.mark.parametrize("answer", ["yes", "no", "unsubscribe"])
def test_who_has_answered_is_not_asked_any_more(answer: str, town: Town) -> None:
    invited(town)
    reader = subscribers.find_by_address("essai", EMAIL)
    assert reader is not None
    now = timezone.now()
    if answer == "yes":
        invitations.confirm(reader, "Oui.", now, now.date())
    elif answer == "no":
        invitations.refuse(reader, now)
    else:
        subscribers.suppress("essai", EMAIL, "unsubscribed", now)

    assert sent(town) == []


def test_an_invitation_tells_nothing_so_it_counts_for_no_rhythm(town: Town) -> None:
    invited(town)
    sent(town)

    assert mail.last_days("essai", timezone.now().date().replace(year=2999)) == {}
    assert mail.first_day("essai") is None


def test_who_is_barred_is_not_asked(town: Town) -> None:
    subscribers.suppress("essai", EMAIL, "asked", timezone.now())

    assert invited(town) == ""
    assert sent(town) == []
