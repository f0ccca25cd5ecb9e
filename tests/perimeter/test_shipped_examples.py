"""The example sentences of the perimeters that we ship: enough, in both languages, each once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from watch.domain import Perimeter, Topic
from watch.perimeter.read import read
from watch.text.language import language

SEVEN = [
    read(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parents[2].joinpath("config/perimeters").glob("*.yaml"))
]
TOPICS = [
    pytest.param(topic, id=f"{perimeter.id}-{topic.id}")
    for perimeter in SEVEN
    for topic in perimeter.topics
]


def written(sentence: str) -> str:
    """Return a sentence without what does not make it another one: case, signs, blanks."""
    return " ".join(re.findall(r"\w+", sentence.casefold()))


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_enough_examples_in_both_languages(topic: Topic) -> None:
    found_for = Counter(map(language, topic.examples_for))
    found_against = Counter(map(language, topic.examples_against))

    assert 20 <= found_for.total() <= 40
    assert found_against.total() >= 8
    assert found_for.keys() | found_against.keys() == {"fr", "en"}
    assert min(found_for.values()) >= 0.4 * found_for.total()
    assert min(found_against.values()) >= 3


@pytest.mark.parametrize("perimeter", SEVEN, ids=lambda perimeter: perimeter.id)
def test_no_sentence_stands_twice_in_a_perimeter(perimeter: Perimeter) -> None:
    sentences = Counter(
        written(sentence)
        for topic in perimeter.topics
        for sentence in (*topic.examples_for, *topic.examples_against)
    )

    assert [sentence for sentence, count in sentences.items() if count > 1] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_an_example_is_as_long_as_a_title_or_a_lead(topic: Topic) -> None:
    sentences = (*topic.examples_for, *topic.examples_against)

    assert [some for some in sentences if not 5 <= len(some.split()) <= 35] == []
