"""Asking a proposed reader: he is kept, and the one letter that asks him goes into the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from watch.domain import Basis, Period, Subscriber
from watch.report.invitation import write_invitation
from watch.rounds.calendar import last_days, today
from watch.rounds.links import invitation_of, links_of
from watch.rounds.tell import rehearse
from watch.store import clusters, invitations, letters, subscribers
from watch.store.transaction import writing

__all__ = ["invite"]

_LOOK_BACK_DAYS = 28
_GOES_WITHIN = timedelta(days=7)
"""A question that could not be sent in a week is not sent later."""


def invite(reader: Subscriber, basis: Basis, now: datetime, secret: bytes) -> str:
    """Keep a reader and write his invitation, once; return where he answers, "" if he is barred."""
    cluster = clusters.get(reader.cluster)
    with writing():
        id = invitations.propose(reader, basis, now)
        kept = subscribers.find(cluster.slug, id)
        if kept is None:
            return ""
        day = today(now, cluster.timezone)
        draft = rehearse(kept, last_days(day, _LOOK_BACK_DAYS), now)
        address = invitation_of(secret, cluster, id)
        letter = write_invitation(
            cluster,
            kept,
            basis,
            address,
            links_of(secret, cluster, id, "").unsubscribe,
            [pick.tagged.item for pick in draft.digest.picks],
        )
        invitations.ask_by(id, letter.key)
        letters.post(cluster.slug, id, letter, Period(day, day + _GOES_WITHIN), {}, now)
        return address
