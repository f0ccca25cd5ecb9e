"""Nobody opens what is not his: every route, every kind of person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests import stored
from tests.conftest import Town
from watch.domain import Source, WebUrl
from watch.store import sources
from watch.store.people import Role
from watch.web.access import Rule
from watch.web.urls import urlpatterns

ROUTES: dict[str, Any] = {str(one.name): one for one in urlpatterns}
OF_CLUSTERS = [name for name, one in ROUTES.items() if isinstance(one.callback.rule.value, Role)]

BY_LINK = {"farewell", "feedback", "asking", "preferences", "archive", "archived", "feed", "data",
           "invitation"}  # fmt: skip
"""A reader's own pages: the link of a letter opens them, for itself alone."""

SignIn = Callable[[str], Client]


def asked(client: Client, route: Any, address: str) -> int:
    """Return the status that the route answers, by the method that it is made for."""
    is_read = "GET" in route.callback.methods
    return (client.get(address) if is_read else client.post(address)).status_code


def checksum() -> str:
    """Return a digest of every row of every table."""
    with connection.cursor() as cursor:
        digest = sha256()
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            digest.update(repr((table, sorted(map(repr, cursor.fetchall())))).encode())
    return digest.hexdigest()


def test_every_route_states_its_rule(addresses: Mapping[str, str]) -> None:
    assert all(isinstance(route.callback.rule, Rule) for route in ROUTES.values())
    assert set(addresses) == set(ROUTES)


def test_only_these_routes_are_open_to_anybody() -> None:
    is_open = {name for name, one in ROUTES.items() if one.callback.rule is Rule.ANYBODY}
    assert is_open == {
        "sign-in", "sign-out", "language", "accessibility", "robots", "told", *BY_LINK,
    }  # fmt: skip


@pytest.mark.parametrize("name", OF_CLUSTERS)
def test_without_signing_in_every_page_of_a_cluster_leads_to_the_sign_in_page(
    name: str, client: Client, addresses: Mapping[str, str]
) -> None:
    route = ROUTES[name]
    method = client.get if "GET" in route.callback.methods else client.post

    response = method(addresses[name])

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("name", OF_CLUSTERS)
def test_a_person_of_another_cluster_gets_404(
    name: str, sign_in: SignIn, addresses: Mapping[str, str]
) -> None:
    assert asked(sign_in("stranger"), ROUTES[name], addresses[name]) == 404


@pytest.mark.parametrize("name", OF_CLUSTERS)
@pytest.mark.parametrize("person", list(Role))
def test_a_member_opens_what_his_role_may(
    person: Role, name: str, sign_in: SignIn, addresses: Mapping[str, str]
) -> None:
    route = ROUTES[name]
    good = 303 if name in {"review", "story"} else 200

    status = asked(sign_in(person.value), route, addresses[name])

    assert status == (good if person.may(route.callback.rule.value) else 404)


def test_the_answer_for_what_is_anothers_is_the_answer_for_what_is_unknown(
    town: Town, sign_in: SignIn
) -> None:
    theirs, _ = sources.add(
        "voisin", Source(WebUrl("https://voisin.example/feed"), "V"), timezone.now()
    )
    secret = replace(town.first, key="5" * 32, source=theirs.id, title="Affaire du voisin")
    stored.keep([secret], timezone.now())
    client = sign_in("officer")

    foreign = client.get("/c/essai/items/" + "5" * 32)
    unknown = client.get("/c/essai/items/" + "9" * 32)
    foreign_cluster, unknown_cluster = client.get("/c/voisin/"), client.get("/c/nulle-part/")

    assert {r.status_code for r in (foreign, unknown, foreign_cluster, unknown_cluster)} == {404}
    assert foreign.content == unknown.content
    assert foreign_cluster.content == unknown_cluster.content == unknown.content


def test_a_search_finds_nothing_of_another_cluster(town: Town, sign_in: SignIn) -> None:
    client = sign_in("stranger")

    page = client.get("/c/voisin/?state=all&days=0&words=lidar").content.decode()

    assert town.first.title not in page


def test_no_get_changes_a_row(sign_in: SignIn, addresses: Mapping[str, str]) -> None:
    client = sign_in("officer")
    before = checksum()

    for name, address in addresses.items():
        if "GET" in ROUTES[name].callback.methods:
            assert client.get(address).status_code in {200, 302}

    assert checksum() == before


@pytest.mark.parametrize("name", [n for n, one in ROUTES.items() if "POST" in one.callback.methods])
def test_a_post_from_elsewhere_is_refused(
    name: str, sign_in: SignIn, addresses: Mapping[str, str]
) -> None:
    signed_in = sign_in("expert")
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies

    response = client.post(addresses[name], {"verdict": "confirm", "topic": "market/sante"})

    # A reader's link is its own proof: a mail client posts it without any cookie.
    assert response.status_code == (200 if name in BY_LINK else 403)


def test_a_refused_form_is_explained_in_the_persons_language(town: Town, sign_in: SignIn) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["language"] = "en"

    page = client.post("/sign-in", {"username": "expert"}).content.decode()

    assert "load the page again" in page
    assert "CSRF" not in page


def test_a_method_that_a_route_does_not_know_is_refused(town: Town, sign_in: SignIn) -> None:
    client = sign_in("expert")

    assert client.get(f"/c/essai/items/{town.first.key}/review").status_code == 405
    assert client.post("/c/essai/").status_code == 405
    assert client.delete("/c/essai/").status_code == 405
    assert client.head("/c/essai/").status_code == 200


def test_a_person_who_was_taken_out_of_a_cluster_sees_it_no_longer(
    town: Town, sign_in: SignIn
) -> None:
    client = sign_in("reader")
    User.objects.get(username="reader").memberships.all().delete()

    assert client.get("/c/essai/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/c/essai/preview/999999999",
        "/c/essai/preview/99999999999999999999",
        "/c/essai/preview/0",
        "/c/essai/zooms/1/de",
        "/c/essai/zooms/999/fr",
        "/c/essai/items/..%2f..%2fetc",
        "/c/essai/nothing",
        "/nothing",
    ],
)
def test_what_does_not_exist_is_404(address: str, town: Town, sign_in: SignIn) -> None:
    assert sign_in("officer").get(address).status_code == 404
