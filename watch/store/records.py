"""What a structured source stated of an item, as a column keeps it and as the value says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from watch.domain import NO_RECORD, Record

__all__ = ["from_json", "to_json"]


def to_json(record: Record) -> dict[str, Any]:
    """Return what is stated, without what is not; {} for nothing.

    >>> to_json(Record(identifiers={"doi": "10.1/x"}))
    {'identifiers': {'doi': '10.1/x'}}
    """
    if not record:
        return {}
    said = {
        name: value for name, value in asdict(record).items() if value not in (None, "", (), {})
    }
    if record.deadline_at:
        said["deadline_at"] = record.deadline_at.isoformat()
    return said


def from_json(said: Mapping[str, Any]) -> Record:
    """Return the record of what `to_json` gave."""
    if not said:
        return NO_RECORD
    deadline = said.get("deadline_at")
    return Record(
        identifiers=said.get("identifiers", {}),
        codes={scheme: tuple(codes) for scheme, codes in said.get("codes", {}).items()},
        organisations=tuple(said.get("organisations", ())),
        amount=said.get("amount"),
        currency=said.get("currency", ""),
        deadline_at=datetime.fromisoformat(deadline) if deadline else None,
        country=said.get("country", ""),
        region=said.get("region", ""),
        status=said.get("status", ""),
    )
