"""Invented letters for the tests of the post."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from watch.domain import Letter

THURSDAY = datetime(2026, 11, 19, 9, tzinfo=UTC)
LEAVE = "https://veille.pole.example/u/" + "x" * 90

LETTER = Letter(
    key="0123456789abcdef0123456789abcdef",
    message_id="<0123456789abcdef0123456789abcdef@pole.example>",
    to="ok@firm.example",
    to_name="Zoë Lecteur",
    sender="veille@pole.example",
    sender_name="Équipe de veille · Pôle d'essai",
    subject="Un lidar invente une voiture… · Pôle d'essai",
    html='<!DOCTYPE html><html lang="fr"><body><p>Un lidar d’essai, 3 = 3.</p></body></html>',
    text="Un lidar d’essai\n.\n.. deux points\n" + "long " * 60 + "\nfin ",
    language="fr",
    headers=(
        ("List-Id", "<essai.pole.example>"),
        ("List-Unsubscribe", f"<{LEAVE}>, <mailto:veille@pole.example?subject=unsubscribe>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Auto-Submitted", "auto-generated"),
    ),
)


def letter(to: str = LETTER.to, **changes: Any) -> Letter:
    """Return the letter, to somebody, with fields changed."""
    return replace(LETTER, to=to, **changes)
