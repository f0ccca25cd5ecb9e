"""Letters read ahead of their turn: some at a time, so that each costs the database two updates.

Reading ahead claims nothing. Each letter is still claimed for itself in the transaction that
closes the one before, and only if it waits as it did and its reader still wants it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection

from watch.domain import Letter
from watch.store import letters, models, turns
from watch.store.instants import as_columns
from watch.store.letters import Claim
from watch.store.subscribers import barred
from watch.store.transaction import writing
from watch.store.turns import FREE, Pace

__all__ = ["Ahead"]

_AT_ONCE = 50
_FRESH = timedelta(seconds=2)
"""So long a rest that another sender ordered may go unseen."""

# Written out, for to put such a statement together costs Django more than SQLite to run it.
_CLAIM = """
UPDATE store_letter SET state = 'sending', holder = %s, lease_until = %s
WHERE id = %s AND state = %s AND next_at = %s AND EXISTS (
    SELECT 1 FROM store_subscriber AS reader
    WHERE reader.id = store_letter.subscriber_id AND reader.is_active
      AND reader.basis_since IS NOT NULL
      AND (reader.paused_until IS NULL OR reader.paused_until <= %s)
)
"""
_CLOSE = """
UPDATE store_letter SET state = 'sent', sent_at = %s, next_at = %s, detail = %s,
    tries = tries + 1, holder = '', lease_until = NULL
WHERE key = %s AND state = 'sending' AND holder = %s
"""


@dataclass(slots=True)
class Ahead:
    """What one sender has read ahead of a cluster's outbox."""

    cluster: str
    holder: str
    lease: timedelta
    pace: Pace = FREE
    _rows: deque[tuple[models.Letter, Letter]] = field(default_factory=deque)
    _read_at: datetime | None = None

    def close_and_claim(
        self,
        done: Claim,
        next_at: datetime,
        detail: str,
        now: datetime,
        before_commit: Callable[[], None],
    ) -> Claim | None:
        """Record a claimed letter as sent and take the next one: together, or neither.

        `before_commit` is called when all is said and the disk is about to be waited for.
        None where no letter waits. Raises StoreError where the database cannot be written.
        """
        with writing():
            sent = (_at(now), _at(next_at), detail[:300], done.letter.key, done.holder)
            _changed(_CLOSE, *sent)
            taken = self._claim(now) or letters.claim(
                self.cluster, self.holder, now, self.lease, self.pace
            )
            before_commit()
            return taken

    def following(self, now: datetime) -> Letter | None:
        """Return the letter that will probably be claimed next; None where none can be foreseen.

        What is read here, while the server is busy, is not read when the next one is claimed.
        """
        with suppress(DatabaseError):
            self._look(now)
        return self._rows[0][1] if self._rows else None

    def forget(self) -> None:
        """Read anew before the next letter: something has gone another way than foreseen."""
        self._rows.clear()

    def _claim(self, now: datetime) -> Claim | None:
        """Claim the first letter read ahead that still waits; None leaves it to `letters.claim`."""
        self._look(now)
        while self._rows:
            row, letter = self._rows.popleft()
            until, today = _at(now + self.lease), now.date()
            wanted = (self.holder, until, row.pk, row.state, _at(row.next_at), today)
            if _changed(_CLAIM, *wanted):
                return Claim(letter, self.cluster, row.tries, self.holder, row.doubts)
        return None

    def _look(self, now: datetime) -> None:
        """Read some letters where none is left, or what was read may be outdated."""
        if self.pace != FREE:
            return  # whose turn it is depends on every letter before
        if self._rows and self._read_at is not None and now - self._read_at <= _FRESH:
            return
        self.forget()
        self._read_at = now
        if turns.resting(now).exists():
            return
        found = letters.in_turn(letters.waiting(self.cluster, now), _AT_ONCE)
        no_more = barred(self.cluster, [row.to for row in found])
        # What is to be withdrawn is done so by `letters.claim`, when its turn has come.
        for row in found:
            if row.to in no_more:
                break
            self._rows.append((row, letters.to_letter(row)))


def _changed(statement: str, *values: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


@lru_cache(64)  # that of a letter that is sent, and those of a whole week's, are always the same
def _at(moment: datetime) -> Any:
    return as_columns()(moment)
