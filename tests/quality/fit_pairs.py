"""Fit the weights of `watch/enrich/pairs.json` on the development sets.

`python -m tests.quality.fit_pairs` writes those of the model that is installed, and those without
any; `python -m tests.quality events` and `ecbplus` print the cross-validated figures.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from tests.quality.stories import articles, fit, photonics
from tests.shared import shared
from watch.enrich.pairs import PAIRS
from watch.text.meaning import embedder


def main() -> None:
    """Write the weights."""
    news = articles(shared("data", "ecbplus", "train.jsonl.gz"))
    found = fit([photonics(shared("data", "photonics")), news])
    written = json.loads(PAIRS.read_text(encoding="utf-8"))
    written["judges"] |= {"": asdict(found.by_marks), embedder().id: asdict(found.with_meaning)}
    written["fitted"] = "python -m tests.quality.fit_pairs, on photonics and ecbplus (train)"
    PAIRS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
