"""Marks: what two languages write alike is one, and only names inside of sentences are names."""

from __future__ import annotations

import numpy as np
import pytest

from watch.text.marks import KINDS, MARKS, as_marks, kinds, marks, named


def words(title: str, text: str = "", kind: str = "word") -> set[str]:
    place = KINDS.index(kind)
    return {word for mark, word in named(title, text) if kinds(np.uint32(mark)) == place}


def shared(one: str, other: str) -> int:
    return len(np.intersect1d(as_marks(marks("", one)), as_marks(marks("", other))))


def test_what_two_languages_write_alike_is_one_mark() -> None:
    assert shared("photonique", "photonics") == 1
    assert shared("Bologne", "bolognese") == 1
    assert shared("jumelles", "binoculars") == 0


def test_a_number_is_one_however_its_thousands_and_tenths_are_parted() -> None:
    assert words("", "9 400, 9,400 ou 9.400", "number") == {"9400"}
    assert shared("1,6 km", "1.6 km") == 2
    assert words("", "En 5 ans", "number") == set()


def test_a_name_begins_with_a_capital_inside_of_a_sentence() -> None:
    text = "Optralis livre. Le ministère et Monophot signent : Deux ans."

    assert words("", text, "name") == {"Monophot"}
    assert words("Le LiFi de Monophot arrive", kind="name") == {"LiFi", "Monophot"}


def test_a_title_in_capitals_names_nobody() -> None:
    assert words("France Orders Nine Thousand Binoculars", kind="name") == set()


@pytest.mark.parametrize("text", ["", "le la les", "\ud800 \x00", "💡" * 50, "a" * 10_000_000])
def test_no_text_trips_it_and_each_mark_stands_once(text: str) -> None:
    found = as_marks(marks(text, text))

    assert found.tolist() == sorted(set(found.tolist()))
    assert all(0 < mark < MARKS for mark in found.tolist())
