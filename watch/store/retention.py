"""What is kept no longer: each rule with its term, how much is past it, and its end.

Hashes of addresses that are barred have no term: they are what keeps an opposition. Nor have the
keys of letters and the stories they told: they keep a story from being told twice, and go with
their reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from watch.store import models
from watch.store.subscribers import barred_since
from watch.store.transaction import writing

__all__ = ["Terms", "forget", "past"]

_AT_ONCE = 2_000
"""Rows in one transaction: nobody waits long for the database."""


@dataclass(frozen=True, slots=True)
class Terms:
    """After how many days something is kept no longer; 0 keeps it for good."""

    visits: int = 180
    """How visits to sources ended."""
    rounds: int = 400
    """What rounds did."""
    letters: int = 400
    """The words of letters, and what mail servers said of them."""
    votes: int = 800
    """What readers say of lines."""
    requests: int = 400
    """What readers asked and was answered."""
    left: int = 30
    """Readers who have unsubscribed or whose address is none, with all that is theirs."""
    proposed: int = 30
    """Proposed readers who have not answered, with all that is theirs."""
    silent: int = 1095
    """Readers who are no members and of whom nothing was heard, with all that is theirs."""


Rows = QuerySet[Any]


def past(terms: Terms, now: datetime) -> dict[str, int]:
    """Return how much of each kind is past its term, by the names of `Terms`."""
    return {name: _RULES[name](before).count() for name, before in _ends(terms, now).items()}


def forget(terms: Terms, now: datetime) -> dict[str, int]:
    """End what is past its term; return how much of each kind, by the names of `Terms`.

    Stopped in the middle it goes on where it stopped.
    """
    return {name: _ended(name, _RULES[name](before)) for name, before in _ends(terms, now).items()}


def _ends(terms: Terms, now: datetime) -> dict[str, datetime]:
    days: Mapping[str, int] = asdict(terms)
    return {name: now - timedelta(days=count) for name, count in days.items() if count > 0}


def _ended(name: str, rows: Rows) -> int:
    count = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        with writing():
            some = rows.model.objects.filter(pk__in=keys)
            if name == "letters":
                models.Body.objects.filter(letter__in=keys).delete()
                some.update(lines=[], before=[], greeting="", detail="")
            else:
                some.delete()
        count += len(keys)
    return count


def _letters(before: datetime) -> Rows:
    """Return letters that still have their words; those that may yet go are none of them."""
    rows = models.Letter.objects.filter(written_at__lt=before, state__in=["sent", "failed", "late"])
    return rows.filter(Q(body__isnull=False) | ~Q(detail=""))


def _left(before: datetime) -> Rows:
    """Return readers who are no longer written to, and since when that stands on record."""
    gone = models.Subscriber.objects.filter(is_active=False).select_related("cluster")
    keys = [
        row.pk
        for row in gone
        if (since := barred_since(row.cluster.slug, row.email)) and since < before
    ]
    return models.Subscriber.objects.filter(pk__in=keys)


def _silent(before: datetime) -> Rows:
    """Return readers who are no members, with no word of theirs since then.

    Three years after the last contact from the person; an opening is none (CNIL).
    """
    rows = models.Subscriber.objects.exclude(basis_ground="member")
    rows = rows.filter(basis_since__lt=before.date())
    heard = Greatest(
        Coalesce(F("heard_at"), F("chose_at"), before - timedelta(days=1)),
        Coalesce(F("chose_at"), F("heard_at"), before - timedelta(days=1)),
    )
    return rows.annotate(last_at=heard).filter(last_at__lt=before)


_RULES: Mapping[str, Callable[[datetime], Rows]] = {
    "visits": lambda before: models.VisitRecord.objects.filter(visited_at__lt=before),
    "rounds": lambda before: models.Slot.objects.filter(started_at__lt=before),
    "letters": _letters,
    "votes": lambda before: models.Vote.objects.filter(said_at__lt=before),
    "requests": lambda before: models.Request.objects.filter(answered_at__lt=before),
    "left": _left,
    "proposed": lambda before: models.Subscriber.objects.filter(
        basis_since=None, invitation__answer="", invitation__proposed_at__lt=before
    ),
    "silent": _silent,
}
