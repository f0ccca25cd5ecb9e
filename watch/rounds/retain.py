"""Forgetting: what is past its term ends, and what ended is told."""

from __future__ import annotations

from datetime import datetime

from watch.domain import Report
from watch.store import retention
from watch.store.retention import Terms

__all__ = ["retain_round"]


def retain_round(terms: Terms, now: datetime, is_rehearsal: bool = False) -> Report:
    """End what is past its term in all clusters; a rehearsal says what would end.

    Counts are named `past_` and the rule, as in `Terms`.
    """
    found = retention.past(terms, now) if is_rehearsal else retention.forget(terms, now)
    return Report("retain", {f"past_{name}": count for name, count in found.items()})
