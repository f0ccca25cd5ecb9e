"""Items that tell one event stand in one story: copies of a text, rewrites of a dispatch.

What ties two items is decided on their titles and on the prints of their words; translations
and later developments are another craft's work. A wrong join hides an item from a reader, a
missed one shows a line twice: in doubt items stay apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from watch.domain import Item, Placement
from watch.text.prints import PrintIndex
from watch.text.words import STOP_WORDS, root, words

__all__ = ["Card", "Shelf", "are_apart", "join_stories"]

# Copies come within two weeks; without a common text, the same title must come within three
# days: a weekly column keeps its title and tells something else.
_WINDOW = timedelta(days=14)
_TITLE_WINDOW = timedelta(days=3)

# Shared runs of three words. Measured with `pytest tests/enrich -k floor`: on the photonics set
# pairs of one event reach 0.51 to 0.63 and no other pair 0.10; on ECB+ 26 of the pairs from 0.5
# are of one cluster, none of two.
_NEAR = 0.5
# Two notices are one only if their words are almost the same.
_NEAR_FOR_NOTICES = 0.9

# Words of two titles that agree, when nothing else speaks.
_FEWEST_WORDS = 4
_FEWEST_SHARED = 5
_TITLE_NEAR = 0.7
# Titles that share half of their words follow one pattern: then a differing name counts.
_PATTERN = 0.5
# Of the longer of two titles: so much is one sentence with another word in it.
_ONE_SENTENCE = 0.7

# Candidates for one item, earliest first: a bound for sources that repeat one text.
_MOST_COMPARED = 200

_STOP = STOP_WORDS["fr"] | STOP_WORDS["en"]
_THOUSANDS = re.compile(r"(?<=\d)[\s.,](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Public notices repeat one text with another object, place or lot.
_NOTICE = re.compile(
    r"\W*(?:achats?|acquisition|appel|avis|calls?|consultation|contract notice|location|lot"
    r"|maintenance|march[ée]|mission|purchase|supply|travaux)\b"
    r"|.*\b(?:appels? d.offres|avis de march[ée]|fournitures?|prestations?|procurement|tenders?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Card:
    """What joining stories needs of an item that already stands in a story."""

    key: str
    story: str
    title: str
    print: bytes
    published_at: datetime
    language: str
    marks: bytes = b""


class Shelf:
    """Cards, found by their print and by the rare words of their title. It never changes."""

    def __init__(self, cards: Iterable[Card] = ()) -> None:
        """Put cards on a shelf; of two with one key the first stays."""
        self._layers: tuple[_Layer, ...] = ()
        if unique := {card.key: card for card in reversed(list(cards))}:
            self._layers = (_Layer(unique.values()),)

    def with_cards(self, cards: Iterable[Card]) -> Shelf:
        """Return a shelf with these cards too; a key that is known keeps its first card.

        The old part is shared, not copied: adding 100 cards to 50,000 costs 100.
        """
        fresh = [card for card in cards if self.get(card.key) is None]
        kept = list(self._layers)
        while kept and len(kept[-1].cards) <= len(fresh):
            fresh = [*kept.pop().cards, *fresh]
        longer = Shelf(fresh)
        longer._layers = (*kept, *longer._layers)
        return longer

    def __len__(self) -> int:
        """Return how many cards it holds."""
        return sum(len(layer.cards) for layer in self._layers)

    def get(self, key: str) -> Card | None:
        """Return the card of an item, or None."""
        for layer in self._layers:
            if key in layer.by_key:
                return layer.by_key[key]
        return None

    def near(self, cards: Sequence[Card]) -> list[list[Near]]:
        """Return, for each card given, those of the shelf that may tell the same event."""
        found: list[list[Near]] = [[] for _ in cards]
        for layer in self._layers:
            for near, some in zip(found, layer.near(cards), strict=True):
                near.extend(some)
        return found


class Near(NamedTuple):
    """A card that may tell the same event, and how much of its words it shares."""

    card: Card
    likeness: float
    """0 where less than half."""


class _Layer:
    """Some cards by date, and their two indexes."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self.cards = sorted(cards, key=_order)
        self.by_key = {card.key: card for card in self.cards}
        self._dates = [card.published_at for card in self.cards]
        self._prints = PrintIndex([card.print for card in self.cards])
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        for place, card in enumerate(self.cards):
            for word in _title_roots(card.title):
                self._postings[word].append(place)

    def near(self, cards: Sequence[Card]) -> Iterator[list[Near]]:
        by_print = self._prints.near([card.print for card in cards], _NEAR)
        for card, alike in zip(cards, by_print, strict=True):
            at = card.published_at
            first = bisect_left(self._dates, at - _WINDOW)
            found = self._by_title(card.title, first)
            found.update(place for place in alike if place >= first)
            # A title alone ties nothing beyond its window.
            begin = bisect_left(self._dates, at - _TITLE_WINDOW)
            end = bisect_right(self._dates, at + _TITLE_WINDOW)
            yield [
                Near(self.cards[place], alike.get(place, 0.0))
                for place in sorted(found)[:_MOST_COMPARED]
                if begin <= place < end or place in alike
            ]

    def _by_title(self, title: str, first: int) -> set[int]:
        """Return the cards, from the first on, that may share as many words of a title as tie it.

        They hold at least one of its rarest words, if more of these are looked up than the two
        titles may differ in.
        """
        found: set[int] = set()
        roots = _title_roots(title)
        if len(roots) > 1:
            postings = sorted((self._postings.get(word, []) for word in roots), key=len)
            for places in postings[: int(len(roots) * (1 - _TITLE_NEAR)) + 1]:
                found.update(places[bisect_left(places, first) :])
        return found


def join_stories(
    items: Sequence[Item], recent: Shelf, parted: Collection[str] = frozenset()
) -> list[Placement]:
    """Return in which story each item stands, one placement per key, by date and key.

    An item joins the story of the earliest one that it is tied to, else begins its own, whose
    key is the item's. One that is on the shelf already keeps its story. The order of `items`
    does not matter, nor whether they come in one batch or, older first, in several.

    `parted` are stories that a person cut off from others. What is tied to one of them may be
    tied to what it was cut from as well: it joins the story of the nearest item.
    """
    unique = {item.key: item for item in sorted(items, key=lambda item: item.digest)}
    cards = [
        Card(item.key, "", item.title, item.print, item.published_at, item.language)
        for item in sorted(unique.values(), key=lambda item: (item.published_at, item.key))
    ]
    placed: dict[str, Placement] = {}
    for card, old, new in zip(cards, recent.near(cards), Shelf(cards).near(cards), strict=True):
        if known := recent.get(card.key):
            placed[card.key] = Placement(card.key, known.story)
        else:
            earlier = old + [near for near in new if near.card.key in placed]
            placed[card.key] = _place(card, earlier, placed, parted)
    return list(placed.values())


def _place(
    card: Card,
    earlier: Iterable[Near],
    placed: Mapping[str, Placement],
    parted: Collection[str],
) -> Placement:
    """Return the card's place beside the earliest, or the nearest, card that it is tied to."""
    in_turn = sorted(earlier, key=lambda near: _order(near.card))
    if parted and any(_story(near, placed) in parted for near in in_turn):
        in_turn.sort(key=lambda near: _likeness(card, near), reverse=True)
    for near in in_turn:
        if why := _tie(card, near):
            return Placement(card.key, _story(near, placed), why)
    return Placement(card.key, card.key)


def _story(near: Near, placed: Mapping[str, Placement]) -> str:
    return near.card.story or placed[near.card.key].story


def _likeness(card: Card, near: Near) -> tuple[float, float]:
    """Return how much of the words, then how much of the title, an item shares with another."""
    here, there = _read(card.title).roots, _read(near.card.title).roots
    return near.likeness, len(here & there) / max(1, len(here | there))


def _order(card: Card) -> tuple[datetime, str]:
    """Return by what cards stand in order: oldest first, then by key."""
    return card.published_at, card.key


def _tie(card: Card, near: Near) -> str:
    """Return what ties two items in a few words, "" for nothing."""
    apart = abs(card.published_at - near.card.published_at)
    if apart > (_WINDOW if near.likeness else _TITLE_WINDOW):
        return ""
    here, there = _read(card.title), _read(near.card.title)
    if _contradict(here, there):
        return ""
    is_notice = here.is_notice or there.is_notice
    if near.likeness >= (_NEAR_FOR_NOTICES if is_notice else _NEAR):
        return "same text" if near.likeness == 1.0 else f"{near.likeness:.2f} of the words"
    if apart > _TITLE_WINDOW or here.numbers != there.numbers or is_notice:
        return ""
    shared = len(here.roots & there.roots)
    if here.roots == there.roots:
        return "same title" if min(here.length, there.length) >= _FEWEST_WORDS else ""
    share = shared / len(here.roots | there.roots)
    enough = shared >= _FEWEST_SHARED and share >= _TITLE_NEAR
    return f"{share:.2f} of the title" if enough else ""


class _Title(NamedTuple):
    """What a title says: its roots, which of them may be names, its numbers."""

    roots: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    length: int
    is_notice: bool


@lru_cache(maxsize=1 << 14)
def _read(title: str) -> _Title:
    written = words(title)
    roots = _title_roots(title)
    return _Title(
        roots,
        frozenset(root(word) for word in written if word[0].isupper()) & roots,
        frozenset(
            number.replace(",", ".") for number in _NUMBER.findall(_THOUSANDS.sub("", title))
        ),
        len(written),
        _NOTICE.match(title) is not None,
    )


@lru_cache(maxsize=1 << 15)
def _title_roots(title: str) -> frozenset[str]:
    """Return the roots of the words of a title that say something."""
    written = words(_THOUSANDS.sub("", title))
    return frozenset(found for word in written if (found := root(word)) not in _STOP)


def _contradict(here: _Title, there: _Title) -> bool:
    """Return whether two titles say that they are not about the same thing.

    They have no word in common; each has a number that the other lacks; they follow one pattern
    with another name in it; or one is a public notice and they differ in any word.
    """
    if here.roots.isdisjoint(there.roots):
        return True
    if here.numbers - there.numbers and there.numbers - here.numbers:
        return True
    if here.is_notice or there.is_notice:
        return here.roots != there.roots or here.numbers != there.numbers
    shared = len(here.roots & there.roots)
    is_pattern = shared >= _PATTERN * min(len(here.roots), len(there.roots)) > 0
    return is_pattern and bool(here.names - there.roots and there.names - here.roots)


def are_apart(one: Card, other: Card) -> bool:
    """Return whether titles say that two items tell two events, however alike their texts are.

    They are one sentence with another name or number in it, or notices that differ.
    """
    here, there = _read(one.title), _read(other.title)
    is_notice = here.is_notice or there.is_notice
    shared, longer = len(here.roots & there.roots), max(len(here.roots), len(there.roots))
    return (is_notice or shared >= _ONE_SENTENCE * longer) and _contradict(here, there)
