"""A cluster's channel: the officer's selection -> one bulletin -> the channel, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watch.deliver.channel import Channel, to_body, to_receipt
from watch.deliver.outbox import NEVER, after
from watch.domain import (
    Bulletin,
    Digest,
    Line,
    Manners,
    Perimeter,
    Pick,
    Receipt,
    Report,
    Subscriber,
    Tagged,
)
from watch.report.letter import lines_of
from watch.report.lines import name_of
from watch.rounds.calendar import last_days, today
from watch.rounds.send import LEASE, STOPPED, Sender
from watch.rounds.tasks import perimeter_of
from watch.sources.door import Door, run
from watch.sources.health import VisitFailed
from watch.sources.request import Request
from watch.store import bulletins, clusters, perimeters, shelves, sources
from watch.text.clean import one_line
from watch.text.digests import digest
from watch.text.translate import speaker

__all__ = ["MOST_LINES", "channel_round", "choices", "compose", "write_bulletin"]

LOOK_BACK = timedelta(days=14)
MOST_CHOICES = 30
MOST_LINES = 10

_DEADLINE = timedelta(seconds=20)
_MOST_BYTES = 65_536
"""Of an answer, which is a word or two."""


def choices(cluster: str, now: datetime) -> tuple[Line, ...]:
    """Return what the officer may choose from: one line a story of two weeks, the most told first.

    `why` names the topics.
    """
    first: dict[str, Tagged] = {}
    # Newest first: the earliest item of a story is the last to be put down.
    for one in shelves.tagged(cluster, now - LOOK_BACK, now):
        first[one.story.key] = one
    ranked = sorted(
        first.values(),
        key=lambda one: (-len(one.story.outlets), -one.item.published_at.timestamp()),
    )
    return _lines(cluster, ranked[:MOST_CHOICES], now)


def compose(cluster: str, keys: Sequence[str], greeting: str, now: datetime) -> Bulletin | None:
    """Return the bulletin of the items of these keys, in their order; None where there is none.

    Its key follows from the cluster, the items, the greeting and the local day: chosen twice on
    one day it is one bulletin.
    """
    home = clusters.get(cluster)
    wanted = list(dict.fromkeys(keys))[:MOST_LINES]
    found = {one.item.key: one for one in shelves.of_keys(cluster, wanted, served_only=True)}
    chosen = [found[key] for key in wanted if key in found and found[key].tags]
    if not chosen:
        return None
    said, on = one_line(greeting, 300), today(now, home.timezone)
    title = speaker(home.language)("What we noticed – {name}").format(name=one_line(home.name, 80))
    key = digest("bulletin", cluster, on.isoformat(), said, *(one.item.key for one in chosen))
    return Bulletin(key, title, said, _lines(cluster, chosen, now), home.language)


def write_bulletin(cluster: str, keys: Sequence[str], greeting: str, now: datetime) -> bool:
    """Put the officer's selection into the outbox; False where it is there or holds nothing."""
    bulletin = compose(cluster, keys, greeting, now)
    return bulletin is not None and bulletins.keep(cluster, bulletin, now)


def channel_round(
    channel: Channel,
    cluster: str,
    clock: Callable[[], datetime],
    sender: Sender,
    manners: Manners,
) -> Report:
    """Post every bulletin that waits, each claimed before it goes.

    Where the connection broke after the bulletin had gone, or the sender was stopped, the
    bulletin is uncertain and stays so until an officer has looked: in a channel all see a double.
    """
    _ = speaker(sender.language)
    counts: Counter[str] = Counter(sent=0)
    problems: list[str] = []
    for lost in bulletins.interrupted(cluster, clock(), sender.is_gone):
        if bulletins.close(lost, "uncertain", NEVER, STOPPED, clock()):
            counts["uncertain"] += 1
            problems.append(_doubt(lost.bulletin, STOPPED, sender.language))
    manners = replace(
        manners,
        deadline=min(_DEADLINE, manners.deadline),
        most_bytes=_MOST_BYTES,
        most_redirects=0,
        robots=False,
    )
    while claim := bulletins.claim(cluster, sender.name, clock(), LEASE):
        receipt, wait = run(_posted(channel, claim.bulletin, manners, clock()))
        now = clock()
        # In doubt from the first: a channel knows no second copy.
        step = after(receipt, claim.tries, now, doubts=1)
        state = "failed" if step.state == "held" else step.state
        at = max(step.at, now + wait) if state == "queued" else step.at
        bulletins.close(claim, state, at, receipt.detail, now)
        counts[receipt.fate.value] += 1
        if state == "uncertain":
            problems.append(_doubt(claim.bulletin, receipt.detail, sender.language))
        elif receipt.detail:
            put_off = _("bulletin {key}: put off, {detail}")
            said = (
                put_off if state == "queued" else _("bulletin {key}: could not be sent, {detail}")
            )
            problems.append(said.format(key=claim.bulletin.key, detail=receipt.detail))
        if state == "queued":
            break  # the others would be put off as well
    return Report("channel", counts, tuple(problems))


async def _posted(
    channel: Channel, bulletin: Bulletin, manners: Manners, now: datetime
) -> tuple[Receipt, timedelta]:
    """Post one bulletin; return what became of it, and how long the service asks to be left."""
    request = Request(
        channel.url,
        "POST",
        {"Content-Type": "application/json; charset=utf-8", "Accept": "*/*"},
        body=to_body(bulletin, channel.shape),
        accepts=frozenset(range(200, 300)),
    )
    try:
        # A door of its own: a connection that is used again might make a request twice.
        async with Door(manners, now) as door:
            answer = await door.ask(request, asks_robots=False)
    except VisitFailed as failure:
        was_refused = isinstance(failure.__cause__, ConnectionRefusedError)
        receipt = to_receipt(failure.status, failure.reason, was_refused)
        return receipt, failure.wait or timedelta(0)
    return to_receipt(answer.status), timedelta(0)


def _doubt(bulletin: Bulletin, detail: str, language: str) -> str:
    _ = speaker(language)
    said = _(
        "bulletin {key} may stand in the channel ({detail}): look there, then post it again or "
        "give it up"
    )
    return said.format(key=bulletin.key, detail=_(detail))


def _lines(cluster: str, some: Sequence[Tagged], now: datetime) -> tuple[Line, ...]:
    """Return lines as letters have them, with the names of their topics as the reason."""
    home = clusters.get(cluster)
    perimeter = perimeter_of(perimeters.current(cluster).text)
    period = last_days(today(now, home.timezone), LOOK_BACK.days)
    lengths = sources.excerpt_lengths(cluster)
    nobody = Subscriber(0, cluster, "", "", "", home.language, (), None)
    made: list[Line] = []
    for one in some:
        picks = (Pick(one, 0.0, one.tags),)
        whole = Digest(home, nobody, perimeter, period, picks, excerpt_lengths=lengths)
        names = _names(perimeter, one, home.language)
        made += [replace(line, why=names) for line in lines_of(whole)]
    return tuple(made)


def _names(perimeter: Perimeter, one: Tagged, language: str) -> str:
    names = [name_of(perimeter, tag.axis, tag.topic, language) for tag in one.tags]
    return ", ".join(dict.fromkeys(names))
