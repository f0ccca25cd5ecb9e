"""Laws of classifying: order and batches do not matter, evidence stands in the text."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.classify.samples import MONDAY, PERIMETER, news
from watch.classify.measure import interval, score
from watch.classify.phrases import Phrases
from watch.classify.reviewed import verdicts
from watch.classify.settle import settle
from watch.classify.thresholds import Thresholds
from watch.domain import Axis, Review, Tag, Verdict
from watch.text.words import fold, root, roots, spans
from watch.workshop.ballot import opinions as ballot

JUDGES = (
    "phrases/1",
    "phrases/2",
    "nearness/1",
    "learned/2026-11-02",
    "expert/industry/1",
    "expert/academia/2",
    "expert/staff/3",
)
TAGS = st.lists(
    st.builds(
        Tag,
        item=st.sampled_from(["a", "b"]),
        axis=st.sampled_from(Axis),
        topic=st.sampled_from(["led", "lidar"]),
        score=st.sampled_from([0.0, 0.4, 0.5, 0.7, 1.0]),
        by=st.sampled_from(JUDGES),
        why=st.sampled_from([(), ("x",), ("y", "z")]),
        said_at=st.none() | st.integers(0, 3).map(lambda days: MONDAY + timedelta(days=days)),
    ),
    max_size=12,
)
VOCABULARY = """le un de satellites LED led lampe éclairage public juridique nuage points lidar
    spatial . , diode jeux vidéo luminaire orbite chaîne par star-tracker l’éclairage"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.lists(WORDS, max_size=14).map(" ".join)
ITEMS = st.lists(
    st.builds(
        news, TEXTS, TEXTS, st.sampled_from(["fr", "en", ""]), st.uuids().map(lambda u: u.hex)
    ),
    max_size=4,
)
PAIRS = st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from(["led", "lidar"])))


@given(TAGS.flatmap(lambda tags: st.tuples(st.just(tags), st.permutations(tags))))
def test_settling_does_not_depend_on_the_order(pair):
    tags, shuffled = pair

    assert settle(tags) == settle(shuffled)


@given(TAGS)
def test_what_is_said_again_settles_nothing_else(tags):
    assert settle([*tags, *tags]) == settle(tags)


@given(ITEMS)
def test_a_reading_twice_adds_nothing(items):
    phrases = Phrases()
    once = phrases.tag(items, PERIMETER)
    twice = [*once, *phrases.tag(items, PERIMETER)]

    assert settle(twice) == settle(once)


@given(TAGS)
def test_what_is_settled_stays_settled(tags):
    assert settle(settle(tags)) == settle(tags)


REVIEWERS = st.integers(1, 3)
OPINIONS = st.lists(st.tuples(REVIEWERS, st.sampled_from(Verdict), st.integers(0, 3)), max_size=6)


def said(reviewer, verdict, days):
    at = MONDAY + timedelta(days=days)
    instead = "led" if verdict is Verdict.CORRECT else ""
    return ballot(
        Review("a", Axis.TECHNOLOGY, "lidar", verdict, reviewer, "staff", at, instead=instead)
    )


def wrongness(tags, truth):
    settled = [t for t in settle(tags) if t.topic == "lidar" and t.axis is Axis.TECHNOLOGY]
    return abs((settled[0].score if settled and settled[0].item == "a" else 0.0) - truth)


@given(TAGS.map(lambda tags: [t for t in tags if t.by[:6] != "expert"]), OPINIONS, st.booleans())
def test_a_true_review_never_makes_the_reviewed_item_less_right(tags, opinions, is_lidar):
    before = [*(t for t in tags if t.item == "a"), *(t for o in opinions for t in said(*o))]
    verdict = Verdict.CONFIRM if is_lidar else Verdict.REJECT
    # A later word of somebody who has not spoken, or who changes his mind.
    after = [*before, *said(4, verdict, 5)]
    by_experts = any(tag.by.startswith("expert") for tag in before)

    if by_experts:
        assert wrongness(after, is_lidar) <= wrongness(before, is_lidar)
    else:
        assert wrongness(after, is_lidar) == 0


TRUE_TOPICS = st.sets(st.tuples(st.sampled_from(Axis), st.sampled_from(["led", "lidar"])))


def reviews_of(truth, asked):
    """Return what an expert says of the topics asked: the truth, as a correction where he can."""
    for axis, topic in sorted(asked):
        other = "led" if topic == "lidar" else "lidar"
        if (axis, topic) in truth:
            verdict, instead = Verdict.CONFIRM, ""
        elif (axis, other) in truth:
            verdict, instead = Verdict.CORRECT, other
        else:
            verdict, instead = Verdict.REJECT, ""
        yield Review("a", axis, topic, verdict, 1, "staff", MONDAY, instead=instead)


@given(TAGS.map(lambda tags: [t for t in tags if t.by[:6] != "expert"]), TRUE_TOPICS, TRUE_TOPICS)
def test_a_reviewed_item_is_what_its_expert_says_and_no_fewer_of_its_topics_are_right(
    tags, truth, asked
):
    def right(some):
        said = {(t.axis, t.topic): t.score for t in settle(some) if t.item == "a"}
        keys = {(axis, topic) for axis in Axis for topic in ("led", "lidar")}
        return {key for key in keys if abs(said.get(key, 0.0) - (key in truth)) < 0.5}

    after = [*tags, *(tag for review in reviews_of(truth, asked) for tag in ballot(review))]

    assert right(tags) | asked <= right(after)


@given(st.permutations(range(6)))
def test_lessons_do_not_depend_on_the_order_of_reviews(order):
    reviews = [
        Review("a", Axis.TECHNOLOGY, "lidar", list(Verdict)[n % 3], n % 4, "staff",
               MONDAY + timedelta(hours=n))
        for n in range(6)
    ]  # fmt: skip

    assert verdicts([reviews[n] for n in order]) == verdicts(reviews)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.01, 1), st.floats(0, 1))
def test_scores_keep_the_order_of_probabilities(shares, served, doubt):
    found = Thresholds(served, min(served, doubt)).beliefs(np.sort(np.array(shares)))

    assert (np.diff(found) >= 0).all()
    assert (found >= 0).all()
    assert (found <= 1).all()


@given(TAGS)
def test_every_topic_of_an_item_is_settled_once(tags):
    keys = [(tag.item, tag.axis, tag.topic) for tag in settle(tags)]

    assert keys == sorted({(tag.item, tag.axis, tag.topic) for tag in tags})


@given(ITEMS)
def test_an_item_is_read_alike_alone_and_in_a_batch(items):
    phrases = Phrases()
    alone = [tag for item in items for tag in phrases.tag([item], PERIMETER)]

    assert phrases.tag(items, PERIMETER) == alone


@given(TEXTS, TEXTS)
def test_evidence_stands_in_the_text_and_scores_are_scores(title, text):
    for tag in Phrases().tag([news(text, title)], PERIMETER):
        assert 0 < tag.score <= 1
        assert 1 <= len(tag.why) == len(set(tag.why)) <= 5
        assert all(words in title or words in text for words in tag.why)


@given(st.text())
def test_every_root_has_its_span(text):
    assert [root(text[start:end]) for start, end in spans(text)] == roots(text)


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(word):
    assert fold(fold(word)) == fold(word)


@given(PAIRS, PAIRS)
def test_f1_lies_between_precision_and_recall(true, said):
    measured = score(true, said)
    low, high = sorted((measured.precision, measured.recall))

    assert low - 1e-9 <= measured.f1 <= high + 1e-9


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(counts):
    successes, trials = counts
    low, high = interval(successes, trials)

    assert 0 <= low <= successes / trials + 1e-9
    assert successes / trials - 1e-9 <= high <= 1
