"""How well photonics items are tagged without any review, per axis and language.

By the phrases alone, and by nearness, which counts them too: its rows are named "nearness.".

The folder holds `items.jsonl`: one object a line with `id`, `lang`, `title`, `text`, and the
true topics in `markets` and `technologies`. Only tags that would reach a reader count as said.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watch.classify import Classifier
from watch.classify.measure import Score, interval, score
from watch.classify.nearness import Nearness
from watch.classify.phrases import Phrases
from watch.classify.settle import is_served, settle
from watch.domain import NO_URL, Axis, Item, Tag
from watch.perimeter.read import read

_PERIMETER = Path(__file__).parents[2] / "config/perimeters/photonique.yaml"
_LABELS = {Axis.MARKET: "markets", Axis.TECHNOLOGY: "technologies"}
_JUDGES: Mapping[str, Callable[[], Classifier]] = {"": Phrases, "nearness.": Nearness}
_ANY_DAY = datetime(2026, 9, 1, tzinfo=UTC)


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Return one row per judge, axis and language, and over all: "nearness.market.fr"."""
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    perimeter = read(_PERIMETER.read_text(encoding="utf-8"))
    items = [_item(record) for record in records]
    languages = sorted({record["lang"] for record in records})
    rows = {}
    for name, judge in _JUDGES.items():
        tags = settle(judge().tag(items, perimeter))
        for axis in Axis:
            for language, spoken in [*((one, {one}) for one in languages), ("all", {*languages})]:
                labels = {r["id"]: r[_LABELS[axis]] for r in records if r["lang"] in spoken}
                said = [tag for tag in tags if tag.axis is axis and tag.item in labels]
                rows[f"{name}{axis}.{language}"] = _row(labels, said)
    return rows


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


def _row(labels: Mapping[str, Sequence[str]], tags: Sequence[Tag]) -> dict[str, float]:
    """Return what served tags reach, then F1 at the best threshold, and the first topic's share."""
    measured = _score(labels, filter(is_served, tags))
    low, high = interval(measured.hits, measured.said)
    return {
        "precision": measured.precision,
        "from": low,
        "to": high,
        "recall": measured.recall,
        "f1": measured.f1,
        "hits": measured.hits,
        "said": measured.said,
        "true": measured.true,
        "best f1": max(
            _score(labels, [tag for tag in tags if tag.score >= least / 100]).f1
            for least in range(5, 100, 5)
        ),
        "P@1": _first(labels, tags),
    }


def _score(labels: Mapping[str, Sequence[str]], said: Iterable[Tag]) -> Score:
    true = {(item, topic) for item, topics in labels.items() for topic in topics}
    return score(true, {(tag.item, tag.topic) for tag in said})


def _first(labels: Mapping[str, Sequence[str]], tags: Sequence[Tag]) -> float:
    """Return the share of items with a topic of which the likeliest tag is true."""
    likeliest = {tag.item: tag.topic for tag in sorted(tags, key=lambda tag: tag.score)}
    asked = [item for item, topics in labels.items() if topics]
    right = sum(likeliest.get(item) in labels[item] for item in asked)
    return right / len(asked) if asked else 0.0
