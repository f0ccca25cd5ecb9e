"""All that is kept of one person, to hand it over or to erase it (GDPR, articles 15, 17 and 20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import TextField, Value
from django.db.models.functions import Coalesce

from watch.store import invitations, models, people, requests, subscribers, votes
from watch.store.transaction import writing

__all__ = ["erase", "export"]


def export(cluster: str, email: str) -> dict[str, Any] | None:
    """Return all that a cluster keeps of an address, ready for JSON; None where that is nothing.

    Rows of every table that name the person are in it; of an account that signs in, not its
    password's hash.
    """
    reader = subscribers.find_by_address(cluster, email)
    accounts = [one for one in people.members(cluster) if one.username == email.casefold()]
    is_barred = subscribers.is_suppressed(cluster, email)
    if reader is None and not accounts and not is_barred:
        return None
    found: dict[str, Any] = {"cluster": cluster, "address": email, "never_written_to": is_barred}
    if reader is not None:
        letters = models.Letter.objects.filter(subscriber=reader.id).order_by("written_at")
        found["reader"] = reader
        words = Coalesce("body__text", Value(""), output_field=TextField())
        found["letters"] = list(
            letters.values("subject", "state", "written_at", "sent_at", "detail", text=words)
        )
        found["stories_told"] = sorted(subscribers.told(reader.id))
        found["opinions"] = votes.of(reader.id)
        found["requests"] = requests.of(reader.id)
        found["invitation"] = invitations.of(reader.id)
    if accounts:
        reviews = models.Review.objects.filter(
            cluster__slug=cluster, reviewer__username=email.casefold()
        )
        found["accounts"] = accounts
        found["reviews"] = list(
            reviews.values("item__key", "axis", "topic", "verdict", "said_at", "remark")
        )
        acts = models.Act.objects.filter(
            cluster__slug=cluster, person__username=email.casefold()
        ).order_by("pk")
        found["acts_on_stories"] = list(acts.values("kind", "item", "other", "done_at", "remark"))
    return found


def erase(cluster: str, email: str, now: datetime) -> bool:
    """Erase all that a cluster keeps of an address; return whether there was anything.

    A hash stays, by which no import brings the address back. What an expert said of items stays
    without his name, for others rest on it.
    """
    with writing():
        was_there = subscribers.remove(cluster, email)
        was_account = people.remove(cluster, email.casefold())
        if was_account:
            people.forget(email.casefold())
        subscribers.suppress(cluster, email, "erased", now)
    return was_there or was_account
