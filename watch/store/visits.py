"""Visits: which are due, how they ended, and what the next ones need of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from watch.domain import Harvest, Outcome, Rights, Source, Visit, WebUrl, packed
from watch.store import models
from watch.store.among import among
from watch.store.instants import as_columns
from watch.text.urls import host

__all__ = ["Learnt", "VisitLine", "due", "history", "of", "prune", "record"]

HISTORY = timedelta(days=400)
QUIET_HISTORY = timedelta(days=100)


class VisitLine(NamedTuple):
    """One visit, as an officer looks back on it."""

    visited_at: datetime
    outcome: Outcome
    reason: str
    detail: str
    status: int
    entry_count: int
    new_count: int
    seconds: float


class Learnt(NamedTuple):
    """What a visit taught of a source; see `Visit`."""

    past: bytes
    learnt: bytes
    window: int


# -- before the visit ----------------------------------------------------------------------


def due(now: datetime, limit: int, cluster: str = "") -> dict[str, list[int]]:
    """Return by host the sources whose visits are due; for one cluster, only its own.

    Longest waiting first; sources that no cluster holds are not visited.
    """
    # A visit in the future was made while the clock was wrong: it must not stop the next ones.
    is_due = Q(due_at__lte=now) | Q(visited_at__gt=now)
    holdings = models.Holding.objects.filter(source=OuterRef("pk"))
    if cluster:
        holdings = holdings.filter(cluster__slug=cluster)
    rows = models.Source.objects.filter(is_due, Exists(holdings)).order_by("due_at", "pk")
    found: dict[str, list[int]] = {}
    for id, url in rows.values_list("pk", "url")[:limit].iterator():
        found.setdefault(host(WebUrl(url)), []).append(id)
    return found


# An object of every row, as the models make it, costs more than the row.
_COLUMNS = (
    "pk", "url", "name", "kind", "language", "every", "group", "note", "options", "licence",
    "excerpt_length", "full_text", "is_reserved", "etag", "last_modified", "body_hash", "seen",
    "failures", "visited_at", "good_at", "mark", "past", "learnt", "window", "asked_every",
)  # fmt: skip


def of(sources: Sequence[int]) -> list[Visit]:
    """Return the next visits to some sources, in this order, without those that are no more."""
    rows = models.Source.objects.filter(pk__in=among(sources)).values_list(*_COLUMNS)
    found = {row[0]: _visit(*row) for row in rows.iterator()}
    return [found[id] for id in sources if id in found]


def _visit(
    id: int, url: str, name: str, kind: str, language: str, every: timedelta, group: str,
    note: str, options: Mapping[str, str], licence: str, excerpt_length: int, full_text: bool,
    is_reserved: bool, *left: Any,
) -> Visit:  # fmt: skip
    """Return a visit of the columns."""
    rights = Rights(licence, excerpt_length, full_text, is_reserved)
    source = Source(WebUrl(url), name, kind, language, every, group, note, options, rights, id)
    etag, last_modified, body_hash, prints, failures, visited_at, good_at, mark, *learnt = left
    past, taught, window, asked_every = learnt
    return Visit(
        source, etag, last_modified, bytes(body_hash), bytes(prints), failures, visited_at,
        good_at, mark, bytes(past), bytes(taught), window, asked_every,
    )  # fmt: skip


# -- after it ------------------------------------------------------------------------------


def record(
    harvests: Sequence[Harvest],
    next_visits: Sequence[datetime],
    new_counts: Mapping[int, int],
    learnt: Mapping[int, Learnt] | None = None,
) -> None:
    """Keep how visits ended and when the next ones are; one `next_visits` per harvest.

    `new_counts` says how many items each source id brought that nobody had, `learnt` what is
    known anew of some. Call it inside `transaction.writing`.
    """
    lines: dict[str, list[tuple[Any, ...]]] = {}
    instant = as_columns()
    instants = {at: instant(at) for at in {harvest.visited_at for harvest in harvests}}
    for harvest, due_at in zip(harvests, next_visits, strict=True):
        at = instants[harvest.visited_at]
        line = (instant(due_at), at, *_left(harvest, at), harvest.source.id)
        lines.setdefault(_NOTE[harvest.outcome], []).append(line)
    lines[_LEARNT] = [(*some, id) for id, some in (learnt or {}).items()]
    lines[_HISTORY] = [
        _line(harvest, instants[harvest.visited_at], new_counts.get(harvest.source.id, 0))
        for harvest in harvests
    ]
    with connection.cursor() as cursor:
        for statement, rows in lines.items():
            cursor.executemany(statement, rows)


# Most visits bring nothing. Written so, recording one takes 0.01 ms; through bulk_update, which
# spells a CASE for every column and row, 1.35 ms (`python -m bench.collect`).
_NOTE = {
    Outcome.NEWS: (
        "UPDATE store_source SET due_at = %s, visited_at = %s, good_at = %s, failures = 0,"
        " moved_to = %s, is_reserved = %s, etag = %s, last_modified = %s, body_hash = %s,"
        " seen = %s, mark = %s, asked_every = %s, hub = %s WHERE id = %s"
    ),
    Outcome.UNCHANGED: (
        "UPDATE store_source SET due_at = %s, visited_at = %s, good_at = %s, failures = 0,"
        " moved_to = %s, is_reserved = %s WHERE id = %s"
    ),
    Outcome.FAILED: (
        "UPDATE store_source SET due_at = %s, visited_at = %s, failures = failures + 1"
        " WHERE id = %s"
    ),
}
_LEARNT = 'UPDATE store_source SET past = %s, learnt = %s, "window" = %s WHERE id = %s'
_HISTORY = (
    "INSERT INTO store_visitrecord (source_id, visited_at, outcome, reason, detail, status,"
    " entry_count, new_count, skipped_count, size, seconds)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def _left(harvest: Harvest, at: Any) -> tuple[Any, ...]:
    """Return what the next visit needs of this one, as the columns have it."""
    if harvest.outcome is Outcome.FAILED:
        return ()
    if harvest.outcome is Outcome.UNCHANGED:
        return at, harvest.moved_to, harvest.is_reserved
    return (
        at,
        harvest.moved_to,
        harvest.is_reserved,
        harvest.etag[:1000],
        harvest.last_modified[:200],
        harvest.body_hash,
        packed(harvest.seen),
        harvest.mark,
        _duration(harvest.asked_every),
        harvest.hub[:2000],
    )


def _line(harvest: Harvest, at: Any, new_count: int) -> tuple[Any, ...]:
    """Return the columns of a visit's history."""
    return (
        harvest.source.id,
        at,
        harvest.outcome.value,
        harvest.reason,
        harvest.detail[:300],
        harvest.status,
        len(harvest.entries) + harvest.known_count,
        new_count,
        harvest.skipped_count,
        harvest.size,
        harvest.seconds,
    )


def _duration(length: timedelta | None) -> Any:
    """Return a stretch of time as the column has it: microseconds where there is no such type."""
    if length is None or connection.features.has_native_duration_field:
        return length
    return length // timedelta(microseconds=1)


# -- long after ----------------------------------------------------------------------------


def history(cluster: str, id: int, limit: int) -> list[VisitLine]:
    """Return the last visits to a source that a cluster holds, newest first."""
    rows = models.VisitRecord.objects.filter(source=id, source__holdings__cluster__slug=cluster)
    columns = rows.order_by("-visited_at", "-pk").values_list(
        "visited_at", "outcome", "reason", "detail", "status", "entry_count", "new_count", "seconds"
    )
    return [VisitLine(line[0], Outcome(line[1]), *line[2:]) for line in columns[:limit]]


def prune(sources: Sequence[int], now: datetime) -> None:
    """Forget old visits of some sources.

    Failures and visits that brought something stay `HISTORY`; the others `QUIET_HISTORY`, long
    enough for a report on a quarter to count them.
    """
    old = models.VisitRecord.objects.filter(
        source__in=among(sources), visited_at__lt=now - QUIET_HISTORY
    )
    is_quiet = Q(new_count=0) & ~Q(outcome=Outcome.FAILED.value)
    old.filter(is_quiet | Q(visited_at__lt=now - HISTORY)).delete()
