"""The experts' agenda in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from django.test import Client
from django.utils import timezone

from tests import stored
from tests.conftest import Town
from watch.store import tags
from watch.web.agenda import MINUTES

SignIn = Callable[[str], Client]
AGENDA = "/c/essai/agenda"


def titles(page: str) -> list[str]:
    return re.findall(r'<h2 lang="fr"><a [^>]+>(.+?)</a>', page)


def test_what_is_in_doubt_is_asked_with_the_reason(town: Town, sign_in: SignIn) -> None:
    page = sign_in("expert").get(AGENDA).content.decode()

    assert "Le laser entre à l&#39;hôpital" in titles(page)
    assert "Pourquoi\u00a0: encore peu d’avis sur «\u00a0Laser\u00a0»" in page


def test_a_review_from_the_agenda_leads_back_to_it_and_the_item_is_off(
    town: Town, sign_in: SignIn
) -> None:
    client, laser = sign_in("expert"), town.items[1]
    form = {"topic": "technology/laser", "verdict": "confirm", "back": f"{AGENDA}?minutes=5"}

    there = client.post(f"/c/essai/items/{laser.key}/review", form).headers["Location"]

    assert there == f"{AGENDA}?minutes=5&said=confirm"
    page = client.get(there).content.decode()
    assert 'role="status"' in page
    assert "Le laser entre à l&#39;hôpital" not in titles(page)


def test_what_somebody_called_done_is_off_his_agenda_and_not_off_that_of_others(
    town: Town, sign_in: SignIn
) -> None:
    laser = town.items[1]
    sign_in("expert").post(f"/c/essai/items/{laser.key}/review", {"verdict": "done"})

    assert "Le laser entre" not in sign_in("expert").get(AGENDA).content.decode()
    assert "Le laser entre" in sign_in("officer").get(AGENDA).content.decode()
    assert [said[3] for said in tags.reviews("essai", laser.key)] == ["done"]
    page = sign_in("reader").get(f"/c/essai/items/{laser.key}").content.decode()
    assert "expert n’a rien d’autre à dire" in page


def test_an_item_by_chance_needs_no_tag(town: Town, sign_in: SignIn) -> None:
    some = [replace(town.items[-1], key=f"{n:x}" * 32, title=f"Pain {n}") for n in range(3)]
    stored.keep(some, timezone.now())

    page = sign_in("expert").get(f"{AGENDA}?minutes={MINUTES[-1]}").content.decode()

    assert "Pain 0" in page
    assert "au hasard, pour mesurer les étiquettes" in page


def test_an_unknown_time_is_the_usual_one(town: Town, sign_in: SignIn) -> None:
    page = sign_in("expert").get(f"{AGENDA}?minutes=%00").content.decode()

    assert 'href="?minutes=15" aria-current="true"' in page
