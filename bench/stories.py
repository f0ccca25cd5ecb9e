"""What joining items into stories takes: `python -m bench.stories [--items 20000] [--vectors 300]`.

Invented items of a title and a few lines, in words as frequent as those of a language; one in
eight tells what an earlier one told, one in twenty-five copies it. They go by in batches of
1,000 and stand in the pool afterwards, as in a round. Printed are milliseconds of one processor
an item: for its own words, for its vector, for joining it among few and among many others; and
what 300,000 items take on two processors when the cost of joining goes on growing as it does.
The store is not part of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from time import process_time

import numpy as np

from watch.domain import NO_URL, Item
from watch.enrich.events import Pool, cards_of, join_events
from watch.enrich.pairs import judges
from watch.enrich.stories import Shelf, join_stories
from watch.enrich.words import Words, words_of
from watch.text.digests import digest
from watch.text.meaning import as_one, embedder

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
BATCH = 1_000
MANY = 300_000
PROCESSORS = 2
_LITTLE = ["le", "la", "de", "et", "un", "les", "des", "pour", "dans", "sur"]


def invented(seed: int) -> Iterator[Item]:
    """Yield items without end, oldest first."""
    chance = Random(seed)
    syllables = [c + v + e for c in "bcdfglmnprst" for v in "aeiou" for e in ("", "n", "r", "l")]
    lexicon = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(60_000)]
    weights = np.cumsum(1 / np.arange(10, len(lexicon) + 10)).tolist()
    told: list[tuple[list[str], list[str]]] = []
    for number in range(10**9):
        kind = chance.random()
        if told and kind < 0.165:
            title, text = chance.choice(told[-5_000:])
            if kind < 0.125:  # in other words: the names and numbers stay
                kept = [word for word in text if not word.islower()]
                title, text = title[::-1], [*_words(chance, lexicon, weights, 25), *kept]
        else:
            name = chance.choice(lexicon).title() + chance.choice(lexicon)
            title = [name, *_words(chance, lexicon, weights, 7)]
            figures = [str(chance.randint(11, 9_999)) for _ in range(3)]
            text = [*_words(chance, lexicon, weights, 32), "à", name, *figures]
            told.append((title, text))
        at = BEGIN + timedelta(seconds=25 * number)
        words = " ".join(title), " ".join(text)
        yield Item(digest(str(number)), NO_URL, *words, "fr", at, at, 1, "Journal")


def _words(chance: Random, lexicon: Sequence[str], weights: list[float], count: int) -> list[str]:
    some = chance.choices(lexicon, cum_weights=weights, k=count)
    return [word for one in some for word in ((one, chance.choice(_LITTLE)) if one else ())]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.stories", description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--vectors", type=int, default=300, help="items whose vectors are timed")
    chosen = parser.parse_args()
    items = list(islice(invented(1), chosen.items))
    shelf, pool = Shelf(), Pool.of()
    own: list[float] = []
    joining: list[float] = []
    stories: set[str] = set()
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        began = process_time()
        words = {one.key: one for one in words_of(batch)}
        own.append((process_time() - began) / len(batch))
        began = process_time()
        shelf, pool, found = _join(batch, words, shelf, pool)
        joining.append((process_time() - began) / len(batch))
        stories |= found
    vector = _vector_cost(items[: chosen.vectors])
    few, many, growth = joining[1], joining[-1], np.polyfit(range(len(joining)), joining, 1)
    each = float(np.polyval(growth, MANY / BATCH / 2))
    print(f"{len(items)} items, {len(stories)} stories; ms of one processor an item:")
    rows = {"own words": own[-1], "joined, few": few, "joined, many": many, "vector": vector}
    for name, seconds in rows.items():
        print(f"  {name:<14}{1_000 * seconds:>8.3f}")
    # Words and vectors are found side by side; joining is one process's.
    for name, apart in (("without vectors", own[-1]), ("with vectors", own[-1] + vector)):
        minutes = MANY * max(each, (apart + each) / PROCESSORS) / 60
        print(f"300,000 items on two processors {name}: {minutes:.1f} minutes")


def _join(
    batch: Sequence[Item], words: dict[str, Words], shelf: Shelf, pool: Pool
) -> tuple[Shelf, Pool, set[str]]:
    marks = {key: one.marks for key, one in words.items()}
    printed = [replace(item, print=words[item.key].print) for item in batch]
    placements = join_events(join_stories(printed, shelf), batch, marks, pool, judges())
    cards = cards_of(placements, {item.key: item for item in printed}, marks)
    found = {placement.story for placement in placements}
    return shelf.with_cards(cards), pool.with_cards(cards), found


def _vector_cost(items: Sequence[Item]) -> float:
    model = embedder()
    model.encode(["warm"])
    began = process_time()
    model.encode([as_one(item.title, item.text) for item in items])
    return (process_time() - began) / max(1, len(items))


if __name__ == "__main__":
    main()
