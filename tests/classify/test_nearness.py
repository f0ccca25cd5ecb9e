"""Nearness tags without a review, from what a perimeter says of its topics alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from watch.classify.nearness import Nearness
from watch.classify.settle import is_served
from watch.domain import NO_URL, Axis, Item
from watch.perimeter.read import read
from watch.text.meaning import Counted, Usem3

ROOT = Path(__file__).parents[2]
DAY = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def perimeter():
    return read((ROOT / "config/perimeters/photonique.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def nearness():
    return Nearness(Counted())


def item(key, title, text=""):
    return Item(key, NO_URL, title, text, "en", DAY, DAY, 0, "")


def named(tags, key, axis):
    return {tag.topic for tag in tags if tag.item == key and tag.axis is axis}


def test_the_words_of_a_topic_bring_its_tag_with_evidence(nearness, perimeter):
    said = item("a", "A lidar for trucks", "The lidar maps the road with laser pulses.")

    tags = nearness.tag([said], perimeter)

    lidar = next(tag for tag in tags if tag.topic == "lidar")
    assert lidar.axis is Axis.TECHNOLOGY
    assert 0 <= lidar.score <= 1
    assert "lidar" in [word.casefold() for word in lidar.why]
    assert lidar.by == "nearness/1"


@pytest.mark.parametrize("title", ["", "x", "🎉🎉", "\u200b\u200b", "ÉÉÉ " * 2_000])
def test_odd_texts_are_read_like_others(nearness, perimeter, title):
    tags = nearness.tag([item("a", title), item("b", "A lidar for trucks")], perimeter)

    assert "lidar" in named(tags, "b", Axis.TECHNOLOGY)
    assert all(np.isfinite(tag.score) for tag in tags)


def test_no_item_and_no_topic_bring_no_tag(nearness, perimeter):
    assert nearness.tag([], perimeter) == []
    assert nearness.tag([item("a", "A lidar")], replace(perimeter, id="none", topics=())) == []


def test_items_do_not_depend_on_each_other(nearness, perimeter):
    one, other = item("a", "A lidar for trucks"), item("b", "Street lighting is renewed")

    together = nearness.tag([one, other], perimeter)
    apart = [*nearness.tag([one], perimeter), *nearness.tag([other], perimeter)]

    assert [(t.item, t.topic, t.why) for t in together] == [(t.item, t.topic, t.why) for t in apart]
    assert [t.score for t in together] == pytest.approx([t.score for t in apart], abs=0.011)


def test_a_french_sentence_lies_near_its_english_twin():
    one, twin, stranger = Usem3().encode([
        "Le laser découpe la tôle d'acier.",
        "The laser cuts the steel sheet.",
        "The minister resigned after the vote.",
    ])  # fmt: skip

    assert one @ twin > 0.7 > 0.4 > one @ stranger


def test_the_higher_the_precision_asked_for_the_less_is_served(perimeter):
    said = [item("a", "A lidar for trucks", "Street lighting and a camera, seen in passing.")]

    eager, strict = (Nearness(Counted(), at).tag(said, perimeter) for at in (0.7, 0.95))

    pairs = zip(eager, strict, strict=True)
    assert all(one.score >= other.score for one, other in pairs)
    assert sum(tag.score for tag in eager) > sum(tag.score for tag in strict)


@pytest.mark.parametrize("name", ["mode", "verre-flaconnage", "univers-enfant"])
@pytest.mark.parametrize("model", [Counted(), Usem3()], ids=lambda model: model.id)
def test_what_is_of_no_trade_brings_no_tag_however_few_topics_there_are(name, model):
    few = read((ROOT / f"config/perimeters/{name}.yaml").read_text(encoding="utf-8"))
    said = [
        item("a", "Rien de tel"),
        item("b", "Hello world"),
        item("c", "Le ministre démissionne", "Il a quitté son poste après un vote serré."),
        item("d", "Football: the home side wins 3-0", "Ten thousand people came to the final."),
    ]

    assert [tag for tag in Nearness(model).tag(said, few) if is_served(tag)] == []
