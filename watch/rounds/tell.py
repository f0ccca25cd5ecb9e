"""Telling: the shelf -> one digest and one letter per reader -> the outbox."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from watch.deliver import Post
from watch.domain import (
    Cluster,
    Digest,
    Letter,
    Perimeter,
    Period,
    Report,
    Subscriber,
    Tagged,
)
from watch.report.letter import letter_key, lines_of, write_letter
from watch.rounds.calendar import bounds, today
from watch.rounds.links import links_of, preview_of
from watch.rounds.readers import known_of, vectors_of
from watch.rounds.send import Sender, send_round
from watch.rounds.tasks import perimeter_of
from watch.routing import alerts as urgent
from watch.routing.compose import Shelf, compose
from watch.routing.interest import Known
from watch.routing.rhythm import Hours, is_due, is_long_silent
from watch.store import (
    alerts,
    clusters,
    invitations,
    letters,
    mail,
    perimeters,
    shelves,
    sources,
    subscribers,
)
from watch.store.transaction import writing
from watch.text.translate import speaker

__all__ = [
    "Draft", "alert_drafts", "alert_round", "drafts", "rehearse", "tell_round", "write_round",
]  # fmt: skip

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


Writer = Callable[[Subscriber, Known], Draft]


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
        write = _letters(desk, [reader.id for reader, _ in some])
        made = _made(some, write, _, problems)
        for draft in made:
            if draft.letter is None:
                counts["silent"] += 1
            if draft.reason == "no_basis" and draft.subscriber.is_active:
                words = _("subscriber {id}: no legal basis is recorded")
                problems.append(words.format(id=draft.subscriber.id))
        with writing():
            counts["written"] += sum(_post(desk, draft, now, is_held) for draft in made)
    return Report("write", counts, tuple(problems))


def alert_round(
    cluster: str,
    now: datetime,
    secret: bytes,
    is_held: bool = False,
    language: str = "en",
    hours: Hours | None = None,
) -> Report:
    """Write today's alerts into the outbox, one a reader at most, however often it is called.

    An alert of yesterday that has not left yet is given up first: what it told and still holds is
    told today. With `hours`, a reader is told in his own hours alone.
    """
    zone = clusters.get(cluster).timezone
    day = today(now, zone)
    counts: Counter[str] = Counter(alerts=0)
    if cluster not in alerts.wished_in():
        return Report("alert", counts)
    counts["late"] = letters.withdraw_late(cluster, day, only_alerts=True)
    already = letters.written(cluster, Period(day, day))
    readers = [
        one
        for one in subscribers.every(cluster)
        if one.alerts and one.id not in already
        and (hours is None or hours.may_disturb(one, zone, now))
    ]  # fmt: skip
    problems: list[str] = []
    if readers:
        desk, write = _alerts(cluster, now, readers, secret)
        for some in _laid_beside(desk, readers):
            made = _made(some, write, speaker(language), problems)
            with writing():
                counts["alerts"] += sum(_post(desk, draft, now, is_held) for draft in made)
    return Report("alert", counts, tuple(problems))


def alert_drafts(cluster: str, now: datetime, besides: Mapping[int, frozenset[str]]) -> list[Draft]:
    """Compose the alerts that would go now, and keep nothing of them.

    `besides` holds the stories that each reader, by his id, gets in a letter of today.
    """
    readers = [one for one in subscribers.every(cluster) if one.alerts]
    if not readers:
        return []
    desk, write = _alerts(cluster, now, readers, besides=besides)
    found = [write(*one) for some in _laid_beside(desk, readers) for one in some]
    return [one for one in found if one.letter]


def _letters(desk: _Desk, readers: Sequence[int]) -> Writer:
    """Return what writes the letters of some readers."""
    told = subscribers.told_each(readers)
    return lambda reader, known: _draft(desk, reader, known, told[reader.id])


def _alerts(
    cluster: str,
    now: datetime,
    readers: Sequence[Subscriber],
    secret: bytes | None = None,
    besides: Mapping[int, frozenset[str]] = MappingProxyType({}),
) -> tuple[_Desk, Writer]:
    """Return the desk of today's alerts, and what writes a reader's."""
    zone = clusters.get(cluster).timezone
    day = today(now, zone)
    _, soon = bounds(Period(day, day + timedelta(days=urgent.NEAR_DAYS)), zone)
    found = shelves.closing(cluster, now, soon)
    found += shelves.tagged(cluster, now - timedelta(days=urgent.NEWS_DAYS + 1), now)
    items = list({one.item.key: one for one in found}.values())
    desk = _desk(cluster, Period(day, day), now, readers, secret, items)
    ids = [one.id for one in readers]
    told, alerted = subscribers.told_at(ids), alerts.lines(ids)
    stories = {one.item.key: one.story.key for one in items}

    def write(reader: Subscriber, known: Known) -> Draft:
        had = {story: today(at, zone) for story, at in told[reader.id].items()}
        had |= dict.fromkeys(besides.get(reader.id, ()), day)
        had |= {
            stories[item]: urgent.WITHHELD if at is None else today(at, zone)
            for item, at in alerted[reader.id].items()
            if item in stories
        }
        digest = urgent.alert(
            desk.cluster, desk.perimeter, reader, desk.shelf, had, desk.day, known
        )
        return _with_letter(desk, reader, digest, None)

    return desk, write


def _made(
    some: Sequence[tuple[Subscriber, Known]],
    write: Writer,
    _: Callable[[str], str],
    problems: list[str],
) -> list[Draft]:
    """Return what is written to some readers; note whose letter could not be."""
    made: list[Draft] = []
    for reader, known in some:
        try:
            made.append(write(reader, known))
        except Exception:
            # One reader's letter must not stop the others'; the trace tells which line failed.
            log.exception("could not write a letter, subscriber=%s", reader.id)
            words = _("subscriber {id}: the letter could not be written")
            problems.append(words.format(id=reader.id))
    return made


def tell_round(
    post: Post,
    cluster: str,
    period: Period,
    clock: Callable[[], datetime],
    secret: bytes,
    sender: Sender,
    hours: Hours | None = None,
) -> Report:
    """Write the letters of a period, then the day's alerts, and send all that wait."""
    written = write_round(cluster, period, clock(), secret, language=sender.language, hours=hours)
    alerted = alert_round(cluster, clock(), secret, language=sender.language, hours=hours)
    sent = send_round(post, cluster, clock, sender)
    counts = Counter(written.counts)
    counts.update(alerted.counts)
    counts.update(sent.counts)
    return Report("tell", counts, written.problems + alerted.problems + sent.problems)


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
    items: Sequence[Tagged] | None = None,
) -> _Desk:
    """Lay out what letters are composed from: `items`, else all of the last weeks."""
    row = clusters.get(cluster)
    perimeter = perimeters.current(cluster).text
    _, end = bounds(period, row.timezone)
    until = min(now, end)
    if items is None:
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
        last_days=mail.last_days(cluster, period.first_on),
        first_day=mail.first_day(cluster) or period.first_on,
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
        lines, draft.digest.is_alert,
    )  # fmt: skip


def _draft(desk: _Desk, reader: Subscriber, known: Known, told: frozenset[str]) -> Draft:
    digest = compose(desk.cluster, desk.perimeter, reader, desk.shelf, told, desk.period, known)
    told_on = desk.last_days.get(reader.id)
    is_quiet = not digest.picks and _is_long_silent(desk, reader, told_on)
    return _with_letter(desk, reader, replace(digest, is_quiet=is_quiet), told_on)


def _with_letter(desk: _Desk, reader: Subscriber, digest: Digest, told_on: date | None) -> Draft:
    """Return a digest with its letter, or why there is none; `told_on` is when he had the last."""
    links = preview_of(desk.cluster)
    if desk.secret is not None:
        links = links_of(desk.secret, desk.cluster, reader.id, letter_key(digest))
    digest = replace(digest, links=links, excerpt_lengths=desk.excerpt_lengths)
    if reader.basis is None:
        return Draft(reader, digest, None, "no_basis")
    if not reader.is_active:
        return Draft(reader, digest, None, "inactive")
    if reader.paused_until and reader.paused_until > desk.day:
        return Draft(reader, digest, None, "paused")
    if not digest.is_alert and not is_due(reader.rhythm, told_on, desk.period):
        return Draft(reader, digest, None, "not_due")
    if not digest.picks and not digest.is_quiet:
        return Draft(reader, digest, None, "too_little")
    return Draft(reader, digest, write_letter(digest))


def _is_long_silent(desk: _Desk, reader: Subscriber, told_on: date | None) -> bool:
    since = [day for day in (desk.first_day, reader.basis and reader.basis.since_on) if day]
    return is_long_silent(told_on or max(since), desk.period)
