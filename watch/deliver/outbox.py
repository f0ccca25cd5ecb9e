"""What to do with a letter next, given what the post said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from watch.domain import Fate, Receipt

__all__ = ["MOST_STOPS", "MOST_TRIES", "NEVER", "Next", "after", "stopped"]

# Not the last instant of all: that one has no local time east of Greenwich.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)

# 5, 10, 20... minutes, then every 6 hours: the eighteenth try comes three days after the first.
# Mail servers themselves give up after four to five (RFC 5321, section 4.5.4.1).
MOST_TRIES = 18

MOST_STOPS = 3
"""A letter in the middle of which its sender was stopped so often may be what stops it."""


@dataclass(frozen=True, slots=True)
class Next:
    """A letter's next state, and when it is to be tried again; `NEVER` where it is not."""

    state: str
    """queued, sent, failed, uncertain or held."""
    at: datetime


def after(receipt: Receipt, tries: int, now: datetime, doubts: int = 0) -> Next:
    """Return what follows from a receipt; `tries` counts the attempts before this one.

    A letter of which nobody knows whether it arrived is tried once more, at once and under the
    same Message-ID, by which mailboxes know a double. Where that was in doubt before (`doubts`
    counts how often), it has had its second chance: it stays uncertain until an officer has
    looked.
    """
    match receipt.fate:
        case Fate.SENT:
            return Next("sent", NEVER)
        case Fate.REFUSED:
            return Next("failed", NEVER)
        case Fate.UNCERTAIN:
            return Next("uncertain", NEVER if doubts else now)
        case Fate.HELD:
            return Next("held", NEVER)
    if tries + 1 >= MOST_TRIES:
        return Next("failed", NEVER)
    return Next("queued", now + min(_FIRST_WAIT * 2 ** min(tries, 10), _LONGEST_WAIT))


def stopped(doubts: int, now: datetime) -> Next:
    """Return what follows where the sender itself was stopped in the middle of a letter.

    That says nothing against the server: the letter waits again, behind the others.
    """
    return Next("queued", now) if doubts < MOST_STOPS else Next("uncertain", NEVER)
