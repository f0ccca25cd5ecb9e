"""What a batch of visits leaves: the next appointments, and what the officer is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watch.domain import Harvest, Outcome, Trouble, Visit
from watch.sources.pace import next_visit
from watch.sources.registry import KINDS
from watch.sources.rhythm import Rhythm, learn, remember
from watch.sources.trouble import follow, over, told
from watch.store import sources, troubles, visits
from watch.store.visits import Learnt

__all__ = ["Words", "keep_visits"]


@dataclass(frozen=True, slots=True)
class Words:
    """What is told of a batch of visits, each once."""

    problems: tuple[str, ...] = ()
    news: tuple[str, ...] = ()


def keep_visits(
    harvests: Sequence[Harvest],
    before: Mapping[int, Visit],
    shown: Mapping[int, Sequence[datetime]],
    new_counts: Mapping[int, int],
    now: datetime,
    language: str,
) -> Words:
    """Record visits with their next appointments and troubles; call it inside `writing`.

    By source id: `before` holds the visits as they were due, `shown` the effective dates of the
    items that came, `new_counts` how many of these were new.
    """
    known = troubles.known(before)
    next_visits: list[datetime] = []
    learnt: dict[int, Learnt] = {}
    changed: list[Trouble] = []
    for harvest in harvests:
        id = harvest.source.id
        visit = before[id]
        known_of = Learnt(visit.past, visit.learnt, visit.window)
        if harvest.outcome is Outcome.NEWS:
            past = remember(visit, shown.get(id, ()), new_counts.get(id, 0), now)
            known_of = learnt[id] = Learnt(past, learn(past), _window(harvest, visit.window))
        elif visit.past and not visit.learnt:
            known_of = learnt[id] = known_of._replace(learnt=learn(visit.past))
        rhythm = Rhythm.read(known_of.past, known_of.learnt, now)
        next_visits.append(next_visit(visit, harvest, rhythm, known_of.window, now))
        changed += follow(known.get(id, ()), visit, harvest, rhythm, now)
    visits.record(harvests, next_visits, new_counts, learnt)
    moves = {one.source: one.reason for one in changed if one.what == "followed"}
    refused = sources.follow_moves(moves)
    changed = [_proposed(one) if one.source in refused and one.what == "followed" else one
               for one in changed]  # fmt: skip
    troubles.keep(changed)
    if aged := [id for id, visit in before.items() if _is_new_day(visit, now)]:
        visits.prune(aged, now)
    return _words(changed, before, now, language)


def _window(harvest: Harvest, known: int) -> int:
    kind = KINDS.get(harvest.source.kind)
    if harvest.reason == "cut_short":
        return known
    return len(harvest.seen) if kind and kind.is_window else 0


def _proposed(one: Trouble) -> Trouble:
    """Return a move that cannot be followed, since the new address is a source already."""
    return Trouble(one.source, "move", one.began_at, one.reason, one.told_at)


def _is_new_day(visit: Visit, now: datetime) -> bool:
    return visit.visited_at is not None and visit.visited_at.date() != now.date()


def _words(
    changed: Sequence[Trouble], before: Mapping[int, Visit], now: datetime, language: str
) -> Words:
    problems, news = [], []
    for one in changed:
        name = before[one.source].source.name
        if one.what == "followed":
            news.append(told(one, name, language))
        elif one.ended_at == now and one.told_at:
            news.append(over(one, name, language))
        elif one.told_at == now:
            problems.append(told(one, name, language))
    return Words(tuple(problems), tuple(news))
