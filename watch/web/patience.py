"""Patience at the door: after wrong passwords, each next try has to wait longer."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

__all__ = ["Patience"]


class Patience:
    """Counts failed tries by key, and says how long the next one has to wait.

    The first `free` failures cost nothing; after them the wait doubles from 2 seconds up to
    `longest`. A key is forgotten after `longest` seconds of rest past its wait, or when more
    than `most` newer keys have failed since.
    """

    def __init__(self, free: int = 5, longest: float = 900.0, most: int = 10_000) -> None:
        self._free = free
        self._longest = longest
        self._most = most
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, now: float) -> float:
        """Return the seconds that this key still has to wait; 0 where it may try."""
        with self._lock:
            _, until = self._failed.get(key, (0, now))
        return max(0.0, until - now)

    def failed(self, key: str, now: float) -> None:
        """Remember a failed try."""
        with self._lock:
            count, until = self._failed.pop(key, (0, now))
            count = 1 if now - until > self._longest else count + 1
            over = min(count - self._free, 20)
            rest = min(2.0**over, self._longest) if over > 0 else 0.0
            self._failed[key] = count, now + rest
            while len(self._failed) > self._most:
                self._failed.popitem(last=False)

    def forget(self, key: str = "") -> None:
        """Forget one key's failures, or all."""
        with self._lock:
            if key:
                self._failed.pop(key, None)
            else:
                self._failed.clear()
