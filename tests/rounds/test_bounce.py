"""A letter that comes back bars a dead address, and nothing else does."""

from __future__ import annotations

import ssl
from datetime import timedelta

import pytest

from tests.deliver.test_bounces import AWAY, report
from tests.imap_server import PASSWORD, USER, MailServer
from tests.post_server import PostServer
from tests.rounds.outbox import CLUSTER, ME, NOW, post, states
from watch.deliver.mailbox import Mailbox, unread
from watch.deliver.smtp import MailServer as SmtpServer
from watch.deliver.smtp import Smtp
from watch.deliver.verp import return_path
from watch.domain import Letter
from watch.errors import PostError
from watch.rounds.bounce import bounce_round
from watch.rounds.send import send_round
from watch.store import letters, subscribers

pytestmark = pytest.mark.django_db

SECRET, BOX = b"secret", "bounces@essai.example"


def to_itself(letter: Letter) -> str:
    return return_path(SECRET, BOX, letter.key)


@pytest.fixture
def paths() -> dict[str, str]:
    """Send ten letters over SMTP; return the return path that the server saw for each reader."""
    post([f"ok{n}@firm.example" for n in range(10)])
    with PostServer() as server:
        way = Smtp(SmtpServer("127.0.0.1", server.port), to_itself)
        send_round(way, CLUSTER, lambda: NOW, ME)
        way.close()
        assert len(set(server.senders)) == 10
    return {row.letter.to: to_itself(row.letter) for row in letters.rows(CLUSTER)}


def test_a_dead_address_is_barred_once_and_its_letter_is_failed(paths: dict[str, str]) -> None:
    dead, full = paths["ok1@firm.example"], paths["ok2@firm.example"]
    messages = [report(dead), report(full, status="5.2.2"), AWAY.encode(), report(dead)]

    said = bounce_round(messages, SECRET, BOX, NOW)

    assert dict(said.counts) == {"read": 4, "bounced": 2, "barred": 1}
    assert subscribers.is_suppressed(CLUSTER, "ok1@firm.example")
    assert not subscribers.is_suppressed(CLUSTER, "ok2@firm.example")
    assert states()["ok1@firm.example"] == states()["ok2@firm.example"] == "failed"
    assert states()["ok3@firm.example"] == "sent"


def test_where_most_letters_come_back_nobody_is_barred(paths: dict[str, str]) -> None:
    said = bounce_round(map(report, paths.values()), SECRET, BOX, NOW)

    assert said.counts["barred"] == 0
    assert "no reader was barred" in said.problems[0]
    assert not any(subscribers.is_suppressed(CLUSTER, to) for to in paths)


def test_a_report_on_a_letter_that_is_unknown_or_waits_changes_nothing() -> None:
    post(["ok@firm.example"])
    row = letters.rows(CLUSTER)[0]

    said = bounce_round([report(to_itself(row.letter))], SECRET, BOX, NOW)

    assert said.counts["bounced"] == 0
    assert states() == {"ok@firm.example": "queued"}


def test_what_came_back_is_read_from_a_real_mailbox_once(paths: dict[str, str]) -> None:
    with MailServer() as server:
        for raw in (report(paths["ok4@firm.example"]), AWAY.encode()):
            server.put(raw)
        tls = ssl.create_default_context(cafile=str(server.certificate))
        box = Mailbox("localhost", USER, PASSWORD, server.port, tls=tls, timeout=10)

        first = bounce_round(unread(box), SECRET, BOX, NOW)
        second = bounce_round(unread(box), SECRET, BOX, NOW + timedelta(hours=1))

        assert (first.counts["read"], first.counts["barred"]) == (2, 1)
        assert second.counts["read"] == 0
        assert subscribers.is_suppressed(CLUSTER, "ok4@firm.example")
        with pytest.raises(PostError, match="cannot be read"):
            list(unread(Mailbox("localhost", USER, "wrong", server.port, tls=tls, timeout=10)))
