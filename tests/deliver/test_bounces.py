"""What comes back counts only where it is a delivery report to a return path that we signed."""

from __future__ import annotations

import pytest

from tests.deliver.letters import LETTER
from watch.deliver.bounces import read_bounce
from watch.deliver.verp import return_path, returned

SECRET, MAILBOX = b"secret", "bounces@pole.example"
OURS = return_path(SECRET, MAILBOX, LETTER.key)


def report(to: str = OURS, status: str = "5.1.1", action: str = "failed", extra: str = "") -> bytes:
    """Return a delivery report as Postfix writes it."""
    return f"""\
Return-Path: <>
Received: by mx.firm.example id 1
From: MAILER-DAEMON@mx.firm.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

I'm sorry.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.firm.example

Final-Recipient: rfc822; anna@firm.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <anna@firm.example>: unknown
 user \x1b[31m
--cut
Content-Type: message/rfc822

Subject: Un lidar
--cut--
""".encode()


def test_a_return_path_names_its_letter_and_survives_a_change_of_case() -> None:
    assert returned(SECRET, MAILBOX, OURS) == LETTER.key
    assert returned(SECRET, MAILBOX, OURS.upper()) == LETTER.key
    assert len(OURS.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "address",
    [
        MAILBOX,
        OURS.replace("bounces+", "bounces+a"),
        OURS[:9] + ("b" if OURS[9] != "b" else "c") + OURS[10:],
        return_path(b"another", MAILBOX, LETTER.key),
        OURS.replace("@pole.example", "@elsewhere.example"),
        "bounces+@pole.example",
        "bounces+é@pole.example",
        "",
    ],
)
def test_e21_no_invented_return_path_names_a_letter(address: str) -> None:
    assert returned(SECRET, MAILBOX, address) == ""
    assert read_bounce(report(to=address), SECRET, MAILBOX) is None


def test_a_report_says_which_letter_and_why_on_one_plain_line() -> None:
    bounce = read_bounce(report(), SECRET, MAILBOX)

    assert bounce is not None
    assert (bounce.letter, bounce.is_for_good) == (LETTER.key, True)
    assert bounce.detail.startswith("5.1.1 smtp; 550")
    assert bounce.detail.isprintable()


@pytest.mark.parametrize(
    ("status", "is_for_good"),
    [("5.1.1", True), ("5.2.1", True), ("5.1.10", True), ("5.2.2", False), ("5.7.1", False),
     ("5.1.8", False), ("5.0.0", False)],
)  # fmt: skip
def test_only_an_address_that_does_not_exist_is_for_good(status: str, is_for_good: bool) -> None:
    bounce = read_bounce(report(status=status), SECRET, MAILBOX)

    assert bounce is not None
    assert bounce.is_for_good is is_for_good


AWAY = f"""\
From: anna@firm.example
To: {OURS}
Auto-Submitted: auto-replied
Subject: Absence

Je suis absente. Status: 5.1.1 Action: failed
"""


@pytest.mark.parametrize(
    "message",
    [
        AWAY.encode(),
        f"Return-Path: <>\nTo: {OURS}\nSubject: hm\n\nAction: failed\nStatus: 5.1.1\n".encode(),
        report(action="delayed", status="4.4.1"),
        report(action="delivered", status="2.0.0"),
        report(extra="Received: by a\n" * 60),
        b"",
        b"\xff\x00" * 1000,
        report()[:300],
    ],
    ids=["e20-away", "e22-null-path", "delay", "delivered", "e22-loop", "empty", "noise", "cut"],
)
def test_e20_e22_whatever_is_no_failed_delivery_says_nothing(message: bytes) -> None:
    assert read_bounce(message, SECRET, MAILBOX) is None
