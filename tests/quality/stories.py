"""How well items that tell one event are put together, against what people put together.

- `events`: photonics items in two languages, over three months. `stories` are the pairs of items
  in one story; `pairs` those that the judge alone holds likely, and how many are found at a
  precision of 0.95 (`sure`); `across` of two languages; `marks` without any vectors;
  `reordered` tells how far pairs stay the same in other orders of arrival.
- `ecbplus`: news articles by seminal event, BCubed (Bagga and Baldwin, 1998).

Without a test folder the development items are judged by weights that were fitted without their
event, or topic; test items by the shipped weights (`python -m tests.quality.fit_pairs`).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.quality import logistic
from tests.quality.vectors import Remembering
from tests.shared import shared
from watch.classify.learner import folds
from watch.domain import NO_URL, Item
from watch.enrich.events import Pool, Vectors, cards_of, features, join_events, judged
from watch.enrich.pairs import FEATURES, Judge, Judges, Numbers, Places, judges
from watch.enrich.stories import Card, Shelf, join_stories
from watch.text.digests import digest
from watch.text.marks import marks
from watch.text.meaning import as_one, embedder
from watch.text.prints import fingerprint

Table = dict[str, dict[str, float]]

_ANY_DAY = datetime(2026, 9, 1, tzinfo=UTC)
_PARTS = 5
_SURE = 0.95
# What single-pass clustering of TF-IDF rows reaches, as published with the set.
_PEER = 0.766
# So much does a pair of articles weigh beside one of photonics items: there are more of them.
_ARTICLES = 0.1
_STIFFNESS = 1.0
_LONGEST = 10_000
# Drawn orders of arrival, and how many items come at a time.
_ORDERS, _ARRIVING = 5, 40


@dataclass(frozen=True)
class Corpus:
    """Items, what event each tells, and what must stay on one side when weights are fitted."""

    items: Sequence[Item]
    events: NDArray[np.str_]
    groups: Sequence[str]
    weight: float = 1.0

    def some(self, places: Places) -> Corpus:
        """Return the corpus of the items at these places."""
        return replace(
            self,
            items=[self.items[place] for place in places],
            events=self.events[places],
            groups=[self.groups[place] for place in places],
        )

    def cut(self, length: int) -> Corpus:
        """Return the corpus as those have it who show so many signs of a text: 0 of a title."""
        return replace(
            self, items=[replace(i, text=i.text[:length], print=b"") for i in self.items]
        )

    def vectors(self) -> Vectors:
        """Return where the items lie, as the store keeps it."""
        texts = [as_one(item.title, item.text) for item in self.items]
        rows = Remembering().encode(texts).astype(np.float16).astype(np.float32)
        place = {item.key: at for at, item in enumerate(self.items)}
        return lambda keys: rows[[place[key] for key in keys]]

    def pool(self) -> Pool:
        """Return the items, each a story by itself."""
        return Pool.of(
            Card(i.key, i.key, i.title, i.print, i.published_at, i.language, marks(i.title, i.text))
            for i in self.items
        )

    def pairs(self) -> tuple[Places, Places]:
        """Return all pairs, each once."""
        one, other = np.triu_indices(len(self.items), 1)
        return one, other

    def truth(self) -> NDArray[np.bool_]:
        """Return for each pair whether it tells one event."""
        one, other = self.pairs()
        return np.asarray(self.events[one] == self.events[other])

    def stories(self, judges: Judges, vectors: Vectors | None) -> NDArray[np.str_]:
        """Return in which story each item stands, all of them in one batch."""
        placements = join_events(
            join_stories(self.items, Shelf()),
            self.items,
            {item.key: marks(item.title, item.text) for item in self.items},
            Pool.of(),
            judges,
            vectors,
        )
        stories = {placement.item: placement.story for placement in placements}
        return np.array([stories[item.key] for item in self.items])


def photonics(folder: Path) -> Corpus:
    """Read the items of a folder."""
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    items = [_item(r["id"], r["title"], r["text"], r["lang"], r["published_at"]) for r in records]
    events = [record.get("event") or record["id"] for record in records]
    return Corpus(items, np.array(events), events)


def articles(path: Path) -> Corpus:
    """Read a file of ECB+: the first line of an article is its title."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    items = []
    for record in records:
        title, _, text = f"{record['title']}\n{record['text']}".strip().partition("\n")
        items.append(_item(record["id"], title, text, record["lang"], record["date"]))
    events = np.array([record["cluster"] for record in records])
    return Corpus(items, events, [str(record["topic"]) for record in records], _ARTICLES)


def _item(id: str, title: str, text: str, language: str, day: str | None) -> Item:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else _ANY_DAY
    print = fingerprint(f"{title}\n{text}")
    return Item(digest(id), NO_URL, title, text, language, at, at, 0, "", print=print)


def fit(corpora: Sequence[Corpus]) -> Judges:
    """Return the judges that all pairs of items within each corpus teach."""
    rows, truth, weights = [], [], []
    # Many sources show but the first lines of a text.
    lengths = (_LONGEST, 200)
    for corpus in (corpus.cut(length) for corpus in corpora for length in lengths):
        table, *_ = features(corpus.pool(), *corpus.pairs(), corpus.vectors())
        rows.append(table)
        truth.append(corpus.truth())
        weights.append(np.full(len(table), corpus.weight))
    told = np.concatenate(rows), np.concatenate(truth), np.concatenate(weights)
    return Judges(_judge(*told), _judge(*told, without="meaning"))


def _judge(rows: Numbers, truth: NDArray[np.bool_], weights: Numbers, without: str = "") -> Judge:
    names = [name for name in FEATURES if name != without]
    columns = [FEATURES.index(name) for name in names]
    found, offset = logistic.fit(rows[:, columns], truth, weights, _STIFFNESS)
    rounded = {name: round(float(w), 2) for name, w in zip(names, found, strict=True)}
    return Judge(rounded, round(offset, 2))


def events(folder: Path, test: Path | None = None) -> Table:
    """Return how well pairs of photonics items are joined, with vectors and by marks alone."""
    corpus = photonics(test or folder)
    one, other = corpus.pairs()
    spoken = np.array([item.language for item in corpus.items])
    across = spoken[one] != spoken[other]
    table: Table = {}
    for name, vectors in (("", corpus.vectors()), ("marks.", None)):
        odds, said = np.zeros(len(one)), np.zeros(len(one), bool)
        for judge, is_asked in _turns(corpus, test, articles(shared("data", *_TRAIN))):
            asked = is_asked[one] | is_asked[other]
            odds[asked] = judged(corpus.pool(), one[asked], other[asked], judge, vectors)
            stories = corpus.stories(judge, vectors)
            said[asked] = (stories[one] == stories[other])[asked]
        truth = corpus.truth()
        for row, some in (("all", across | True), ("across", across)):
            table[f"{name}stories.{row}"] = _agreement(said[some], truth[some])
            table[f"{name}pairs.{row}"] = {
                **_agreement(odds[some] > 0, truth[some]),
                "sure": _recall_at(_SURE, odds[some], truth[some]),
            }
    table["stories.reordered"] = {"f1": min(_reordered(corpus))}
    return table


def _reordered(corpus: Corpus) -> Iterator[float]:
    """Yield how far pairs of stories stay the same in drawn orders, a few items at a time."""
    said, vectors = judges(embedder().id), corpus.vectors()
    written = {item.key: marks(item.title, item.text) for item in corpus.items}
    one, other = corpus.pairs()
    stories = corpus.stories(said, vectors)
    at_once = stories[one] == stories[other]
    for seed in range(_ORDERS):
        arriving = Random(seed).sample(corpus.items, len(corpus.items))
        pool, shelf, found = Pool.of(), Shelf(), {}
        for start in range(0, len(arriving), _ARRIVING):
            batch = arriving[start : start + _ARRIVING]
            copies = join_stories(batch, shelf)
            placements = join_events(copies, batch, written, pool, said, vectors)
            cards = cards_of(placements, {item.key: item for item in batch}, written)
            pool, shelf = pool.with_cards(cards), shelf.with_cards(cards)
            found |= {placement.item: placement.story for placement in placements}
        stories = np.array([found[item.key] for item in corpus.items])
        yield _agreement(stories[one] == stories[other], at_once)["f1"]


_TRAIN = ("ecbplus", "train.jsonl.gz")


def _turns(corpus: Corpus, test: Path | None, others: Corpus) -> list[tuple[Judges, Any]]:
    """Return judges, each with the items that it has not learned from."""
    if test is not None:
        return [(judges(embedder().id), np.ones(len(corpus.items), bool))]
    part = folds(corpus.groups, _PARTS)
    return [
        (fit([corpus.some(np.flatnonzero(part != turn)), others]), part == turn)
        for turn in range(_PARTS)
    ]


def ecbplus(folder: Path, test: Path | None = None) -> Table:
    """Return BCubed precision, recall and F1 of articles, with vectors and by marks alone."""
    if test is not None:
        return _clustered("test", [(articles(test / "test.jsonl.gz"), judges(embedder().id))])
    train = articles(folder / "train.jsonl.gz")
    others = photonics(shared("data", "photonics"))
    # Each topic holds two events of one kind: the items of some topics, with what others teach.
    turns = [
        (train.some(np.flatnonzero(is_asked)), judge)
        for judge, is_asked in _turns(train, None, others)
    ]
    unseen = articles(folder / "dev.jsonl.gz"), judges(embedder().id)
    return _clustered("train", turns) | _clustered("dev", [unseen])


def _clustered(name: str, turns: Sequence[tuple[Corpus, Judges]]) -> Table:
    table: Table = {}
    for row, has_vectors in ((name, True), (f"{name}.marks", False)):
        figures = [
            (len(c.items), *bcubed(c.stories(j, c.vectors() if has_vectors else None), c.events))
            for c, j in turns
        ]
        counts, precision, recall = np.array(figures).T
        p, r = (float(np.average(column, weights=counts)) for column in (precision, recall))
        table[row] = {"precision": p, "recall": r, "f1": 2 * p * r / (p + r)}
        table[row] |= {"peer": _PEER, "items": int(counts.sum())}
    return table


def bcubed(found: NDArray[Any], truth: NDArray[Any]) -> tuple[float, float]:
    """Return precision and recall of a clustering, averaged over its items.

    >>> [round(share, 3) for share in bcubed(np.array([1, 1, 2]), np.array([1, 1, 1]))]
    [1.0, 0.556]
    """
    together, same = found[:, None] == found, truth[:, None] == truth
    both = (together & same).sum(1)
    return float((both / together.sum(1)).mean()), float((both / same.sum(1)).mean())


def _agreement(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Mapping[str, float]:
    hits = int((said & truth).sum())
    return {
        "precision": hits / max(1, int(said.sum())),
        "recall": hits / max(1, int(truth.sum())),
        "f1": 2 * hits / max(1, int(said.sum() + truth.sum())),
        "pairs": int(truth.sum()),
    }


def _recall_at(precision: float, odds: Numbers, truth: NDArray[np.bool_]) -> float:
    """Return the share of true pairs above the lowest cut at which so many are true."""
    hits = np.cumsum(truth[np.argsort(-odds, kind="stable")])
    good = np.flatnonzero(hits >= precision * np.arange(1, len(hits) + 1))
    return float(hits[good[-1]] / max(1, truth.sum())) if len(good) else 0.0
