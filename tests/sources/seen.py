"""A source as the store's health shows it, for tests of what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Looked:
    visited_at: datetime | None
    failures: int
    reason: str
    moved_to: str
    silent_since: datetime | None
    item_count: int
    seconds: float


GOOD: dict[str, object] = {
    "visited_at": datetime(2026, 11, 23, 6, 0, tzinfo=UTC), "failures": 0, "reason": "",
    "moved_to": "", "silent_since": None, "item_count": 9, "seconds": 0.2,
}  # fmt: skip
