"""How well the classifiers tag reviewed photonics items, per axis and language.

The folder holds `items.jsonl`: one object a line with `id`, `lang`, `title`, `text`, `event`, and
the true topics in `markets` and `technologies`.

- `phrases`: the phrases alone; what they serve counts as said;
- `first`: no review at all: nearness to what the perimeter says by itself;
- `counted`: the same where no encoder is installed, and words are only counted;
- `learned`: taught with the development items too; of these, only what was learned without the
  items of the same event counts (five parts in turn), of a test folder all that was learned.

For all but the phrases `f1` is that of one cut, chosen on the development items: without the part
that is measured where it is one of them. `p@1` is how often the most probable topic is right, of
the items that have one. `served`, `found`: precision and recall of what is served at the precision
asked for (0.85); `left`: the share of the tags left to review; `all`: the calibration error of all
pairs, as it is usually told; `off`: that of the pairs with 0.1 or more; `luck`: what a judge whose
probabilities are the true ones shows in `off`, as so few pairs wobble.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.quality.vectors import Remembering
from watch.classify.learner import examine, folds
from watch.classify.lessons import Key, Lesson, lessons_of
from watch.classify.measure import calibration_error, interval, score
from watch.classify.nearness import Nearness
from watch.classify.opinions import heard, probabilities
from watch.classify.phrases import Phrases
from watch.classify.scale import fit_scale
from watch.classify.settle import is_served, settle
from watch.classify.thresholds import Thresholds, best_cut, thresholds
from watch.domain import NO_URL, Axis, Item, Perimeter, Tag
from watch.perimeter.read import read
from watch.text.meaning import Counted, embedder

PERIMETER = Path(__file__).parents[2] / "config/perimeters/photonique.yaml"
_LABELS = {Axis.MARKET: "markets", Axis.TECHNOLOGY: "technologies"}
_ANY_DAY = datetime(2026, 9, 1, tzinfo=UTC)
# How much one reviewed item weighs beside one term of the perimeter.
_REVIEW = 2.0

Table = dict[str, dict[str, float]]
Flags = NDArray[np.bool_]
Matrix = NDArray[np.float64]


def measure(folder: Path, test: Path | None = None) -> Table:
    """Return one row per judge, axis and language: "learned.market.fr"."""
    perimeter = read(PERIMETER.read_text(encoding="utf-8"))
    reviewed = corpus(folder)
    asked = corpus(test) if test else reviewed
    first, counted = (
        _first(Nearness(Remembering(model)), perimeter, reviewed, asked)
        for model in (embedder(), Counted())
    )
    learned = _learned(perimeter, reviewed, None if test is None else asked)
    table = phrases(asked)
    for name, judged in (("first", first), ("counted", counted), ("learned", learned)):
        for row, places, columns in asked.rows():
            table[f"{name}.{row}"] = judged.figures(asked.truth, places, columns)
    return table


@dataclass(frozen=True)
class Corpus:
    """Reviewed items in arrays: one row an item, one column a topic."""

    records: Sequence[Mapping[str, Any]]
    items: Sequence[Item]
    topics: Sequence[Key]
    phrases: Sequence[Tag]
    truth: Flags

    def lessons(self) -> list[Lesson]:
        """Return the items as lessons: all their topics are known."""
        return [
            Lesson(
                item.title,
                item.text,
                dict(zip(self.topics, truth.tolist(), strict=True)),
                _REVIEW,
                group=record.get("event", ""),
            )
            for record, item, truth in zip(self.records, self.items, self.truth, strict=True)
        ]

    def rows(self) -> Iterable[tuple[str, Flags, Flags]]:
        """Yield the name, the items and the topics of each row of a table."""
        spoken = np.array([item.language for item in self.items])
        for axis in Axis:
            columns = np.array([topic[0] is axis for topic in self.topics])
            for language in [*sorted(set(spoken.tolist())), "all"]:
                yield f"{axis}.{language}", (spoken == language) | (language == "all"), columns


def corpus(folder: Path) -> Corpus:
    """Read the items of a folder, and let the phrases read them."""
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    items = [_item(record) for record in records]
    perimeter = read(PERIMETER.read_text(encoding="utf-8"))
    topics = [(topic.axis, topic.id) for topic in perimeter.topics]
    truth = [[id in record[_LABELS[axis]] for axis, id in topics] for record in records]
    tags = Phrases().tag(items, perimeter)
    return Corpus(records, items, topics, tags, np.array(truth, bool).reshape(-1, len(topics)))


@dataclass(frozen=True)
class Judged:
    """Probabilities of pairs (item, topic), and what each would come to."""

    shares: Matrix
    said: Flags
    served: Flags
    doubtful: Flags

    def figures(self, truth: Flags, places: Flags, columns: Flags) -> dict[str, float]:
        """Return what is printed of some items and the topics of one axis."""
        at = np.ix_(places, columns)
        true, shares, served = truth[at], self.shares[at], self.served[at]
        said, doubtful = self.said[at], self.doubtful[at]
        labelled, pairs = true.any(1), (shares.ravel().tolist(), true.ravel().tolist())
        top = true[labelled][np.arange(labelled.sum()), shares[labelled].argmax(1)]
        return {
            "precision": _share((said & true).sum(), said.sum()),
            "recall": _share((said & true).sum(), true.sum()),
            "f1": _share(2 * (said & true).sum(), said.sum() + true.sum()),
            "p@1": float(top.mean()) if len(top) else 0.0,
            "served": _share((served & true).sum(), served.sum()),
            "found": _share((served & true).sum(), true.sum()),
            "left": _share(doubtful.sum(), served.sum() + doubtful.sum()),
            "items": _share(doubtful.any(1).sum(), len(true)),
            "off": calibration_error(*pairs),
            "all": calibration_error(*pairs, is_whole=True),
            "luck": _luck(shares.ravel()),
            "said": int(said.sum()),
            "true": int(true.sum()),
        }


def _luck(shares: NDArray[np.float64]) -> float:
    """Return the calibration error of a judge whose probabilities are the true ones, on as few."""
    chance = np.random.default_rng(0)
    drawn = [(chance.random(len(shares)) < shares).tolist() for _ in range(8)]
    return fmean(calibration_error(shares.tolist(), truth) for truth in drawn)


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0


def _first(model: Nearness, perimeter: Perimeter, reviewed: Corpus, asked: Corpus) -> Judged:
    """Return what nearness says; its cuts are those of the development items."""
    say = partial(probabilities, model.learner(perimeter), embedder=model.model)
    tuned, shares = (say(c.items, phrases=c.phrases) for c in (reviewed, asked))
    _tell_scale(model, perimeter, reviewed)
    return _judged(shares, reviewed.topics, tuned, reviewed.truth)


def _tell_scale(model: Nearness, perimeter: Perimeter, reviewed: Corpus) -> None:
    """Write to the error stream what fits the development items: the shipped scale and cuts."""
    learner = model.learner(perimeter)
    scores = learner.scores([(item.title, item.text) for item in reviewed.items], model.model)
    phrases = heard(reviewed.phrases, reviewed.items, reviewed.topics)
    known = np.ones_like(reviewed.truth)
    scale = fit_scale(reviewed.topics, scores, phrases, reviewed.truth, known, shrink=1e6)
    for axis in Axis:
        columns = np.array([topic[0] is axis for topic in reviewed.topics])
        at = int(columns.argmax())
        silence = float(learner.weights.offsets[columns].mean())
        curve = scale.slopes[at], scale.trusts[at], scale.offsets[at] + scale.slopes[at] * silence
        sys.stderr.write(f"{axis}: slope {curve[0]:.2f}, trust {curve[1]:.2f}, {curve[2]:.2f}\n")
        shares = learner.scale.probabilities(scores, phrases)[:, columns]
        for precision in (0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
            cut = thresholds(shares, reviewed.truth[:, columns], precision)
            sys.stderr.write(f"  {precision:.2f}: {cut.served:.2f}, {cut.doubt:.2f}\n")


def _learned(perimeter: Perimeter, reviewed: Corpus, test: Corpus | None) -> Judged:
    """Return what a learner says of test items, or of each part what the other parts teach."""
    if test is not None:
        return taught(perimeter, reviewed, np.ones(len(reviewed.items), bool), test)
    fold = folds([record.get("event", record["id"]) for record in reviewed.records])
    parts = [taught(perimeter, reviewed, fold != turn, reviewed) for turn in range(fold.max() + 1)]
    shares, said, served, doubtful = (
        np.stack([getattr(part, name) for part in parts])[fold, np.arange(len(fold))]
        for name in ("shares", "said", "served", "doubtful")
    )
    return Judged(shares, said, served, doubtful)


def taught(perimeter: Perimeter, reviewed: Corpus, kept: Flags, asked: Corpus) -> Judged:
    """Return what is said of `asked` by a learner taught with the kept ones of `reviewed`."""
    own, places = lessons_of(perimeter), np.nonzero(kept)[0]
    lessons = reviewed.lessons()
    model = Remembering()
    phrases = heard(reviewed.phrases, reviewed.items, reviewed.topics)[places]
    learner, scores = examine(
        [*own, *(lessons[place] for place in places)],
        reviewed.topics,
        model,
        phrases,
        range(len(own), len(own) + len(places)),
    )
    tuned = learner.scale.probabilities(scores, phrases)
    shares = probabilities(learner, asked.items, asked.phrases, model)
    return _judged(shares, reviewed.topics, tuned, reviewed.truth[places])


def _judged(shares: Matrix, topics: Sequence[Key], tuned: Matrix, truth: Flags) -> Judged:
    """Return what probabilities come to, with the cuts that suit `tuned`."""
    said, served, doubtful = (np.zeros(shares.shape, bool) for _ in range(3))
    for axis in Axis:
        columns = np.array([topic[0] is axis for topic in topics])
        cut: Thresholds = thresholds(tuned[:, columns], truth[:, columns])
        some = shares[:, columns]
        said[:, columns] = some >= best_cut(tuned[:, columns], truth[:, columns])
        served[:, columns] = some >= cut.served
        doubtful[:, columns] = (some >= cut.doubt) & (some < cut.served)
    return Judged(shares, said, served, doubtful)


def phrases(corpus: Corpus) -> Table:
    """Return how well what the phrases serve agrees with what is true."""
    served = [tag for tag in settle(corpus.phrases) if is_served(tag)]
    said = heard(served, corpus.items, corpus.topics) > 0
    table: Table = {}
    for row, places, columns in corpus.rows():
        at = np.ix_(places, columns)
        pairs = [
            {(str(i), str(j)) for i, j in np.argwhere(one[at])} for one in (corpus.truth, said)
        ]
        measured = score(pairs[0], pairs[1])
        low, high = interval(measured.hits, measured.said)
        table[row] = {
            "precision": measured.precision,
            "recall": measured.recall,
            "f1": measured.f1,
            "from": low,
            "to": high,
            "said": measured.said,
            "true": measured.true,
        }
    return table


def _item(record: Mapping[str, Any]) -> Item:
    return Item(
        key=record["id"],
        url=NO_URL,
        title=record["title"],
        text=record["text"],
        language=record["lang"],
        published_at=_ANY_DAY,
        first_seen_at=_ANY_DAY,
        source=0,
        outlet=record.get("source", ""),
    )
