"""The form of a reader's choices: what was sent comes in, the reader as he wishes to be comes out.

What was not asked, or is no choice, stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from watch.domain import Alert, Axis, Interest, Perimeter, Rhythm, Subscriber
from watch.routing.columns import listed
from watch.text.clean import one_line
from watch.text.translate import LANGUAGES

__all__ = ["HOURS", "QUOTAS", "WORDS", "chosen", "topics"]

QUOTAS = range(3, 11)
HOURS = range(5, 22)
WORDS = ("watch_words", "actors", "exclusions")
"""What a reader writes as words with commas between them."""
_MOST_ABOUT = 2_000
_LONGEST_WORD = 80


def chosen(sent: QueryDict, reader: Subscriber, perimeter: Perimeter | None) -> Subscriber:
    """Return the reader with what he chose."""
    return _words(sent, _letters(sent, _interests(sent, reader, perimeter)))


def topics(perimeter: Perimeter | None, axis: Axis) -> Sequence[tuple[str, dict[str, str]]]:
    """Return id and label of each topic of an axis."""
    return [(one.id, dict(one.label)) for one in perimeter.on(axis)] if perimeter else []


def _interests(sent: QueryDict, reader: Subscriber, perimeter: Perimeter | None) -> Subscriber:
    weights = {(one.axis, one.topic): one.weight for one in reader.interests}
    interests = tuple(
        Interest(axis, id, weights.get((axis, id), 1.0))
        for axis in Axis
        for id, _label in topics(perimeter, axis)
        if id in sent.getlist(axis.value)
    )
    return replace(reader, interests=interests or reader.interests)


def _letters(sent: QueryDict, reader: Subscriber) -> Subscriber:
    """Return the reader with the language, the length and the hours that he wishes."""
    language, rhythm = sent.get("language", ""), sent.get("rhythm", "")
    quota = _number(sent, "quota", QUOTAS)
    return replace(
        reader,
        language=language if language in LANGUAGES else reader.language,
        quota=reader.quota if quota is None else quota,
        rhythm=Rhythm(rhythm) if rhythm in set(Rhythm) else reader.rhythm,
        weekday=_number(sent, "weekday", range(7)) if "weekday" in sent else reader.weekday,
        hour=_number(sent, "hour", range(24)) if "hour" in sent else reader.hour,
        alerts=tuple(one for one in Alert if one in sent.getlist("alerts"))
        if "alerts" in sent
        else reader.alerts,
    )


def _words(sent: QueryDict, reader: Subscriber) -> Subscriber:
    """Return the reader with what he says of his firm."""
    about = one_line(sent.get("about", ""), _MOST_ABOUT) if "about" in sent else reader.about
    found: dict[str, Any] = {name: _listed(sent.get(name, "")) for name in WORDS if name in sent}
    return replace(reader, about=about, **found)


def _listed(written: str) -> tuple[str, ...]:
    words = listed("|".join(written.splitlines()))
    return tuple(one_line(word, _LONGEST_WORD) for word in words)


def _number(sent: QueryDict, name: str, among: range) -> int | None:
    written = sent.get(name, "")
    is_short = written.isascii() and written.isdecimal() and len(written) < 3
    return int(written) if is_short and int(written) in among else None
