"""Fit the weights of `watch/sources/pages/choice.json` on the development sets, and judge them.

`python -m tests.quality.fit_choice` prints the cross-validated figures, sites kept together, and
then writes the weights fitted on all pages. A block is right where it holds a segment that must
be in the text, or stands in the expected text.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from lxml import html
from numpy.typing import NDArray
from trafilatura import extract

from tests.quality.pages import Paged, counts, likeness, segmented, unpacked, whole
from tests.shared import shared
from watch.sources.pages import choice
from watch.sources.pages.markup import blocks, parse
from watch.text.urls import host

_FOLDS = 5
_STIFFNESS = 3.0
_WHOLE_PAGES_WEIGH = 0.3
_OUT = Path(choice.__file__).with_name("choice.json")

Numbers = NDArray[np.float64]


@dataclass(slots=True)
class Seen:
    """One page, ready to learn from. `x` has a row a block, a column a feature."""

    page: Paged
    texts: list[str]
    fallback: str
    x: Numbers
    is_kept: NDArray[np.bool_]
    is_right: Numbers
    weight: Numbers
    fold: int


def see(page: Paged) -> Seen:
    """Return a page with the features and the truth of its blocks."""
    read = parse(page.body)
    assert read is not None, page.url
    found = list(blocks(read.tree))
    headings = frozenset(choice.squeezed("".join(h.itertext())) for h in read.tree.iter("h1"))
    kept = extract(read.for_libraries(), include_comments=False, include_tables=True) or ""
    is_kept = choice.opinions(found, kept)
    x = np.array(choice.features(found, is_kept, headings)).reshape(-1, len(choice.FEATURES))
    texts = [block.text for block in found]
    right, weight = _truth(texts, page.expected)
    site = (
        ".".join(host(page.url).split(".")[-2:])
        if "://" in page.url
        else page.url.rstrip("-0123456789")
    )
    fold = blake2b(site.encode(), digest_size=2).digest()[0] % _FOLDS
    return Seen(page, texts, kept, x, np.array(is_kept, bool), right, weight, fold)


def _truth(texts: list[str], expected: Any) -> tuple[Numbers, Numbers]:
    if "with" in expected:
        wanted = np.array([_holds(text, expected["with"]) for text in texts], bool)
        refused = np.array([_holds(text, expected["without"]) for text in texts], bool)
        return wanted.astype(float), (wanted ^ refused).astype(float)
    whole_text = choice.squeezed(" ".join(html.fromstring(expected["html"] or "<p/>").itertext()))
    right = np.array([choice.squeezed(text) in whole_text for text in texts], float)
    weight = np.sqrt([len(text) for text in texts])
    # A page whose whole text is known weighs as much as one with about six segments, times this.
    return right, 6 * _WHOLE_PAGES_WEIGH * weight / max(1.0, weight.sum())


def _holds(text: str, segments: list[str]) -> bool:
    return any(
        segment in text or (len(text) > 25 and text in segment)
        for segment in (" ".join(one.split()) for one in segments)
    )


def fit(pages: list[Seen]) -> tuple[Numbers, Numbers]:
    """Return the weights inside and outside of what the extractor kept: ridge regression."""
    sides = []
    for side in (True, False):
        x = np.vstack([p.x[p.is_kept == side] for p in pages if len(p.texts)])
        y = np.concatenate([p.is_right[p.is_kept == side] for p in pages if len(p.texts)])
        w = np.concatenate([p.weight[p.is_kept == side] for p in pages if len(p.texts)])
        sides.append(_logistic(x[w > 0], y[w > 0], w[w > 0]))
    return sides[0], sides[1]


def _logistic(x: Numbers, y: Numbers, w: Numbers) -> Numbers:
    """Return the weights of a penalised logistic regression, by Newton's steps."""
    weights = np.zeros(x.shape[1])
    stiffness = np.full(x.shape[1], _STIFFNESS)
    stiffness[0] = 1e-6
    for _ in range(15):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (w * (p - y)) + stiffness * weights
        curve = (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(stiffness)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def text_of(page: Seen, weights: tuple[Numbers, Numbers], limits: tuple[float, float]) -> str:
    """Return a page's text under some weights and limits (inside, outside)."""
    inside, outside = (1 / (1 + np.exp(-(page.x @ side))) for side in weights)
    keeps = np.where(page.is_kept, inside >= limits[0], outside >= limits[1])
    return "\n".join(t for t, so in zip(page.texts, keeps, strict=True) if so) or page.fallback


def figures(texts: dict[int, str], pages: list[Seen]) -> tuple[float, float]:
    """Return F1 over segments, and the mean likeness of whole texts."""
    found = [
        counts(texts[i], p.page.expected) for i, p in enumerate(pages) if "with" in p.page.expected
    ]
    right, wrong, missing = (sum(column) for column in zip(*found, strict=True))
    alike = [
        likeness(texts[i], p.page.expected["html"])[0]
        for i, p in enumerate(pages)
        if "html" in p.page.expected
    ]
    return 2 * right / (2 * right + wrong + missing), float(np.mean(alike))


def main() -> None:
    """Print figures for some limits, and write the weights."""
    pages: list[Seen] = []
    for name, reader in (("pages-trafilatura-eval", segmented), ("pages-readability", whole)):
        with unpacked(shared("data", name)) as root:
            pages += [see(page) for page in reader(root)]
    folds = [fit([page for page in pages if page.fold != fold]) for fold in range(_FOLDS)]
    plain = figures({i: page.fallback for i, page in enumerate(pages)}, pages)
    sys.stdout.write(f"trafilatura: segments {plain[0]:.4f}, words {plain[1]:.4f}\n")
    for limits in [(i, o) for i in (0.3, 0.4, 0.5) for o in (0.5, 0.55, 0.6)]:
        texts = {i: text_of(page, folds[page.fold], limits) for i, page in enumerate(pages)}
        segments, words = figures(texts, pages)
        sys.stdout.write(
            f"cross-validated at {limits}: segments {segments:.4f}, words {words:.4f}\n"
        )
    tables = {
        side: {name: round(float(w), 4) for name, w in zip(choice.FEATURES, weights, strict=True)}
        for side, weights in zip(("inside", "outside"), fit(pages), strict=True)
    }
    _OUT.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
