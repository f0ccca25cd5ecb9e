"""Words: where they stand, and what is the same word."""

from __future__ import annotations

import pytest

from watch.text.words import fold, is_break, is_sentence_end, root, roots, spans, stems, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'optique d’une PME", ["l", "optique", "d", "une", "PME"]),
        ("time-of-flight, near‑infrared", ["time", "of", "flight", "near", "infrared"]),
        ("réseau 5G et matériau 2D", ["réseau", "5G", "et", "matériau", "2D"]),
        ("industrie 4.0, module 1.6T, 12,5 %", ["industrie", "4.0", "module", "1.6T", "12,5"]),
        ("e\u0301clairage", ["e\u0301clairage"]),
        ("", []),
        (" …, ", []),
    ],
)
def test_words_are_cut_as_a_reader_would(text, expected):
    assert words(text) == expected


def test_a_span_gives_the_word_back_as_it_stands():
    text = "L’Éclairage public : 12 lampadaires."

    assert [text[start:end] for start, end in spans(text)] == [
        "L",
        "Éclairage",
        "public",
        ":",
        "12",
        "lampadaires",
        ".",
    ]


def test_an_endless_word_is_cut_and_costs_little():
    assert max(map(len, words("a" * 100_000))) == 64
    assert len(roots("1.1" * 50_000)) > 0


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Éclairage", "eclairage"),
        ("E\u0301clairage", "eclairage"),
        ("ŒUVRE", "oeuvre"),
        ("Straße", "strasse"),
        ("photo\u00adnique", "photonique"),
        ("ﬁbre", "fibre"),
    ],
)
def test_accents_case_ligatures_and_invisible_signs_do_not_matter(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    "same",
    [
        ["spatial", "spatiaux", "spatiale", "spatiales"],
        ["réseau", "réseaux"],
        ["matériel", "matérielle", "matériels"],
        ["intégré", "intégrée", "intégrés", "intégrées"],
        ["lumineux", "lumineuse", "lumineuses"],
        ["fibre", "fiber", "fibres", "fibers"],
        ["centre", "center", "centres"],
        ["battery", "batteries", "batterie"],
        ["lens", "lenses"],
        ["glass", "glasses"],
        ["analysis", "analyses", "analyse"],
        ["digitisation", "digitization"],
        ["LED", "LEDs", "leds"],
    ],
)
def test_number_gender_and_spelling_do_not_matter(same):
    assert len({root(word) for word in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("optique", "option"),
        ("photonique", "photon"),
        ("commune", "communication"),
        ("organe", "organisation"),
        ("crue", "cru"),
        ("puce", "puits"),
        ("gaz", "ga"),
    ],
)
def test_words_of_different_meaning_keep_different_roots(one, other):
    assert root(one) != root(other)


def test_marks_between_clauses_are_kept_among_the_roots():
    found = roots("Un laser, une lampe. Fin – ou presque")

    assert [mark for mark in found if is_break(mark)] == [",", ".", "–"]
    assert [mark for mark in found if is_sentence_end(mark)] == ["."]
    assert is_sentence_end(roots("un\n\ndeux")[1])


def test_stems_leave_out_the_words_that_say_little_in_the_text_s_language():
    assert stems("Les capteurs de l'usine sont en or", "fr") == ["capteur", "usin", "or"]
    assert stems("The sensors of our car", "en") == ["sensor", "car"]
    assert "car" in stems("Car of the year", "")
    assert stems("", "fr") == []
