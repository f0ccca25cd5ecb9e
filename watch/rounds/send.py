"""Sending: the outbox -> the post, each letter once, and what became of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watch.deliver import Post
from watch.deliver.outbox import NEVER, Next, after, stopped
from watch.domain import Fate, Receipt, Report
from watch.errors import PostError, StoreError
from watch.rounds.calendar import today
from watch.store import clusters, letters, subscribers, turns
from watch.store.ahead import Ahead
from watch.store.turns import Pace
from watch.text.translate import speaker

__all__ = ["DETAILS", "STOPPED", "Sender", "send_round"]

log = logging.getLogger(__name__)

# Longer than any server takes to answer one letter; a sender that dies is noticed after that.
LEASE = timedelta(minutes=10)

# Each waits half a minute for a database that somebody else holds.
CLOSING_TRIES = 10

REOPENED_AFTER = timedelta(hours=1)

# So many letters put off one after the other are the server's trouble, not theirs: the others
# are not thrown after them. It is asked again after a rest.
MOST_PUT_OFF = 10
REST = timedelta(minutes=5)

# A server that takes a letter and breaks off, and does the same at the second try, would double
# every letter: nothing more is sent before somebody has looked.
MOST_UNCERTAIN = 2


_BREAKS_OFF = "the mail server takes letters and breaks off before it answers"
STOPPED = "the sender stopped in the middle"
_REFUSES_MOST = "the mail server refused most letters"
DETAILS = (_BREAKS_OFF, STOPPED, _REFUSES_MOST)
"""What this round itself notes of a letter, in English: whoever shows it translates it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, at which pace, and what is too late to be sent without asking."""

    name: str
    is_gone: Callable[[str], bool]
    """Whether the sender of this name is known to have ended."""
    pace: Pace = turns.FREE
    wait: Callable[[timedelta], None] = lambda _time: None
    """What to do until it is a letter's turn."""
    at_latest: timedelta = timedelta(hours=24)
    language: str = "en"
    """In which the round tells what went wrong."""


@dataclass(slots=True)
class _Run:
    """What a round has come to so far, told in its language."""

    language: str
    counts: Counter[str] = field(default_factory=lambda: Counter(sent=0))
    problems: list[str] = field(default_factory=list)
    refused: list[letters.Claim] = field(default_factory=list)
    in_a_row: int = 0
    last: Fate = Fate.SENT

    def note(self, claim: letters.Claim, receipt: Receipt) -> None:
        """Count what became of a letter."""
        self.counts[receipt.fate.value] += 1
        self.in_a_row = self.in_a_row + 1 if receipt.fate is self.last else 1
        self.last = receipt.fate
        if receipt.fate is Fate.REFUSED:
            self.refused.append(claim)


def send_round(post: Post, cluster: str, clock: Callable[[], datetime], sender: Sender) -> Report:
    """Hand every waiting letter to the post, one at a time, each claimed before it is sent.

    A letter whose sender was stopped in the middle becomes `uncertain`: the server may have
    it, so it is tried once more under the same Message-ID, and reported. A letter whose period
    is over is not sent any more; one that is later than the settings allow waits for an officer.
    """
    run = _Run(sender.language)
    _set_aside(cluster, clock, sender, run)
    ahead = Ahead(cluster, sender.name, LEASE, sender.pace)
    next_claim: letters.Claim | None = None
    while claim := next_claim or _next(cluster, clock, sender):
        next_claim = None
        try:
            receipt = post.send(claim.letter, clock(), lambda: ahead.following(clock()))
        except PostError as reason:
            # No letter can go: this one waits with the others for whoever mends the post.
            _close(claim, Receipt(Fate.LATER, str(reason)), clock(), run)
            turns.rests(clock() + REST)
            break
        except Exception as reason:
            # The post met something that it does not know; the letter waits, the others go.
            log.exception("could not send, letter=%s", claim.letter.key)
            receipt = Receipt(Fate.LATER, f"{type(reason).__name__}: {reason}")
        run.note(claim, receipt)
        if receipt.fate is Fate.SENT:
            next_claim = _close_and_claim(claim, receipt, ahead, clock, run, post)
            continue
        ahead.forget()
        _close(claim, receipt, clock(), run)
        if _is_enough(cluster, run, clock()):
            break
    _bar(cluster, run, clock())
    return Report("send", run.counts, tuple(run.problems))


def _set_aside(cluster: str, clock: Callable[[], datetime], sender: Sender, run: _Run) -> None:
    """Look first at what was left behind: letters too late, and letters cut off in the middle."""
    _ = speaker(sender.language)
    late = letters.withdraw_late(cluster, today(clock(), clusters.get(cluster).timezone))
    if late:
        run.counts["late"] = late
        words = _("{count} letters missed their week: the next ones bring their items")
        run.problems.append(words.format(count=late))
    for lost in letters.interrupted(cluster, clock(), sender.is_gone):
        receipt = Receipt(Fate.UNCERTAIN, STOPPED)
        step = stopped(lost.doubts, clock())
        run.counts["uncertain"] += _record(lost, step, receipt, clock(), run)
    held = letters.hold_late(cluster, clock() - sender.at_latest)
    if held:
        run.counts["held"] = held
        words = _(
            "{count} letters are long past their time and wait for your word: look at the outbox, "
            "then run `tell --late`"
        )
        run.problems.append(words.format(count=held))


def _next(cluster: str, clock: Callable[[], datetime], sender: Sender) -> letters.Claim | None:
    """Return the next letter, when its turn has come; None where none waits."""
    while True:
        if claim := letters.claim(cluster, sender.name, clock(), LEASE, sender.pace):
            return claim
        now = clock()
        next_at = letters.next_at(cluster, now)
        # A rest of the whole post is longer than any turn: the clock comes back after it.
        if next_at is None or next_at - now > timedelta(minutes=1):
            return None
        sender.wait(next_at - now)
        if clock() <= now:
            return None  # whoever calls has no time to wait


def _is_enough(cluster: str, run: _Run, now: datetime) -> bool:
    """Return whether to stop here: the server is in trouble, and more letters would be too."""
    _ = speaker(run.language)
    if run.last is Fate.LATER and run.in_a_row >= MOST_PUT_OFF:
        turns.rests(now + REST)
        words = _("the mail server put off {count} letters in a row: it rests")
        run.problems.append(words.format(count=run.in_a_row))
        return True
    if run.last is Fate.UNCERTAIN and run.in_a_row >= MOST_UNCERTAIN:
        run.counts["held"] += letters.hold(cluster, _BREAKS_OFF)
        run.problems.append(
            _(
                "the mail server takes letters and breaks off before it answers: the others wait "
                "for your word, then run `tell --late`"
            )
        )
        return True
    return False


def _bar(cluster: str, run: _Run, now: datetime) -> None:
    """Never write again to who was refused; but a server that refuses most refuses us, not them."""
    if len(run.refused) > max(2, run.counts["sent"]):
        keys = [one.letter.key for one in run.refused]
        letters.reopen(keys, now + REOPENED_AFTER, _REFUSES_MOST)
        _ = speaker(run.language)
        run.problems.append(
            _(
                "the mail server refused most letters: no reader was barred; see [post] in "
                "watch.toml, then run `tell`"
            )
        )
        return
    for claim in run.refused:
        subscribers.suppress(cluster, claim.letter.to, "refused", now)


def _close_and_claim(
    claim: letters.Claim,
    receipt: Receipt,
    ahead: Ahead,
    clock: Callable[[], datetime],
    run: _Run,
    post: Post,
) -> letters.Claim | None:
    """Record a letter as sent and take the next one: together, for each commit waits for a disk."""
    try:
        return ahead.close_and_claim(claim, NEVER, receipt.detail, clock(), post.proceed)
    except StoreError:
        ahead.forget()
        _close(claim, receipt, clock(), run)
        return None


def _close(claim: letters.Claim, receipt: Receipt, now: datetime, run: _Run) -> None:
    """Record what the post said of a letter."""
    step = after(receipt, claim.tries, now, claim.doubts)
    _record(claim, step, receipt, now, run)


def _record(claim: letters.Claim, step: Next, receipt: Receipt, now: datetime, run: _Run) -> bool:
    """Record a receipt; it is the one fact that must not be lost, so it is tried again."""
    is_doubted = receipt.fate is Fate.UNCERTAIN
    for tries_left in reversed(range(CLOSING_TRIES)):
        try:
            is_mine = letters.close(claim, step.state, step.at, receipt.detail, now, is_doubted)
            break
        except StoreError:
            if not tries_left:
                raise
    if is_mine and receipt.fate is not Fate.SENT:
        _ = speaker(run.language)
        said = {
            Fate.REFUSED: _("letter {key}: refused, {detail}"),
            Fate.UNCERTAIN: _("letter {key}: uncertain, {detail}"),
            Fate.HELD: _("letter {key}: held, {detail}"),
        }.get(receipt.fate, _("letter {key}: later, {detail}"))
        run.problems.append(said.format(key=claim.letter.key, detail=_(receipt.detail)))
    return is_mine
