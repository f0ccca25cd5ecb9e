"""How a source does, in one plain word, with cause and remedy for an officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watch.sources.health import explain
from watch.sources.pace import RESTING
from watch.text.translate import speaker

__all__ = ["STATES", "Status", "status"]

SLOW = 10.0
"""Seconds of one visit."""

STATES = {
    "never": (
        "never visited",
        "It has not been visited yet.",
        "Nothing to do: it is visited when the collection next runs.",
    ),
    "gone": ("gone", "", ""),
    "resting": ("resting", "", ""),
    "certificate": ("certificate", "", ""),
    "refused": ("access refused", "", ""),
    "not_a_feed": ("not a feed", "", ""),
    "shape_changed": ("shape changed", "", ""),
    "no_recipe": ("to be completed", "", ""),
    "failing": ("failing", "", ""),
    "moved": (
        "moved",
        "The site says that it has moved for good to {address}.",
        "If that is the same publication, add the new address and remove the old.",
    ),
    "silent": (
        "silent",
        "It answers, and has published nothing for longer than it ever does.",
        "Open its page in a browser: if it has news, its feed may have moved.",
    ),
    "empty": (
        "empty",
        "It answers, and lists nothing at all.",
        "Open its page in a browser: if it has news, look for another feed there.",
    ),
    "slow": (
        "slow",
        "It takes long to answer.",
        "Nothing to do, unless visits begin to fail.",
    ),
    "good": ("good", "", ""),
}
"""Machine word -> (word, cause, remedy), English, to be translated; "" as the reason says."""

_OF_REASON = {
    "gone": "gone",
    "certificate": "certificate",
    "refused": "refused",
    "robots": "refused",
    "not_a_feed": "not_a_feed",
    "shape_changed": "shape_changed",
}
_FLAWS = frozenset({"no_recipe", "shape_changed"})
"""What is the matter with a page that answered: no visit failed, and yet it is not read."""


class Seen(Protocol):
    """What a status is made of; the store's `Health` is such a thing."""

    @property
    def visited_at(self) -> datetime | None: ...
    @property
    def failures(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def moved_to(self) -> str: ...
    @property
    def silent_since(self) -> datetime | None: ...
    @property
    def item_count(self) -> int: ...
    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Status:
    """A machine word, and in the reader's language a word, the cause and the remedy ("")."""

    state: str
    word: str
    cause: str
    remedy: str


def status(seen: Seen, language: str) -> Status:
    """Return how a source does; the worst that holds is said."""
    _ = speaker(language)
    state = _state(seen)
    word, cause, remedy = STATES[state]
    if (seen.failures and seen.visited_at) or state in _FLAWS:
        cause, remedy = explain(seen.reason, language)
        return Status(state, _(word), cause, remedy)
    said = _(cause).format(address=seen.moved_to) if cause else ""
    return Status(state, _(word), said, _(remedy) if remedy else "")


def _state(seen: Seen) -> str:
    if seen.visited_at is None:
        return "never"
    if seen.failures:
        known = _OF_REASON.get(seen.reason)
        return known or ("resting" if seen.failures >= RESTING else "failing")
    if seen.reason in _FLAWS:
        return seen.reason
    if seen.moved_to:
        return "moved"
    if seen.silent_since:
        return "silent"
    if not seen.item_count:
        return "empty"
    return "slow" if seen.seconds >= SLOW else "good"
