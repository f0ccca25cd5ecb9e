"""How well the lines chosen for invented firms are those that a person would have chosen.

The folder holds `items.jsonl` as for `photonics`, `profiles.json` (firms: description, topics,
watch words, exclusions) and `relevance.jsonl` (grades of some items for each: 2 worth one of five
lines, 1 acceptable, 0 should not be sent). The graded items of a profile are ranked by our own
tags, without any review (`nearness`), and its words; the five first lines count.

- `ndcg`: gain 2^grade - 1, and `linear`: gain = grade, both against the best order;
- `p@5`: the share of lines with grade 2; `clean`: of profiles without a line of grade 0;
- `+-ndcg`, `+-p@5`, `+-clean`: the standard error, by drawing the profiles anew (bootstrap);
- `ours`: the weights come from the other profiles (each left out in turn); of a test folder, the
  shipped ones. `shipped` uses these for both. Without what we added: `tfidf` of the profile's text,
  `vectors` of its description, `topics` it shares with our tags;
- `before`, `after`: what is left once a reader has voted on the ten first lines, without and with
  what the votes teach; `any before`, `any after`: on ten lines at random, mean of twenty draws.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.quality.photonics import PERIMETER, Corpus, corpus
from tests.quality.vectors import Remembering
from watch.classify.nearness import Nearness
from watch.classify.settle import is_served, settle
from watch.domain import (
    Axis,
    Interest,
    Item,
    Say,
    Story,
    Subscriber,
    Tag,
    Tagged,
    Vote,
)
from watch.perimeter.read import read
from watch.routing.interest import PARTS, Fits, Known, in_words
from watch.routing.shelf import Shelf
from watch.routing.votes import Voted, learn
from watch.text.meaning import as_one

Table = dict[str, dict[str, float]]
Numbers = NDArray[np.float64]
Ranking = Sequence[int]

LINES = 5
VOTES = 10
_DRAWS = 20
_RESAMPLES = 2_000
_ANY_DAY = datetime(2026, 9, 1, tzinfo=UTC)
_SAYS = {2: Say.USEFUL, 1: Say.SEEN, 0: Say.NOT_FOR_ME}
# What a grade is worth to whoever fits: a filler is nearer to nothing than to a good line.
_WORTH = {0: 0.0, 1: 0.5, 2: 2.0}
# How much the weights are held down, in pairs of profile and item.
_HELD = 3.0


def measure(folder: Path, test: Path | None = None) -> Table:
    """Return one row for each way to choose."""
    taught = desk(folder)
    asked = taught if test is None else desk(test)
    weights, start = fit(taught.firms)
    shown = ", ".join(f"{one:.2f}" for one in weights)
    sys.stderr.write(f"{', '.join(PARTS)}: {shown}; start {start:.2f}\n")
    if test is None:
        others = [[one for one in taught.firms if one is not firm] for firm in taught.firms]
        ours = [ranked(firm, *fit(rest)) for firm, rest in zip(taught.firms, others, strict=True)]
    else:
        ours = [ranked(firm) for firm in asked.firms]
    ways = {name: [way(firm) for firm in asked.firms] for name, way in baselines(asked).items()}
    ways |= {"ours": ours, "shipped": [ranked(firm) for firm in asked.firms]}
    table = {name: figures(asked.firms, orders) for name, orders in ways.items()}
    return table | voted(asked, lambda firm, order: order[:VOTES], "") | scattered(asked)


@dataclass(frozen=True)
class Firm:
    """One profile, what the product makes of it, and the grades of some items by their place."""

    reader: Subscriber
    known: Known
    grades: Mapping[int, int]
    shelf: Shelf
    fits: Fits

    def after(self, voted: Sequence[Voted]) -> Firm:
        """Return the firm once its votes are known."""
        known = replace(self.known, lesson=learn(voted))
        return replace(self, known=known, fits=Fits(self.shelf, self.reader, known))


@dataclass(frozen=True)
class Desk:
    """All that is measured on."""

    firms: Sequence[Firm]
    shelf: Shelf
    descriptions: NDArray[np.float32]


def desk(folder: Path) -> Desk:
    """Read a folder; tag its items and its firms with what the perimeter alone teaches."""
    perimeter = read(PERIMETER.read_text(encoding="utf-8"))
    model, items = Remembering(), corpus(folder)
    judge = Nearness(model)
    shelf = _shelf(items, judge.tag(items.items, perimeter), model)
    profiles = json.loads((folder / "profiles.json").read_text(encoding="utf-8"))
    readers = [_reader(profile) for profile in profiles]
    words = [in_words(reader) for reader in readers]
    said = [
        replace(items.items[0], key=profile["id"], title="", text=text, language=reader.language)
        for profile, reader, text in zip(profiles, readers, words, strict=True)
    ]
    implied = judge.tag(said, perimeter)
    places = {item.key: place for place, item in enumerate(items.items)}
    grades: dict[str, dict[int, int]] = {profile["id"]: {} for profile in profiles}
    for line in (folder / "relevance.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        grades[one["profile"]][places[one["item"]]] = one["grade"]
    firms = []
    for profile, reader, vector in zip(profiles, readers, model.encode(words), strict=True):
        own = [Interest(t.axis, t.topic, t.score) for t in implied if t.item == profile["id"]]
        known = Known(vector, tuple(own))
        firms.append(Firm(reader, known, grades[profile["id"]], shelf, Fits(shelf, reader, known)))
    return Desk(firms, shelf, model.encode([reader.about for reader in readers]))


def _shelf(items: Corpus, tags: Sequence[Tag], model: Remembering) -> Shelf:
    served: dict[str, list[Tag]] = {item.key: [] for item in items.items}
    for tag in settle(tags):
        if is_served(tag):
            served[tag.item].append(tag)
    tagged = [_tagged(item, served[item.key]) for item in items.items]
    texts = [as_one(item.title, item.text) for item in items.items]
    return Shelf(tagged, "Europe/Paris", model.encode(texts))


def _tagged(item: Item, tags: Sequence[Tag]) -> Tagged:
    return Tagged(item, tuple(tags), Story(item.key))


def _reader(profile: Mapping[str, Any]) -> Subscriber:
    axes = ((Axis.MARKET, "markets"), (Axis.TECHNOLOGY, "technologies"))
    return Subscriber(
        id=0,
        cluster="",
        email="",
        name="",
        firm=profile["name"],
        language=profile["language"],
        interests=tuple(Interest(axis, topic) for axis, key in axes for topic in profile[key]),
        basis=None,
        about=profile["description"],
        watch_words=tuple(profile["watch_words"]),
        exclusions=tuple(profile["exclusions"]),
    )


# -- rankings ------------------------------------------------------------------------------


def ranked(firm: Firm, weights: Sequence[float] = (), start: float = 0.0) -> Ranking:
    """Return the graded items, the most relevant first; without weights, by the shipped ones."""
    fits = firm.fits
    scores = fits.relevance(weights, start) if len(weights) else fits.relevance()
    whole = np.full(len(firm.shelf), -1.0)
    whole[fits.places] = scores
    return _order(firm, whole)


def _order(firm: Firm, scores: Numbers) -> Ranking:
    return sorted(firm.grades, key=lambda place: (-scores[place], place))


def baselines(asked: Desk) -> dict[str, Callable[[Firm], Ranking]]:
    """Return the ways to choose that need nothing of ours but tags."""
    number = {id(firm): at for at, firm in enumerate(asked.firms)}

    def words(firm: Firm) -> Ranking:
        return _order(firm, asked.shelf.words.likeness(in_words(firm.reader)).astype(float))

    def vectors(firm: Firm) -> Ranking:
        near = asked.shelf.vectors @ asked.descriptions[number[id(firm)]]
        return _order(firm, near.astype(float))

    def topics(firm: Firm) -> Ranking:
        return _order(firm, firm.fits.met[Axis.MARKET] + firm.fits.met[Axis.TECHNOLOGY])

    return {"tfidf": words, "vectors": vectors, "topics": topics}


def fit(firms: Sequence[Firm]) -> tuple[list[float], float]:
    """Return the weights of the parts and the start that come nearest to the grades."""
    rows = [firm.fits.parts[np.isin(firm.fits.places, list(firm.grades))] for firm in firms]
    graded = [[f.grades[p] for p in f.fits.places.tolist() if p in f.grades] for f in firms]
    parts = np.concatenate(rows)
    truth = np.array([_WORTH[grade] for grades in graded for grade in grades])
    middle, spread = parts.mean(0), parts.std(0) + 1e-9
    scaled = (parts - middle) / spread
    held = scaled.T @ scaled + _HELD * np.eye(len(PARTS))
    weights = np.linalg.solve(held, scaled.T @ (truth - truth.mean())) / spread
    return weights.tolist(), float(truth.mean() - middle @ weights)


# -- votes ---------------------------------------------------------------------------------


def voted(asked: Desk, chosen: Callable[[Firm, Ranking], Ranking], name: str) -> Table:
    """Return the figures of what is left once some lines were voted on, without and with that."""
    left, before, after = [], [], []
    for firm in asked.firms:
        order = ranked(firm)
        said = chosen(firm, order)
        votes = [_voted(firm, place) for place in said]
        rest = {place: firm.grades[place] for place in firm.grades if place not in said}
        left.append(replace(firm, grades=rest))
        before.append([place for place in order if place in rest])
        after.append(ranked(left[-1].after(votes)))
    return {f"{name}before": figures(left, before), f"{name}after": figures(left, after)}


def scattered(asked: Desk) -> Table:
    """Return the same for lines at random: the mean of some draws."""
    tables = []
    for seed in range(_DRAWS):
        chance = np.random.default_rng(seed)

        def some(firm: Firm, order: Ranking, chance: Any = chance) -> Ranking:
            return [order[at] for at in chance.choice(len(order), VOTES, replace=False)]

        tables.append(voted(asked, some, "any "))
    rows = {name: [table[name] for table in tables] for name in tables[0]}
    return {
        name: {key: float(np.mean([row[key] for row in some])) for key in some[0]}
        for name, some in rows.items()
    }


def _voted(firm: Firm, place: int) -> Voted:
    say = _SAYS[firm.grades[place]]
    reason = "topic" if say is Say.NOT_FOR_ME else ""
    tagged = firm.shelf[place]
    vote = Vote(tagged.item.key, say, _ANY_DAY, reason)
    return Voted(vote, tagged, firm.shelf.vectors[place])


# -- figures -------------------------------------------------------------------------------


def figures(firms: Sequence[Firm], orders: Sequence[Ranking]) -> dict[str, float]:
    """Return the means over the firms, each with its standard error."""
    rows = np.array([_figures(f.grades, order) for f, order in zip(firms, orders, strict=True)])
    names = ("ndcg", "linear", "p@5", "clean")
    drawn = np.random.default_rng(0).integers(0, len(rows), (_RESAMPLES, len(rows)))
    errors = rows[drawn].mean(1).std(0)
    means = dict(zip(names, rows.mean(0).tolist(), strict=True))
    spread = {f"+-{name}": error for name, error in zip(names, errors.tolist(), strict=True)}
    del spread["+-linear"]
    return means | spread


def _figures(grades: Mapping[int, int], order: Ranking) -> tuple[float, float, float, float]:
    got = [grades[place] for place in order[:LINES]]
    best = sorted(grades.values(), reverse=True)[:LINES]
    share = partial(_share, got, best)
    return (
        share(lambda grade: 2.0**grade - 1),
        share(float),
        sum(grade == 2 for grade in got) / LINES,
        float(min(got) > 0),
    )


def _share(got: Sequence[int], best: Sequence[int], gain: Callable[[int], float]) -> float:
    ideal = _discounted(best, gain)
    return _discounted(got, gain) / ideal if ideal else 0.0


def _discounted(grades: Sequence[int], gain: Callable[[int], float]) -> float:
    """Return the discounted cumulated gain (Järvelin and Kekäläinen, ACM TOIS 20, 2002)."""
    return sum(float(gain(grade) / np.log2(at + 2)) for at, grade in enumerate(grades))
