"""Telling a story: its items, and what ties each to the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from watch.domain import Act, ActKind, Item
from watch.enrich.told import act_in_words, tie_in_words
from watch.store import acts, shelves

__all__ = ["Told", "told"]


@dataclass(frozen=True, slots=True)
class Told:
    """An item of a story: what the watch found to tie it there, and what people did."""

    item: Item
    why: str
    acts: tuple[tuple[Act, str], ...]
    """Acts in force that name it, newest first, each with the title of the other item."""

    def reasons(self, language: str, day: Callable[[datetime], str]) -> Iterator[str]:
        """Yield in words why the item stands here; people's reasons stand before the watch's."""
        for act, title in self.acts:
            yield act_in_words(act, title, day(act.done_at), language)
        if why := tie_in_words(self.why, language):
            yield why


def told(cluster: str, item: str) -> list[Told]:
    """Return the story of an item as the cluster sees it, earliest first; [] for no such item."""
    found = shelves.story(cluster, item)
    keys = {one.key for one, _why in found}
    done = acts.of(cluster, keys)
    named = {key for act in done for key in (act.item, act.other)}
    titles = {one.item.key: one.item.title for one in shelves.of_keys(cluster, sorted(named))}
    # A later act may have overruled one that is still in force.
    holding = [act for act in done if (act.kind is ActKind.JOIN) == ({act.item, act.other} <= keys)]
    return [_told(one, why if len(found) > 1 else "", holding, titles) for one, why in found]


def _told(item: Item, why: str, done: Iterable[Act], titles: Mapping[str, str]) -> Told:
    own = [
        (act, titles[act.other if act.item == item.key else act.item])
        for act in done
        if item.key in {act.item, act.other}
    ]
    is_parted = any(act.kind is ActKind.PART and act.item == item.key for act, _title in own)
    return Told(item, "" if is_parted else why, tuple(own))
