"""Readers who were proposed: why they may be asked, and what they answered.

    proposed -> confirmed    with the sentence agreed to: from now on he has a basis
            \\-> refused      barred, as who unsubscribes

Until he has confirmed, a reader has no basis, so no letter of the watch is written to him.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from watch.domain import Basis, Subscriber
from watch.store import models, subscribers
from watch.store.transaction import writing

__all__ = ["Invitation", "ask_by", "confirm", "of", "propose", "refuse", "unanswered"]

CONFIRMED, REFUSED = "confirmed", "refused"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What stands on record of a proposed reader."""

    basis: Basis
    """Why he may be asked."""
    proposed_at: datetime
    answer: str = ""
    """confirmed, refused, or "" where he has not answered."""
    answered_at: datetime | None = None
    wording: str = ""
    """The sentence that he agreed to, as it stood on his page."""


def propose(reader: Subscriber, basis: Basis, now: datetime) -> int:
    """Keep a reader who is to be asked on this basis, and return his id; 0 where he is barred.

    He himself gets no basis: nothing but the question may be sent to him.
    """
    with writing():
        saved = subscribers.save(reader.cluster, [replace(reader, basis=None)])
        kept = subscribers.find_by_address(reader.cluster, reader.email)
        if saved.suppressed or kept is None:
            return 0
        models.Invitation.objects.update_or_create(
            subscriber_id=kept.id,
            defaults={
                "ground": basis.ground,
                "origin": basis.origin,
                "since": basis.since_on,
                "proposed_at": now,
                "answered_at": None,
                "answer": "",
                "wording": "",
            },
        )
        return kept.id


def ask_by(subscriber: int, letter: str) -> None:
    """Record by which letter, by its key, a proposed reader is asked."""
    with writing():
        models.Invitation.objects.filter(subscriber=subscriber).update(letter=letter)


def of(subscriber: int) -> Invitation | None:
    """Return what stands on record of a reader, None where he was not proposed."""
    row = models.Invitation.objects.filter(subscriber=subscriber).first()
    return _invitation(row) if row else None


def unanswered(cluster: str) -> dict[int, Invitation]:
    """Return who has not answered yet, by the reader's id, the longest waiting first."""
    rows = models.Invitation.objects.filter(subscriber__cluster__slug=cluster, answer="")
    return {row.subscriber_id: _invitation(row) for row in rows.order_by("proposed_at", "pk")}


def confirm(chosen: Subscriber, wording: str, now: datetime, on: date) -> bool:
    """Record that a reader agreed to this sentence and chose so; False where he answered before.

    The consent is his basis: its origin is where his address came from, its day is `on`.
    """
    with writing():
        if subscribers.is_suppressed(chosen.cluster, chosen.email):
            return False
        waiting = models.Invitation.objects.filter(subscriber=chosen.id, answer="")
        origin = waiting.values_list("origin", flat=True).first()
        if not waiting.update(answer=CONFIRMED, answered_at=now, wording=wording):
            return False
        subscribers.choose(chosen, now)
        models.Subscriber.objects.filter(pk=chosen.id).update(
            basis_ground="consent", basis_origin=origin, basis_since=on
        )
        return True


def refuse(reader: Subscriber, now: datetime) -> bool:
    """Record that a reader wants no letters, and bar his address; False where he answered."""
    with writing():
        waiting = models.Invitation.objects.filter(subscriber=reader.id, answer="")
        if not waiting.update(answer=REFUSED, answered_at=now):
            return False
        subscribers.suppress(reader.cluster, reader.email, REFUSED, now)
        return True


def _invitation(row: models.Invitation) -> Invitation:
    return Invitation(
        basis=Basis(row.ground, row.origin, row.since),
        proposed_at=row.proposed_at,
        answer=row.answer,
        answered_at=row.answered_at,
        wording=row.wording,
    )
