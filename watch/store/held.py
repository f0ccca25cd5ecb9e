"""Letters that wait for an officer's word: what is in them, and what he changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from watch.domain import Letter, Line, Period, WebUrl
from watch.store import models
from watch.store.transaction import writing

__all__ = ["Held", "find", "from_json", "held", "rewrite", "to_json", "undo"]

_MOST_STEPS = 30
"""Changes of one letter that can be taken back."""


@dataclass(frozen=True, slots=True)
class Held:
    """A letter that waits for an officer's word."""

    key: str
    subscriber: int
    firm: str
    language: str
    period: Period
    is_alert: bool
    subject: str
    html: str
    text: str
    lines: tuple[Line, ...]
    """As they stand now; none where it was written without being held."""
    greeting: str
    detail: str
    """Why it waits."""
    steps: int
    """How many changes can be taken back."""


def held(cluster: str) -> list[Held]:
    """Return the letters that wait, by firm."""
    return [_held(row) for row in _rows(cluster).order_by("subscriber__firm", "pk")]


def find(cluster: str, key: str) -> Held | None:
    """Return one letter that waits, None where it does not, or not any more."""
    row = _rows(cluster).filter(key=key).first()
    return _held(row) if row else None


def rewrite(
    cluster: str, letter: Letter, lines: Sequence[Line], greeting: str, is_undo: bool = False
) -> bool:
    """Put changed words in place of those of a held letter; False where it waits no longer.

    Its key and its Message-ID stay. What it no longer tells counts as untold.
    """
    with writing():
        row = _rows(cluster).filter(key=letter.key).first()
        if row is None:
            return False
        now = [row.lines, row.greeting]
        row.before = row.before[:-1] if is_undo else [*row.before, now][-_MOST_STEPS:]
        row.lines, row.greeting = to_json(lines), greeting
        row.items = [one.item for one in lines]
        row.subject = letter.subject
        row.save()
        models.Body.objects.filter(letter=row).update(html=letter.html, text=letter.text)
        stories = {one.story: one.item for one in lines}
        models.Told.objects.filter(letter=row).exclude(story__in=stories).delete()
        models.Told.objects.bulk_create(
            [
                models.Told(subscriber_id=row.subscriber_id, story=story, item=item, letter=row)
                for story, item in stories.items()
            ],
            ignore_conflicts=True,
        )
        return True


def undo(cluster: str, key: str) -> tuple[tuple[Line, ...], str] | None:
    """Return lines and greeting as they were before the last change; None where there is none."""
    row = _rows(cluster).filter(key=key).first()
    if row is None or not row.before:
        return None
    lines, greeting = row.before[-1]
    return from_json(lines), greeting


def to_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return lines as a table keeps them."""
    return [
        {**asdict(one), "closes_on": one.closes_on and one.closes_on.isoformat()} for one in lines
    ]


def from_json(rows: Iterable[dict[str, Any]]) -> tuple[Line, ...]:
    """Return the lines that a table keeps."""
    return tuple(
        Line(
            **{
                **row,
                "url": WebUrl(row["url"]),
                "closes_on": date.fromisoformat(row["closes_on"]) if row["closes_on"] else None,
            }
        )
        for row in rows
    )


def _rows(cluster: str) -> QuerySet[models.Letter]:
    rows = models.Letter.objects.filter(cluster__slug=cluster, state="held")
    return rows.select_related("subscriber", "body")


def _held(row: models.Letter) -> Held:
    reader = row.subscriber
    return Held(
        key=row.key,
        subscriber=reader.pk,
        firm=reader.firm or row.to_name or row.to,
        language=row.language,
        period=Period(row.first_on, row.last_on),
        is_alert=row.is_alert,
        subject=row.subject,
        html=row.body.html,
        text=row.body.text,
        lines=from_json(row.lines),
        greeting=row.greeting,
        detail=row.detail,
        steps=len(row.before),
    )
