"""How well the phrases classifier tags reviewed photonics items, per axis and language.

The folder holds `items.jsonl`: one object a line with `id`, `lang`, `title`, `text`, and the
true topics in `markets` and `technologies`. Only tags that would reach a reader count as said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watch.classify.measure import Score, interval, score
from watch.classify.phrases import Phrases
from watch.classify.settle import is_served, settle
from watch.domain import NO_URL, Axis, Item, Tag
from watch.perimeter.read import read

_PERIMETER = Path(__file__).parents[2] / "config/perimeters/photonique.yaml"
_LABELS = {Axis.MARKET: "markets", Axis.TECHNOLOGY: "technologies"}
_ANY_DAY = datetime(2026, 9, 1, tzinfo=UTC)


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Return one row per axis and language, and per axis over all languages: "market.fr"."""
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    perimeter = read(_PERIMETER.read_text(encoding="utf-8"))
    tags = Phrases().tag([_item(record) for record in records], perimeter)
    served = [tag for tag in settle(tags) if is_served(tag)]
    languages = sorted({record["lang"] for record in records})
    return {
        f"{axis}.{language}": _row(_score(records, served, axis, languages_of_row))
        for axis in Axis
        for language, languages_of_row in [
            *((one, {one}) for one in languages),
            ("all", {*languages}),
        ]
    }


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


def _score(
    records: Iterable[Mapping[str, Any]], served: Iterable[Tag], axis: Axis, languages: set[str]
) -> Score:
    labels = {r["id"]: r[_LABELS[axis]] for r in records if r["lang"] in languages}
    true = {(item, topic) for item, topics in labels.items() for topic in topics}
    said = {(tag.item, tag.topic) for tag in served if tag.axis is axis and tag.item in labels}
    return score(true, said)


def _row(measured: Score) -> dict[str, float]:
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
    }
