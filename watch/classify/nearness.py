"""Tags without any review: what a perimeter says of its topics teaches the first learner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from watch.classify.learner import Learner, teach
from watch.classify.lessons import lessons_of
from watch.classify.opinions import opinions
from watch.classify.phrases import Phrases
from watch.classify.thresholds import shipped_cuts
from watch.domain import Item, Perimeter, Tag
from watch.text.meaning import Embedder, embedder

__all__ = ["Nearness"]

_LEARNER_COUNT = 8


class Nearness:
    """The classifier by nearness of words and meaning to labels, definitions, terms, examples.

    What is near to every topic is near to none: the topics of an axis are told apart together.
    It remembers what the perimeters taught that it has read.
    """

    name = "nearness/1"

    def __init__(self, model: Embedder | None = None, precision: float = 0.85) -> None:
        self.model = model or embedder()
        self.precision = precision
        self._phrases = Phrases()
        self._learners: dict[str, tuple[Perimeter, Learner]] = {}

    def tag(self, items: Sequence[Item], perimeter: Perimeter) -> list[Tag]:
        """Return the tags of every item, in the order of `items`, then of the topics.

        Scores are probabilities on the scale of all tags that count what the phrases say as well.
        """
        said = self._phrases.tag(items, perimeter)
        return opinions(self.learner(perimeter), items, said, self.model, self.name)

    def learner(self, perimeter: Perimeter) -> Learner:
        """Return what the perimeter teaches by itself; a second or two, once a version."""
        known, learner = self._learners.get(perimeter.id, (None, None))
        if learner is None or known != perimeter:
            topics = [(topic.axis, topic.id) for topic in perimeter.topics]
            learner = replace(
                teach(lessons_of(perimeter), topics, self.model),
                cuts=shipped_cuts(self.model.id, self.precision),
            )
            if len(self._learners) >= _LEARNER_COUNT:
                self._learners.clear()
            self._learners[perimeter.id] = perimeter, learner
        return learner
