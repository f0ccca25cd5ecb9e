"""Learning: from lessons to scores that tell topics apart, and to probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from tests.classify.samples import PERIMETER, news
from watch.classify.learner import examine, folds, teach
from watch.classify.lessons import Lesson, lessons_of
from watch.classify.linear import Rows, fit, scores
from watch.classify.nearness import Nearness
from watch.classify.opinions import heard
from watch.classify.scale import fit_scale
from watch.classify.settle import settle
from watch.classify.thresholds import thresholds
from watch.classify.vocabulary import vocabulary
from watch.domain import Axis
from watch.text.meaning import Counted

CAKE, LASER = (Axis.MARKET, "cake"), (Axis.MARKET, "laser")
CAKES = ["sugar and butter", "butter in the oven", "an oven for sugar", "flour, sugar, butter"]
LASERS = ["a beam cuts steel", "steel under the beam", "a diode pumps a beam", "a steel diode"]


def lessons(weight: float = 1.0) -> list[Lesson]:
    told = [(text, CAKE) for text in CAKES] + [(text, LASER) for text in LASERS]
    return [
        Lesson("", text, {CAKE: topic is CAKE, LASER: topic is LASER}, weight, group=text)
        for text, topic in told
    ]


def test_what_was_taught_is_told_apart_in_texts_that_were_not_seen():
    learner = teach(lessons(), [CAKE, LASER], Counted())

    said = learner.scores([("Butter", "and sugar"), ("", "the diode beam")], Counted())

    assert said.argmax(1).tolist() == [0, 1]


def test_the_order_of_lessons_does_not_matter():
    texts = [("", "butter beam"), ("", "steel")]
    one = teach(lessons(), [CAKE, LASER], Counted()).scores(texts, Counted())
    other = teach(lessons()[::-1], [CAKE, LASER], Counted()).scores(texts, Counted())

    assert np.allclose(one, other, atol=1e-4)


def test_a_text_against_a_topic_lowers_it():
    against = Lesson("", "butter beam", {LASER: False}, 5.0)
    asked = [("", "butter beam")]
    before = teach(lessons(), [CAKE, LASER], Counted()).scores(asked, Counted())
    after = teach([*lessons(), against], [CAKE, LASER], Counted()).scores(asked, Counted())

    assert after[0, 1] < before[0, 1]


def test_reviewing_an_item_never_makes_it_less_right():
    asked = [("", "butter beam")]
    before = teach(lessons(), [CAKE, LASER], Counted()).scores(asked, Counted())
    review = Lesson("", "butter beam", {LASER: True}, 2.0)
    after = teach([*lessons(), review], [CAKE, LASER], Counted()).scores(asked, Counted())

    assert after[0, 1] >= before[0, 1]


@pytest.mark.parametrize("known", [True, False])
def test_one_class_only_and_contradictions_are_borne(known):
    same = [Lesson("", text, {CAKE: known}) for text in CAKES]
    torn = [Lesson("", "sugar", {LASER: True}), Lesson("", "sugar", {LASER: False})]

    said = teach([*same, *torn], [CAKE, LASER], Counted()).scores([("", "sugar")], Counted())

    assert np.isfinite(said).all()
    assert abs(said[0, 1]) < 0.2


def test_the_solver_finds_what_a_direct_solution_gives():
    chance = np.random.default_rng(7)
    words = vocabulary([("", text) for text in CAKES + LASERS]).rows([("", t) for t in CAKES])
    rows = Rows(words, chance.normal(size=(4, 6)).astype(np.float32))
    targets = np.sign(chance.normal(size=(4, 3))).astype(np.float32)
    weights = fit(rows, targets, np.ones_like(targets), 0.5)

    seen = np.hstack([words.toarray(), rows.vectors, np.ones((4, 1), np.float32)])
    held = np.diag([0.5] * (seen.shape[1] - 1) + [1e-3])
    direct = np.linalg.solve(seen.T @ seen + held, seen.T @ targets)
    assert np.allclose(scores(rows, weights), seen @ direct, atol=1e-2)


def test_probabilities_of_lessons_come_from_learners_that_had_not_had_them():
    taught = lessons()
    topics = [CAKE, LASER]
    nothing = np.zeros((len(taught), 2), np.float32)

    learner, said = examine(taught, topics, Counted(), nothing, range(len(taught)))

    own = learner.scores([("", lesson.text) for lesson in taught], Counted())
    assert (np.abs(own) > np.abs(said)).mean() > 0.8


def test_whole_groups_fall_into_one_part():
    parts = folds(["a", "b", "a", "c", "b"], 2)

    assert parts[0] == parts[2]
    assert parts[1] == parts[4]


def test_a_scale_says_how_often_a_score_is_right():
    said = np.array([[0.5]] * 10 + [[-0.5]] * 10, np.float32)
    truth = np.array([[True]] * 8 + [[False]] * 2 + [[True]] * 1 + [[False]] * 9)
    nothing, known = np.zeros_like(said), np.ones_like(truth)

    shares = fit_scale([CAKE], said, nothing, truth, known).probabilities(said, nothing)

    assert shares[0, 0] == pytest.approx(0.8, abs=0.05)
    assert shares[-1, 0] == pytest.approx(0.1, abs=0.05)


def test_thresholds_serve_at_the_precision_asked_for():
    shares = np.linspace(0, 1, 101)
    truth = shares > 0.5

    cut = thresholds(shares, truth, precision=0.8, left=0.1)

    served = shares >= cut.served
    assert truth[served].mean() >= 0.8
    assert cut.doubt < cut.served
    assert ((shares >= cut.doubt) & ~served).sum() <= 0.1 * (shares >= cut.doubt).sum() + 1


def test_a_perimeter_teaches_each_topic_against_its_axis_alone():
    for lesson in lessons_of(PERIMETER):
        axes = {axis for axis, _ in lesson.about}
        assert len(axes) == 1
        assert sum(lesson.about.values()) <= 1


def test_a_topic_that_phrases_name_is_judged_anew():
    item = news("Des luminaires à LED.", "Éclairage public", "fr", "a" * 32)
    nearness = Nearness(Counted())

    said = nearness.tag([item], PERIMETER)

    assert {tag.by for tag in settle(said)} == {"nearness/1"}
    assert all(tag.why for tag in said)


def test_tags_stand_in_their_row_and_column():
    item = news("Des luminaires à LED.", "Éclairage public", "fr", "a" * 32)
    tags = Nearness(Counted()).tag([item], PERIMETER)
    topics = [(topic.axis, topic.id) for topic in PERIMETER.topics]

    found = heard(tags, [item], topics)

    assert found.shape == (1, len(topics))
    assert (found > 0).sum() == len(tags)


def test_names_alone_tell_texts_apart_and_texts_that_nobody_judged_tell_more():
    names = [
        Lesson("", "butter", {CAKE: True, LASER: False}, is_name=True),
        Lesson("", "beam", {LASER: True, CAKE: False}, is_name=True),
    ]
    unread = [Lesson("", text, {}) for text in CAKES + LASERS]
    asked = [("", "butter cream"), ("", "a beam of light")]

    alone = teach(names, [CAKE, LASER], Counted())
    drawn = teach([*names, *unread], [CAKE, LASER], Counted())

    for learner in (alone, drawn):
        assert learner.scores(asked, Counted()).argmax(1).tolist() == [0, 1]
    by_company = drawn.scores([("", "sugar"), ("", "steel")], Counted())
    assert by_company.argmax(1).tolist() == [0, 1]


def test_a_text_that_names_no_topic_says_nothing_of_those_that_are_taught():
    silent = teach([*lessons(), Lesson("", "salt", {})], [CAKE, LASER], Counted())

    said = silent.scores([("Butter", "and sugar"), ("", "the diode beam")], Counted())

    assert said.argmax(1).tolist() == [0, 1]
