"""How well tags agree with what people say: precision, recall and F1, overall and by topic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from math import sqrt

__all__ = ["Score", "by_topic", "calibration_error", "interval", "is_worse", "score"]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of pairs (item, topic): true and said, said, true."""

    hits: int
    said: int
    true: int

    @property
    def precision(self) -> float:
        """Return the share of what was said that is true; 0 where nothing was said."""
        return self.hits / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """Return the share of what is true that was said; 0 where nothing is true."""
        return self.hits / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall; 0 where there is nothing at all."""
        return 2 * self.hits / (self.said + self.true) if self.said + self.true else 0.0


def score(true: Set[tuple[str, str]], said: Set[tuple[str, str]]) -> Score:
    """Return the micro-averaged score of pairs (item, topic): every pair counts the same.

    >>> measured = score({("a", "lidar"), ("b", "led")}, {("a", "lidar"), ("b", "lidar")})
    >>> measured.precision, measured.recall, measured.f1
    (0.5, 0.5, 0.5)
    """
    return Score(len(true & said), len(said), len(true))


def by_topic(true: Set[tuple[str, str]], said: Set[tuple[str, str]]) -> dict[str, Score]:
    """Return the score of each topic that is true or said somewhere, in alphabetical order."""
    topics = sorted({topic for _, topic in true | said})
    return {topic: score(_of(topic, true), _of(topic, said)) for topic in topics}


def _of(topic: str, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    return {pair for pair in pairs if pair[1] == topic}


def interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the bounds between which a share lies, with 95 % confidence for z = 1.96.

    Edges: no trial gives (0, 1). Source: Wilson, J. Am. Stat. Assoc. 22 (1927).

    >>> low, high = interval(8, 10)
    >>> round(low, 2), round(high, 2)
    (0.49, 0.94)
    """
    if not trials:
        return 0.0, 1.0
    share, slack = successes / trials, z * z / trials
    middle = share + slack / 2
    reach = z * sqrt(share * (1 - share) / trials + slack / (4 * trials))
    return max(0.0, (middle - reach) / (1 + slack)), min(1.0, (middle + reach) / (1 + slack))


def calibration_error(
    shares: Sequence[float], truth: Sequence[bool], bins: int = 10, is_whole: bool = False
) -> float:
    """Return how far probabilities are from what comes true, on average over the pairs.

    Those of a tenth of the scale are compared with the share of them that is true. What is below
    the first tenth counts where `is_whole`, as in the paper; else it is left out, as the many that
    nobody would say drown all others.

    Source: Guo et al., On Calibration of Modern Neural Networks (2017).

    >>> calibration_error([0.75, 0.75, 0.75, 0.75], [True, True, True, False])
    0.0
    >>> pair = [0.0, 0.5], [False, True]
    >>> calibration_error(*pair), calibration_error(*pair, is_whole=True)
    (0.5, 0.25)
    """
    told: dict[int, list[tuple[float, bool]]] = {}
    for share, is_true in zip(shares, truth, strict=True):
        told.setdefault(min(bins - 1, int(share * bins)), []).append((share, is_true))
    heard = [some for place, some in told.items() if place or is_whole]
    count = sum(map(len, heard))
    gaps = (abs(sum(share for share, _ in some) - sum(t for _, t in some)) for some in heard)
    return sum(gaps) / count if count else 0.0


def is_worse(before: Sequence[bool], after: Sequence[bool]) -> bool:
    """Return whether answers got worse: right or not, of the same questions before and after.

    Only those that differ tell (McNemar, Psychometrika 12, 1947): it is worse where the right
    ones became wrong more often than the other way round, by more than one standard deviation
    of what chance does.

    >>> is_worse([True] * 6, [True, True, False, False, False, False])
    True
    >>> is_worse([True, False, True], [False, True, True])
    False
    """
    lost = sum(was and not now for was, now in zip(before, after, strict=True))
    won = sum(now and not was for was, now in zip(before, after, strict=True))
    return lost - won > sqrt(lost + won)
