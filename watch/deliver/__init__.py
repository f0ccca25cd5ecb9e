"""The post: letters go out once, and what became of each is known."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from watch.domain import Letter, Receipt

__all__ = ["Post"]


class Post(Protocol):
    """Whatever carries letters: a mail server, a folder."""

    def send(self, letter: Letter, now: datetime, following: Letter | None = None) -> Receipt:
        """Carry one letter to its one reader; a refusal is a receipt, not an exception.

        `following` will probably be asked for next: who waits for answers gets it ready meanwhile.
        """
        ...

    def close(self) -> None:
        """Let go of whatever is open; sending again opens it again."""
        ...
