"""`python -m bench.learn`: how long a cluster's reviews take to teach, and how much memory.

5,000 invented reviewed items, put together from the example sentences of a specification with 39
topics. The watch keeps the vectors of its items, so these are not asked of the encoder: here they
are drawn by chance, which changes nothing of the time.
"""

from __future__ import annotations

import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time

import numpy as np

from watch.classify.reviewed import ReviewedItem
from watch.classify.school import school
from watch.domain import NO_URL, Item, Perimeter, Review, Verdict
from watch.perimeter.read import read
from watch.text.meaning import Recalling, as_one, embedder, normal

COUNT = 5_000
ROOT = Path(__file__).parents[1]
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


def main() -> None:
    """Teach, and print what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    written = (ROOT / "config/perimeters/photonique.yaml").read_text(encoding="utf-8")
    perimeter = read(written)
    items = [reviewed(number, perimeter, Random(number)) for number in range(count)]
    model = embedder()
    texts = [as_one(one.item.title, one.item.text) for one in items]
    drawn = np.random.default_rng(1).normal(size=(count, model.size)).astype(np.float32)
    vectors = dict(zip(texts, normal(drawn), strict=True))
    wall, cpu = perf_counter(), process_time()
    school(perimeter, items, Recalling(model, vectors), 0.85)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} reviewed items, {len(perimeter.topics)} topics, {model.id}")
    print(f"learning        {cpu:6.1f} s of CPU, {wall:.1f} s")
    print(f"memory, at most {peak:6.0f} MB")


def reviewed(number: int, perimeter: Perimeter, chance: Random) -> ReviewedItem:
    """Return an invented item about one to three topics, with what a person says of it."""
    about = chance.sample(perimeter.topics, chance.randint(1, 3))
    sentences = [chance.choice(topic.examples_for) for topic in about for _turn in range(2)]
    words = " ".join(sentences).split()
    chance.shuffle(words)
    item = Item(
        key=f"{number:032x}",
        url=NO_URL,
        title=sentences[0],
        text=f"{' '.join(sentences[1:])} {' '.join(words)}",
        language="fr",
        published_at=MONDAY,
        first_seen_at=MONDAY,
        source=0,
        outlet="",
    )
    said = [(topic, Verdict.CONFIRM) for topic in about]
    said += [(topic, Verdict.REJECT) for topic in chance.sample(perimeter.topics, 2)]
    at = MONDAY + timedelta(days=number // 30)
    reviews = [
        Review(item.key, topic.axis, topic.id, verdict, 1, "staff", at) for topic, verdict in said
    ]
    return ReviewedItem(item, item.key, tuple(reviews))


if __name__ == "__main__":
    main()
