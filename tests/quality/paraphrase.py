"""How well sentences are found that say the same in other words: `tests.quality msrp`.

Words, pairs of words and signs that two sentences share, one way and the other; how rare what only
one of them has is; numbers; lengths; the cosine of their vectors, and of their words' vectors word
by word (Mihalcea et al., AAAI 2006). A logistic regression over these, their squares and products.
The cut is chosen on what was learned from. The product does not ask this: it joins items.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.quality import logistic
from tests.quality.vectors import Remembering
from watch.classify.learner import folds
from watch.text.words import fold, root, words

Numbers = NDArray[np.float64]
Table = dict[str, dict[str, float]]

# Jaccard of the words with its best threshold, on the test part.
_PEER = 0.813
_PARTS = 10
_STIFFNESS = 200.0
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DENIAL = frozenset({"not", "no", "never", "without", "t"})


def measure(folder: Path, test: Path | None = None) -> Table:
    """Return precision, recall and F1, cross-validated or on a test part."""
    taught = _read(folder / "train.jsonl.gz")
    rarity = _rarity(taught)
    rows, truth = _rows(taught, rarity), _truth(taught)
    if test is not None:
        asked = _read(test / "test.jsonl.gz")
        said = _said(rows, truth, _rows(asked, rarity))
        return {"test": _figures(said, _truth(asked))}
    part = folds([str(record["id"]) for record in taught], _PARTS)
    said = np.zeros(len(taught), bool)
    for turn in range(_PARTS):
        said[part == turn] = _said(rows[part != turn], truth[part != turn], rows[part == turn])
    return {"train": _figures(said, truth)}


Records = Sequence[Mapping[str, str]]


def _read(path: Path) -> Records:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _truth(records: Records) -> NDArray[np.bool_]:
    return np.array([int(record["label"]) == 1 for record in records])


def _said(rows: Numbers, truth: NDArray[np.bool_], asked: Numbers) -> NDArray[np.bool_]:
    """Return which of `asked` are held to say the same, by what `rows` teach."""
    mean, spread = rows.mean(0), np.maximum(rows.std(0), 1e-9)
    known, new = (_products((some - mean) / spread) for some in (rows, asked))
    weights, offset = logistic.fit(known, truth, np.ones(len(truth)), _STIFFNESS)
    shares = known @ weights + offset
    order = np.argsort(-shares)
    hits = np.cumsum(truth[order])
    best = (2 * hits / (np.arange(1, len(hits) + 1) + truth.sum())).argmax()
    said: NDArray[np.bool_] = new @ weights + offset >= shares[order][best]
    return said


def _products(rows: Numbers) -> Numbers:
    rows = np.clip(rows, -3, 3)
    one, other = np.triu_indices(rows.shape[1])
    return np.hstack([rows, rows[:, one] * rows[:, other]])


def _figures(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> dict[str, float]:
    hits = int((said & truth).sum())
    return {
        "precision": hits / max(1, int(said.sum())),
        "recall": hits / max(1, int(truth.sum())),
        "f1": 2 * hits / max(1, int(said.sum() + truth.sum())),
        "accuracy": float((said == truth).mean()),
        "peer": _PEER,
        "pairs": len(truth),
    }


def _rarity(records: Records) -> Mapping[str, float]:
    texts = [record[side] for record in records for side in ("text", "text2")]
    counts = Counter(word for text in texts for word in set(map(root, words(text))))
    return {word: log(len(texts) / (count + 0.5)) for word, count in counts.items()}


def _rows(records: Records, rarity: Mapping[str, float]) -> Numbers:
    """Return one row of features a pair of sentences."""
    model = Remembering()
    one, other = (model.encode([record[side] for record in records]) for side in ("text", "text2"))
    known = sorted({fold(w) for r in records for s in ("text", "text2") for w in words(r[s])})
    place = {word: at for at, word in enumerate(known)}
    vectors = model.encode(known)
    rows = []
    for record, cosine in zip(records, (one * other).sum(1), strict=True):
        sides = record["text"], record["text2"]
        aligned = _aligned(sides, rarity, place, vectors)
        rows.append([*_shared(*sides), *_rare(sides, rarity), *aligned, float(cosine)])
    return np.array(rows)


def _shared(one: str, other: str) -> Iterable[float]:
    here, there = (list(map(root, words(text))) for text in (one, other))
    for length in (1, 2, 3):
        yield from _ways(_runs(here, length), _runs(there, length))
    signs = [" ".join(map(fold, words(text))) for text in (one, other)]
    for length in (3, 4):
        yield from _ways(_runs(signs[0], length), _runs(signs[1], length))
    yield SequenceMatcher(None, here, there, autojunk=False).ratio()
    yield abs(len(here) - len(there))
    yield min(len(here), len(there)) / max(1, len(here), len(there))
    yield len(here) + len(there)
    numbers = [set(_NUMBER.findall(text)) for text in (one, other)]
    yield len(numbers[0] ^ numbers[1])
    yield float(bool(numbers[0] - numbers[1]) and bool(numbers[1] - numbers[0]))
    yield float(bool(numbers[0]) and numbers[0] == numbers[1])
    yield float(bool(_DENIAL & set(here)) != bool(_DENIAL & set(there)))


def _runs(some: Sequence[str], length: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(some[start:] for start in range(length)), strict=False))


def _ways(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> list[float]:
    """Return the share of each in the other, the smaller first."""
    both = (one & other).total()
    return sorted(both / max(1, some.total()) for some in (one, other))


def _rare(sides: tuple[str, str], rarity: Mapping[str, float]) -> list[float]:
    """Return how rare is what the two share, and what each has alone."""
    here, there = ({root(word) for word in words(text)} for text in sides)
    rarest = max(rarity.values())
    alone = [[rarity.get(word, rarest) for word in some] for some in (here - there, there - here)]
    both = sum(rarity.get(word, rarest) for word in here & there)
    sums = sorted(map(sum, alone))
    return [
        both / max(1e-9, both + sum(sums)),
        *sums,
        max(map(max, filter(None, alone)), default=0),
    ]


def _aligned(
    sides: tuple[str, str],
    rarity: Mapping[str, float],
    place: Mapping[str, int],
    vectors: NDArray[np.float32],
) -> list[float]:
    """Return how near each word of one is to the nearest of the other, by rarity; and how not."""
    lists = [words(text) for text in sides]
    if not all(lists):
        return [0.0] * 6
    rows = [vectors[[place[fold(word)] for word in some]] for some in lists]
    near = rows[0] @ rows[1].T
    rarest = max(rarity.values())
    found = []
    for best, some in ((near.max(1), lists[0]), (near.max(0), lists[1])):
        weights = np.array([rarity.get(root(word), rarest) for word in some])
        lost = (1 - best) * weights
        found.append((float(best @ weights / weights.sum()), float(lost.max()), float(lost.sum())))
    return [value for column in zip(*found, strict=True) for value in sorted(column)]
