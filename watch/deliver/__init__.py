"""The post: letters go out once, and what became of each is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from watch.domain import Letter, Receipt

__all__ = ["Following", "Post", "nothing"]

Following = Callable[[], Letter | None]


def nothing() -> None:
    """Foresee no letter."""


class Post(Protocol):
    """Whatever carries letters: a mail server, a folder."""

    def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
        """Carry one letter to its one reader; a refusal is a receipt, not an exception.

        `following` gives what will probably be asked for next: who waits for answers asks it
        meanwhile and gets that letter ready.
        """
        ...

    def proceed(self) -> None:
        """Go on with the next letter as far as that needs no waiting and hands nothing over.

        Called between `send` and `send`, while the database is held. Raises nothing.
        """
        ...

    def close(self) -> None:
        """Let go of whatever is open; sending again opens it again."""
        ...
