"""Every answer of a mail server is told apart, and no server holds us."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.deliver.letters import LETTER, THURSDAY, letter
from tests.post_server import PostServer
from tests.tls import certificate
from watch.deliver.message import to_bytes
from watch.deliver.smtp import MailServer, Smtp
from watch.domain import Fate, Letter
from watch.errors import SettingsError

PAUSES = [0.0, 0.05]
"""Seconds that the sender needs to record a letter."""


@pytest.fixture
def server() -> Iterator[PostServer]:
    with PostServer() as running:
        yield running


@pytest.fixture
def post(server: PostServer) -> Iterator[Smtp]:
    opened = Smtp(MailServer("127.0.0.1", server.port, timeout=2))
    yield opened
    opened.close()


def test_a_letter_arrives_as_it_was_written(server: PostServer, post: Smtp) -> None:
    receipt = post.send(LETTER, THURSDAY)

    assert receipt.fate is Fate.SENT
    assert server.kept == [(("ok@firm.example",), to_bytes(LETTER, THURSDAY))]


@pytest.mark.parametrize(
    ("to", "fate"),
    [
        ("bad@firm.example", Fate.REFUSED),
        ("tmp@firm.example", Fate.LATER),
        ("full@firm.example", Fate.LATER),
        ("shut@firm.example", Fate.LATER),
        ("two@firm.example, three@firm.example", Fate.REFUSED),
    ],
)
def test_a_refusal_is_told_from_a_delay(
    server: PostServer, post: Smtp, to: str, fate: Fate
) -> None:
    assert post.send(letter(to), THURSDAY).fate is fate
    assert post.send(LETTER, THURSDAY).fate is Fate.SENT
    assert len(server.kept) == 1


def test_twenty_letters_go_over_one_connection(server: PostServer, post: Smtp) -> None:
    fates = {post.send(letter(f"ok{n}@firm.example"), THURSDAY).fate for n in range(20)}

    assert fates == {Fate.SENT}
    assert server.connections == 1
    assert [readers for readers, _ in server.kept] == [(f"ok{n}@firm.example",) for n in range(20)]


@pytest.mark.parametrize(
    ("next_to", "later"),
    [
        ("ok2@firm.example", timedelta()),
        ("ok3@firm.example", timedelta()),
        ("ok2@firm.example", timedelta(hours=3)),
        ("two@firm.example, three@firm.example", timedelta()),
    ],
)
def test_what_is_made_ready_meanwhile_changes_no_letter(
    server: PostServer, post: Smtp, next_to: str, later: timedelta
) -> None:
    post.send(letter("ok1@firm.example"), THURSDAY, lambda: letter(next_to))
    post.send(letter("ok2@firm.example"), THURSDAY + later)

    assert server.kept[1][1] == to_bytes(letter("ok2@firm.example"), THURSDAY + later)


def test_the_next_reader_is_named_before_his_turn_and_gets_nothing(
    server: PostServer, post: Smtp
) -> None:
    post.send(letter("ok1@firm.example"), THURSDAY, lambda: letter("ok2@firm.example"))
    time.sleep(0.1)
    post.proceed()
    time.sleep(0.1)

    assert server.named == ["ok1@firm.example", "ok2@firm.example"]
    assert len(server.kept) == 1


@pytest.mark.parametrize("pause", PAUSES, ids=["at once", "when it has answered"])
@pytest.mark.parametrize("sender", ["veille@pole.example", "other@pole.example"])
@pytest.mark.parametrize("foreseen", ["ok2@firm.example", "bad2@firm.example", "é@firm.example"])
def test_whoever_comes_next_after_another_was_announced(
    sender: str, foreseen: str, pause: float
) -> None:
    comes = replace(letter("ok3@firm.example"), sender=sender)

    with PostServer() as server:
        post = Smtp(MailServer("127.0.0.1", server.port, timeout=2))
        first = post.send(letter("ok1@firm.example"), THURSDAY, lambda: letter(foreseen))
        time.sleep(pause)
        post.proceed()
        second = post.send(comes, THURSDAY, lambda: letter(foreseen))
        third = post.send(letter(foreseen), THURSDAY)
        last = post.send(LETTER, THURSDAY, lambda: comes)
        post.close()

    refused = foreseen.startswith("bad")
    assert {first.fate, second.fate, last.fate} == {Fate.SENT}
    assert third.fate is (Fate.REFUSED if refused else Fate.SENT)
    kept = ["ok1@firm.example", "ok3@firm.example", foreseen, LETTER.to]
    assert [reader for readers, _ in server.kept for reader in readers] == [
        to for to in kept if not to.startswith("bad")
    ]
    assert server.kept[1][1] == to_bytes(comes, THURSDAY)
    assert server.connections == 1


@pytest.mark.parametrize("pause", PAUSES, ids=["at once", "when it has answered"])
@pytest.mark.parametrize("other", ["bad@firm.example", "tmp@firm.example", "drop@firm.example"])
def test_each_answer_belongs_to_its_letter_where_commands_go_ahead(
    other: str, pause: float
) -> None:
    some = [letter(to) for to in ("ok1@firm.example", other, "ok2@firm.example", other, LETTER.to)]
    with PostServer() as server:
        alone = Smtp(MailServer("127.0.0.1", server.port, timeout=2))
        expected = [alone.send(one, THURSDAY) for one in some]
        alone.close()
        ahead = Smtp(MailServer("127.0.0.1", server.port, timeout=2))
        found = []
        for place, one in enumerate(some):
            following = some[place + 1] if place + 1 < len(some) else None
            found.append(ahead.send(one, THURSDAY, partial(_given, following)))
            time.sleep(pause)
            ahead.proceed()
        ahead.close()

    assert [one.fate for one in found] == [one.fate for one in expected]
    assert [one.detail for one in found] == [one.detail for one in expected]


def _given(letter: Letter | None) -> Letter | None:
    return letter


def test_what_cannot_be_foreseen_hides_no_answer(server: PostServer, post: Smtp) -> None:
    def broken() -> Letter:
        raise RuntimeError("the disk is full")

    assert post.send(LETTER, THURSDAY, broken).fate is Fate.SENT
    assert len(server.kept) == 1


def test_what_was_kept_without_an_answer_is_uncertain(server: PostServer, post: Smtp) -> None:
    receipt = post.send(letter("drop@firm.example"), THURSDAY)

    assert receipt.fate is Fate.UNCERTAIN
    assert len(server.kept) == 1
    assert post.send(LETTER, THURSDAY).fate is Fate.SENT


def test_an_answer_that_never_comes_is_uncertain(server: PostServer) -> None:
    post = Smtp(MailServer("127.0.0.1", server.port, timeout=0.5))

    assert post.send(letter("slow@firm.example"), THURSDAY).fate is Fate.UNCERTAIN


def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    with PostServer() as first:
        port = first.port
        post = Smtp(MailServer("127.0.0.1", port, timeout=2))
        assert post.send(LETTER, THURSDAY).fate is Fate.SENT
        assert post._open is not None
        assert post._open.sock is not None
        post._open.sock.shutdown(socket.SHUT_RDWR)

        assert post.send(letter("ok2@firm.example"), THURSDAY).fate is Fate.SENT
        assert (first.connections, len(first.kept)) == (2, 2)
        post.close()


def test_an_address_with_accents_is_sent_where_the_server_takes_it(
    server: PostServer, post: Smtp
) -> None:
    assert post.send(letter("okzoë@firm.example"), THURSDAY).fate is Fate.SENT
    assert server.kept[0][0] == ("okzoë@firm.example",)


def test_a_server_that_is_away_is_not_asked_for_every_letter() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    post = Smtp(MailServer("127.0.0.1", port, timeout=2))

    assert post.send(LETTER, THURSDAY).fate is Fate.LATER
    assert "is away" in post.send(LETTER, THURSDAY).detail
    assert "refused" in post.send(LETTER, THURSDAY + timedelta(minutes=2)).detail


# -- servers that do not behave


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Return a function that lets another talk to each one that connects, and says the port."""
    listening: list[socket.socket] = []

    def start(talk: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        talk(connection)
                    except OSError:
                        continue

        threading.Thread(target=accept, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listening:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def test_a_server_that_drips_is_left_in_time(
    serve: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    def drip(connection: socket.socket) -> None:
        for _ in range(100):
            connection.sendall(b"2")
            time.sleep(0.1)

    post = Smtp(MailServer("127.0.0.1", serve(drip), timeout=0.6))
    began = time.monotonic()

    assert post.send(LETTER, THURSDAY).fate is Fate.LATER
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "answer", [b"421 too busy\r\n", b"554 no mail here\r\n", b"\xff\xfe\0\r\n"]
)
def test_a_server_that_does_not_greet_means_later(
    serve: Callable[[Callable[[socket.socket], None]], int], answer: bytes
) -> None:
    post = Smtp(MailServer("127.0.0.1", serve(lambda one: one.sendall(answer)), timeout=2))

    assert post.send(LETTER, THURSDAY).fate is Fate.LATER


def test_a_refused_sender_is_not_the_reader_s_fault(
    serve: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        while line := connection.recv(1000):
            connection.sendall(b"550 5.1.8 who?\r\n" if line[:4] == b"MAIL" else b"250 ok\r\n")

    post = Smtp(MailServer("127.0.0.1", serve(refuse), timeout=2))

    assert post.send(LETTER, THURSDAY).fate is Fate.LATER
    post.close()


def answering(answers: dict[bytes, bytes]) -> Callable[[socket.socket], None]:
    """Return a server that answers each command, and the text after DATA (b"."), as told."""
    usual = {b"DATA": b"354 go on", b"QUIT": b"221 bye"} | answers

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        lines = connection.makefile("rb")
        in_text = False
        for line in lines:
            command = b"." if in_text else line[:4].strip().upper()
            if in_text and line != b".\r\n":
                continue
            answer = usual.get(command, b"250 ok")
            in_text = command == b"DATA" and answer.startswith(b"354")
            connection.sendall(answer + b"\r\n")

    return talk


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (b"550 5.1.1 no such user", Fate.REFUSED),
        (b"550-5.1.1 no such user\r\n550 5.1.1 look again", Fate.REFUSED),
        (b"501 5.1.3 no such syntax", Fate.REFUSED),
        (b"556 5.1.10 this domain takes no mail", Fate.REFUSED),
        (b"550 5.2.1 mailbox disabled", Fate.REFUSED),
        (b"550 #5.1.0 Address rejected", Fate.REFUSED),
        (b"550 No such user here", Fate.REFUSED),
        (b"551 User not local", Fate.REFUSED),
        (b"553 Mailbox name not allowed", Fate.REFUSED),
        (b"550 5.1.8 Sender address rejected: Domain not found", Fate.LATER),
        (b"550 5.2.2 mailbox full", Fate.LATER),
        (b"554 5.7.1 Relay access denied", Fate.LATER),
        (b"550 5.7.1 Unable to relay", Fate.LATER),
        (b"550 5.0.0 something", Fate.LATER),
        (b"550 4.7.1 later", Fate.LATER),
        (b"550 relay not permitted", Fate.LATER),
        (b"550 RELAYING NOT ALLOWED", Fate.LATER),
        (b"550 Access Denied", Fate.LATER),
        (b"553 sorry, your host is Blocked", Fate.LATER),
        (b"550 looks like SPAM", Fate.LATER),
        (b"550 against our policy", Fate.LATER),
        (b"550 Authentication required", Fate.LATER),
        (b"554 no", Fate.LATER),
        (b"552 too much", Fate.LATER),
        (b"nonsense", Fate.LATER),
    ],
)
def test_only_what_is_said_of_the_address_is_for_good(
    serve: Callable[[Callable[[socket.socket], None]], int], answer: bytes, fate: Fate
) -> None:
    post = Smtp(MailServer("127.0.0.1", serve(answering({b"RCPT": answer})), timeout=2))

    assert post.send(LETTER, THURSDAY).fate is fate
    post.close()


@pytest.mark.parametrize("step", [b"MAIL", b"DATA", b"."])
@pytest.mark.parametrize("answer", [b"550 5.1.1 no such user", b"554 no", b"550 no such user"])
def test_a_refusal_at_another_step_is_not_for_good(
    serve: Callable[[Callable[[socket.socket], None]], int], step: bytes, answer: bytes
) -> None:
    post = Smtp(MailServer("127.0.0.1", serve(answering({step: answer})), timeout=2))

    assert post.send(LETTER, THURSDAY).fate is Fate.LATER
    post.close()


@pytest.mark.parametrize("step", [b"MAIL", b"RCPT", b"DATA", b"."])
@pytest.mark.parametrize("code", [b"250", b"421", b"550"])
def test_a_server_s_words_are_one_plain_line(
    serve: Callable[[Callable[[socket.socket], None]], int], step: bytes, code: bytes
) -> None:
    words = b" a\x1b[31m\x07\0b \xe2\x80\xae\xff\tc"
    post = Smtp(MailServer("127.0.0.1", serve(answering({step: code + words})), timeout=2))

    detail = post.send(LETTER, THURSDAY).detail

    assert detail.isprintable()
    assert "\ufffd c" in detail or code == b"250"
    post.close()


# -- who speaks to whom


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's context for "localhost" and that of a client that trusts it."""
    return certificate(tmp_path)


def test_a_letter_goes_over_tls_under_a_name_and_a_password(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    theirs, ours = contexts
    with PostServer(theirs, ("veille", "s3cret")) as server:
        known = MailServer("localhost", server.port, "starttls", "veille", "s3cret", 5, ours)
        post = Smtp(known)

        assert post.send(LETTER, THURSDAY).fate is Fate.SENT
        post.close()


def test_a_wrong_password_means_later_and_is_not_repeated_in_words(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    theirs, ours = contexts
    with PostServer(theirs, ("veille", "s3cret")) as server:
        wrong = MailServer("localhost", server.port, "starttls", "veille", "wr0ng", 5, ours)

        receipt = Smtp(wrong).send(LETTER, THURSDAY)

    assert receipt.fate is Fate.LATER
    assert "wr0ng" not in receipt.detail
    assert "wr0ng" not in repr(wrong)
    assert server.kept == []


def test_a_server_that_nobody_vouches_for_gets_nothing(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    with PostServer(contexts[0]) as server:
        receipt = Smtp(MailServer("localhost", server.port, "starttls", timeout=5)).send(
            LETTER, THURSDAY
        )

    assert receipt.fate is Fate.LATER
    assert server.kept == []


@pytest.mark.parametrize(
    "server", [("mail.example", 25, "tsl"), ("mail.example", 25, "none", "veille", "s3cret")]
)
def test_settings_that_would_betray_us_are_refused(server: tuple[str, int, str]) -> None:
    with pytest.raises(SettingsError):
        MailServer(*server)
