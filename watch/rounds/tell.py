"""Telling: the shelf -> one digest and one letter per reader -> the outbox -> the post."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watch.deliver import Post
from watch.deliver.outbox import after
from watch.domain import (
    Cluster,
    Digest,
    Fate,
    Letter,
    Perimeter,
    Period,
    Receipt,
    Report,
    Subscriber,
)
from watch.errors import PostError, StoreError
from watch.report.letter import write_letter
from watch.rounds.calendar import bounds, today
from watch.rounds.tasks import perimeter_of
from watch.routing.compose import Shelf, compose
from watch.store import clusters, letters, perimeters, shelves, sources, subscribers
from watch.text.seal import seal

__all__ = ["Draft", "drafts", "send_round", "tell_round", "write_round"]

log = logging.getLogger(__name__)

# A story may wait some weeks for a letter with room for it; after that it is no news.
LOOK_BACK = timedelta(days=30)

# Longer than any server takes to answer one letter; a sender that dies is noticed after that.
LEASE = timedelta(minutes=10)

# Each waits half a minute for a database that somebody else holds.
CLOSING_TRIES = 10

REOPENED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader would get now; without a letter, `reason` says why."""

    subscriber: Subscriber
    digest: Digest
    letter: Letter | None
    reason: str = ""
    """no_basis, inactive, written, too_little or ""."""


def drafts(
    cluster: str, period: Period, now: datetime, secret: bytes, only: int = 0
) -> list[Draft]:
    """Compose every reader's letter, or one reader's, and keep nothing of it.

    A letter that is written already is composed again as if it were not: a preview.
    """
    desk = _desk(cluster, period, now, secret)
    readers = [r for r in subscribers.every(cluster) if only in {0, r.id}]
    return [_draft(desk, r, subscribers.told(r.id, apart_from=period)) for r in readers]


def write_round(cluster: str, period: Period, now: datetime, secret: bytes) -> Report:
    """Write the letters of a period into the outbox, each once, however often it is called."""
    desk = _desk(cluster, period, now, secret)
    counts: Counter[str] = Counter(written=0, silent=0)
    problems: list[str] = []
    for reader in subscribers.every(cluster):
        if letters.is_written(cluster, reader.id, period):
            counts["already"] += 1
            continue
        try:
            draft = _draft(desk, reader, subscribers.told(reader.id))
        except Exception:
            # One reader's letter must not stop the others'; the trace tells which line failed.
            log.exception("could not write a letter, subscriber=%s", reader.id)
            problems.append(f"subscriber {reader.id}: the letter could not be written")
            continue
        if draft.letter is None:
            counts["silent"] += 1
            if draft.reason == "no_basis":
                problems.append(f"subscriber {reader.id}: no legal basis is recorded")
            continue
        told = [pick.tagged.story.key for pick in draft.digest.picks]
        counts["written"] += letters.post(cluster, reader.id, draft.letter, period, told, now)
    return Report("write", counts, tuple(problems))


def send_round(
    post: Post,
    cluster: str,
    clock: Callable[[], datetime],
    holder: str,
    is_gone: Callable[[str], bool],
    between: Callable[[], None] | None = None,
    only_again: bool = False,
) -> Report:
    """Hand every waiting letter to the post, one at a time, each claimed before it is sent.

    A letter whose sender was stopped in the middle becomes `uncertain`: the server may have
    it, so it is tried once more under the same Message-ID, and reported. A letter whose period
    is over is not sent any more. `between` is called after each letter: whoever has a pace to
    keep waits there. `only_again` leaves alone what was never tried.
    """
    counts: Counter[str] = Counter(sent=0)
    problems: list[str] = []
    counts["late"] = letters.withdraw_late(cluster, today(clock(), clusters.get(cluster).timezone))
    if counts["late"]:
        problems.append(
            f"{counts['late']} letters missed their week: the next ones bring their items"
        )
    for lost in letters.interrupted(cluster, clock(), is_gone):
        stopped = Receipt(Fate.UNCERTAIN, "the sender stopped in the middle")
        counts["uncertain"] += _close(lost, stopped, clock(), problems)
    refused: list[letters.Claim] = []
    while claim := letters.claim(cluster, holder, clock(), LEASE, only_again):
        try:
            receipt = post.send(claim.letter, clock())
        except PostError as reason:
            # No letter can go: this one waits with the others for whoever mends the post.
            _close(claim, Receipt(Fate.LATER, str(reason)), clock(), problems)
            break
        except Exception as reason:
            # The post met something that it does not know; the letter waits, the others go.
            log.exception("could not send, letter=%s", claim.letter.key)
            receipt = Receipt(Fate.LATER, f"{type(reason).__name__}: {reason}")
        _close(claim, receipt, clock(), problems)
        counts[receipt.fate.value] += 1
        if receipt.fate is Fate.REFUSED:
            refused.append(claim)
        if between:
            between()
    problems += _bar(cluster, refused, counts["sent"], clock())
    return Report("send", counts, tuple(problems))


def _bar(
    cluster: str, refused: Sequence[letters.Claim], sent_count: int, now: datetime
) -> list[str]:
    """Never write again to who was refused; but a server that refuses most refuses us, not them."""
    if len(refused) > max(2, sent_count):
        words = "the mail server refused most letters"
        letters.reopen([one.letter.key for one in refused], now + REOPENED_AFTER, words)
        return [f"{words}: no reader was barred; see [post] in watch.toml, then run `tell`"]
    for claim in refused:
        subscribers.suppress(cluster, claim.letter.to, "refused", now)
    return []


def tell_round(
    post: Post,
    cluster: str,
    period: Period,
    clock: Callable[[], datetime],
    secret: bytes,
    holder: str,
    is_gone: Callable[[str], bool],
    between: Callable[[], None] | None = None,
) -> Report:
    """Write the letters of a period and send all that wait."""
    written = write_round(cluster, period, clock(), secret)
    sent = send_round(post, cluster, clock, holder, is_gone, between)
    return Report("tell", {**written.counts, **sent.counts}, written.problems + sent.problems)


def _close(claim: letters.Claim, receipt: Receipt, now: datetime, problems: list[str]) -> bool:
    """Record a receipt; it is the one fact that must not be lost, so it is tried again."""
    next_step = after(receipt, claim.tries, now)
    for tries_left in reversed(range(CLOSING_TRIES)):
        try:
            is_mine = letters.close(claim, next_step.state, next_step.at, receipt.detail, now)
            break
        except StoreError:
            if not tries_left:
                raise
    if is_mine and receipt.fate is not Fate.SENT:
        problems.append(f"letter {claim.letter.key}: {receipt.fate.value}, {receipt.detail}")
    return is_mine


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all letters of one period are composed from."""

    cluster: Cluster
    perimeter: Perimeter
    period: Period
    shelf: Shelf
    excerpt_lengths: dict[int, int]
    secret: bytes


def _desk(cluster: str, period: Period, now: datetime, secret: bytes) -> _Desk:
    row = clusters.get(cluster)
    _, end = bounds(period, row.timezone)
    until = min(now, end)
    return _Desk(
        cluster=row,
        perimeter=perimeter_of(perimeters.current(cluster).text),
        period=period,
        shelf=Shelf(shelves.tagged(cluster, until - LOOK_BACK, until), row.timezone),
        excerpt_lengths=sources.excerpt_lengths(cluster),
        secret=secret,
    )


def _draft(desk: _Desk, reader: Subscriber, told: frozenset[str]) -> Draft:
    digest = compose(desk.cluster, desk.perimeter, reader, desk.shelf, told, desk.period)
    token = seal(desk.secret, "unsubscribe", desk.cluster.slug, str(reader.id))
    digest = replace(
        digest,
        unsubscribe_url=f"{desk.cluster.base_url}/u/{token}",
        excerpt_lengths=desk.excerpt_lengths,
    )
    if reader.basis is None:
        return Draft(reader, digest, None, "no_basis")
    if not reader.is_active:
        return Draft(reader, digest, None, "inactive")
    if not digest.picks:
        return Draft(reader, digest, None, "too_little")
    return Draft(reader, digest, write_letter(digest))
