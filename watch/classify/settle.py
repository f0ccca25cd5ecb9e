"""From all that was said of an item's topics to one settled tag for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from watch.domain import Axis, Tag

__all__ = ["DOUBT", "SERVED", "is_doubtful", "is_served", "settle"]

SERVED = 0.6
"""At or above it a tag is a fact that may reach an SME."""
DOUBT = 0.3
"""From here up to `SERVED` a tag is to review; below, nobody need look at it."""

# Where experts are as many for as against, the question is open: between the two thresholds.
_UNDECIDED = 0.5

_RANKS = ("phrases", "nearness", "learned", "expert")
_BEFORE_ALL_TIME = datetime.min.replace(tzinfo=UTC)


def is_served(tag: Tag) -> bool:
    """Return whether a settled tag may reach a reader as a fact."""
    return tag.score >= SERVED


def is_doubtful(tag: Tag) -> bool:
    """Return whether a settled tag waits for an expert."""
    return DOUBT <= tag.score < SERVED


def settle(tags: Iterable[Tag]) -> list[Tag]:
    """Return one tag for each (item, axis, topic), sorted by these; their order does not matter.

    Experts outrank a learner, a learner outranks nearness, nearness the phrases; a judge that
    none of these names outranks nobody. Of two versions of one judge the newer counts. Among
    experts each reviewer's latest word counts and the majority wins; where they are as many
    for as against, the score is 0.5: to review. The winner's `by` and `why` are kept.
    """
    asked: dict[tuple[str, Axis, str], list[Tag]] = {}
    for tag in tags:
        asked.setdefault((tag.item, tag.axis, tag.topic), []).append(tag)
    return [_winner(asked[key]) for key in sorted(asked)]


def _winner(tags: list[Tag]) -> Tag:
    highest = max(map(_rank, tags))
    heard = [tag for tag in tags if _rank(tag) == highest]
    if highest == _RANKS.index("expert"):
        return _vote(heard)
    return max(heard, key=lambda tag: (_version(tag), *_moment(tag)))


def _vote(said: list[Tag]) -> Tag:
    """Return what most experts say; the latest word of the winning side speaks for it."""
    latest: dict[str, Tag] = {}
    for tag in sorted(said, key=_moment):
        latest[tag.by.rpartition("/")[2]] = tag
    sides = [tag.score >= _UNDECIDED for tag in latest.values()]
    votes_for, votes_against = sides.count(True), sides.count(False)
    is_for = votes_for >= votes_against
    agreeing = [tag for tag in latest.values() if (tag.score >= _UNDECIDED) is is_for]
    speaker = max(agreeing, key=_moment)
    return replace(speaker, score=_UNDECIDED) if votes_for == votes_against else speaker


def _rank(tag: Tag) -> int:
    judge = tag.by.partition("/")[0]
    return _RANKS.index(judge) if judge in _RANKS else -1


def _version(tag: Tag) -> tuple[tuple[int, str], ...]:
    """Return what orders versions: numbers by value, so that phrases/10 follows phrases/9."""
    parts = tag.by.partition("/")[2].replace("-", ".").replace("/", ".").split(".")
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def _moment(tag: Tag) -> tuple[datetime, str, float, tuple[str, ...]]:
    """Return when it was said, then all that makes two tags of one moment differ."""
    return (tag.said_at or _BEFORE_ALL_TIME, tag.by, tag.score, tag.why)
