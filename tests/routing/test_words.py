"""In which texts a phrase stands, and which are like a text."""

from __future__ import annotations

from watch.routing.words import Words

TEXTS = Words(
    [
        ("Deux lidars FMCW", "Das Auto."),
        ("Le DAS", "Un réseau de Bragg dans la canalisation."),
        ("Réseaux", "Bragg, le physicien."),
        ("", ""),
    ]
)


def test_a_phrase_is_found_whatever_its_accents_and_its_number() -> None:
    assert TEXTS.holding("Lidar").tolist() == [0]
    assert TEXTS.holding("réseaux de bragg").tolist() == [1]
    assert TEXTS.holding("golf").tolist() == []
    assert TEXTS.holding(" , ").tolist() == []


def test_a_word_in_capitals_is_found_only_so() -> None:
    assert TEXTS.holding("DAS").tolist() == [1]
    assert TEXTS.holding("das").tolist() == [0, 1]


def test_a_text_is_most_like_the_one_that_shares_its_rare_words() -> None:
    likeness = TEXTS.likeness("Bragg, canalisation")

    assert likeness.argmax() == 1
    assert likeness[0] == likeness[3] == 0
    assert (likeness <= 1.0001).all()


def test_no_texts_are_like_nothing() -> None:
    assert Words([]).likeness("lidar").tolist() == []
    assert Words([("", "")]).likeness("lidar").tolist() == [0]
