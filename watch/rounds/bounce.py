"""What comes back: the bounce mailbox -> letters that did not arrive, addresses that are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from watch.deliver.bounces import read_bounce
from watch.deliver.provider import Told
from watch.domain import Report
from watch.store import letters, subscribers
from watch.text.translate import speaker

__all__ = ["bounce_round", "told_round"]

# One letter in five that comes back is no list of bad addresses: something is wrong with us.
MOST_OF_SENT = 0.2
FEW = 5


def bounce_round(
    messages: Iterable[bytes], secret: bytes, mailbox: str, now: datetime, language: str = "en"
) -> Report:
    """Note the letters that came back; never write again where the address does not exist.

    `messages` are those that nobody has read, each marked as read once the next is asked for.
    Where an unlikely part of the letters of a cluster comes back, nobody is barred.
    """
    counts: Counter[str] = Counter(read=0, bounced=0, barred=0)
    problems: list[str] = []
    gone: dict[str, list[letters.Returned]] = {}
    for raw in messages:
        counts["read"] += 1
        bounce = read_bounce(raw, secret, mailbox)
        row = letters.returned(bounce.letter, bounce.detail, now) if bounce else None
        if bounce is None or row is None:
            continue
        counts["bounced"] += 1
        if bounce.is_for_good:
            gone.setdefault(row.cluster, []).append(row)
    _ = speaker(language)
    for cluster, rows in gone.items():
        if len(rows) > max(FEW, MOST_OF_SENT * letters.sent_count(cluster, now)):
            words = _("{cluster}: too many letters came back; no reader was barred")
            problems.append(words.format(cluster=cluster))
            continue
        for row in rows:
            subscribers.suppress(cluster, row.to, "bounced", now)
            counts["barred"] += 1
    return Report("bounces", counts, tuple(problems))


def told_round(told: Iterable[Told], now: datetime) -> Report:
    """Note what a mail provider tells of letters: it tells one by one, and may tell it again.

    Who complained or unsubscribed is never written to again. An address that does not exist is
    barred as long as no unlikely part of the week's letters has come back.
    """
    counts: Counter[str] = Counter(read=0, bounced=0, barred=0)
    for one in told:
        counts["read"] += 1
        if one.bounce is None:
            row = letters.whose(one.letter)
            if row:
                subscribers.suppress(row.cluster, row.to, one.kind, now)
                counts["barred"] += 1
            continue
        row = letters.returned(one.letter, one.bounce.detail, now)
        if row is None:
            continue
        counts["bounced"] += 1
        most = max(FEW, MOST_OF_SENT * letters.sent_count(row.cluster, now))
        if one.bounce.is_for_good and letters.returned_count(row.cluster, now) <= most:
            subscribers.suppress(row.cluster, row.to, "bounced", now)
            counts["barred"] += 1
    return Report("bounces", counts)
