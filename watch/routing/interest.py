"""How well an item meets what a reader follows: settled tags and interests -> a score and why."""

from __future__ import annotations

from collections.abc import Sequence

from watch.domain import Axis, Interest, Tag, Tagged

__all__ = ["Wishes", "fit", "is_beside"]

# An item that meets one of two wishes is worth a quarter of one that meets both: lidar for the
# car is what a maker of car lidars came for, lidar anywhere and cars anyhow are not.
_EACH_ALONE = 0.5


class Wishes:
    """A reader's interests, ready to be held against many items."""

    def __init__(self, interests: Sequence[Interest]) -> None:
        self.shares: dict[Axis, dict[str, float]] = {axis: {} for axis in Axis}
        """Of each topic: its weight over the heaviest on its axis."""
        for interest in interests:
            if interest.weight > 0:
                self.shares[interest.axis][interest.topic] = interest.weight
        for shares in self.shares.values():
            heaviest = max(shares.values(), default=1.0)
            shares.update({topic: weight / heaviest for topic, weight in shares.items()})
        self.is_pair = all(self.shares.values())
        """Whether he follows topics on both axes."""

    def worth(self, market: float, technology: float) -> float:
        """Return what an item is worth that meets each axis so well; all in [0, 1]."""
        if not self.is_pair:
            return market + technology
        apart, together = (market + technology) / 2, market * technology
        return _EACH_ALONE * apart + (1 - _EACH_ALONE) * together


def fit(tagged: Tagged, interests: Sequence[Interest] | Wishes) -> tuple[float, tuple[Tag, ...]]:
    """Return how well an item's tags meet the interests, and the tags that met, best first.

    The score is in [0, 1]. On each axis the best tag counts: its score, times the interest's
    weight over the heaviest on that axis. Both axes together count four times as much as one;
    a reader who follows topics of one axis only asks nothing of the other. All tags are taken as
    facts: whoever calls leaves out those in doubt.
    """
    wishes = interests if isinstance(interests, Wishes) else Wishes(interests)
    shares = wishes.shares
    worth = {Axis.MARKET: 0.0, Axis.TECHNOLOGY: 0.0}
    met: list[tuple[float, Tag]] = []
    for tag in tagged.tags:
        share = tag.score * shares[tag.axis].get(tag.topic, 0.0)
        if share > 0:
            met.append((share, tag))
            worth[tag.axis] = max(worth[tag.axis], share)
    if not met:
        return 0.0, ()
    met.sort(key=lambda one: (-one[0], one[1].axis, one[1].topic))
    score = wishes.worth(worth[Axis.MARKET], worth[Axis.TECHNOLOGY])
    return min(score, 1.0), tuple(tag for _, tag in met)


def is_beside(tagged: Tagged, interests: Sequence[Interest] | Wishes, met: Sequence[Tag]) -> bool:
    """Return whether an item is kin to what a reader follows, and not part of it.

    So it is where it meets one of the two axes that he follows and speaks of other topics on the
    other one: his technology in another market, or his market by another technology. An item
    that says nothing on the other axis is part of what he follows.
    """
    wishes = interests if isinstance(interests, Wishes) else Wishes(interests)
    axes = {tag.axis for tag in met}
    if len(axes) != 1 or not wishes.is_pair:
        return False
    return any(tag.axis not in axes for tag in tagged.tags)
