"""What a learner makes of items, as tags: how probable each topic is, and the words that say so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from watch.classify.learner import Learner
from watch.classify.lessons import Key
from watch.classify.linear import Rows, scores
from watch.domain import Item, Tag
from watch.text.meaning import Embedder
from watch.text.words import root, words

__all__ = ["beliefs", "heard", "opinions", "probabilities"]

LEAST = 0.1
"""Below it a topic that the phrases do not name either is not worth a word."""
_EVIDENCE_COUNT = 5
# Signs of an item in which its evidence is looked for.
_LONGEST = 5_000


def heard(tags: Sequence[Tag], items: Sequence[Item], topics: Sequence[Key]) -> NDArray[np.float32]:
    """Return the scores of tags as an array of shape (n_items, n_topics); 0 where none is."""
    row = {item.key: place for place, item in enumerate(items)}
    column = {topic: place for place, topic in enumerate(topics)}
    found = np.zeros((len(items), len(topics)), np.float32)
    for tag in tags:
        if (tag.axis, tag.topic) in column:
            found[row[tag.item], column[tag.axis, tag.topic]] = tag.score
    return found


def probabilities(
    learner: Learner, items: Sequence[Item], phrases: Sequence[Tag], embedder: Embedder
) -> NDArray[np.float64]:
    """Return how probable each topic is, shape (n_items, n_topics), what phrases say counted in."""
    said = learner.scores([(item.title, item.text) for item in items], embedder)
    return learner.scale.probabilities(said, heard(phrases, items, learner.topics))


def beliefs(learner: Learner, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities as scores of tags, of the same shape: see `Thresholds.beliefs`."""
    found = np.zeros_like(shares)
    for axis, cut in learner.cuts.items():
        columns = np.array([topic[0] is axis for topic in learner.topics], bool)
        found[:, columns] = cut.beliefs(shares[:, columns])
    return found


def opinions(
    learner: Learner, items: Sequence[Item], phrases: Sequence[Tag], embedder: Embedder, by: str
) -> list[Tag]:
    """Return tags in the order of `items`, then of the learner's topics.

    The score is a probability on the scale of all tags: see `Thresholds.beliefs`. Where the
    phrases named a topic there is a tag even if it is improbable, so that it outranks theirs.
    `why` holds their evidence, else the words that weigh most, as they stand in the text.
    """
    items = [item for item in items if words(f"{item.title} {item.text}"[:_LONGEST])]
    if not items or not learner.topics:
        return []
    texts = [(item.title, item.text) for item in items]
    rows = learner.rows(texts, embedder)
    named = heard(phrases, items, learner.topics)
    shares = learner.scale.probabilities(scores(rows, learner.weights), named)
    score = beliefs(learner, shares)
    evidence = {(tag.item, tag.axis, tag.topic): tag.why for tag in phrases}
    found = []
    for place, at in np.argwhere((shares >= LEAST) | (named > 0)):
        item, (axis, topic) = items[place], learner.topics[at]
        why = evidence.get((item.key, axis, topic), ())
        why = why or _weighty(learner, rows, place, at, f"{item.title} {item.text}")
        found.append(Tag(item.key, axis, topic, max(0.01, float(score[place, at])), by, why))
    return found


def _weighty(learner: Learner, rows: Rows, place: int, at: int, text: str) -> tuple[str, ...]:
    """Return the words of the text that speak most for the topic, the weightiest first.

    A word of less than half the weightiest one's weight would explain nothing to a reader.
    """
    row = rows.words[[place]]
    shares = row.data * learner.weights.words[row.indices, at]
    least = max(shares, default=0.0) / 2
    known = learner.vocabulary.known
    best = {
        known[row.indices[one]]: shares[one]
        for one in np.argsort(-shares)
        if shares[one] > 0 and shares[one] >= least and " " not in known[row.indices[one]]
    }
    written: dict[str, str] = {}
    for word in words(text[:_LONGEST]):
        written.setdefault(root(word), word)
    weighty = [written[stem] for stem in best if stem in written]
    # Where the meaning alone speaks, as of a language without lessons, the whole title does.
    return tuple((weighty or list(written.values()))[:_EVIDENCE_COUNT])
