"""A deadline for a whole conversation: when its time is over, somebody cuts the line.

A socket's own timeout begins again with every byte: a server that drips would hold us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from threading import Event, Thread
from time import monotonic

__all__ = ["Deadline"]


class Deadline:
    """So many seconds for each conversation; one thread watches over all until `close`."""

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        """`cut` is called from the watching thread, again and again while the time is over."""
        self._seconds = seconds
        self._cut = cut
        self._until = inf
        self._watch: Thread | None = None
        self._is_closed = Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the time of one conversation run."""
        if self._watch is None:
            self._watch = Thread(target=self._look, args=(self._is_closed,), daemon=True)
            self._watch.start()
        self._until = monotonic() + self._seconds
        try:
            yield
        finally:
            self._until = inf

    def close(self) -> None:
        """Let the watching thread go; the next conversation gets another."""
        self._is_closed.set()
        self._is_closed, self._watch = Event(), None

    def _look(self, is_closed: Event) -> None:
        """Watch until closed: one thread for each letter would cost more than the letter.

        It may sleep for as long as a letter has: whatever is begun meanwhile ends later.
        """
        pause = self._seconds
        while not is_closed.wait(pause):
            left = self._until - monotonic()
            pause = min(left, self._seconds) if left > 0 else 0.1
            # Again and again, for the line may just have been opened.
            if left <= 0:
                self._cut()
