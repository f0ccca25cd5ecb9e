"""Readers -> the members' file again, for whoever keeps it in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from watch.domain import Axis, Interest, Subscriber
from watch.routing.columns import COLUMNS, WEEKDAYS
from watch.text.tables import write

__all__ = ["write_members"]


def write_members(subscribers: Iterable[Subscriber]) -> str:
    """Return the readers as CSV with semicolons; `read_members` of it gives them back, ids apart.

    A cell that a spreadsheet would run begins with an apostrophe instead.
    """
    columns = [name for name in COLUMNS if name != "topics"]
    return write([columns, *(_cells(subscriber, columns) for subscriber in subscribers)])


def _cells(subscriber: Subscriber, columns: Sequence[str]) -> list[str]:
    basis = subscriber.basis
    cells = {
        "email": subscriber.email,
        "name": subscriber.name,
        "firm": subscriber.firm,
        "language": subscriber.language,
        "markets": _written(subscriber.interests, Axis.MARKET),
        "technologies": _written(subscriber.interests, Axis.TECHNOLOGY),
        "quota": str(subscriber.quota),
        "basis": basis.ground if basis else "",
        "origin": basis.origin if basis else "",
        "since": basis.since_on.isoformat() if basis else "",
        "active": "yes" if subscriber.is_active else "no",
        "about": subscriber.about,
        "watch_words": " | ".join(subscriber.watch_words),
        "exclusions": " | ".join(subscriber.exclusions),
        "actors": " | ".join(subscriber.actors),
        "places": " | ".join(subscriber.places),
        "reads": " | ".join(subscriber.reads),
        "rhythm": subscriber.rhythm.value,
        "competitors": " | ".join(subscriber.competitors),
        "weekday": "" if subscriber.weekday is None else WEEKDAYS[subscriber.weekday],
        "hour": "" if subscriber.hour is None else str(subscriber.hour),
        "alerts": " | ".join(subscriber.alerts) or "no",
    }
    return [cells[name] for name in columns]


def _written(interests: Iterable[Interest], axis: Axis) -> str:
    return " | ".join(
        i.topic if i.weight == 1 else f"{i.topic}*{i.weight:g}" for i in interests if i.axis is axis
    )
