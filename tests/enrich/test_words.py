"""What an item's words tell."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from watch.domain import NO_URL, Item
from watch.enrich.words import words_of
from watch.text.meaning import Counted

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LONG = "Le verre épais ne résiste pas à la lumière verte, dit son auteur. " * 2
ITEM = Item("a" * 32, NO_URL, "Un laser perce le verre", LONG, "en", NOW, NOW, 1, "Journal")


def test_the_text_speaks_its_own_language():
    english = "A green laser drills through thick glass in seconds"

    french, other = words_of([ITEM, replace(ITEM, title=english, text="")])

    assert (french.language, other.language) == ("fr", "en")


def test_a_few_words_are_in_the_language_of_their_source():
    [words] = words_of([replace(ITEM, title="LIDAR X200", text="", language="de")])

    assert words.language == "de"


def test_only_a_text_of_its_own_and_of_some_length_has_a_print():
    shared, short = replace(ITEM, has_own_text=False), replace(ITEM, text="Lire la suite")

    own, *others = words_of([ITEM, shared, short])

    assert len(own.print) == 128
    assert [words.print for words in others] == [b"", b""]


def test_the_stems_are_those_of_title_and_text_and_never_nothing():
    found, empty = words_of([ITEM, replace(ITEM, title="", text="")])

    assert found.stems.split()[:3] == ["laser", "perc", "verr"]
    assert empty.stems


def test_the_model_is_asked_where_title_and_text_lie():
    model = Counted()

    [plain] = words_of([ITEM])
    [placed] = words_of([ITEM], model)
    [row] = model.encode([f"{ITEM.title}. {ITEM.text}"])

    assert plain.vector == b""
    assert placed.vector == row.astype(np.float16).tobytes()
    assert replace(placed, vector=b"") == plain
