"""Stories that tell one event in other words: rewrites, translations, later developments.

`join_stories` has put copies together; here the stories that began with a batch are joined to
each other and to older ones, by the average odds of their pairs. Two older stories are never
joined, and none is ever parted: what a reader has seen stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from watch.domain import Item, Placement
from watch.enrich.linkage import linked
from watch.enrich.pairs import Bags, Judges, Numbers, Places, Rarity, cosines
from watch.enrich.stories import Card, are_apart
from watch.text.marks import MARKS, as_marks, named

__all__ = ["TOLERANCE", "Pool", "Vectors", "cards_of", "features", "join_events", "judged"]

Vectors = Callable[[Sequence[str]], NDArray[np.float32]]
"""Keys of items -> where they lie, one row each; all zeros where nobody knows."""

LEAST = 0.0
"""From these average odds (a logarithm) on, two stories are one."""

TOLERANCE = 0.05
"""So large a share of the pairs may differ (1 - F1). Photonics items in five drawn orders, 40 at a
time, differed in .031 at worst: `python -m tests.quality events`."""

# Marks that stand in more items lead to no candidate; of the candidates for one item those are
# judged that share the rarest marks with it.
_RARE = 100
_MOST_CANDIDATES = 30
# So many items, the latest, speak for a story: a bound for what is copied a thousand times.
_SPEAKERS = 8
# How unlikely to meet by chance must be what two items share, as a logarithm. Two titles share the
# name of a town, or of a match, and tell two things: of what 14 joins of one day's 5,000 headlines
# six in seven are right, of what 3 joins half.
_LEAST_SHARED = 7.0
_LEAST_SHARED_BY_TITLES = 14.0
# An item with fewer marks is a title and nothing else.
_FEW = 25
# What two items score that say themselves that they are not about the same thing.
_APART = -8.0
_REASONS = 4
_LONGEST_REASON = 100


@dataclass(frozen=True)
class Pool:
    """The cards of the last months in arrays, and how rare each of their marks is."""

    cards: Sequence[Card]
    bags: Bags
    rarity: Rarity
    stories: NDArray[np.uint64]

    @classmethod
    def of(cls, cards: Iterable[Card] = ()) -> Pool:
        """Put cards into a pool."""
        some = list(cards)
        bags = Bags.of([card.marks for card in some])
        digests = [blake2b(card.story.encode(), digest_size=8).digest() for card in some]
        return cls(some, bags, Rarity.of(bags), np.frombuffer(b"".join(digests), np.uint64))

    def with_cards(self, cards: Iterable[Card]) -> Pool:
        """Return a pool with these cards too, after the others."""
        more = Pool.of(cards)
        return Pool(
            [*self.cards, *more.cards],
            self.bags.and_then(more.bags),
            self.rarity.and_of(more.rarity),
            np.concatenate([self.stories, more.stories]),
        )


def join_events(
    placements: Sequence[Placement],
    items: Iterable[Item],
    marks: Mapping[str, bytes],
    pool: Pool,
    judges: Judges,
    vectors: Vectors | None = None,
) -> list[Placement]:
    """Return the placements of a batch, changed where new stories tell a known event.

    `marks` are those of its items, by key. An event that no older story tells bears the name of
    its earliest item. The order of the batch does not matter; that of batches does, as older
    stories stay: cut otherwise, or arriving in another order, items stand in the same pairs but
    for `TOLERANCE`. `vectors` says where the items of the batch and of the pool lie.
    """
    fresh = {item.key: item for item in items}
    whole = pool.with_cards(cards_of(placements, fresh, marks))
    first = len(pool.cards)
    head, unit = _units(whole.stories)
    speakers = _speakers(unit)
    one, other = _between(_candidates(whole, first, unit, speakers), unit, speakers)
    odds = judged(whole, one, other, judges, vectors)
    is_old = head < first
    sizes = np.bincount(unit[speakers], minlength=len(head)).tolist()
    root = linked((unit[one], unit[other], odds), sizes, is_old, LEAST)
    told: dict[str, tuple[str, str]] = {}
    for event in np.unique(root[root != np.arange(len(root))]):
        joined = np.flatnonzero(root == event)
        # Where no older story is among them, the earliest one gives its name.
        named_for = event if is_old[event] else joined[head[joined].argmin()]
        name = whole.cards[head[named_for]].story
        within = np.isin(unit[one], joined) & np.isin(unit[other], joined)
        for story in joined[joined != named_for]:
            ties = np.flatnonzero(within & ((unit[one] == story) | (unit[other] == story)))
            tie = ties[odds[ties].argmax()]
            here, there = one[tie], other[tie]
            if unit[here] != story:
                here, there = there, here
            own = whole.cards[head[story]].story
            told[own] = name, _reason(fresh[whole.cards[here].key], whole, here, there)
    return [_moved(placement, told) for placement in placements]


def cards_of(
    placements: Sequence[Placement], items: Mapping[str, Item], marks: Mapping[str, bytes]
) -> list[Card]:
    """Return the cards of a batch, earliest first."""
    pairs = [(items[placement.item], placement.story) for placement in placements]
    pairs.sort(key=lambda pair: (pair[0].published_at, pair[0].key))
    return [
        Card(
            item.key, story, item.title, item.print, item.published_at, item.language,
            marks[item.key],
        )
        for item, story in pairs
    ]  # fmt: skip


def _moved(placement: Placement, told: Mapping[str, tuple[str, str]]) -> Placement:
    """Return where an item stands now that its story may be part of another."""
    if placement.story not in told:
        return placement
    story, why = told[placement.story]
    return replace(placement, story=story, why=placement.why or why)


def _reason(item: Item, pool: Pool, here: int, there: int) -> str:
    """Return the names, then the rarest words and numbers, that an item shares with another."""
    shared = np.intersect1d(as_marks(pool.cards[here].marks), as_marks(pool.cards[there].marks))
    weights = dict(zip(shared.tolist(), pool.rarity.weights[shared].tolist(), strict=True))
    written: dict[str, float] = {}
    for mark, word in named(item.title, item.text):
        if mark in weights:
            # A name is a word as well: its two marks count together.
            written[word] = written.get(word, 0.0) + weights.pop(mark)
    rarest = sorted(written, key=lambda word: -written[word])[:_REASONS]
    return ", ".join(rarest)[:_LONGEST_REASON] or "near in meaning"


def _units(stories: NDArray[np.uint64]) -> tuple[Places, Places]:
    """Return the place of each story's first item, and for each item the number of its story."""
    _, head, unit = np.unique(stories, return_index=True, return_inverse=True)
    return head, unit


def _speakers(unit: Places) -> Places:
    """Return the places of the items that speak for their story, story after story."""
    order = np.argsort(unit, kind="stable")
    ends = np.searchsorted(unit[order], unit[order], "right")
    speaking: Places = order[ends - np.arange(len(order)) <= _SPEAKERS]
    return speaking


def _candidates(pool: Pool, first: int, unit: Places, speakers: Places) -> tuple[Places, Places]:
    """Return pairs of stories, one of them new, with items that share rare marks."""
    from scipy.sparse import csr_matrix

    bags, counts = pool.bags, pool.rarity.counts
    begin = bags.ends[first - 1] if first else 0
    asked = bags.marks[begin:]
    wanted = np.unique(asked[(counts[asked] > 1) & (counts[asked] <= _RARE)])
    is_wanted, speaks = np.zeros(MARKS, bool), np.zeros(len(bags), bool)
    is_wanted[wanted], speaks[speakers] = True, True
    column = np.zeros(MARKS, np.int32)
    column[wanted] = np.arange(len(wanted))
    at = np.flatnonzero(is_wanted[bags.marks])
    rows = np.searchsorted(bags.ends, at, "right")
    at, rows = at[speaks[rows]], rows[speaks[rows]]
    columns = column[bags.marks[at]]
    shape = len(bags), len(wanted)
    stands = csr_matrix((np.ones(len(at), np.float32), (rows, columns)), shape=shape)
    rare = pool.rarity.weights[wanted]
    shared = (stands[first:].multiply(rare).tocsr() @ stands.T).tocsr()
    found = []
    for row in range(shared.shape[0]):
        some = slice(shared.indptr[row], shared.indptr[row + 1])
        near, score = shared.indices[some], shared.data[some]
        if len(near) > _MOST_CANDIDATES:
            # Of equal scores the earlier: what is found must not hang on how a matrix is kept.
            near = near[np.lexsort((near, -score))[:_MOST_CANDIDATES]]
        found.append(np.column_stack([np.full(len(near), unit[first + row]), unit[near]]))
    both = np.concatenate(found) if found else np.zeros((0, 2), np.intp)
    is_old = np.zeros(len(unit), bool)
    is_old[unit[:first]] = True
    apart = both[(both[:, 0] != both[:, 1]) & ~(is_old[both[:, 0]] & is_old[both[:, 1]])]
    once = np.unique(np.sort(apart, axis=1), axis=0)
    return once[:, 0], once[:, 1]


def _between(
    stories: tuple[Places, Places], unit: Places, speakers: Places
) -> tuple[Places, Places]:
    """Return all pairs of items that speak for each two stories."""
    spoken = unit[speakers]
    starts, ends = (
        [np.searchsorted(spoken, some, side) for some in stories] for side in ("left", "right")
    )
    sizes = [end - start for start, end in zip(starts, ends, strict=True)]
    total = sizes[0] * sizes[1]
    place = np.repeat(np.arange(len(total)), total)
    turn = np.arange(len(place)) - np.repeat(np.cumsum(total) - total, total)
    one = speakers[starts[0][place] + turn // sizes[1][place]]
    other = speakers[starts[1][place] + turn % sizes[1][place]]
    return one, other


def judged(
    pool: Pool, one: Places, other: Places, judges: Judges, vectors: Vectors | None = None
) -> Numbers:
    """Return the odds (a logarithm) that pairs of items of a pool tell one event."""
    table, has_meaning, shared = features(pool, one, other, vectors)
    odds = np.where(has_meaning, judges.with_meaning.odds(table), judges.by_marks.odds(table))
    sizes = np.diff(pool.bags.ends, prepend=0)
    is_short = np.minimum(sizes[one], sizes[other]) < _FEW
    odds[shared < np.where(is_short, _LEAST_SHARED_BY_TITLES, _LEAST_SHARED)] = _APART
    for pair in np.flatnonzero(odds > LEAST + _APART / 2):
        if are_apart(pool.cards[one[pair]], pool.cards[other[pair]]):
            odds[pair] = _APART
    return odds


def features(
    pool: Pool, one: Places, other: Places, vectors: Vectors | None = None
) -> tuple[Numbers, NDArray[np.bool_], Numbers]:
    """Return one row of `FEATURES` a pair, whether both vectors are known, what they share.

    The last is how unlikely that is to meet by chance, as a logarithm.
    """
    places, at = np.unique(np.concatenate([one, other]), return_inverse=True)
    near = at[: len(one)], at[len(one) :]
    cards = [pool.cards[place] for place in places]
    meaning, has_meaning = np.zeros(len(one)), np.zeros(len(one), bool)
    if vectors and cards:
        rows = vectors([card.key for card in cards])
        lies = np.asarray(rows.any(axis=1))
        meaning = np.einsum("ij,ij->i", rows[near[0]], rows[near[1]]).astype(np.float64)
        has_meaning = lies[near[0]] & lies[near[1]]
    days = np.array([card.published_at.timestamp() / 86_400 for card in cards])
    spoken = np.unique([card.language for card in cards], return_inverse=True)[1]
    alike, shared = cosines(pool.bags.some(places), pool.rarity, near)
    table = np.column_stack([
        meaning,
        alike,
        np.log1p(np.abs(days[near[0]] - days[near[1]])),
        spoken[near[0]] == spoken[near[1]],
    ])  # fmt: skip
    return table, has_meaning, shared
