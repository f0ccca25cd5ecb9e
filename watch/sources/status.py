"""How a source does, in one plain word, with cause and remedy for an officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from watch.sources.health import explain
from watch.sources.rhythm import RESTING
from watch.text.translate import speaker

__all__ = ["STATES", "Seen", "Status", "status"]

SLOW = timedelta(seconds=10)

STATES = {
    "never": (
        "never visited",
        "It has not been visited yet.",
        "Nothing to do: it is visited when the collection next runs.",
    ),
    "gone": ("gone", "", ""),
    "resting": ("resting", "", ""),
    "certificate": ("certificate", "", ""),
    "refused": ("refused", "", ""),
    "not_a_feed": ("a page instead of a feed", "", ""),
    "shape_changed": ("shape changed", "", ""),
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What a status is made of."""

    is_visited: bool
    failures: int
    reason: str
    moved_to: str
    is_silent: bool
    is_empty: bool
    took: timedelta
    """How long the last visit took."""


@dataclass(frozen=True, slots=True)
class Status:
    """A machine word, and in the reader's language a word, the cause and the remedy ("")."""

    state: str
    word: str
    cause: str
    remedy: str


def status(seen: Seen, language: str) -> Status:
    """Return how a source does; the worst that holds is said.

    >>> status(Seen(True, 0, "", "", False, False, timedelta()), "en").word
    'good'
    """
    _ = speaker(language)
    state = _state(seen)
    word, cause, remedy = STATES[state]
    if seen.failures and seen.is_visited:
        cause, remedy = explain(seen.reason, language)
        return Status(state, _(word), cause, remedy)
    said = _(cause).format(address=seen.moved_to) if cause else ""
    return Status(state, _(word), said, _(remedy) if remedy else "")


def _state(seen: Seen) -> str:
    if not seen.is_visited:
        return "never"
    if seen.failures:
        known = _OF_REASON.get(seen.reason)
        return known or ("resting" if seen.failures >= RESTING else "failing")
    if seen.moved_to:
        return "moved"
    if seen.is_silent:
        return "silent"
    if seen.is_empty:
        return "empty"
    return "slow" if seen.took >= SLOW else "good"
