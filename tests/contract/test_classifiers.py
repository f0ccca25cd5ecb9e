"""What every classifier promises, whatever it is made of."""

from __future__ import annotations

import pickle

import pytest

from tests.classify.samples import PERIMETER, news
from watch.classify import Classifier
from watch.classify.nearness import Nearness
from watch.classify.phrases import Phrases

CLASSIFIERS = [Phrases, Nearness]

ITEMS = [
    news("La ville remplace 200 luminaires par des LED.", "Éclairage public", "fr", "a" * 32),
    news("A lidar maps the street lighting.", "Point cloud", "en", "b" * 32),
    news("Rien de tout cela.", "La recette du dimanche", "fr", "c" * 32),
    news("", "", "", "d" * 32),
]


@pytest.fixture(params=CLASSIFIERS, ids=lambda kind: kind.__name__)
def classifier(request) -> Classifier:
    return request.param()


def test_it_names_itself_with_a_version_and_signs_its_tags(classifier):
    kind, slash, version = classifier.name.partition("/")

    assert kind
    assert slash
    assert version
    assert {tag.by for tag in classifier.tag(ITEMS, PERIMETER)} == {classifier.name}


def test_it_reads_nothing_and_empty_items_without_complaint(classifier):
    assert classifier.tag([], PERIMETER) == []
    assert classifier.tag([ITEMS[-1]], PERIMETER) == []


def test_its_tags_follow_the_items_and_name_topics_of_the_perimeter(classifier):
    tags = classifier.tag(ITEMS, PERIMETER)
    keys = [item.key for item in ITEMS]

    assert tags == sorted(tags, key=lambda tag: keys.index(tag.item))
    assert all(PERIMETER.topic(tag.axis, tag.topic) for tag in tags)
    assert len({(tag.item, tag.axis, tag.topic) for tag in tags}) == len(tags)


def test_its_scores_lie_above_nought_and_the_round_stamps_the_time(classifier):
    for tag in classifier.tag(ITEMS, PERIMETER):
        assert 0 < tag.score <= 1
        assert tag.said_at is None


def test_every_tag_says_why(classifier):
    assert all(tag.why for tag in classifier.tag(ITEMS, PERIMETER))


def test_it_says_the_same_twice_and_in_another_process(classifier):
    said = classifier.tag(ITEMS, PERIMETER)

    assert classifier.tag(ITEMS, PERIMETER) == said
    assert pickle.loads(pickle.dumps(classifier)).tag(ITEMS, PERIMETER) == said
