"""Looking at an address before it becomes a source: what it is, and what it would bring.

Nothing is stored. The ways to watch an address are tried as a visit tries them, and what they
bring is read under the cluster's perimeter as it would be read later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from watch.classify.phrases import Phrases
from watch.classify.settle import is_doubtful, is_served, settle
from watch.domain import Axis, Harvest, Item, Manners, Perimeter, Source, Tag
from watch.enrich.items import to_items
from watch.sources.discover import Finding, Proposal, Said, check, check_source
from watch.text.language import language

__all__ = ["Look", "Sight", "look", "look_at"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What one way to watch an address would bring."""

    proposal: Proposal
    newest: tuple[Item, ...]
    """Its ten newest entries as they would be kept, newest first."""
    item_count: int
    """Of all that its first visit holds."""
    tags: Mapping[str, tuple[Tag, ...]]
    """Item key -> its served tags; an item without any has no key here."""
    doubtful_count: int
    """Items that would wait for an expert."""
    languages: tuple[str, ...]
    """In which its items are written, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an address is, and what each way to watch it would bring, best first."""

    finding: Finding
    sights: tuple[Sight, ...]


def look(
    address: str,
    perimeter: Perimeter | None,
    now: datetime,
    manners: Manners,
    said: Said | None = None,
) -> Look:
    """Return what is at an address; never raises for what a site does.

    Without a perimeter no tags are given. `said` is told each address before it is asked.
    """
    return _seen(check(address, now, manners, said), perimeter)


def look_at(source: Source, perimeter: Perimeter | None, now: datetime, manners: Manners) -> Look:
    """Return what a source would bring whose kind and settings are known."""
    return _seen(check_source(source, now, manners), perimeter)


def _seen(finding: Finding, perimeter: Perimeter | None) -> Look:
    return Look(finding, tuple(_sight(one, perimeter) for one in finding.proposals))


def _sight(proposal: Proposal, perimeter: Perimeter | None) -> Sight:
    items = _items(proposal.harvest)
    said = settle(Phrases().tag(items, perimeter)) if perimeter else []
    served: dict[str, tuple[Tag, ...]] = {}
    for tag in said:
        if is_served(tag):
            served[tag.item] = (*served.get(tag.item, ()), tag)
    doubtful = {tag.item for tag in said if is_doubtful(tag)} - set(served)
    newest = _items(replace(proposal.harvest, entries=proposal.newest))
    spoken = [item.language for item in items if item.language]
    return Sight(
        proposal=proposal,
        newest=tuple(newest),
        item_count=len(items),
        tags={key: tuple(sorted(tags, key=_order)) for key, tags in served.items()},
        doubtful_count=len(doubtful),
        languages=tuple(sorted(set(spoken), key=lambda one: (-spoken.count(one), one))),
    )


def _order(tag: Tag) -> tuple[bool, float, str]:
    return tag.axis is not Axis.MARKET, -tag.score, tag.topic


def _items(harvest: Harvest) -> list[Item]:
    return [
        replace(item, language=item.language or language(f"{item.title}\n{item.text}"))
        for item in to_items(harvest)
    ]
