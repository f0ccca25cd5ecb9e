"""An outbox full of invented letters, for the tests of sending."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from tests.deliver.letters import LETTER
from watch.domain import Axis, Basis, Cluster, Interest, Period, Subscriber
from watch.rounds.send import Sender
from watch.store import clusters, letters, subscribers

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
WEEK = Period(date(2026, 11, 16), date(2026, 11, 22))
ME = Sender("me", lambda _holder: False)
CLUSTER = "essai"


def reader(email: str) -> Subscriber:
    """Return a member who may be written to."""
    wishes = (Interest(Axis.MARKET, "automobile"),)
    basis = Basis("member", "adhésion", date(2026, 1, 5))
    return Subscriber(0, CLUSTER, email, "", "", "fr", wishes, basis)


def post(addresses: Iterable[str], now: datetime = NOW, is_held: bool = False) -> None:
    """Put one letter for each address into the outbox of the cluster, made if need be."""
    clusters.save(Cluster(CLUSTER, "Essai", sender_address="veille@essai.example"))
    addresses = list(addresses)
    subscribers.save(CLUSTER, [reader(one) for one in addresses])
    known = {one.email: one.id for one in subscribers.every(CLUSTER)}
    for one in addresses:
        key = sha256(one.encode()).hexdigest()[:32]
        letter = replace(LETTER, key=key, message_id=f"<{key}@essai.example>", to=one)
        letters.post(CLUSTER, known[one], letter, WEEK, {key: key}, now, is_held)


def states() -> dict[str, str]:
    """Return the state of each letter, by its reader."""
    return {row.letter.to: row.state for row in letters.rows(CLUSTER, 10_000)}
