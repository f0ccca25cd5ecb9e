"""A fence around a post: an installation for tests or previews writes to nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from watch.deliver import Following, Post, nothing
from watch.domain import Fate, Letter, Receipt

__all__ = ["Fenced"]


class Fenced:
    """A post that carries letters to some addresses or domains alone; the others are held."""

    def __init__(self, post: Post, allowed: Iterable[str]) -> None:
        self._post = post
        self._allowed = frozenset(one.strip().lower().removeprefix("@") for one in allowed)

    def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
        """Hand the letter on where its reader is allowed."""
        to = letter.to.lower()
        if to in self._allowed or to.rpartition("@")[2] in self._allowed:
            return self._post.send(letter, now, following)
        return Receipt(Fate.HELD, "only_to in watch.toml does not name this reader")

    def proceed(self) -> None:
        """Let the post behind go on."""
        self._post.proceed()

    def close(self) -> None:
        """Close the post behind."""
        self._post.close()
