"""The phrases classifier: what counts as evidence, and how much."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import py3langid
import pytest

from tests.classify.samples import LED, LIGHTING, PERIMETER, news
from watch.classify.phrases import Phrases
from watch.classify.settle import SERVED, is_doubtful, is_served
from watch.domain import Item, Perimeter, Tag, Topic
from watch.perimeter.read import read

PERIMETERS = [
    read(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parents[2].joinpath("config/perimeters").glob("*.yaml"))
]
PHOTONICS = next(perimeter for perimeter in PERIMETERS if perimeter.id == "photonique")
AGREED = Path(__file__).parents[1] / "data/classify/photonique.json"


def tags(item: Item, perimeter: Perimeter = PERIMETER) -> dict[str, Tag]:
    return {tag.topic: tag for tag in Phrases().tag([item], perimeter)}


def served(text: str, language: str = "fr", title: str = "") -> set[str]:
    found = tags(news(text, title, language))
    return {topic for topic, tag in found.items() if is_served(tag)}


def test_a_strong_term_is_enough_and_shows_its_words_as_they_stand():
    tag = tags(news("La ville change l’Éclairage Public."))["eclairage"]

    assert is_served(tag)
    assert tag.why == ("Éclairage Public",)
    assert tag.by == "phrases/1"
    assert tag.said_at is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Les eclairages publics", "fr"),
        ("des E\u0301CLAIRAGES PUBLICS", "fr"),
        ("Trois luminaires", "fr"),
        ("l'éclairage du public", "fr"),
    ],
)
def test_accents_case_inflection_and_little_words_do_not_hide_a_term(text, language):
    assert served(text, language) == {"eclairage"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("un capteur d’images", "fr"),
        ("un capteur rapide d'image", "fr"),
        ("a time of flight camera", "en"),
        ("a time‑of‑flight camera", "en"),
        ("un micromiroir et des micro miroirs", "fr"),
        ("un micro-miroir", "fr"),
    ],
)
def test_apostrophes_hyphens_and_one_word_between_do_not_hide_a_phrase(text, language):
    assert served(text, language) == {"lidar"}


@pytest.mark.parametrize("text", ["un nuage. De points", "un capteur, une image", "points nuage"])
def test_a_phrase_does_not_reach_across_clauses(text):
    assert tags(news(text)) == {}


def test_a_case_sensitive_term_must_stand_in_its_case():
    assert served("Une LED rouge") == {"led"}
    assert served("Deux LEDs rouges") == {"led"}
    assert served("He led the team", "en") == set()
    assert served("HE LED THE TEAM", "en") == set()


def test_an_acronym_is_not_cut_like_a_plural():
    assert served("Le club ADA Blois gagne") == set()
    assert served("Un capteur pour ADAS") == {"lidar"}


def test_a_weak_term_alone_says_nothing():
    assert tags(news("Une lampe", "Lampe")) == {}


def test_a_weak_term_strengthens_a_strong_one_of_its_topic():
    alone, beside = tags(news("Un luminaire")), tags(news("Un luminaire et une lampe"))

    assert beside["eclairage"].score > alone["eclairage"].score
    assert beside["eclairage"].why == ("luminaire", "lampe")


def test_a_weak_market_term_counts_beside_a_technology():
    assert served("Une lampe à LED") == {"eclairage", "led"}


def test_a_weak_technology_term_in_the_body_is_to_review_beside_a_market():
    assert is_doubtful(tags(news("Le satellite porte une diode"))["led"])


def test_a_weak_term_says_little_where_a_strong_one_answers_the_axis():
    tag = tags(news("Le satellite a une LED et une lampe"))["eclairage"]

    assert not is_served(tag)


def test_an_excluded_phrase_silences_its_topic_in_its_sentence_only():
    assert tags(news("L'éclairage juridique, avec une LED")).keys() == {"led"}
    assert served("Une chaîne par satellite. Un nouveau satellite.") == {"spatial"}
    assert served("Une chaîne par satellite parle du satellite.") == set()


def test_a_term_inside_a_longer_one_is_no_second_evidence():
    tag = tags(news("L'éclairage public et une LED"))["eclairage"]

    assert tag.why == ("éclairage public",)
    assert tag.score == tags(news("L'éclairage public"))["eclairage"].score


def test_the_title_weighs_more_than_the_body():
    body, title = tags(news("Un lidar")), tags(news("", "Un lidar"))

    assert title["lidar"].score > body["lidar"].score


def test_the_same_term_twice_is_one_evidence_and_another_one_is_more():
    once = tags(news("Un lidar"))["lidar"]

    assert tags(news("Un lidar, un lidar"))["lidar"].score == once.score
    assert tags(news("Un lidar, un nuage de points"))["lidar"].score > once.score


def test_what_is_out_of_scope_is_at_best_to_review():
    tag = tags(news("Un lidar, un nuage de points dans les jeux vidéo", "Lidar"))["lidar"]

    assert not is_served(tag)
    assert is_doubtful(tag)


def test_a_plain_word_counts_in_its_own_language_and_a_phrase_in_all():
    assert served("Spatial resolution", "en") == set()
    assert served("Un star tracker", "fr") == {"spatial"}
    assert served("Spatial, star tracker", "") == {"spatial"}
    assert served("Ein Satellite mit LiDAR SLAM", "de") == {"spatial", "lidar"}


def test_evidence_is_distinct_and_at_most_five():
    terms = ("aa", "bb", "cc", "dd", "ee", "ff", "gg")
    many = Topic(LED.axis, "many", {}, terms={"fr": terms})
    perimeter = replace(PERIMETER, topics=(many,))

    assert tags(news("aa aa bb cc dd ee ff gg"), perimeter)["many"].why == terms[:5]


def test_a_term_without_a_word_matches_nothing():
    marks = replace(LED, terms={"fr": (".", "-", "")}, weak={})

    assert tags(news("Un point. Un tiret - rien."), replace(PERIMETER, topics=(marks,))) == {}


def test_another_perimeter_of_the_same_name_is_read_anew():
    phrases = Phrases()
    item = news("Un luminaire")
    without = replace(PERIMETER, topics=(replace(LIGHTING, terms={}),))

    assert phrases.tag([item], PERIMETER)
    assert phrases.tag([item], without) == []


def test_an_endless_text_is_read_in_time():
    assert served("satellite " * 50_000) == {"spatial"}


def agreed(side: str) -> list[object]:
    """Return the sentences, for or against, that phrases alone must judge right."""
    topics = {f"{topic.axis}/{topic.id}": topic for topic in PHOTONICS.topics}
    return [
        pytest.param(PHOTONICS, topics[name], text, id=f"{name}-{text[:24]}")
        for name, sides in json.loads(AGREED.read_text(encoding="utf-8")).items()
        for text in sides[side]
    ]


def shipped_against() -> list[object]:
    return [
        pytest.param(perimeter, topic, id=f"{perimeter.id}-{topic.id}")
        for perimeter in PERIMETERS
        for topic in perimeter.topics
    ]


# One for all, which plants the trees of a perimeter once: that takes far longer than reading.
PHRASES = Phrases()


def readings(text: str, perimeter: Perimeter, topic: Topic) -> list[float]:
    """Return the scores of a topic for an example read as a title, and read as a body."""
    language, _ = py3langid.classify(text)
    language = language if language in perimeter.languages else ""
    items = (news("", text, language), news(text, "", language))
    found = [PHRASES.tag([item], perimeter) for item in items]
    return [
        max((t.score for t in some if (t.axis, t.topic) == (topic.axis, topic.id)), default=0.0)
        for some in found
    ]


@pytest.mark.parametrize(("perimeter", "topic", "text"), agreed("for"))
def test_a_sentence_that_uses_the_words_of_its_topic_gets_its_tag(perimeter, topic, text):
    assert text in topic.examples_for
    assert min(readings(text, perimeter, topic)) >= 0.6


@pytest.mark.parametrize(("perimeter", "topic", "text"), agreed("against"))
def test_a_sentence_that_uses_them_in_another_sense_gets_no_tag(perimeter, topic, text):
    assert text in topic.examples_against
    assert readings(text, perimeter, topic) == [0.0, 0.0]


@pytest.mark.parametrize(("perimeter", "topic"), shipped_against())
def test_no_example_against_a_topic_is_served_for_it(perimeter, topic):
    read = {text: max(readings(text, perimeter, topic)) for text in topic.examples_against}

    assert {text: score for text, score in read.items() if score >= SERVED} == {}
