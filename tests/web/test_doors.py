"""Coming in and going out: passwords, sessions, ways back, languages, headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.conftest import PASSWORD, Town
from watch.web import doors
from watch.web.patience import Patience

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _patient_door() -> Iterator[None]:
    """Let no test's wrong passwords slow another one down."""
    yield
    doors.PATIENCE.forget()
    doors.SPRAYED.forget()


def enter(client: Client, name: str, password: str, **more: str) -> tuple[int, str]:
    """Sign in by the form; return the status and where it leads."""
    response = client.post("/sign-in", {"username": name, "password": password, **more})
    return response.status_code, response.headers.get("Location", "")


def test_a_person_of_one_cluster_comes_straight_to_it(town: Town, client: Client) -> None:
    assert enter(client, " Expert ", PASSWORD) == (302, "/")
    assert client.get("/").headers["Location"] == "/c/essai/"


def test_after_signing_in_one_is_where_one_wanted_to_go(town: Town, client: Client) -> None:
    asked = client.get("/c/essai/?words=lidar")

    assert asked.headers["Location"] == "/sign-in?next=%2Fc%2Fessai%2F%3Fwords%3Dlidar"
    assert enter(client, "expert", PASSWORD, next="/c/essai/?words=lidar") == (
        302,
        "/c/essai/?words=lidar",
    )


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/",
        "%2f%2fevil.example", "javascript:alert(1)", "///evil.example", "/\t/evil.example",
        "http:evil.example", " //evil.example",
    ],
)  # fmt: skip
def test_no_way_leads_to_another_site(elsewhere: str, town: Town, client: Client) -> None:
    assert enter(client, "expert", PASSWORD, next=elsewhere) == (302, "/")
    response = client.post("/language", {"language": "en", "back": elsewhere})
    assert response.headers["Location"] == "/"


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(
    town: Town, client: Client
) -> None:
    wrong = client.post("/sign-in", {"username": "expert", "password": "x"})
    unknown = client.post("/sign-in", {"username": "nobody", "password": "x"})

    assert wrong.status_code == unknown.status_code == 403
    assert _said(wrong.content.decode()) == _said(unknown.content.decode())


def _said(page: str) -> str:
    """Return the page without its token, which is another one each time."""
    start, _, rest = page.partition('name="csrfmiddlewaretoken" value="')
    return start + _said(rest.partition('"')[2]) if rest else start


@pytest.mark.parametrize("name", ["expert", "nobody"])
def test_fifty_tries_are_slowed_down_even_with_the_right_password_at_last(
    name: str, town: Town, client: Client
) -> None:
    statuses = [enter(client, name, f"wrong {n}")[0] for n in range(50)]

    assert statuses[:5] == [403] * 5
    # A try that waits is not even looked at, so two seconds let in one more at most.
    assert statuses.count(403) <= 10
    assert enter(client, name, PASSWORD)[0] == 429


def test_one_account_under_attack_does_not_close_the_door_to_others(
    town: Town, client: Client
) -> None:
    for n in range(20):
        enter(client, "expert", f"wrong {n}")

    assert enter(client, "officer", PASSWORD)[0] == 302


def test_patience_doubles_ends_and_forgets() -> None:
    patience = Patience(free=2, longest=60.0, most=3)
    for _ in range(2):
        patience.failed("a", 0.0)
    assert patience.wait("a", 0.0) == 0.0

    patience.failed("a", 0.0)
    assert patience.wait("a", 0.0) == 2.0
    patience.failed("a", 2.0)
    assert patience.wait("a", 2.0) == 4.0
    for _ in range(30):
        patience.failed("a", 6.0)
    assert patience.wait("a", 6.0) == 60.0
    assert patience.wait("a", 66.0) == 0.0
    patience.failed("a", 200.0)
    assert patience.wait("a", 200.0) == 0.0

    for key in "bcd":
        patience.failed(key, 200.0)
    assert patience.wait("a", 200.0) == 0.0


def test_the_session_gets_another_name_at_the_door(town: Town, client: Client) -> None:
    session = client.session
    session["something"] = 1
    session.save()
    before = session.session_key

    enter(client, "expert", PASSWORD)

    assert client.session.session_key != before


def test_a_new_password_ends_old_sessions(town: Town, sign_in: SignIn) -> None:
    client = sign_in("expert")
    person = User.objects.get(username="expert")
    person.set_password("un-autre-mot-de-passe")
    person.save()

    assert client.get("/c/essai/").status_code == 302


def test_signing_out_ends_the_session(town: Town, sign_in: SignIn) -> None:
    client = sign_in("expert")

    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/c/essai/").status_code == 302


def test_whoever_has_no_cluster_is_told_so(town: Town, client: Client) -> None:
    client.force_login(User.objects.create_user("lonely"))

    assert "aucun pôle" in client.get("/").content.decode()


def test_pages_speak_the_clusters_language_until_another_is_chosen(
    town: Town, sign_in: SignIn
) -> None:
    client = sign_in("reader")
    assert '<html lang="fr">' in client.get("/c/essai/").content.decode()
    assert '<html lang="en">' in client.get("/c/essai/?lang=en").content.decode()

    client.post("/language", {"language": "en", "back": "/c/essai/"})

    response = client.get("/c/essai/")
    assert "Coverage" in response.content.decode()
    assert response.headers["Content-Language"] == "en"


def test_an_unknown_language_is_passed_over(town: Town, client: Client) -> None:
    assert "language" not in client.post("/language", {"language": "xx", "back": "/"}).cookies
    client.cookies["language"] = "xx"
    assert client.get("/sign-in?lang=../../etc").status_code == 200


def test_every_answer_bears_the_strict_headers(town: Town, sign_in: SignIn) -> None:
    for address in ("/c/essai/", "/sign-in", "/nothing", "/robots.txt"):
        headers = sign_in("reader").get(address).headers
        policy = headers["Content-Security-Policy"]

        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_out_of_reach_of_scripts(town: Town, client: Client) -> None:
    response = client.post("/sign-in", {"username": "expert", "password": PASSWORD})

    cookie = response.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_robots_are_asked_to_stay_out(client: Client) -> None:
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
