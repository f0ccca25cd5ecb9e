"""For each reader the few items worth his time: the shelf and his interests -> a digest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nlargest
from typing import overload
from zoneinfo import ZoneInfo

from watch.domain import Axis, Cluster, Digest, Perimeter, Period, Pick, Subscriber, Tag, Tagged
from watch.routing.interest import Wishes, fit, is_beside

__all__ = ["FEWEST", "Shelf", "compose"]

FEWEST = 3
"""Good lines without which no letter is written: "No good item: send nothing. Never fill." What
there is waits for the next letter."""

_MOST = 10

# A reader learns nothing from the fifth line on one subject: each line of a pair of topics, and
# each of an outlet, makes the next one of its like worth so much less.
_SAME_PAIR = 0.7
_SAME_OUTLET = 0.8
# A daily letter's stories do not age faster than those of a weekly one.
_SHORTEST = 7
# So many of the best stories are looked at when ten are chosen that are not all alike.
_SHORTLIST = 50

# Two minutes on a phone go further in one's own language.
_OTHER_LANGUAGE = 0.7

# What is beside the perimeter must be sure of what it is about.
_SURE = 0.8


class Shelf(Sequence[Tagged]):
    """Items on a shelf with an index by topic: made once, used for every reader's letter."""

    def __init__(self, items: Iterable[Tagged], timezone: str) -> None:
        """Index the items; `timezone` says on which day each was published."""
        self._items = tuple(items)
        zone = ZoneInfo(timezone)
        self.days = [tagged.item.published_at.astimezone(zone).toordinal() for tagged in self]
        self.is_sure = [_sureness(tagged) for tagged in self]
        """Of an item with tags on both axes: whether they are beyond doubt; else None."""
        self.keys = [tagged.story.key for tagged in self]
        """The story of each item."""
        self.stories: defaultdict[str, list[int]] = defaultdict(list)
        self._scores: defaultdict[tuple[Axis, str], list[tuple[int, float]]] = defaultdict(list)
        for place, tagged in enumerate(self._items):
            self.stories[self.keys[place]].append(place)
            for tag in tagged.tags:
                self._scores[tag.axis, tag.topic].append((place, tag.score))

    @overload
    def __getitem__(self, place: int) -> Tagged: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Tagged, ...]: ...
    def __getitem__(self, place: int | slice) -> Tagged | tuple[Tagged, ...]:
        return self._items[place]

    def __len__(self) -> int:
        return len(self._items)

    def met(self, wishes: Wishes, axis: Axis) -> dict[int, float]:
        """Return how well each item that meets the wishes on an axis does so, by its place."""
        best: dict[int, float] = {}
        for topic, share in wishes.shares[axis].items():
            for place, score in self._scores.get((axis, topic), ()):
                if share * score > best.get(place, 0.0):
                    best[place] = share * score
        return best


def _sureness(tagged: Tagged) -> bool | None:
    best: dict[Axis, float] = {}
    for tag in tagged.tags:
        best[tag.axis] = max(best.get(tag.axis, 0.0), tag.score)
    return min(best.values()) >= _SURE if len(best) == len(Axis) else None


@dataclass(frozen=True, slots=True)
class _Line:
    """One item as this reader would get it."""

    tagged: Tagged
    score: float
    met: tuple[Tag, ...]
    is_beside: bool

    @property
    def subject(self) -> tuple[str, ...]:
        """The pair of topics that it is about, as far as it met the reader's."""
        best = {tag.axis: tag.topic for tag in reversed(self.met)}
        return tuple(best[axis] for axis in sorted(best))


def compose(
    cluster: Cluster,
    perimeter: Perimeter,
    subscriber: Subscriber,
    shelf: Sequence[Tagged],
    told: frozenset[str],
    period: Period,
) -> Digest:
    """Return a reader's letter for a period: as many lines as his quota (3 to 10), or none at all.

    `shelf` holds items with their served tags, in any order; a `Shelf` saves the work of
    indexing it for each reader. `told` holds the keys of the stories that he has had. One line
    is one story, told by the item in his language, else by the earliest. The first line is the
    strongest: what meets his interests best, halved for each period of its age (a week at
    least). What was published after the period waits for its own. At most one line, the last,
    lies beside what he follows. Equal worlds give equal digests.
    """
    shelf = shelf if isinstance(shelf, Shelf) else Shelf(shelf, cluster.timezone)
    wishes = Wishes(subscriber.interests)
    lines = [
        _head(_lines(shelf, wishes, story, period), subscriber.language)
        for story in _promising(shelf, wishes, told, period)
    ]
    lines.sort(key=lambda line: (-line.score, line.tagged.story.key))
    inside = [line for line in lines if not line.is_beside]
    picks: list[Pick] = []
    if len(inside) >= FEWEST:
        quota = min(max(subscriber.quota, FEWEST), _MOST)
        beside = [line for line in lines if line.is_beside][: 1 if quota > FEWEST else 0]
        chosen = _varied(inside[:_SHORTLIST], quota - len(beside))
        picks = [Pick(line.tagged, line.score, line.met) for line in chosen]
        picks += [Pick(line.tagged, line.score, (), is_beside=True) for line in beside]
    return Digest(cluster, subscriber, perimeter, period, tuple(picks))


def _promising(shelf: Shelf, wishes: Wishes, told: frozenset[str], period: Period) -> Iterable[str]:
    """Return the keys of the best stories for this reader, inside and beside what he follows."""
    markets, technologies = (shelf.met(wishes, axis) for axis in Axis)
    inside: list[tuple[float, str]] = []
    beside: list[tuple[float, str]] = []
    last = period.last_on.toordinal()
    fresh = [_freshness(age, period) for age in range(last - min(shelf.days, default=last) + 1)]
    for place in markets.keys() | technologies.keys():
        age, story = last - shelf.days[place], shelf.keys[place]
        if age < 0 or story in told:
            continue
        market, technology = markets.get(place, 0.0), technologies.get(place, 0.0)
        line = (wishes.worth(market, technology) * fresh[age], story)
        is_sure = shelf.is_sure[place]
        if (market and technology) or is_sure is None or not wishes.is_pair:
            inside.append(line)
        elif is_sure:
            beside.append(line)
    best = nlargest(_SHORTLIST, inside) + nlargest(_MOST, beside)
    return dict.fromkeys(story for _, story in best)


def _lines(shelf: Shelf, wishes: Wishes, story: str, period: Period) -> list[_Line]:
    """Return the items of one story as this reader could get them."""
    lines = []
    for place in shelf.stories[story]:
        tagged, age = shelf[place], period.last_on.toordinal() - shelf.days[place]
        score, met = fit(tagged, wishes)
        is_kin = is_beside(tagged, wishes, met)
        if score and age >= 0 and not (is_kin and not shelf.is_sure[place]):
            lines.append(_Line(tagged, score * _freshness(age, period), met, is_kin))
    return lines


def _freshness(age: int, period: Period) -> float:
    """Return what is left of an item's worth after so many days: half of it each period."""
    days = (period.last_on - period.first_on).days + 1
    return float(0.5 ** (age / max(days, _SHORTEST)))


def _head(lines: list[_Line], language: str) -> _Line:
    """Return the line that tells a story: in the reader's language, else the earliest.

    A story stands where its best item stands; it lies beside only where all its items do.
    """
    inside = [line for line in lines if not line.is_beside] or lines
    head = min(inside, key=lambda line: (_is_foreign(line.tagged, language), *_moment(line.tagged)))
    best = max(line.score for line in inside)
    worth = _OTHER_LANGUAGE if _is_foreign(head.tagged, language) else 1.0
    return replace(head, score=best * worth)


def _is_foreign(tagged: Tagged, language: str) -> bool:
    return bool(tagged.item.language) and tagged.item.language != language


def _moment(tagged: Tagged) -> tuple[datetime, str]:
    return tagged.item.published_at, tagged.item.key


def _varied(lines: Sequence[_Line], count: int) -> list[_Line]:
    """Return `count` lines, the best first, each worth less for every one of its like before."""
    waiting = list(lines)
    subjects: Counter[tuple[str, ...]] = Counter()
    outlets: Counter[str] = Counter()
    chosen: list[_Line] = []
    while waiting and len(chosen) < count:
        worth = [
            line.score
            * _SAME_PAIR ** subjects[line.subject]
            * _SAME_OUTLET ** outlets[line.tagged.item.outlet]
            for line in waiting
        ]
        line = waiting.pop(worth.index(max(worth)))
        subjects[line.subject] += 1
        outlets[line.tagged.item.outlet] += 1
        chosen.append(line)
    return chosen
