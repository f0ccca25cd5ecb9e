"""What a new version would change of the same items, and which words reviews call for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from watch.domain import Axis
from watch.perimeter.propose import Judged, marks, proposals
from watch.perimeter.read import read
from watch.perimeter.trial import Pair, Turn, always, never, turns

ROOT = Path(__file__).resolve().parents[2]
OLD = read((ROOT / "tests/data/perimeter/small.yaml").read_text(encoding="utf-8"))
LIGHTING, HEALTH, LIDAR = OLD.topics


def pairs(topic: str, *items: str, axis: Axis = Axis.MARKET) -> list[Pair]:
    return [(item, axis, topic) for item in items]


# -- gained and lost -----------------------------------------------------------------------


def test_items_gained_and_lost_are_told_by_topic() -> None:
    before = [*pairs(LIGHTING.id, "a", "b"), *pairs(HEALTH.id, "c")]
    after = [*pairs(LIGHTING.id, "b", "d", "e"), *pairs(HEALTH.id, "c")]

    assert turns(OLD, OLD, before, after) == [
        Turn(Axis.MARKET, LIGHTING.id, 2, 3, ("d", "e"), ("a",))
    ]


def test_a_topic_that_goes_loses_all_and_one_that_comes_gains_all() -> None:
    new = replace(OLD, topics=(LIGHTING, replace(HEALTH, id="vivant"), LIDAR))

    found = turns(OLD, new, pairs(HEALTH.id, "a"), pairs("vivant", "a"))

    assert [(turn.topic, turn.gained, turn.lost) for turn in found] == [
        ("vivant", ("a",), ()),
        (HEALTH.id, (), ("a",)),
    ]


def test_topics_that_find_nothing_are_pointed_out_where_there_was_enough_to_find() -> None:
    found = pairs(LIGHTING.id, "a")

    assert never(OLD, found, 100) == [(Axis.MARKET, HEALTH.id), (Axis.TECHNOLOGY, LIDAR.id)]
    assert never(OLD, found, 9) == []


def test_a_topic_that_finds_nearly_everything_is_pointed_out() -> None:
    third = replace(LIGHTING, id="third")
    new = replace(OLD, topics=(LIGHTING, HEALTH, third, LIDAR))
    some = [f"{n}" for n in range(40)]

    found = [*pairs(LIGHTING.id, *some), *pairs(HEALTH.id, *some[:10])]

    assert always(new, found) == [(Axis.MARKET, LIGHTING.id)]
    # Of two topics one is always the more frequent.
    assert always(OLD, found) == []


# -- words from reviews --------------------------------------------------------------------


def judged(text: str, count: int, is_about: bool) -> list[Judged]:
    key = (Axis.TECHNOLOGY, LIDAR.id)
    return [Judged(f"{text} numéro {n}", "fr", {key: is_about}) for n in range(count)]


def test_words_of_accepted_texts_become_terms_and_of_rejected_ones_exclusions() -> None:
    accepted = judged("Le balayage FMCW mesure la route", 12, is_about=True)
    rejected = judged("Le salon du jouet mesure la route", 12, is_about=False)

    found = proposals(OLD, [*accepted, *rejected])

    assert [(one.topic, one.kind, one.language) for one in found] == [
        (LIDAR.id, "terms", "fr"),
        (LIDAR.id, "exclude", "fr"),
    ]
    assert found[0].words == ("balayage FMCW",)
    assert "jouet" in found[1].words
    assert found[0].line == f"fr: [{', '.join((*LIDAR.terms['fr'], 'balayage FMCW'))}]"


def test_few_reviews_call_for_nothing() -> None:
    accepted = judged("Le balayage FMCW", 2, is_about=True)
    rejected = judged("Le salon du jouet", 2, is_about=False)

    assert proposals(OLD, [*accepted, *rejected]) == []


def test_what_the_perimeter_has_already_is_not_proposed() -> None:
    known = LIDAR.terms["fr"][0]
    accepted = judged(f"Le {known} roule", 12, is_about=True)
    rejected = judged("Un salon ouvre", 12, is_about=False)

    found = proposals(OLD, [*accepted, *rejected])

    assert known not in [word for one in found for word in one.words]


def test_texts_without_a_word_mark_nothing() -> None:
    assert marks([], []) == []
    assert marks(["", "…"], ["12 34"]) == []
    assert marks(["lidar"] * 9, ["lidar"] * 9) == []
