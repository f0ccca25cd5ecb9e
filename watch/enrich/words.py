"""What an item's own words tell: their language, their print, the stems by which it is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watch.domain import Item
from watch.text.language import language
from watch.text.prints import fingerprint
from watch.text.words import searched

__all__ = ["Words", "words_of"]

_FEWEST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of the item `key` tell."""

    key: str
    language: str
    print: bytes
    stems: str
    """As the search index keeps them."""


def words_of(items: Iterable[Item]) -> list[Words]:
    """Return what the words of each item tell; its language until now is the hint.

    Only a text of its own and of some length has a print: what two teasers share ties no event.
    """
    return [_words(item) for item in items]


def _words(item: Item) -> Words:
    written = f"{item.title}\n{item.text}"
    has_print = item.has_own_text and item.text.count(" ") >= _FEWEST_WORDS
    found = language(written, item.language)
    return Words(
        key=item.key,
        language=found,
        print=fingerprint(written) if has_print else b"",
        stems=searched(item.title, item.text, found),
    )
