"""Trying a perimeter: the last items are read under two versions, and nothing is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watch.classify.settle import is_served, settle
from watch.domain import Axis, Item, Tag
from watch.engine import Engine
from watch.perimeter.propose import Judged, Proposal, proposals
from watch.perimeter.trial import Pair, Turn, always, never, turns
from watch.rounds.read import ITEMS_IN_A_TASK, TASKS_AT_ONCE, asked
from watch.rounds.tasks import Jury, perimeter_of
from watch.store import agenda, clusters, perimeters, shelves
from watch.workshop.agreement import answers

__all__ = ["Trial", "try_perimeter", "words_from_reviews"]

_REVIEWED = 5_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What a new version would change of the last items."""

    items: int
    turns: tuple[Turn, ...]
    titles: Mapping[str, str]
    """Of the items that are gained or lost."""
    never: tuple[tuple[Axis, str], ...]
    """(axis, topic) of topics that find nothing under the new version."""
    always: tuple[tuple[Axis, str], ...]


def try_perimeter(
    engine: Engine,
    cluster: str,
    text: str,
    since: datetime,
    said: Callable[[int, int], None] | None = None,
) -> Trial:
    """Read all items published since then under the current perimeter and under `text`.

    What people said counts under both. Both are read without a learner, which has learned under
    one of them alone. `said` is told after each batch: items done, in all.
    """
    jury = Jury(perimeters.current(cluster).text, clusters.get(cluster).precision)
    other = replace(jury, perimeter=text)
    people: dict[str, list[Tag]] = {}
    for tag in agenda.said_by_people(cluster):
        people.setdefault(tag.item, []).append(tag)
    pairs: tuple[set[Pair], set[Pair]] = set(), set()
    titles: dict[str, str] = {}
    whole = shelves.since_count(cluster, since)
    done = 0
    for batch in _batches(cluster, since):
        found = [set(_served(engine, one, batch, people)) for one in (jury, other)]
        for kept, some in zip(pairs, found, strict=True):
            kept |= some
        moved = {item for item, _axis, _topic in found[0] ^ found[1]}
        titles |= {item.key: item.title for item in batch if item.key in moved}
        done += len(batch)
        if said:
            said(done, max(done, whole))
    old, new = perimeter_of(jury.perimeter), perimeter_of(text)
    return Trial(
        done,
        tuple(turns(old, new, *pairs)),
        titles,
        tuple(never(new, pairs[1], done)),
        tuple(always(new, pairs[1])),
    )


def _batches(cluster: str, since: datetime) -> Iterator[Sequence[Item]]:
    after = 0
    while rows := shelves.since(cluster, since, after, ITEMS_IN_A_TASK * TASKS_AT_ONCE):
        yield [item for _number, item in rows]
        after = rows[-1][0]


def _served(
    engine: Engine, jury: Jury, batch: Sequence[Item], people: Mapping[str, Iterable[Tag]]
) -> Iterator[Pair]:
    # Of a topic that a version does not know, what people said stays and shows nowhere.
    known = {(topic.axis, topic.id) for topic in perimeter_of(jury.perimeter).topics}
    for items, opinions in asked(engine, jury, batch):
        said = [tag for item in items for tag in people.get(item.key, ())]
        for tag in settle([*opinions, *said]):
            if is_served(tag) and (tag.axis, tag.topic) in known:
                yield tag.item, tag.axis, tag.topic


def words_from_reviews(cluster: str, text: str) -> list[Proposal]:
    """Return the words that reviews call for in a perimeter, given as its text."""
    about: dict[str, dict[tuple[Axis, str], bool]] = {}
    for (item, axis, topic), votes in answers(agenda.said_by_people(cluster)).items():
        yes = sum(votes.values())
        if 2 * yes != len(votes):
            about.setdefault(item, {})[axis, topic] = 2 * yes > len(votes)
    judged = [
        Judged(f"{item.title}\n{item.text}", item.language, about[item.key])
        for item in agenda.reviewed(cluster, _REVIEWED)
        if item.key in about
    ]
    return proposals(perimeter_of(text), judged)
