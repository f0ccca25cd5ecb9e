"""Telling: the shelf -> one digest and one letter per reader -> the outbox."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from watch.deliver import Post
from watch.domain import (
    Cluster,
    Digest,
    Letter,
    Perimeter,
    Period,
    Report,
    Subscriber,
)
from watch.report.letter import letter_key, lines_of, write_letter
from watch.rounds.calendar import bounds, today
from watch.rounds.links import links_of, preview_of
from watch.rounds.readers import known_of, vectors_of
from watch.rounds.send import Sender, send_round
from watch.rounds.tasks import perimeter_of
from watch.routing.compose import Shelf, compose
from watch.routing.interest import Known
from watch.routing.rhythm import Hours, is_due, is_long_silent
from watch.store import clusters, invitations, letters, perimeters, shelves, sources, subscribers
from watch.store.transaction import writing
from watch.text.translate import speaker

__all__ = ["Draft", "drafts", "rehearse", "tell_round", "write_round"]

log = logging.getLogger(__name__)

# A story may wait some weeks for a letter with room for it; after that it is no news.
LOOK_BACK = timedelta(days=30)

# So many readers are laid beside the shelf by one product, 64 x 50,000 numbers are 13 MB, and
# so many letters go into the outbox by one commit.
_AT_ONCE = 64

# What is worth a line is worth it from anybody; of two equal ones, whoever answers for his words
# goes first. By the group of a source; 1 where none is known.
RELIABILITY = {
    "institution": 1.1,
    "journal": 1.1,
    "society": 1.05,
    "trade_press": 1.0,
    "general_press": 0.95,
    "blog": 0.9,
    "social": 0.85,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader would get now; without a letter, `reason` says why."""

    subscriber: Subscriber
    digest: Digest
    letter: Letter | None
    reason: str = ""
    """no_basis, inactive, paused, not_due, too_little or ""."""


def drafts(
    cluster: str,
    period: Period,
    now: datetime,
    only: int = 0,
    is_anew: bool = False,
    most: int = 0,
) -> list[Draft]:
    """Compose every reader's letter, or one reader's, and keep nothing of it.

    A letter that is written already is composed again as if it were not: a preview. With
    `is_anew` it tells also what earlier letters told; `most` stands for a reader's own number of
    lines. Whoever looks at it is not its reader, so
    its links open nothing.
    """
    readers = [
        replace(r, quota=most or r.quota) for r in subscribers.every(cluster) if only in {0, r.id}
    ]
    desk = _desk(cluster, period, now, readers)
    made: list[Draft] = []
    for some in _laid_beside(desk, readers):
        told = {} if is_anew else subscribers.told_each([r.id for r, _ in some], period)
        made += [_draft(desk, r, known, told.get(r.id, frozenset())) for r, known in some]
    return made


def rehearse(reader: Subscriber, period: Period, now: datetime) -> Draft:
    """Compose what a reader would get if his profile were this one, told or not; keep nothing."""
    desk = _desk(reader.cluster, period, now, [reader])
    return _draft(desk, reader, desk.known[reader.id], frozenset())


def write_round(
    cluster: str,
    period: Period,
    now: datetime,
    secret: bytes,
    is_held: bool = False,
    language: str = "en",
    hours: Hours | None = None,
) -> Report:
    """Write the letters of a period into the outbox, each once, however often it is called.

    Those that are held wait there for an officer's word. What stands in a letter's way is told in
    `language`. With `hours`, a reader whose hour has not come yet gets his later; without, the
    whole period's letters are written now.
    """
    _ = speaker(language)
    asked = invitations.unanswered(cluster)
    readers = [one for one in subscribers.every(cluster) if one.basis or one.id not in asked]
    everybody, zone = len(readers), clusters.get(cluster).timezone
    if hours is not None:
        readers = [one for one in readers if hours.has_come(one, period, zone, now)]
    already = letters.written(cluster, period)
    waiting = [one for one in readers if one.id not in already]
    counts: Counter[str] = Counter(written=0, silent=0)
    if len(readers) < everybody:
        counts["later_hour"] = everybody - len(readers)
    if len(waiting) < len(readers):
        counts["already"] = len(readers) - len(waiting)
    if not waiting:
        return Report("write", counts)
    desk = _desk(cluster, period, now, waiting, secret)
    problems: list[str] = []
    for some in _laid_beside(desk, waiting):
        told = subscribers.told_each([reader.id for reader, _ in some])
        made: list[Draft] = []
        for reader, known in some:
            try:
                made.append(_draft(desk, reader, known, told[reader.id]))
            except Exception:
                # One reader's letter must not stop the others'; the trace tells which line failed.
                log.exception("could not write a letter, subscriber=%s", reader.id)
                words = _("subscriber {id}: the letter could not be written")
                problems.append(words.format(id=reader.id))
        for draft in made:
            if draft.letter is None:
                counts["silent"] += 1
            if draft.reason == "no_basis" and draft.subscriber.is_active:
                words = _("subscriber {id}: no legal basis is recorded")
                problems.append(words.format(id=draft.subscriber.id))
        with writing():
            counts["written"] += sum(_post(desk, draft, now, is_held) for draft in made)
    return Report("write", counts, tuple(problems))


def tell_round(
    post: Post,
    cluster: str,
    period: Period,
    clock: Callable[[], datetime],
    secret: bytes,
    sender: Sender,
    hours: Hours | None = None,
) -> Report:
    """Write the letters of a period and send all that wait."""
    written = write_round(cluster, period, clock(), secret, language=sender.language, hours=hours)
    sent = send_round(post, cluster, clock, sender)
    return Report("tell", {**written.counts, **sent.counts}, written.problems + sent.problems)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all letters of one period are composed from."""

    cluster: Cluster
    perimeter: Perimeter
    period: Period
    day: date
    """Today, where the cluster is."""
    shelf: Shelf
    excerpt_lengths: dict[int, int]
    secret: bytes | None
    """What signs the links; without it the letters are previews."""
    known: Mapping[int, Known]
    """What is known of each reader besides his profile."""
    last_days: Mapping[int, date]
    first_day: date
    """Of all letters of the cluster: nobody can have been silent before."""


def _desk(
    cluster: str,
    period: Period,
    now: datetime,
    readers: Sequence[Subscriber],
    secret: bytes | None = None,
) -> _Desk:
    row = clusters.get(cluster)
    perimeter = perimeters.current(cluster).text
    _, end = bounds(period, row.timezone)
    until = min(now, end)
    items = shelves.tagged(cluster, until - LOOK_BACK, until)
    reliability = {id: RELIABILITY.get(group, 1.0) for id, group in sources.groups(cluster).items()}
    return _Desk(
        cluster=row,
        perimeter=perimeter_of(perimeter),
        period=period,
        day=today(now, row.timezone),
        shelf=Shelf(items, row.timezone, vectors_of(items), reliability),
        excerpt_lengths=sources.excerpt_lengths(cluster),
        secret=secret,
        known=known_of(cluster, readers, perimeter),
        last_days=letters.last_days(cluster, period.first_on),
        first_day=letters.first_day(cluster) or period.first_on,
    )


def _laid_beside(
    desk: _Desk, readers: Sequence[Subscriber]
) -> Iterator[list[tuple[Subscriber, Known]]]:
    """Yield the readers some at a time, with what is known of each laid beside the shelf."""
    for start in range(0, len(readers), _AT_ONCE):
        some = readers[start : start + _AT_ONCE]
        known = [desk.known[reader.id] for reader in some]
        near = desk.shelf.nearness([one.vector for one in known])
        yield [
            (reader, replace(one, near=row))
            for reader, one, row in zip(some, known, near, strict=True)
        ]


def _post(desk: _Desk, draft: Draft, now: datetime, is_held: bool) -> bool:
    """Put a draft's letter into the outbox; False if it has none or stands there already."""
    if draft.letter is None:
        return False
    lines = lines_of(draft.digest)
    stories = {one.story: one.item for one in lines}
    return letters.post(
        desk.cluster.slug, draft.subscriber.id, draft.letter, desk.period, stories, now, is_held,
        lines,
    )  # fmt: skip


def _draft(desk: _Desk, reader: Subscriber, known: Known, told: frozenset[str]) -> Draft:
    digest = compose(desk.cluster, desk.perimeter, reader, desk.shelf, told, desk.period, known)
    links = preview_of(desk.cluster)
    if desk.secret is not None:
        links = links_of(desk.secret, desk.cluster, reader.id, letter_key(digest))
    told_on = desk.last_days.get(reader.id)
    digest = replace(
        digest,
        links=links,
        excerpt_lengths=desk.excerpt_lengths,
        is_quiet=not digest.picks and _is_long_silent(desk, reader, told_on),
    )
    if reader.basis is None:
        return Draft(reader, digest, None, "no_basis")
    if not reader.is_active:
        return Draft(reader, digest, None, "inactive")
    if reader.paused_until and reader.paused_until > desk.day:
        return Draft(reader, digest, None, "paused")
    if not is_due(reader.rhythm, told_on, desk.period):
        return Draft(reader, digest, None, "not_due")
    if not digest.picks and not digest.is_quiet:
        return Draft(reader, digest, None, "too_little")
    return Draft(reader, digest, write_letter(digest))


def _is_long_silent(desk: _Desk, reader: Subscriber, told_on: date | None) -> bool:
    since = [day for day in (desk.first_day, reader.basis and reader.basis.since_on) if day]
    return is_long_silent(told_on or max(since), desk.period)
