"""What teaches a classifier: a perimeter's own words from the first day, reviewed items later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from watch.domain import Axis, Perimeter, Topic

__all__ = ["Key", "Lesson", "lessons_of"]

Key = tuple[Axis, str]
"""A topic among those of a perimeter."""

# How much one text of a perimeter weighs beside one term. Tuned, like all numbers of this craft,
# with `python -m tests.quality photonics`.
_LABEL, _DEFINITION, _EXAMPLE, _TERM = 3.0, 3.0, 1.5, 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text, and what is known of its topics."""

    title: str
    text: str
    about: Mapping[Key, bool]
    """Topic -> whether it is about it; what is not named is not known.

    A text that names none teaches what texts are like, and where the topics lie among them."""
    weight: float = 1.0
    others: float = 0.0
    """How much it weighs as an example against the topics that it does not name."""
    unsure: frozenset[Key] = frozenset()
    """Topics of which nothing is known although it weighs as an example against others."""
    group: str = field(default="", compare=False)
    """Lessons of one event bear one name: none is asked about what another has told."""
    is_name: bool = False
    """Whether it is but the name of a topic, which no text looks like."""


def lessons_of(perimeter: Perimeter) -> list[Lesson]:
    """Return what a perimeter says of its topics by itself, in its order.

    A text for one topic is one against the others of its axis; of the other axis it says nothing.
    """
    return [lesson for topic in perimeter.topics for lesson in _lessons(topic, perimeter)]


def _lessons(topic: Topic, perimeter: Perimeter) -> Iterator[Lesson]:
    about = {(other.axis, other.id): other is topic for other in perimeter.on(topic.axis)}
    names = [(_LABEL, text) for text in topic.label.values()]
    names += [(_TERM, term) for terms in topic.terms.values() for term in terms]
    texts = [(_DEFINITION, text) for text in topic.definition.values()]
    texts += [(_EXAMPLE, text) for text in topic.examples_for]
    for weight, text in names:
        yield Lesson("", text, about, weight, is_name=True)
    for weight, text in texts:
        yield Lesson("", text, about, weight)
    for text in topic.examples_against:
        yield Lesson("", text, {(topic.axis, topic.id): False}, _EXAMPLE)
