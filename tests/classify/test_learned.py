"""Reviews as lessons, learners as files, thresholds as scores, and texts that nobody expects."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tests.classify.samples import LIDAR, MONDAY, PERIMETER, news
from watch.classify.kept import from_bytes, to_bytes
from watch.classify.learner import teach
from watch.classify.lessons import lessons_of
from watch.classify.nearness import Nearness
from watch.classify.opinions import opinions
from watch.classify.reviewed import MOST_A_DAY, ReviewedItem, busy_days, lessons_from, verdicts
from watch.classify.school import Answers, marks, school, truth_of, worse_at
from watch.classify.settle import DOUBT, SERVED
from watch.classify.thresholds import Thresholds, shipped_cuts
from watch.domain import Axis, Review, Verdict
from watch.errors import LearnerRefused
from watch.text.meaning import Counted

TOPICS = [(topic.axis, topic.id) for topic in PERIMETER.topics]
LIDAR_KEY = (Axis.TECHNOLOGY, "lidar")


def review(item="a", topic="lidar", verdict=Verdict.CONFIRM, who=1, at=MONDAY, instead=""):
    return Review(item, Axis.TECHNOLOGY, topic, verdict, who, "staff", at, instead)


def reviewed(key, text, *reviews, story="", claimed=frozenset()):
    return ReviewedItem(news(text, key=key), story or key, reviews, claimed)


def answered(items, is_served):
    truth = truth_of(items, TOPICS)
    return truth, Answers(np.where(is_served, 0.9, 0.1), is_served)


# -- reviews as lessons --------------------------------------------------------------------


def test_the_latest_word_of_a_person_counts_and_a_tie_says_nothing():
    changed = review(verdict=Verdict.REJECT, at=MONDAY + timedelta(hours=1))

    assert verdicts([review(), changed]) == {LIDAR_KEY: False}
    assert verdicts([changed, review()]) == {LIDAR_KEY: False}
    assert verdicts([review(), review(verdict=Verdict.REJECT, who=2)]) == {}


def test_a_correction_says_no_to_one_topic_and_yes_to_the_other():
    said = verdicts([review(verdict=Verdict.CORRECT, instead="led")])

    assert said == {LIDAR_KEY: False, (Axis.TECHNOLOGY, "led"): True}


def test_what_a_judge_named_and_nobody_judged_is_not_taken_for_false():
    claimed = frozenset({(Axis.TECHNOLOGY, "led")})
    [lesson] = lessons_from([reviewed("a", "Un lidar à diodes.", review(), claimed=claimed)])

    assert lesson.about == {LIDAR_KEY: True}
    assert lesson.unsure == claimed


def test_five_hundred_reviews_of_one_minute_weigh_as_a_hundred_and_those_of_others_fully():
    hostile = [
        reviewed(f"h{n}", "Un lidar.", review(f"h{n}", verdict=Verdict.REJECT, who=9))
        for n in range(500)
    ]
    honest = reviewed("a", "Un lidar.", review("a"))

    lessons = lessons_from([*hostile, honest])

    assert busy_days(one for item in hostile for one in item.reviews) == {(9, MONDAY.date()): 500}
    fully = lessons[-1].weight
    assert sum(lesson.weight for lesson in lessons[:-1]) == pytest.approx(MOST_A_DAY * fully)


# -- a learner as a file -------------------------------------------------------------------


@pytest.fixture(scope="module")
def learner():
    return replace(
        teach(lessons_of(PERIMETER), TOPICS, Counted()),
        cuts=shipped_cuts("counted/1"), asked=("a",), answers=np.full((1, len(TOPICS)), 0.5),
    )  # fmt: skip


def test_a_learner_is_read_as_it_was_written(learner):
    again = from_bytes(*to_bytes(learner))
    said = [news("Un lidar mesure le nuage de points.", "Lidar", key="a")]

    assert again.topics == learner.topics
    assert again.asked == learner.asked
    assert opinions(again, said, [], Counted(), "x/1") == opinions(
        learner, said, [], Counted(), "x/1"
    )


@pytest.mark.parametrize("at", [0, 100, 5_000, -1])
def test_a_changed_byte_is_noticed(learner, at):
    kept, digest = to_bytes(learner)
    harmed = bytearray(kept)
    harmed[at] ^= 1

    with pytest.raises(LearnerRefused):
        from_bytes(bytes(harmed), digest)


@pytest.mark.parametrize("kept", [b"", b"PK", b"no archive at all"])
def test_what_holds_no_learner_is_refused_even_under_its_own_digest(kept):
    from hashlib import sha256

    with pytest.raises(LearnerRefused):
        from_bytes(kept, sha256(kept).hexdigest())


# -- examined ------------------------------------------------------------------------------


def test_marks_count_only_what_people_said():
    items = [
        reviewed("a", "Un lidar.", review("a")),
        reviewed("b", "Une lampe.", review("b", verdict=Verdict.REJECT)),
    ]
    truth, answers = answered(items, np.ones((2, len(TOPICS)), bool))

    whole = next(m for m in marks(truth, answers) if m.axis == "technology" and not m.topic)

    assert (whole.hits, whole.said, whole.true, whole.reviewed) == (1, 2, 1, 2)


def test_it_is_worse_where_right_answers_became_wrong():
    items = [reviewed(f"{n}", "Un lidar.", review(f"{n}")) for n in range(6)]
    truth, before = answered(items, np.ones((6, len(TOPICS)), bool))
    _truth, after = answered(items, np.zeros((6, len(TOPICS)), bool))

    assert worse_at(truth, before, after) == [(Axis.TECHNOLOGY, ""), (Axis.TECHNOLOGY, "fr")]
    assert worse_at(truth, after, before) == []
    assert worse_at(truth, before, before) == []


def test_a_topic_is_learned_from_a_handful_of_reviews():
    words = ("zirgon", "plaxite", "ombrelle", "vortelan", "mirdale", "quessin")
    items = [
        reviewed(f"{n}", f"Le klystolidar {word} avance.", review(f"{n}"))
        for n, word in enumerate(words)
    ]
    asked = [news("Voici un klystolidar.", key="x")]

    taught = school(PERIMETER, items, Counted(), 0.85).scores([("", asked[0].text)], Counted())
    plain = Nearness(Counted()).learner(PERIMETER).scores([("", asked[0].text)], Counted())

    column = TOPICS.index((LIDAR.axis, LIDAR.id))
    assert taught[0, column] > plain[0, column] + 0.2


# -- one scale of scores -------------------------------------------------------------------


@pytest.mark.parametrize("cut", [Thresholds(), Thresholds(0.84, 0.73), Thresholds(1.0, 1.0),
                                 Thresholds(0.0, 0.0), Thresholds(0.5, 0.5)])  # fmt: skip
def test_a_threshold_lands_where_tags_are_served_and_order_stays(cut):
    shares = np.linspace(0, 1, 101)
    beliefs = cut.beliefs(shares)

    assert (np.diff(beliefs) >= 0).all()
    assert (beliefs[0], beliefs[-1]) == (0, 1)
    served = min(max(cut.served, 0.02), 0.99)
    assert (beliefs[shares >= served + 1e-9] >= SERVED).all()
    assert (beliefs[shares < served - 1e-9] < SERVED).all()
    assert DOUBT < SERVED


# -- texts that nobody expects -------------------------------------------------------------

ODD = {
    "empty": "",
    "one word": "lidar",
    "ten megabytes": "Le lidar voit la route. " * 420_000,
    "one endless word": "x" * 1_000_000,
    "both languages": "The lidar voit the road, et la caméra sees le reste.",
    "capitals": "LE LIDAR AUTOMOBILE VOIT DANS LA BRUME",
    "emoji": "🚗🔦 lidar 🎉🎉👩‍👩‍👧 🇫🇷",
    "zero width": "li\u200bdar li\u200ddar \u2060\ufeff",
    "homoglyphs": "lіdаr lıdar ⅼidar",
    "half a pair": "lidar \ud83d",
    "control signs": "lidar\x00\x07\x1b[31m",
    "right to left": "\u202elidar\u202c",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts_bring_sound_tags_and_harm_no_other(text):
    near = Nearness(Counted())
    plain = news("Un lidar mesure le nuage de points.", key="b")

    tags = near.tag([news(text, text[:200], key="a"), plain], PERIMETER)

    assert [tag for tag in tags if tag.item == "b"] == near.tag([plain], PERIMETER)
    assert all(0 < tag.score <= 1 and tag.why for tag in tags)
    assert all(word in text for tag in tags if tag.item == "a" for word in tag.why)


@pytest.mark.parametrize("text", [text for name, text in ODD.items() if name != "empty"],
                         ids=[name for name in ODD if name != "empty"])  # fmt: skip
def test_odd_texts_teach_without_harm(text):
    items = [reviewed(f"{n}", text, review(f"{n}")) for n in range(5)]

    learner = school(PERIMETER, items, Counted(), 0.85)

    assert np.isfinite(learner.answers).all()
    assert np.isfinite(learner.weights.words).all()
