"""Reviews teach a learner that serves where it is no worse, and from which one can go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests import stored
from watch.classify.settle import is_served
from watch.domain import Axis, Cluster, Item, Review, Source, Verdict, WebUrl
from watch.engine.local import Here
from watch.rounds.jury import jury_of, taught
from watch.rounds.learn import learn_round, measured, move, set_aside
from watch.rounds.meet import review_item
from watch.rounds.read import read_round
from watch.rounds.serving import file_of
from watch.rounds.tasks import tag_items
from watch.store import clusters, learners, models, people, perimeters, sources, tags
from watch.text.meaning import embedder

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
CLUSTER = "essai"
PERIMETER = """\
schema: perimeter/1
id: essai
version: "1.0"
label: {fr: "Optique d'essai", en: "Test optics"}
purpose: {fr: "Suivre l'optique.", en: "Watch optics."}
languages: [fr, en]
markets:
  - id: automobile
    label: {fr: "Automobile", en: "Automotive"}
    terms: {fr: [automobile], en: [automotive]}
    examples:
      pos: ["Un constructeur équipe ses voitures.", "The car maker tests a new truck."]
      neg: ["La ville plante des arbres."]
  - id: vigne
    label: {fr: "Vigne", en: "Vineyards"}
    terms: {fr: [vigne, vignoble], en: [vineyard]}
    examples:
      pos: ["Le vigneron surveille ses grappes.", "Grapes are counted before the harvest."]
      neg: ["The car maker tests a new truck."]
technologies:
  - id: lidar
    label: {fr: "Lidar", en: "Lidar"}
    terms: {fr: [lidar], en: [lidar]}
    examples:
      pos: ["Des impulsions laser mesurent la distance.", "Laser pulses map the road."]
      neg: ["La caméra filme la rue."]
  - id: camera
    label: {fr: "Caméra", en: "Camera"}
    terms: {fr: [caméra], en: [camera]}
    examples:
      pos: ["L'image est prise par un capteur.", "An image sensor sees at night."]
      neg: ["Laser pulses map the road."]
"""
CARS = [
    "Un lidar automobile voit dans la brume",
    "Le camion autonome mesure la route par lidar",
    "Un fabricant de lidar livre les berlines",
    "Le lidar du bus détecte les piétons",
    "Une voiture d'essai porte quatre lidars",
    "Le lidar freine le poids lourd à temps",
]
VINES = [
    "Une caméra compte les grappes de la vigne",
    "Le vignoble filmé par caméra mûrit plus tôt",
    "La caméra du tracteur voit la maladie de la vigne",
    "Le vigneron trie les raisins par caméra",
    "Des caméras surveillent le vignoble en pente",
    "La vendange est guidée par caméra",
]


def item(number: int, title: str, source: int) -> Item:
    return Item(
        key=f"{number:032x}",
        url=WebUrl(f"https://journal.example/{number}"),
        title=title,
        text=f"{title}. Texte inventé.",
        language="fr",
        published_at=NOW - timedelta(hours=number),
        first_seen_at=NOW,
        source=source,
        outlet="Journal",
        digest=f"{number}",
    )


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A cluster with twelve items that were read, and two experts; its learners' folder."""
    clusters.save(Cluster(CLUSTER, "Essai"))
    perimeters.load(CLUSTER, "1.0", PERIMETER, "", NOW)
    source, _ = sources.add(CLUSTER, Source(WebUrl("https://journal.example/f"), "Journal"), NOW)
    titles = enumerate([*CARS, *VINES], 1)
    stored.keep([item(number, title, source.id) for number, title in titles], NOW)
    for name in ("ada", "bob"):
        people.add(CLUSTER, name, name, people.Role.EXPERT, "industry", "")
    read(tmp_path)
    return tmp_path


def read(folder: Path, now: datetime = NOW) -> dict[str, int]:
    return dict(read_round(Here(), CLUSTER, now, folder=folder).counts)


def learn(folder: Path, now: datetime = NOW) -> Sequence[str]:
    report = learn_round(CLUSTER, folder, now, embedder(), "en")
    return [*report.problems, *report.news]


def say(who: str, number: int, topic: str, is_right: bool, at: datetime = NOW) -> None:
    axis = Axis.MARKET if topic in {"automobile", "vigne"} else Axis.TECHNOLOGY
    user = next(one.user for one in people.members(CLUSTER) if one.username == who)
    verdict = Verdict.CONFIRM if is_right else Verdict.REJECT
    review_item(CLUSTER, Review(f"{number:032x}", axis, topic, verdict, user, "industry", at))


def review_all(who: str = "ada", at: datetime = NOW) -> None:
    """Say of every item what it is about, and what not."""
    for number in range(1, 13):
        is_car = number <= len(CARS)
        for topic, is_right in (
            ("automobile", is_car), ("vigne", not is_car), ("lidar", is_car), ("camera", not is_car)
        ):  # fmt: skip
            say(who, number, topic, is_right, at)


def judges() -> set[str]:
    said = tags.opinions(CLUSTER, [f"{number:032x}" for number in range(1, 13)])
    return {tag.by.partition("/")[0] for some in said.values() for tag in some}


def test_words_and_nearness_read_in_one_round_and_once(town: Path) -> None:
    assert judges() == {"phrases", "nearness"}
    assert read(town) == {"read": 0, "tagged": 0}


def test_without_examples_the_words_read_alone(town: Path) -> None:
    bare = "\n".join(
        line
        for line in PERIMETER.splitlines()
        if not line.strip().startswith(("examples:", "pos:", "neg:"))
    )
    perimeters.load(CLUSTER, "1.1", bare, "", NOW)

    assert read(town, NOW + timedelta(hours=1))["read"] == 12
    assert judges() == {"phrases"}


def test_before_five_reviewed_items_nothing_is_learned(town: Path) -> None:
    for number in range(1, 5):
        say("ada", number, "lidar", True)

    assert "it begins with 5 items" in learn(town)[0]
    assert learners.every(CLUSTER) == []


def test_a_learner_that_is_no_worse_serves_and_reads_everything_again(town: Path) -> None:
    review_all()

    assert learn(town) == ["learner 1 serves from now on; all items will be read again"]
    assert read(town, NOW + timedelta(hours=1))["read"] == 12
    assert judges() == {"phrases", "learned", "expert"}
    assert learn(town) == ["nothing is new since the last learner"]


def test_what_was_reviewed_is_right_before_and_after_learning(town: Path) -> None:
    review_all()
    learn(town)
    read(town, NOW + timedelta(hours=1))

    settled = models.Settled.objects.filter(is_served=True).values_list("item__key", "topic")
    assert {(key, topic) for key, topic in settled} == {
        (f"{number:032x}", topic)
        for number in range(1, 13)
        for topic in (("automobile", "lidar") if number <= 6 else ("vigne", "camera"))
    }


def test_one_can_go_back_and_forward_again(town: Path) -> None:
    review_all()
    learn(town)
    read(town, NOW + timedelta(hours=1))

    assert (move(CLUSTER, is_back=True), move(CLUSTER, is_back=True)) == (0, None)
    assert read(town, NOW + timedelta(hours=2))["read"] == 12
    assert judges() == {"phrases", "nearness", "expert"}
    assert (move(CLUSTER, is_back=False), move(CLUSTER, is_back=False)) == (1, None)
    assert read(town, NOW + timedelta(hours=3))["read"] == 12
    assert "learned" in judges()


def test_what_the_perimeter_teaches_is_kept_and_written_anew_where_it_is_damaged(
    town: Path,
) -> None:
    version = perimeters.current(CLUSTER)
    jury, _problems = jury_of(CLUSTER, version, town, "en")
    first = taught(jury, town)
    [file] = (town / "first").iterdir()
    again = taught(jury, town)
    file.write_bytes(file.read_bytes()[:-40])
    mended = taught(jury, town)

    items = [item(1, CARS[0], 1), item(2, VINES[0], 1)]
    assert first == again == mended
    assert [*(town / "first").iterdir()] == [file]
    assert tag_items(items, first) == tag_items(items, replace(first, kept=b""))


@pytest.mark.parametrize("harm", ["gone", "damaged", "foreign"])
def test_where_a_file_is_harmed_the_last_good_learner_reads_and_the_officer_is_told(
    town: Path, harm: str
) -> None:
    review_all()
    learn(town)
    review_all("bob", NOW + timedelta(minutes=1))
    assert "learner 2 serves" in learn(town)[0]
    file = file_of(town, CLUSTER, 2)
    if harm == "gone":
        file.unlink()
    elif harm == "damaged":
        file.write_bytes(file.read_bytes()[:-20])
    else:
        np.savez(file, about=np.zeros(3))

    jury, problems = jury_of(CLUSTER, perimeters.current(CLUSTER), town, "en")

    assert jury.learner == "learned/1"
    assert len(problems) == 1
    assert "learner 2 does not read" in problems[0]
    assert read(town, NOW + timedelta(hours=1))["read"] == 12


def test_under_a_new_perimeter_nearness_reads_until_there_is_a_new_learner(town: Path) -> None:
    review_all()
    learn(town)
    perimeters.load(CLUSTER, "1.1", PERIMETER.replace("[lidar]", "[lidar, lidars]"), "", NOW)

    jury, problems = jury_of(CLUSTER, perimeters.current(CLUSTER), town, "en")

    assert jury.names[-1] == "nearness/1"
    assert "another version" in problems[0]
    assert "learner 2 serves" in learn(town)[0]


def test_contradicting_reviews_teach_nothing_and_break_nothing(town: Path) -> None:
    review_all("ada")
    for number in range(1, 13):
        for topic in ("automobile", "vigne", "lidar", "camera"):
            say("bob", number, topic, False, NOW + timedelta(minutes=1))

    assert learn(town)
    found = measured(CLUSTER, town, embedder(), "en")
    assert found.reviewed == 12
    assert sum(mark.true for mark in found.marks if mark.topic) == 0


def test_one_class_only_breaks_nothing(town: Path) -> None:
    for number in range(1, 7):
        say("ada", number, "lidar", True)

    assert learn(town)
    read(town, NOW + timedelta(hours=1))
    assert is_served(next(t for t in settled(12) if t.topic == "camera"))


def settled(number: int) -> list[tags.Tag]:
    from watch.classify.settle import settle

    key = f"{number:032x}"
    return settle(tags.opinions(CLUSTER, [key])[key])


def test_five_hundred_equal_reviews_of_a_minute_weigh_little_are_told_and_can_be_set_aside(
    town: Path,
) -> None:
    review_all("ada", NOW - timedelta(days=1))
    learn(town, NOW)
    first = file_of(town, CLUSTER, 1).read_bytes()
    for turn in range(500):
        say("bob", turn % 12 + 1, "lidar", False, NOW + timedelta(seconds=turn / 9))

    told = learn(town)

    assert any("bob gave 500 reviews on 2026-11-19" in line for line in told)
    found = measured(CLUSTER, town, embedder(), "en")
    lidar = next(mark for mark in found.marks if mark.topic == "lidar")
    assert lidar.true == len(CARS)
    assert set_aside(CLUSTER, "bob", NOW, NOW + timedelta(hours=1)) == 12
    assert is_served(next(tag for tag in settled(1) if tag.topic == "lidar"))
    told = learn(town)
    assert "500 reviews of bob since 2026-11-19 09:00 (UTC) are set aside" in told[0]
    serving = learners.serving(CLUSTER)
    assert serving is not None
    assert file_of(town, CLUSTER, serving.number).read_bytes() == first
    assert set_aside(CLUSTER, "bob", NOW, None) == 12
    assert not is_served(next(tag for tag in settled(1) if tag.topic == "lidar"))


def test_a_learner_that_is_worse_is_kept_and_does_not_serve(town: Path) -> None:
    review_all()
    learn(town)
    read(town, NOW + timedelta(hours=1))
    for number in range(1, 13):
        for topic in ("automobile", "vigne", "lidar", "camera"):
            is_right = (number * 7 + len(topic)) % 3 == 0
            say("ada", number, topic, is_right, NOW + timedelta(minutes=2))

    learn(town)

    assert [one.number for one in learners.every(CLUSTER)] == [2, 1]
    serving = learners.serving(CLUSTER)
    assert serving is not None
    assert all(bool(one.reason) != (one.number == serving.number) or one.number == 1
               for one in learners.every(CLUSTER))  # fmt: skip


def test_quality_is_that_of_the_random_share_as_soon_as_enough_of_it_was_reviewed(
    town: Path,
) -> None:
    source = models.Source.objects.get().pk
    picked = [
        replace(item(number, title, source), key=f"9{number:031x}")
        for number, title in enumerate(VINES, 41)
    ]
    stored.keep(picked, NOW)
    read(town, NOW + timedelta(hours=1))
    review_all()
    for one in picked:
        say("ada", int(one.key, 16), "lidar", True)

    few = measured(CLUSTER, town, embedder(), "en")

    titles = enumerate([f"{title} encore" for title in (*CARS, *VINES)], 21)
    stored.keep([item(number, title, source) for number, title in titles], NOW)
    read(town, NOW + timedelta(hours=2))
    for number in range(21, 33):
        say("ada", number, "lidar", number < 21 + len(CARS))

    enough = measured(CLUSTER, town, embedder(), "en")

    assert (few.plain, few.reviewed, few.is_plain) == (12, 18, False)
    assert (enough.plain, enough.reviewed, enough.is_plain) == (24, 30, True)
    lidar = [next(m for m in one.marks if m.topic == "lidar") for one in (few, enough)]
    # What was picked and is wrong weighs on the first figure alone.
    assert [mark.true for mark in lidar] == [len(CARS) + len(VINES), 2 * len(CARS)]
