"""What two lines say of one reader -> one reader; topics and words, each once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from watch.domain import Axis, Interest, Subscriber

__all__ = ["both", "joined", "once"]


def once(interests: Iterable[Interest]) -> tuple[Interest, ...]:
    """Return each topic once, with its greatest weight."""
    found: dict[tuple[Axis, str], Interest] = {}
    for interest in interests:
        key = (interest.axis, interest.topic)
        if key not in found or found[key].weight < interest.weight:
            found[key] = interest
    return tuple(found.values())


def joined(before: Subscriber, after: Subscriber) -> Subscriber:
    """Return one reader for two lines: the first line's words, the interests of both."""
    return replace(
        before,
        name=before.name or after.name,
        firm=before.firm or after.firm,
        interests=once((*before.interests, *after.interests)),
        about=before.about or after.about,
        watch_words=both(before.watch_words, after.watch_words),
        exclusions=both(before.exclusions, after.exclusions),
        actors=both(before.actors, after.actors),
        competitors=both(before.competitors, after.competitors),
        places=both(before.places, after.places),
        reads=both(before.reads, after.reads),
        basis=before.basis or after.basis,
        is_active=before.is_active and after.is_active,
    )


def both(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """Return the words of both, each once."""
    return tuple(dict.fromkeys((*before, *after)))
