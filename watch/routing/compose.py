"""For each reader the few items worth his time: the shelf and his interests -> a digest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
# So many of the best stories are looked at when ten are chosen that are not all alike.
_SHORTLIST = 80

# What is beside the perimeter must be sure of what it is about.
_SURE = 0.8


class Shelf(Sequence[Tagged]):
    """Items on a shelf with an index by topic: made once, used for every reader's letter."""

    def __init__(self, items: Iterable[Tagged]) -> None:
        self._items = tuple(items)
        self._places: defaultdict[tuple[Axis, str], list[int]] = defaultdict(list)
        for place, tagged in enumerate(self._items):
            for tag in tagged.tags:
                self._places[tag.axis, tag.topic].append(place)

    @overload
    def __getitem__(self, place: int) -> Tagged: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Tagged, ...]: ...
    def __getitem__(self, place: int | slice) -> Tagged | tuple[Tagged, ...]:
        return self._items[place]

    def __len__(self) -> int:
        return len(self._items)

    def about(self, wishes: Wishes) -> list[Tagged]:
        """Return the items that meet at least one wish."""
        places: set[int] = set()
        for axis, topics in wishes.shares.items():
            for topic in topics:
                places.update(self._places.get((axis, topic), ()))
        return [self._items[place] for place in places]


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
    shelf = shelf if isinstance(shelf, Shelf) else Shelf(shelf)
    lines = _stories(_lines(shelf, cluster, subscriber, told, period), subscriber.language)
    inside = [line for line in lines if not line.is_beside]
    picks: list[Pick] = []
    if len(inside) >= FEWEST:
        quota = min(max(subscriber.quota, FEWEST), _MOST)
        beside = [line for line in lines if line.is_beside][: 1 if quota > FEWEST else 0]
        chosen = _varied(inside[:_SHORTLIST], quota - len(beside))
        picks = [Pick(line.tagged, line.score, line.met) for line in chosen]
        picks += [Pick(line.tagged, line.score, (), is_beside=True) for line in beside]
    return Digest(cluster, subscriber, perimeter, period, tuple(picks))


def _lines(
    shelf: Shelf,
    cluster: Cluster,
    subscriber: Subscriber,
    told: frozenset[str],
    period: Period,
) -> list[_Line]:
    """Return every item that this reader could get."""
    wishes = Wishes(subscriber.interests)
    zone = ZoneInfo(cluster.timezone)
    half_life = max((period.last_on - period.first_on).days + 1, 7)
    lines = []
    for tagged in shelf.about(wishes):
        if tagged.story.key in told:
            continue
        age = (period.last_on - tagged.item.published_at.astimezone(zone).date()).days
        if age < 0:
            continue
        score, met = fit(tagged, wishes)
        is_kin = is_beside(tagged, wishes, met)
        if score and (not is_kin or _is_sure(tagged)):
            lines.append(_Line(tagged, score * 0.5 ** (age / half_life), met, is_kin))
    return lines


def _is_sure(tagged: Tagged) -> bool:
    """Return whether the best tag on each axis is beyond doubt."""
    best: dict[Axis, float] = {}
    for tag in tagged.tags:
        best[tag.axis] = max(best.get(tag.axis, 0.0), tag.score)
    return min(best.values()) >= _SURE


def _stories(lines: Iterable[_Line], language: str) -> list[_Line]:
    """Return one line for each story, the best first; ties go by the story's key.

    A story stands where its best item stands; it lies beside only where all its items do.
    """
    stories: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        stories[line.tagged.story.key].append(line)
    heads = [_head(stories[key], language) for key in stories]
    return sorted(heads, key=lambda line: (-line.score, line.tagged.story.key))


def _head(lines: list[_Line], language: str) -> _Line:
    """Return the line that tells a story: in the reader's language, else the earliest."""
    if len(lines) == 1:
        return lines[0]
    inside = [line for line in lines if not line.is_beside] or lines
    head = min(
        inside,
        key=lambda line: (
            line.tagged.item.language != language,
            line.tagged.item.published_at,
            line.tagged.item.key,
        ),
    )
    best = max(line.score for line in inside)
    return _Line(head.tagged, best, head.met, head.is_beside)


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
