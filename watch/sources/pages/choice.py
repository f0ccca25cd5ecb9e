"""Which blocks of a page are its article: trafilatura's opinion, weighed block by block.

Two linear models, one for the blocks that trafilatura keeps and one for those it leaves, look at
where a block stands, what surrounds it and what its neighbours are. Their weights lie in
`choice.json`; `python -m tests.quality.fit_choice` fits and cross-validates them.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watch.sources.pages.markup import SENSES, Block

__all__ = ["FEATURES", "chosen", "features", "opinions", "squeezed"]

# Kept where the probability is above: chosen by the same command, the better of a few.
KEEP_INSIDE: Final = 0.4
KEEP_OUTSIDE: Final = 0.5

_TAGS: Final = (
    "p", "li", "h1", "h2", "h3", "h4", "h5", "td", "div", "dd", "dt", "blockquote", "pre",
    "figcaption", "br", "th", "section", "article",
)  # fmt: skip
_PLACES: Final = (
    "article", "main", "aside", "nav", "footer", "header", "form", "table", "ul", "ol", "figure",
    "blockquote",
)  # fmt: skip
_MARKS: Final = (
    "one", "modest", "length", "short", "long", "linked", "mostly_linked", "has_link", "sentence",
    "colon", "clauses", "digits", "signs", "repeated", "phrase", "upper", "heading", "before_1",
    "after_1", "before_4", "after_4", "around_12", "early", "late", "earlier", "later", "place",
    "first", "last", "ending", "parent", "only_child", "grandparent", "alike", "unlike", "size",
    "share", "tiny", "small",
)  # fmt: skip
FEATURES: Final = (
    *_MARKS,
    *(f"tag_{tag}" for tag in _TAGS),
    *(f"near_{sense}" for sense in SENSES),
    *(f"around_{sense}" for sense in SENSES),
    *(f"in_{place}" for place in _PLACES),
)
"""The names of a block's features, in the order of the numbers."""

_SQUEEZED = re.compile(r"[\W_]+")
_SIGNS = re.compile(r"[©@|»›→]|http|www\.|\d\d:\d\d")
# How what is no article begins, in English, French and German.
_PHRASE = re.compile(
    r"(?:read (?:more|also)|more (?:on|from)|see also|related|share|print|comments?|leave a|tags?:"
    r"|filed under|posted|by |photo|source|copyright|©|newsletter|subscribe|follow|login|previous"
    r"|next|your email|cookie|topics|published|updated|lire aussi|à lire|voir aussi|partager"
    r"|imprimer|commentaires?|par |publié|mis à jour|s'abonner|suivez|crédit|weiterlesen"
    r"|mehr (?:zum|zu|lesen)|lesen sie|teilen|drucken|kommentare?|schreibe|schlagw|kategorie"
    r"|categor|veröffentlicht|von |foto|bild|quelle|folgen|anmelden|zurück|nach oben|dein"
    r"|ihre e-mail|wir verwenden|stichw|autor|verwandte|ähnliche|das könnte|auch interessant"
    r"|weitere|themen|aktualisiert|stand:)",
    re.IGNORECASE,
)
_SURE = 25
_TELLING = 40


def opinions(blocks: Sequence[Block], kept: str) -> list[bool]:
    """Return for each block whether it stands in what an extractor kept of the page."""
    lines: set[str] = set()
    for line in kept.splitlines():
        lines.add(squeezed(line))
        lines.update(map(squeezed, line.split("|")))
    whole = squeezed(kept)
    squashed = [squeezed(block.text) for block in blocks]
    return [s in lines or (len(s) >= _SURE and s in whole) for s in squashed]


def chosen(
    blocks: Sequence[Block], is_kept: Sequence[bool], headings: frozenset[str]
) -> list[bool]:
    """Return for each block whether it belongs to the article."""
    if not blocks:
        return []
    rows = np.array(features(blocks, is_kept, headings))
    inside, outside = _weights()
    kept = np.array(is_kept)
    limits = np.where(kept, _logit(KEEP_INSIDE), _logit(KEEP_OUTSIDE))
    so: list[bool] = (np.where(kept, rows @ inside, rows @ outside) >= limits).tolist()
    return so


@cache
def _weights() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    tables = json.loads(Path(__file__).with_name("choice.json").read_text(encoding="utf-8"))
    inside, outside = tables["inside"], tables["outside"]
    return np.array([inside[f] for f in FEATURES]), np.array([outside[f] for f in FEATURES])


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def squeezed(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return _SQUEEZED.sub("", text).casefold()


@dataclass(slots=True)
class _Shares:
    """How much of the text in each group of blocks an extractor kept."""

    of: list[Hashable]
    lengths: list[int]
    is_kept: Sequence[bool]

    def others(self) -> list[tuple[float, bool]]:
        """Return for each block the share of the others in its group, and whether it is alone."""
        total: Counter[Hashable] = Counter()
        kept: Counter[Hashable] = Counter()
        for group, length, is_kept in zip(self.of, self.lengths, self.is_kept, strict=True):
            total[group] += length
            kept[group] += length * is_kept
        return [
            ((kept[g] - n * k) / max(1, total[g] - n), total[g] == n)
            for g, n, k in zip(self.of, self.lengths, self.is_kept, strict=True)
        ]


def features(
    blocks: Sequence[Block], is_kept: Sequence[bool], headings: frozenset[str]
) -> list[list[float]]:
    """Return one row per block, one number per name in `FEATURES`.

    `headings` are the page's own first headings, squeezed to letters and digits.
    """
    count = len(blocks)
    lengths = [len(block.text) for block in blocks]
    squashed = [squeezed(block.text) for block in blocks]
    repeated = Counter(squashed)
    totals = [0, *accumulate(lengths)]
    kepts = [0, *accumulate(n * k for n, k in zip(lengths, is_kept, strict=True))]
    telling = [i for i in range(count) if is_kept[i] and lengths[i] >= _TELLING]
    telling = telling or [i for i in range(count) if is_kept[i]] or [0, count]
    first, last = telling[0], telling[-1]
    parents = _Shares([block.parent for block in blocks], lengths, is_kept).others()
    grand = _Shares([block.grandparent for block in blocks], lengths, is_kept).others()
    alike = _Shares([(b.tag, b.near, b.depth) for b in blocks], lengths, is_kept).others()
    size = (
        math.log1p(kepts[-1]) / 8,
        kepts[-1] / max(1, totals[-1]),
        float(kepts[-1] < 500),
        float(kepts[-1] < 1500),
    )

    def share(i: int, start: int, end: int) -> float:
        """Return how much of the text from `start` to `end`, without block `i`, was kept."""
        start, end = max(0, start), min(count, end)
        own = lengths[i]
        whole = totals[end] - totals[start] - own
        return (kepts[end] - kepts[start] - own * is_kept[i]) / whole if whole else 0.0

    rows = []
    for i, block in enumerate(blocks):
        place = (i - first) / max(1, last - first) if first <= i <= last else 0.0
        rows.append([
            *_own(block, squashed[i], repeated[squashed[i]], headings),
            share(i, i - 1, i + 1), share(i, i, i + 2), share(i, i - 4, i + 1),
            share(i, i, i + 5), share(i, i - 12, i + 13),
            float(i < first), float(i > last),
            min(20, max(0, first - i)) / 20, min(20, max(0, i - last)) / 20, place,
            float(i == first), float(i == last), float(last - 5 < i <= last),
            parents[i][0], float(parents[i][1]), grand[i][0], alike[i][0], float(alike[i][1]),
            *size,
            *_place(block),
        ])  # fmt: skip
    return rows


def _own(block: Block, squashed: str, times: int, headings: frozenset[str]) -> list[float]:
    """Return what a block tells by itself."""
    text = block.text
    length = len(text)
    clauses = text.count(",") + text.count(". ")
    return [
        1.0,
        float(length < 120),
        math.log(length) / 5,
        float(length < _SURE),
        float(length > 80),
        block.linked,
        float(block.linked > 0.5),
        float(block.has_link),
        float(text[-1] in '.!?…"”»)'),
        float(text[-1] == ":"),
        min(3, clauses) / 3,
        sum(map(str.isdigit, text[:300])) / min(300, length),
        float(bool(_SIGNS.search(text[:300]))),
        float(times > 1),
        float(bool(_PHRASE.match(text))),
        float(text.isupper()),
        float(squashed in headings),
    ]


def _place(block: Block) -> list[float]:
    return [
        *(float(block.tag == tag) for tag in _TAGS),
        *(float(sense in block.near) for sense in SENSES),
        *(float(sense in block.around) for sense in SENSES),
        *(float(place in block.inside) for place in _PLACES),
    ]
