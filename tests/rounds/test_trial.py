"""A perimeter is tried on the last items before it is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from tests import stored
from tests.conftest import PERIMETER, Town
from watch.domain import Axis, Review, Verdict
from watch.engine.local import Here
from watch.perimeter.read import read
from watch.perimeter.write import write
from watch.rounds.meet import review_item
from watch.rounds.trial import try_perimeter, words_from_reviews
from watch.store import models

OLD = read(PERIMETER)
BREAD = {"fr": ("pain", "boulangerie"), "en": ("bread",)}
ABSENT = {"fr": ("mot absent",), "en": ("absent word",)}


def with_bread() -> str:
    """Return the perimeter with a market that finds bread, and lidars nowhere."""
    first, *others = OLD.on(Axis.MARKET)
    lidar = OLD.topic(Axis.TECHNOLOGY, "lidar")
    assert lidar is not None
    topics = [
        replace(
            first, id="pain", label={"fr": "Pain", "en": "Bread"}, terms=BREAD, weak={}, exclude={}
        ),
        *others,
        *(
            replace(topic, terms=ABSENT, weak={}) if topic == lidar else topic
            for topic in OLD.on(Axis.TECHNOLOGY)
        ),
    ]
    return write(replace(OLD, topics=tuple(topics), written=""))


def test_items_gained_and_lost_are_named_and_nothing_is_recorded(town: Town) -> None:
    before = [list(model.objects.values()) for model in (models.Reading, models.Settled)]
    told: list[tuple[int, int]] = []

    trial = try_perimeter(
        Here(),
        "essai",
        with_bread(),
        timezone.now() - timedelta(days=90),
        lambda done, whole: told.append((done, whole)),
    )

    bread = next(turn for turn in trial.turns if turn.topic == "pain")
    lidar = next(turn for turn in trial.turns if turn.topic == "lidar")
    assert [trial.titles[item] for item in bread.gained] == ["Recette du pain"]
    assert (lidar.before, lidar.after, len(lidar.lost)) == (4, 0, 4)
    assert told == [(6, 6)]
    assert before == [list(model.objects.values()) for model in (models.Reading, models.Settled)]


def test_what_people_said_counts_under_both_versions(town: Town) -> None:
    expert = User.objects.get(username="expert").pk
    said = Review(
        town.first.key, Axis.TECHNOLOGY, "lidar", Verdict.CONFIRM, expert, "industry",
        timezone.now(),
    )  # fmt: skip
    review_item("essai", said)

    trial = try_perimeter(Here(), "essai", with_bread(), timezone.now() - timedelta(days=90))

    lidar = next(turn for turn in trial.turns if turn.topic == "lidar")
    assert town.first.key not in lidar.lost
    assert lidar.after == 1


def test_reviews_call_for_words(town: Town) -> None:
    expert = User.objects.get(username="expert").pk
    now = timezone.now()
    texts = [
        *(("Le balayage cohérent mesure la route", Verdict.CONFIRM) for _ in range(12)),
        *(("Le salon des jouets mesure la ville", Verdict.REJECT) for _ in range(12)),
    ]
    for place, (title, verdict) in enumerate(texts):
        one = replace(town.first, key=f"{place:032x}", title=title, text=f"numéro {place}")
        stored.keep([one], now)
        review_item(
            "essai",
            Review(one.key, Axis.TECHNOLOGY, "lidar", verdict, expert, "industry", now),
        )

    found = {one.kind: one.words for one in words_from_reviews("essai", PERIMETER)}

    assert "balayage cohérent" in found["terms"]
    assert {"salon", "jouets"} & set(" ".join(found["exclude"]).split())
