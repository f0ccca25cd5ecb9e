"""Between two letters: what cannot wait for the next one -> a digest of its own, often empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from watch.domain import (
    Alert,
    Axis,
    Cause,
    Cluster,
    Digest,
    Perimeter,
    Period,
    Pick,
    Reason,
    Say,
    Subscriber,
)
from watch.routing.compose import Desk, Flags
from watch.routing.interest import NOTHING_KNOWN, Fits, Known, Named
from watch.routing.shelf import Shelf

__all__ = ["NEAR_DAYS", "NEWS_DAYS", "WITHHELD", "alert"]

NEAR_DAYS = 14
"""From so many days before it on a deadline is near: a letter of next week may come too late."""

NEWS_DAYS = 7
"""What names a followed actor is news for so long; what is older waits for the next letter."""

_NOT_SOON = NEAR_DAYS + 1

_REMIND_DAYS = 7

_MOST = 5

WITHHELD = date.max
"""Instead of the day on which he was told: an officer did not want it sent as an alert."""


def alert(
    cluster: Cluster,
    perimeter: Perimeter,
    subscriber: Subscriber,
    shelf: Shelf,
    had: Mapping[str, date],
    day: date,
    known: Known = NOTHING_KNOWN,
) -> Digest:
    """Return what a reader should hear of on a day without waiting, of the kinds that he wishes.

    `had` says of each story that he was told when that was last, or WITHHELD. DEADLINE is what
    suits him and closes within NEAR_DAYS, and once more, seven days before it closes, what he was
    told before that and did not call not for him. COMPETITOR is news that meets a topic of his and
    names a competitor of his, or, where none is named as such, any actor that he follows. Nothing
    closes on the day itself or before. Five lines at most, the nearest deadline first; what finds
    no room is there tomorrow.
    """
    fits = Fits(shelf, subscriber, known)
    desk = Desk(shelf, fits, Period(day, day), frozenset())
    at, today = desk.places, day.toordinal()
    left = shelf.deadlines[at] - today
    news = desk.is_good & ~desk.is_kin & ~_in_stories(desk, had)
    wanted = np.zeros(len(at), bool)
    reminded: frozenset[str] = frozenset()
    if Alert.DEADLINE in subscriber.alerts:
        reminded = frozenset(_to_remind(desk, had, today))
        is_near = (left > 0) & (left <= NEAR_DAYS)
        wanted |= is_near & (news | _in_stories(desk, reminded))
    if Alert.COMPETITOR in subscriber.alerts:
        is_named = Named(shelf, _watched(subscriber)).is_any[at]
        is_met = (fits.met[Axis.MARKET] + fits.met[Axis.TECHNOLOGY])[at] > 0
        wanted |= news & is_named & is_met & (today - shelf.days[at] <= NEWS_DAYS)
    found: list[tuple[int, Pick]] = []
    for line in desk.lines(wanted):
        days = int(shelf.deadlines[line.place]) - today
        days = days if 0 < days <= NEAR_DAYS else _NOT_SOON
        found.append((days, _explained(desk.pick(line), days, had, reminded)))
    found.sort(key=lambda one: (one[0], -one[1].score, one[1].tagged.item.key))
    picks = tuple(pick for _, pick in found[:_MOST])
    return Digest(cluster, subscriber, perimeter, Period(day, day), picks, is_alert=True)


def _watched(reader: Subscriber) -> tuple[str, ...]:
    """Return whose news cannot wait: his competitors, those of them that he still follows."""
    return tuple(one for one in reader.competitors if one in reader.actors) or reader.actors


def _in_stories(desk: Desk, stories: Mapping[str, date] | frozenset[str]) -> Flags:
    places = [place for story in stories for place in desk.shelf.stories.get(story, ())]
    found: Flags = np.isin(desk.places, places)
    return found


def _to_remind(desk: Desk, had: Mapping[str, date], today: int) -> Iterator[str]:
    """Yield the stories of which he was told while there was time, and that close soon."""
    unwanted = {
        one.tagged.story.key
        for one in desk.fits.known.lesson.voted
        if one.vote.say is Say.NOT_FOR_ME
    }
    for story, told_on in had.items():
        if story in unwanted or told_on == WITHHELD:
            continue
        closes = [int(desk.shelf.deadlines[place]) for place in desk.shelf.stories.get(story, ())]
        begins = max(closes, default=0) - _REMIND_DAYS
        if told_on.toordinal() < begins <= today:
            yield story


def _explained(pick: Pick, left: int, had: Mapping[str, date], reminded: frozenset[str]) -> Pick:
    """Return a line with what makes it urgent before all other reasons."""
    why = []
    story = pick.tagged.story.key
    if story in reminded:
        why.append(Reason(Cause.TOLD, (had[story].isoformat(),)))
    if left != _NOT_SOON:
        why.append(Reason(Cause.SOON, (str(left),)))
    return replace(pick, reasons=(*why, *pick.reasons))
