"""What a new item costs until its tags are known: `python -m bench.enrich`.

Real entries of feeds, as they are written there, are cleaned, their language is told, copies among
them are found, and they are asked for 30 topics. Three do it in turn, round by round, on one
processor:

- *ours*: the product's own functions, 1,000 entries at once;
- *bare*: nothing but the calls of quick libraries for the same steps (nh3, py3langid, rensa, and
  scikit-learn's hashed words times one matrix), 1,000 at once;
- *usual*: one entry after the other through beautifulsoup4, py3langid, datasketch and a pipeline
  of scikit-learn with one model a topic.

The last two need the extra `bench`. What a learner or an encoder takes is not part of it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import NamedTuple

import numpy as np

from bench.feeds import DEFAULT, read_pool
from watch.classify.phrases import Phrases
from watch.domain import NO_URL, Item
from watch.perimeter.read import read
from watch.text.clean import one_line, to_text
from watch.text.language import language
from watch.text.prints import PrintIndex, fingerprint

TOPICS = 30
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PERIMETER = Path(__file__).parents[1] / "config/perimeters/photonique.yaml"
_NEAR = 0.5
_TAUGHT = 300
_WORDS = re.compile(r"\w+")


class Written(NamedTuple):
    """An entry as its feed has it."""

    title: str
    html: str


Way = Callable[[Sequence[Written]], None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print microseconds of processor time an item of all three, and the ratios."""
    parser = argparse.ArgumentParser(prog="python -m bench.enrich", description=__doc__)
    parser.add_argument("--items", type=int, default=1_000, help="(%(default)s)")
    parser.add_argument("--rounds", type=int, default=4, help="(%(default)s)")
    parser.add_argument("--data", type=Path, default=DEFAULT, help="(%(default)s)")
    asked = parser.parse_args(arguments)
    drawn = entries(asked.data, asked.items * (asked.rounds + 1))
    ways: dict[str, Way] = {"ours": ours(), "bare": bare(), "usual": usual(drawn)}
    costs: dict[str, list[float]] = {name: [] for name in ways}
    # Every round has entries of its own: nobody remembers them.
    for some in batched(drawn, asked.items):
        for name, way in ways.items():
            began = process_time()
            way(some)
            costs[name].append(1e6 * (process_time() - began) / len(some))
    signs = sum(len(one.html) for one in drawn) / len(drawn)
    print(f"{len(drawn):,} entries of {signs:,.0f} signs, {asked.items:,} a round")
    # The first round loads models.
    middle = {name: median(found[1:]) for name, found in costs.items()}
    for name, cost in middle.items():
        low, high = min(costs[name][1:]), max(costs[name][1:])
        print(f"  {name:<6}{cost:>8,.0f} microseconds of CPU an item ({low:,.0f} to {high:,.0f})")
    print(f"ours over bare: {middle['ours'] / middle['bare']:.2f} (goal: at most 1.5)")
    print(f"usual over ours: {middle['usual'] / middle['ours']:.1f} (goal: at least 20)")


def entries(place: Path, count: int) -> list[Written]:
    """Return so many different entries of real feeds, drawn by chance but always the same."""
    import fastfeedparser

    found: dict[Written, None] = {}
    for body in read_pool(place):
        try:
            parsed = fastfeedparser.parse(body)
        except ValueError:
            continue
        for entry in parsed.entries:
            texts = [part.get("value") or "" for part in entry.get("content") or ()]
            html = max([*texts, entry.get("description") or ""], key=len)
            found[Written(entry.get("title") or "", html)] = None
    if len(found) < count:
        raise SystemExit(f"{place}: {len(found):,} entries, asked for {count:,}; ask for fewer")
    return Random(1).sample(list(found), count)


def batched(some: Sequence[Written], size: int) -> Iterator[Sequence[Written]]:
    """Yield so many entries after so many."""
    for start in range(0, len(some), size):
        yield some[start : start + size]


def ours() -> Way:
    """Return the way through the product's own functions."""
    perimeter = read(PERIMETER.read_text(encoding="utf-8"))
    perimeter = replace(perimeter, topics=perimeter.topics[:TOPICS])
    phrases = Phrases()

    def way(some: Sequence[Written]) -> None:
        items = []
        for number, one in enumerate(some):
            title, text = one_line(one.title), to_text(one.html)
            spoken = language(f"{title}\n{text}")
            items.append(
                Item(str(number), NO_URL, title, text, spoken, NOW, NOW, 1, "Journal",
                     print=fingerprint(f"{title}\n{text}"))
            )  # fmt: skip
        prints = [item.print for item in items]
        PrintIndex(prints).near(prints, _NEAR)
        phrases.tag(items, perimeter)

    return way


def bare() -> Way:
    """Return the way through bare calls of libraries, for all entries at once."""
    from nh3 import clean
    from py3langid.langid import MODEL_FILE, LanguageIdentifier
    from rensa import RMinHash, RMinHashLSH
    from sklearn.feature_extraction.text import HashingVectorizer

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    hashed = HashingVectorizer(alternate_sign=False)
    weights = np.random.default_rng(1).normal(size=(hashed.n_features, TOPICS))

    def way(some: Sequence[Written]) -> None:
        near = RMinHashLSH(threshold=_NEAR, num_perm=128, num_bands=32)
        texts = []
        for number, one in enumerate(some):
            text = f"{one.title}\n{clean(one.html, tags=set())}"
            identifier.classify(text)
            print = RMinHash(num_perm=128, seed=1)
            print.update(_runs(text))
            near.query(print)
            near.insert(number, print)
            texts.append(text)
        hashed.transform(texts) @ weights

    return way


def usual(some: Sequence[Written]) -> Way:
    """Return the way that tutorials show, one entry after the other; its models learn here."""
    from bs4 import BeautifulSoup
    from datasketch import MinHash, MinHashLSH
    from py3langid.langid import classify
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    taught = some[:_TAUGHT]
    about = np.random.default_rng(1).random((len(taught), TOPICS)) < 0.1
    models = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2)), OneVsRestClassifier(SGDClassifier())
    )
    models.fit([f"{one.title}\n{to_text(one.html)}" for one in taught], about)

    def way(some: Sequence[Written]) -> None:
        near = MinHashLSH(threshold=_NEAR, num_perm=128)
        for number, one in enumerate(some):
            text = f"{one.title}\n{BeautifulSoup(one.html, 'html.parser').get_text()}"
            classify(text)
            print = MinHash(num_perm=128)
            for run in _runs(text):
                print.update(run.encode())
            near.query(print)
            near.insert(number, print)
            models.predict([text])

    return way


def _runs(text: str) -> list[str]:
    words = _WORDS.findall(text.lower())
    return [" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)]


if __name__ == "__main__":
    main()
