"""How well a learner does on public sets of texts with topics, beside what others reach there.

Reviews alone teach here: no perimeter, no phrases. Without a test folder the first three quarters
of the development set teach, by their days, and the last is measured: the test parts are later,
too. Masakhanews has its own parts: it teaches with `train` and measures on `dev`; so does sib200.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.quality.vectors import Remembering
from watch.classify.learner import Learner, examine, teach
from watch.classify.lessons import Key, Lesson, lessons_of
from watch.classify.thresholds import best_cut
from watch.domain import Axis, Perimeter, Topic

Records = Sequence[Mapping[str, Any]]
Table = dict[str, dict[str, float]]

# What a review of one topic among many says of the others: it is none of them.
_OTHERS = 1.0
_LEAD = 2_000
_ONE_IN_A_HUNDRED = 400
_UNREAD = 4_000
_NAMES = json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8"))


def reuters(folder: Path, test: Path | None = None) -> Table:
    """Return micro- and macro-F1 over the topics that stand on both sides (R90)."""
    return {"all": _many(folder, test) | {"peer micro": 0.870, "peer macro": 0.432}}


def arxiv(folder: Path, test: Path | None = None) -> Table:
    """Return micro- and macro-F1 of 57 fields of science, and P@1 by their names alone."""
    table = {
        "all": _many(folder, test, _ONE_IN_A_HUNDRED) | {"peer micro": 0.633, "peer macro": 0.587}
    }
    unread = _read(folder, "train")
    asked = _read(test, "test") if test else unread[_UNREAD:]
    return table | _by_names(asked[:_UNREAD], unread[:_UNREAD], _NAMES["arxiv_tech"], 0.343)


def masakhanews(folder: Path, test: Path | None = None) -> Table:
    """Return the accuracy by language, taught with 50 examples a class of both."""
    asked = _read(test, "test") if test else _read(folder, "dev")
    peers = {"en": 0.857, "fr": 0.853}
    taught = _teach(_read(folder, "train"))
    return {language: _accuracy(taught, asked, language, peers) for language in peers}


def sib200(folder: Path, test: Path | None = None) -> Table:
    """Return the accuracy by language; taught in English alone; and by the topics' names."""
    asked = _read(test, "test") if test else _read(folder, "dev")
    peers = {"en": 0.88, "fr": 0.877, "de": 0.86, "it": 0.81}
    records = _read(folder, "train")
    taught = _teach(records)
    table = {language: _accuracy(taught, asked, language, peers) for language in peers}
    english = _teach([record for record in records if record["lang"] == "en"])
    table["en to fr"] = _accuracy(english, asked, "fr", {"fr": 0.853})
    french, unread = ([r for r in some if r["lang"] == "fr"] for some in (asked, records))
    return table | _by_names(french, unread, _NAMES["sib200"], 0.583)


def _read(folder: Path | None, part: str) -> Records:
    assert folder is not None
    with gzip.open(folder / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _topics(records: Records, least: int = 1) -> list[Key]:
    counts = Counter(label for record in records for label in record["labels"])
    return [(Axis.MARKET, label) for label in sorted(counts) if counts[label] >= least]


def _lessons(records: Records) -> list[Lesson]:
    return [
        Lesson(
            record["title"],
            record["text"][:_LEAD],
            {(Axis.MARKET, label): True for label in record["labels"]},
            others=_OTHERS,
            group=record.get("group", ""),
        )
        for record in records
    ]


def _texts(records: Records) -> list[tuple[str, str]]:
    return [(record["title"], record["text"][:_LEAD]) for record in records]


def _truth(records: Records, topics: Sequence[Key]) -> NDArray[np.bool_]:
    return np.array([[id in record["labels"] for _, id in topics] for record in records], bool)


def _teach(records: Records) -> Learner:
    return teach(_lessons(records), _topics(records), Remembering())


def _accuracy(
    learner: Learner, asked: Records, language: str, peers: Mapping[str, float]
) -> dict[str, float]:
    some = [record for record in asked if record["lang"] == language]
    best = learner.scores(_texts(some), Remembering()).argmax(1)
    right = [
        learner.topics[at][1] in record["labels"] for at, record in zip(best, some, strict=True)
    ]
    return {"accuracy": float(np.mean(right)), "peer": peers[language], "items": len(some)}


def _many(folder: Path, test: Path | None, least: int = 1) -> dict[str, float]:
    """Return micro- and macro-F1 of texts with several topics, at the cuts of the taught part."""
    records, asked = _read(folder, "train"), _read(test, "test") if test else ()
    if not asked:
        by_time = sorted(records, key=lambda record: str(record["date"]))
        last = len(by_time) * 3 // 4
        records, asked = by_time[:last], by_time[last:]
    topics = _topics(records, least)
    nothing = np.zeros((len(records), len(topics)), np.float32)
    learner, tuned = examine(
        _lessons(records), topics, Remembering(), nothing, range(len(records)), parts=2
    )
    said = learner.scores(_texts(asked), Remembering())
    cuts = topic_cuts(tuned, _truth(records, topics))
    truth, found = _truth(asked, topics), said >= cuts
    hits, true, all_said = (x.sum(0) for x in (truth & found, truth, found))
    both = true > 0
    f1 = 2 * hits / np.maximum(1, true + all_said)
    return {
        "micro": float(2 * hits.sum() / (true.sum() + all_said.sum())),
        "macro": float(f1[both].mean()),
        "topics": int(both.sum()),
        "items": len(asked),
    }


def topic_cuts(
    shares: NDArray[np.float32], truth: NDArray[np.bool_], shrink: float = 10.0
) -> NDArray[np.float64]:
    """Return one cut a topic: its own best one, drawn to that of all where its texts are few."""
    common = best_cut(shares, truth)
    own = np.array([best_cut(shares[:, [at]], truth[:, [at]]) for at in range(shares.shape[1])])
    count = truth.sum(0)
    cuts: NDArray[np.float64] = (count * own + shrink * common) / (count + shrink)
    return cuts


def _by_names(
    asked: Records, unread: Records, names: Mapping[str, Mapping[str, str]], peer: float
) -> Table:
    """Return how often the topic whose name is nearest is one of the true ones.

    Once by the names alone, once with the texts of the development set, whose topics are not told.
    """
    counts = Counter(label for record in asked for label in record["labels"])
    topics = [Topic(Axis.MARKET, id, names[id]) for id in sorted(counts) if id in names]
    perimeter = Perimeter("names", "1", {}, {}, ("en", "fr"), tuple(topics))
    keys = [(topic.axis, topic.id) for topic in topics]
    table: Table = {}
    for row, texts in (("names", ()), ("names, unread texts", unread)):
        lessons = [*lessons_of(perimeter), *(Lesson(*text, {}) for text in _texts(texts))]
        best = teach(lessons, keys, Remembering()).scores(_texts(asked), Remembering()).argmax(1)
        pairs = zip(best, asked, strict=True)
        right = float(np.mean([keys[at][1] in record["labels"] for at, record in pairs]))
        table[row] = {"p@1": right, "peer p@1": peer, "items": len(asked)}
    return table
