"""Senders that are killed, stopped, or two at a time: every letter arrives, doubles are known.

Each sender is a process of its own, with a real database and a real mail server (E16, E17, T07).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.post_server import free_port

KILLS = 30
LETTERS = 500
ROOT = Path(__file__).resolve().parent.parent.parent

FILL = """
import sys
import django; django.setup()
from tests.rounds.outbox import post
from django.utils import timezone
from watch.domain import Period
from watch.rounds.calendar import week_of
import tests.rounds.outbox as outbox
outbox.WEEK = week_of(timezone.now().date())
post([f"r{n}@firm{n % 7}.example" for n in range(int(sys.argv[1]))], timezone.now())
"""

SENDER = """
import sys
import django; django.setup()
from datetime import UTC, datetime
from watch.deliver.smtp import MailServer, Smtp
from watch.rounds.send import Sender, send_round
from watch.schedule import holder, is_gone
way = Smtp(MailServer("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
report = send_round(way, "essai", lambda: datetime.now(UTC), Sender(holder(), is_gone))
way.close()
for problem in report.problems:
    print(problem, flush=True)
"""

STATES = """
import django; django.setup()
from watch.store import letters
for row in letters.rows("essai", 10_000):
    print(row.letter.to, row.letter.message_id, row.state, row.doubted_at is not None)
"""


class Sink:
    """A mail server that keeps who got what, and takes its time before it answers."""

    def __init__(self) -> None:
        self.got: defaultdict[str, list[str]] = defaultdict(list)
        self._chance = random.Random(7)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one message somewhere between its end and the answer."""
        await asyncio.sleep(self._chance.uniform(0, 0.006))
        message = message_from_bytes(envelope.original_content or b"")
        self.got[envelope.rcpt_tos[0]].append(str(message["Message-ID"]))
        await asyncio.sleep(self._chance.uniform(0, 0.006))
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    django = [sys.executable, "-m", "django", "migrate", "-v0", "--skip-checks"]
    subprocess.run(django, env=env(tmp_path), cwd=ROOT, check=True)
    return tmp_path


def env(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "ZOOM_MARCHE_DATABASE"}
    return {
        **kept,
        "ZOOM_MARCHE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "watch.settings",
        "PYTHONPATH": str(ROOT),
    }


def run(home: Path, script: str, *words: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        env=env(home), cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def sender(home: Path, port: int) -> subprocess.Popen[str]:
    """Start a sender and return when it is about to send."""
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(port)],
        env=env(home), cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_e16_killed_thirty_times_five_hundred_letters_arrive(
    home: Path, sink: tuple[Sink, int]
) -> None:
    handler, port = sink
    run(home, FILL, str(LETTERS))
    chance = random.Random(30)
    kills, told = 0, ""

    while kills < KILLS:
        victim = sender(home, port)
        time.sleep(chance.uniform(0.0, 0.25))
        victim.send_signal(signal.SIGKILL)
        told += victim.communicate()[0]
        kills += 1
        is_whole = len(handler.got) == LETTERS
    assert not is_whole, "the last kill came too late to matter"
    told += sender(home, port).communicate(timeout=120)[0]

    rows = [line.split() for line in run(home, STATES).splitlines()]
    assert len(rows) == len(handler.got) == LETTERS
    assert {state for _, _, state, _ in rows} == {"sent"}
    # None lost, at most one doubled by each kill, and each of these under one number …
    assert all(set(handler.got[to]) == {number} for to, number, _, _ in rows)
    doubled = {to for to, copies in handler.got.items() if len(copies) > 1}
    assert sum(map(len, handler.got.values())) - LETTERS <= KILLS
    # … and on record as uncertain.
    assert doubled <= {to for to, _, _, is_doubted in rows if is_doubted == "True"}


@pytest.mark.slow
def test_e17_two_senders_send_each_letter_once(home: Path, sink: tuple[Sink, int]) -> None:
    handler, port = sink
    run(home, FILL, "200")

    both = [sender(home, port), sender(home, port)]
    told = [one.communicate(timeout=120)[0] for one in both]

    assert [one.returncode for one in both] == [0, 0]
    assert told == ["", ""]
    assert Counter(len(copies) for copies in handler.got.values()) == {1: 200}


@pytest.mark.slow
def test_t07_told_to_stop_in_the_middle_it_stops_at_once_and_goes_on_later(
    home: Path, sink: tuple[Sink, int]
) -> None:
    handler, port = sink
    run(home, FILL, "150")

    stopped = sender(home, port)
    time.sleep(0.3)
    stopped.terminate()
    stopped.communicate(timeout=10)
    sender(home, port).communicate(timeout=120)

    assert len(handler.got) == 150
    assert sum(map(len, handler.got.values())) <= 151
