"""What several people said of the same tags -> how far they agree, beyond chance.

Krippendorff's alpha for two answers, yes and no: 1 where all agree, 0 where they agree no more
than by chance. People may be many or few, and each may have answered where he liked.

Sources: Krippendorff, Content Analysis, 2nd ed. (2004), ch. 11, with his words for its size; the
interval from drawing the questions again, as Hayes and Krippendorff (2007) do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from watch.domain import Axis, Tag

__all__ = ["Agreement", "Level", "Question", "agreement", "answers"]

Question = tuple[str, Axis, str]
"""An item, and the topic that people were asked about."""

Counts = NDArray[np.float64]

_RELIABLE, _TENTATIVE = 0.8, 0.667
# Fewer questions than these tell nothing, whatever alpha says.
_FEWEST = 10
_DRAWS = 1_000
_BEFORE_ALL_TIME = datetime.min.replace(tzinfo=UTC)


class Level(StrEnum):
    """How much one may build on what people said, in a word."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    WEAK = "weak"
    UNKNOWN = "unknown"
    """Too few questions were answered by two people, or all answers are the same."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree on the questions that at least two of them answered."""

    alpha: float
    low: float
    """`low` and `high`: between them alpha lies with 95 % confidence."""
    high: float
    questions: int
    disputed: tuple[Question, ...]
    """Those on which people differ, in alphabetical order."""

    @property
    def level(self) -> Level:
        """Return what that means in a word."""
        if self.questions < _FEWEST or self.low == self.high:
            return Level.UNKNOWN
        if self.alpha >= _RELIABLE:
            return Level.RELIABLE
        return Level.TENTATIVE if self.alpha >= _TENTATIVE else Level.WEAK


def answers(tags: Iterable[Tag]) -> dict[Question, dict[str, bool]]:
    """Return what each person last said to each question; a person is "college/number".

    Tags of classifiers are passed over. The order of `tags` does not matter.
    """
    found: dict[Question, dict[str, bool]] = {}
    for tag in sorted(tags, key=_moment):
        judge, _slash, person = tag.by.partition("/")
        if judge == "expert":
            found.setdefault((tag.item, tag.axis, tag.topic), {})[person] = tag.score >= 0.5
    return found


def _moment(tag: Tag) -> tuple[datetime, str, float]:
    return tag.said_at or _BEFORE_ALL_TIME, tag.by, tag.score


def agreement(said: Mapping[Question, Mapping[str, bool]]) -> Agreement:
    """Return how far people agree; where no question has two answers, 0 on (-1, 1).

    Where all answers are the same there is no telling agreement from habit: alpha is 1, on (1, 1).

    >>> asked = [(f"item {n}", Axis.MARKET, "sante") for n in range(12)]
    >>> said = {one: {"industry/1": at < 6, "academia/2": at < 5} for at, one in enumerate(asked)}
    >>> found = agreement(said)
    >>> round(found.alpha, 2), found.disputed, found.level
    (0.84, (('item 5', <Axis.MARKET: 'market'>, 'sante'),), <Level.RELIABLE: 'reliable'>)
    """
    shared = {asked: votes for asked, votes in said.items() if len(votes) > 1}
    if not shared:
        return Agreement(0.0, -1.0, 1.0, 0, ())
    asked = sorted(shared)
    yes = np.array([sum(shared[one].values()) for one in asked], float)
    all_ = np.array([len(shared[one]) for one in asked], float)
    draws = np.random.default_rng(0).multinomial(
        len(asked), np.full(len(asked), 1 / len(asked)), _DRAWS
    )
    drawn = _alpha(yes, all_, draws.astype(float))
    low, high = np.quantile(drawn, [0.025, 0.975])
    disputed = tuple(one for one in asked if len(set(shared[one].values())) > 1)
    alpha = float(_alpha(yes, all_, np.ones((1, len(asked))))[0])
    return Agreement(alpha, float(low), float(high), len(asked), disputed)


def _alpha(yes: Counts, all_: Counts, times: Counts) -> Counts:
    """Return one alpha for each row of `times`, how often each question is counted."""
    no = all_ - yes
    whole = times @ all_
    seen = times @ (2 * yes * no / (all_ - 1)) / whole
    foretold = 2 * (times @ yes) * (times @ no) / (whole * (whole - 1))
    found: Counts = 1 - np.divide(seen, foretold, out=np.zeros_like(seen), where=foretold > 0)
    return found
