"""What reviews chosen by the agenda are worth beside reviews chosen by chance.

Items of some events are held out; of the others so many are reviewed as a row says, a learner is
taught with them beside what the perimeter says by itself, and its F1 on the held-out items is that
of one cut chosen on the reviewed ones. `agenda.100` are two agendas of fifty, the second one made
by the learner that the first one taught, each with its share of plain items; `chance.N` are any N.
`f1` is the mean over all parts and seeds, `of 200` that of the difference to chance.200 and `sure
to` its standard error. With `--test` the held-out items are those of the folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.quality import photonics
from tests.quality.photonics import Corpus
from tests.quality.vectors import Remembering
from watch.classify.agenda import Waiting, agenda
from watch.classify.learner import Learner, examine, folds, teach
from watch.classify.lessons import lessons_of
from watch.classify.opinions import heard, opinions
from watch.domain import Axis, Perimeter, Tag
from watch.perimeter.read import read
from watch.text.meaning import Counted

PARTS, SEEDS = 5, 3
_AT_ONCE, _AGENDA, _MANY = 50, 100, 200

Flags = NDArray[np.bool_]


def measure(
    folder: Path, test: Path | None = None, parts: int = PARTS, seeds: int = SEEDS
) -> dict[str, dict[str, float]]:
    """Return one row for each way to choose and each axis: "market.agenda.100"."""
    reviewed = photonics.corpus(folder)
    asked = photonics.corpus(test) if test else reviewed
    found: dict[str, list[float]] = {}
    for seed in range(seeds):
        for held in _held(reviewed, seed)[:parts] if test is None else [_none(reviewed)]:
            pool = np.nonzero(~held)[0]
            turned = np.random.default_rng(seed).permutation(pool)
            places = held if test is None else np.ones(len(asked.items), bool)
            for name, chosen in {
                f"agenda.{_AGENDA}": _agenda(reviewed, pool),
                f"chance.{_AGENDA}": turned[:_AGENDA],
                f"chance.{_MANY}": turned[:_MANY],
            }.items():
                for axis, f1 in _f1(reviewed, chosen, asked, places).items():
                    found.setdefault(f"{axis}.{name}", []).append(f1)
    return {
        name: _row(some, found[f"{_axis(name)}.chance.{_MANY}"]) for name, some in found.items()
    }


def _axis(row: str) -> str:
    return row.partition(".")[0]


def _row(some: Sequence[float], beside: Sequence[float]) -> dict[str, float]:
    apart = np.array(some) - np.array(beside)
    spread = float(apart.std() / max(1, len(apart) - 1) ** 0.5)
    return {"f1": float(np.mean(some)), "of 200": float(apart.mean()), "sure to": spread}


def _held(corpus: Corpus, seed: int) -> list[Flags]:
    """Return the parts that are held out in turn: whole events."""
    fold = folds([f"{seed} {record['event']}" for record in corpus.records])
    return [fold == turn for turn in range(fold.max() + 1)]


def _none(corpus: Corpus) -> Flags:
    return np.zeros(len(corpus.items), bool)


def _f1(
    reviewed: Corpus, chosen: NDArray[np.intp], asked: Corpus, places: Flags
) -> dict[str, float]:
    kept = _none(reviewed)
    kept[chosen] = True
    judged = photonics.taught(_perimeter(), reviewed, kept, asked)
    columns = {axis: np.array([topic[0] is axis for topic in asked.topics]) for axis in Axis}
    return {axis.value: judged.figures(asked.truth, places, columns[axis])["f1"] for axis in Axis}


def _agenda(corpus: Corpus, pool: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the items of the pool that agendas would have asked for, one after the other."""
    rows = Counted().encode([f"{item.title}. {item.text}" for item in corpus.items])
    chosen: list[int] = []
    while len(chosen) < _AGENDA:
        left = [place for place in pool.tolist() if place not in chosen]
        said = _said(corpus, chosen, left)
        # The set's own ids are no digests, and so tell nothing by chance.
        keys = {at: sha256(corpus.items[at].key.encode()).hexdigest()[:32] for at in left}
        waiting = [
            Waiting(keys[at], corpus.records[at]["event"], tuple(said.get(at, ()))) for at in left
        ]
        counts = dict(zip(corpus.topics, corpus.truth[chosen].sum(0).tolist(), strict=True))
        found = agenda(waiting, rows[left], rows[chosen], counts, _AT_ONCE)
        places = {key: at for at, key in keys.items()}
        chosen += [places[one.item] for one in found]
    return np.array(chosen)


def _said(corpus: Corpus, chosen: Sequence[int], left: Sequence[int]) -> dict[int, list[Tag]]:
    """Return what phrases and a learner say of items; it was taught with the chosen ones."""
    items = [corpus.items[at] for at in left]
    keys = {item.key: at for item, at in zip(items, left, strict=True)}
    phrases = [tag for tag in corpus.phrases if tag.item in keys]
    found: dict[int, list[Tag]] = {}
    learnt = opinions(_learner(corpus, chosen), items, phrases, Remembering(), "learned/1")
    for tag in [*phrases, *learnt]:
        found.setdefault(keys[tag.item], []).append(tag)
    return found


def _learner(corpus: Corpus, chosen: Sequence[int]) -> Learner:
    own, lessons = lessons_of(_perimeter()), corpus.lessons()
    if not chosen:
        return teach(own, corpus.topics, Remembering())
    learner, _scores = examine(
        [*own, *(lessons[at] for at in chosen)],
        corpus.topics,
        Remembering(),
        heard(corpus.phrases, corpus.items, corpus.topics)[list(chosen)],
        range(len(own), len(own) + len(chosen)),
    )
    return learner


def _perimeter() -> Perimeter:
    return read(photonics.PERIMETER.read_text(encoding="utf-8"))
