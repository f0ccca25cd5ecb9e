"""A mailbox is visited over TLS, on a real server: what is new comes once, nothing is touched."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.imap_server import PASSWORD, USER, MailServer
from tests.sources.test_letter import HTML, mail
from watch.domain import Harvest, Manners, Outcome, Source, Trip, Visit, WebUrl
from watch.sources.papers.mailbox import mailbox_address
from watch.sources.registry import KINDS
from watch.sources.travel import travel

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture(autouse=True)
def trust(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the server's own certificate, as an administrator would a mail server's."""
    if "server" in request.fixturenames:
        certificate = request.getfixturevalue("server").certificate
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def manners(port: int, **wishes: object) -> Manners:
    ordinary = Manners(
        deadline=timedelta(seconds=10),
        directory={f"localhost:{port}": ("127.0.0.1", port)},
        open_addresses=frozenset({("127.0.0.1", port)}),
        keys={"imap_veille": PASSWORD},
    )
    return replace(ordinary, **wishes)


def visit(port: int, folder: str = "INBOX", mark: str = "", **options: str) -> Visit:
    url = mailbox_address(f"imaps://{USER}@localhost:{port}/{folder}")
    chosen = {"key": "imap_veille", **options}
    return Visit(Source(WebUrl(url), "Lettres", "newsletter", options=chosen), mark=mark)


def harvest(one: Visit, how: Manners) -> Harvest:
    return travel([Trip("a host", (one,))], NOW, how)[0]


def test_what_is_new_in_a_mailbox_comes_once(server: MailServer) -> None:
    how = manners(server.port)
    server.put(mail(HTML), "Revues")
    first = harvest(visit(server.port, "Revues"), how)
    second = harvest(visit(server.port, "Revues", first.mark), how)
    server.put(mail(text="Texte inventé.", Message_ID="<n17@journal.example>"), "Revues")
    third = harvest(visit(server.port, "Revues", second.mark), how)

    assert (first.outcome, first.reason, first.detail) == (Outcome.NEWS, "", "")
    assert [entry.url for entry in first.entries] == [
        "https://journal.example/un-lidar",
        "https://revue.example/laser-a-fibre",
    ]
    assert (second.entries, second.mark) == ((), first.mark)
    assert [entry.guid for entry in third.entries] == ["n17@journal.example"]


def test_a_mailbox_that_was_made_anew_is_read_by_date(server: MailServer) -> None:
    server.put(mail(text="Texte."), "Anew")

    found = harvest(visit(server.port, "Anew", mark="12345 999"), manners(server.port))

    assert len(found.entries) == 1
    assert not found.mark.startswith("12345 ")


def test_only_the_letters_of_a_sender_or_a_list_are_read(server: MailServer) -> None:
    for name in ("a", "b"):
        server.put(
            mail(Subject=name, From=f"{name}@x.example", Message_ID=f"<{name}@x>",
                 List_Id=f"<{name}.list.example>"),
            "Mixed",
        )  # fmt: skip
    how = manners(server.port)

    by_sender = harvest(visit(server.port, "Mixed", **{"from": "a@x.example"}), how)
    by_list = harvest(visit(server.port, "Mixed", list="b.list.example"), how)

    assert [entry.title for entry in by_sender.entries] == ["a"]
    assert [entry.title for entry in by_list.entries] == ["b"]


def test_many_letters_come_in_several_visits(server: MailServer) -> None:
    for number in range(55):
        server.put(mail(Subject=f"Lettre {number}", Message_ID=f"<{number}@x>"), "Many")
    how = manners(server.port)

    first = harvest(visit(server.port, "Many"), how)
    second = harvest(visit(server.port, "Many", first.mark), how)

    assert (len(first.entries), first.skipped_count) == (50, 5)
    assert [entry.title for entry in second.entries] == [f"Lettre {n}" for n in range(50, 55)]


@pytest.mark.parametrize(
    ("folder", "keys", "reason"),
    [
        ("INBOX", {}, "no_key"),
        ("INBOX", {"imap_veille": 'wrong" \r\nA1 LOGOUT'}, "refused"),
        ("Nowhere", {"imap_veille": PASSWORD}, "missing"),
    ],
)
def test_what_keeps_us_out_is_told(
    server: MailServer, folder: str, keys: dict[str, str], reason: str
) -> None:
    found = harvest(visit(server.port, folder), manners(server.port, keys=keys))

    assert (found.outcome, found.reason) == (Outcome.FAILED, reason)
    assert PASSWORD not in repr(found)


def test_a_server_that_cannot_prove_who_it_is_gets_no_password(
    server: MailServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    assert harvest(visit(server.port), manners(server.port)).reason == "certificate"


def test_the_guard_stands_before_a_mail_server_too(server: MailServer) -> None:
    closed = manners(server.port, open_addresses=frozenset())

    assert harvest(visit(server.port), closed).reason == "blocked"


def test_a_mail_server_that_says_nothing_does_not_hold_us() -> None:
    taken: list[socket.socket] = []
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        waiting = threading.Thread(target=lambda: taken.append(silent.accept()[0]))
        waiting.start()
        port = silent.getsockname()[1]
        began = time.monotonic()

        found = harvest(visit(port), manners(port, deadline=timedelta(seconds=1)))

        waiting.join()
        taken[0].close()
    assert found.reason == "timeout"
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("imaps://veille@Imap.Example.org", "imaps://veille@imap.example.org/INBOX"),
        ("imaps://a@b.example@h.example:993/Été", "imaps://a%40b.example@h.example/%C3%89t%C3%A9"),
        ("imaps://a@h.example:1993/A/B", "imaps://a@h.example:1993/A/B"),
        (
            "imaps://a@h.example/A?from=b%40c.example&x=1",
            "imaps://a@h.example/A?from=b%40c.example",
        ),
        ("imaps://a:password@h.example/INBOX", ""),
        ("imap://a@h.example/INBOX", ""),
        ('imaps://a@h.example/IN"BOX', ""),
        ("imaps://a@h.example/IN%0d%0aBOX", ""),
        ("https://h.example/", ""),
    ],
)
def test_a_mailbox_has_one_address_without_a_password(written: str, address: str) -> None:
    assert mailbox_address(written) == address
    if address:
        assert mailbox_address(address) == address


def test_the_kind_knows_no_password_among_its_options() -> None:
    key = next(option for option in KINDS["newsletter"].options if option.name == "key")

    assert not key.complaint("imap_veille")
    assert key.complaint("S3cret! word")
