"""Instants -> what columns hold, for statements that are written by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connection

__all__ = ["as_columns"]


def as_columns() -> Callable[[datetime], Any]:
    """Return what turns instants into values of this database; to be asked for once a batch.

    It gives what Django gives, and for SQLite sooner: a first fetch has an instant for each item
    (`python -m bench.reading`).
    """
    usual = connection.ops.adapt_datetimefield_value
    if connection.vendor != "sqlite":
        return usual

    def written(at: datetime) -> Any:
        return at.isoformat(" ")[: -len("+00:00")] if at.tzinfo is UTC else usual(at)

    return written
