"""For each reader the few items worth his time: the shelf and what he wants -> a digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from watch.domain import (
    Axis,
    Cause,
    Cluster,
    Digest,
    Perimeter,
    Period,
    Pick,
    Reason,
    Subscriber,
    Tag,
    Tagged,
)
from watch.routing.interest import NOTHING_KNOWN, Fits, Known
from watch.routing.shelf import Shelf

__all__ = ["FEWEST", "Desk", "Flags", "Shelf", "compose"]

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

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

# Two minutes on a phone go a little further in one's own language. Graded lines show no more: as
# many in the other language are worth one (`python -m tests.quality routing`).
_OTHER_LANGUAGE, _UNREAD_LANGUAGE = 0.95, 0.5
_ELSEWHERE = 0.7
# Days before a deadline, and what a line is worth more that still leaves time to answer.
_URGENT = ((14, 1.3), (30, 1.15))
_SOON = 14


@dataclass(frozen=True, slots=True)
class _Line:
    """One story as this reader would get it."""

    place: int
    tagged: Tagged
    worth: float
    met: tuple[Tag, ...]

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
    known: Known = NOTHING_KNOWN,
) -> Digest:
    """Return a reader's letter for a period: as many lines as his quota (3 to 10), or none at all.

    `shelf` holds items with their served tags, in any order; a `Shelf` saves the work of
    indexing it for each reader. `told` holds the keys of the stories that he has had. One line
    is one story, told by the item in his language, else by the earliest. What counts is relevance
    (`routing.interest`); age halves it each period (a week at least), a deadline that is near, many
    outlets and a reliable source raise it. What was published after the period waits for its own;
    what can be answered until its last day at most is not told any more. Deadlines that are near
    stand first, then followed actors, then the strongest. At most one line, the last, lies beside
    what he follows. Equal worlds give equal digests.
    """
    shelf = shelf if isinstance(shelf, Shelf) else Shelf(shelf, cluster.timezone)
    desk = Desk(shelf, Fits(shelf, subscriber, known), period, told)
    inside = desk.lines(~desk.is_kin & desk.is_good)
    picks: list[Pick] = []
    if len(inside) >= FEWEST:
        quota = min(max(subscriber.quota, FEWEST), _MOST)
        beside = desk.lines(desk.is_kin, 1) if quota > FEWEST else []
        chosen = _varied(inside, quota - len(beside))
        picks = sorted((desk.pick(line) for line in chosen), key=desk.urgency)
        picks += [Pick(line.tagged, min(line.worth, 1.0), (), is_beside=True) for line in beside]
    return Digest(cluster, subscriber, perimeter, period, tuple(picks))


class Desk:
    """All that may be told to one reader in one period, and what it is worth to him then."""

    def __init__(self, shelf: Shelf, fits: Fits, period: Period, told: frozenset[str]) -> None:
        self.shelf, self.fits, self.period, self.told = shelf, fits, period, told
        self.last = period.last_on.toordinal()
        self.places = fits.places
        self.relevance = fits.relevance()
        self.may_be_told = self._may_be_told()
        self.is_good = self.relevance >= fits.least
        self.is_kin = self._is_kin()
        self.worth = self._worth()

    def _may_be_told(self) -> Flags:
        shelf, at = self.shelf, self.places
        is_open = (shelf.deadlines[at] == 0) | (shelf.deadlines[at] > self.last)
        known = {place for story in self.told for place in shelf.stories.get(story, ())}
        found: Flags = (shelf.days[at] <= self.last) & is_open & ~np.isin(at, list(known))
        return found

    def _is_kin(self) -> Flags:
        """Return which items are kin to what the reader follows, and not part of it.

        So it is where an item meets one of the two axes that he follows and speaks of other topics
        on the other one, his technology in another market or his market by another technology, and
        nothing ties it to the firm itself. It must be sure of what it is about.
        """
        fits, at = self.fits, self.places
        if not all(fits.shares.values()):
            return np.zeros(len(at), bool)
        met = {axis: fits.met[axis][at] > 0 for axis in Axis}
        spoken = {axis: self.shelf.best[axis][at] > 0 for axis in Axis}
        is_kin = np.zeros(len(at), bool)
        for axis, other in ((Axis.MARKET, Axis.TECHNOLOGY), (Axis.TECHNOLOGY, Axis.MARKET)):
            is_kin |= met[axis] & ~met[other] & spoken[other]
        found: Flags = is_kin & ~fits.is_tied
        self.may_be_told &= ~found | self.shelf.is_sure[at]
        return found

    def _worth(self) -> Numbers:
        shelf, reader, at = self.shelf, self.fits.reader, self.places
        days = max((self.period.last_on - self.period.first_on).days + 1, _SHORTEST)
        worth = self.relevance * shelf.worth[at] * 0.5 ** ((self.last - shelf.days[at]) / days)
        left = shelf.deadlines[at] - self.last
        for most, factor in reversed(_URGENT):
            # What leaves time to act has not aged.
            worth = np.where((left > 0) & (left <= most), self.relevance * factor, worth)
        is_foreign = ~shelf.is_in("", reader.language)[at]
        is_unread = is_foreign & bool(reader.reads) & ~shelf.is_in(*reader.reads)[at]
        worth = worth * np.where(
            is_unread, _UNREAD_LANGUAGE, np.where(is_foreign, _OTHER_LANGUAGE, 1.0)
        )
        if reader.places:
            worth = worth * np.where(shelf.is_outside(reader.places)[at], _ELSEWHERE, 1.0)
        found: Numbers = worth
        return found

    def lines(self, wanted: Flags, most: int = _SHORTLIST) -> list[_Line]:
        """Return the best stories among the wanted items, the best first."""
        rows = np.nonzero(wanted & self.may_be_told)[0]
        stories = self.shelf.story_numbers[self.places[rows]]
        best = _first_stories(stories, self.worth[rows], most)
        told_by: dict[int, list[int]] = {story: [] for story in best}
        is_best = np.isin(stories, best)
        for row, story in zip(rows[is_best].tolist(), stories[is_best].tolist(), strict=True):
            told_by[story].append(row)
        return [self._line(some) for some in told_by.values()]

    def _line(self, rows: list[int]) -> _Line:
        """Return the line that tells a story: in the reader's language, else the earliest.

        A story stands where its best item stands.
        """
        head = min(rows, key=self._turn)
        place = int(self.places[head])
        met = self.fits.tags(place)
        return _Line(place, self.shelf[place], float(max(self.worth[rows])), met)

    def _turn(self, row: int) -> tuple[bool, object, str]:
        item = self.shelf[int(self.places[row])].item
        is_foreign = bool(item.language) and item.language != self.fits.reader.language
        return is_foreign, item.published_at, item.key

    def pick(self, line: _Line) -> Pick:
        """Return a line with what speaks for it."""
        reasons = tuple(self._reasons(line.place))
        return Pick(line.tagged, min(line.worth, 1.0), line.met, reasons=reasons)

    def _reasons(self, place: int) -> Iterator[Reason]:
        fits, deadline = self.fits, int(self.shelf.deadlines[place])
        if deadline:
            yield Reason(Cause.DEADLINE, (date.fromordinal(deadline).isoformat(),))
        for cause, found in ((Cause.ACTOR, fits.actors), (Cause.WORD, fits.words)):
            if named := found.of(place):
                yield Reason(cause, named)
        liked = fits.known.lesson.liked(fits.near_votes[:, place])
        if liked is not None:
            yield Reason(Cause.LIKED, (liked.tagged.item.title,))
        if fits.is_about(place):
            yield Reason(Cause.ABOUT)

    def urgency(self, pick: Pick) -> int:
        """Return the group in which a line stands: deadlines that are near, then actors."""
        said = {reason.cause: reason.evidence for reason in pick.reasons}
        if Cause.DEADLINE in said:
            left = date.fromisoformat(said[Cause.DEADLINE][0]) - self.period.last_on
            if left.days <= _SOON:
                return 0
        return 1 if Cause.ACTOR in said else 2


def _first_stories(stories: NDArray[np.intp], worth: Numbers, most: int) -> list[int]:
    """Return the numbers of the `most` best stories, the best first, of equal ones the lower.

    `stories` has the story of each row and `worth` what that row is worth; a story is worth as
    much as its best row.
    """
    looked_at = 4 * most
    while True:
        rows = np.arange(len(worth))
        if looked_at < len(worth):
            # All that are worth as much as the last one: what is taken depends on no order.
            rows = np.nonzero(worth >= np.partition(worth, -looked_at)[-looked_at])[0]
        in_order = stories[rows[np.lexsort((stories[rows], -worth[rows]))]]
        found = list(dict.fromkeys(in_order.tolist()))[:most]
        if len(found) == most or len(rows) == len(worth):
            return found
        looked_at *= 4


def _varied(lines: Iterable[_Line], count: int) -> list[_Line]:
    """Return `count` lines, the best first, each worth less for every one of its like before."""
    waiting = [(line, line.subject) for line in lines]
    subjects: Counter[tuple[str, ...]] = Counter()
    outlets: Counter[str] = Counter()
    chosen: list[_Line] = []
    while waiting and len(chosen) < count:
        worth = [
            line.worth
            * _SAME_PAIR ** subjects[subject]
            * _SAME_OUTLET ** outlets[line.tagged.item.outlet]
            for line, subject in waiting
        ]
        line, subject = waiting.pop(worth.index(max(worth)))
        subjects[subject] += 1
        outlets[line.tagged.item.outlet] += 1
        chosen.append(line)
    return chosen
