import random

import pytest

from watch.text.digests import digest
from watch.text.prints import PrintIndex, fingerprint, likeness

CHANCE = random.Random(7)
WORDS = [f"word{number}" for number in range(2_000)]
TEXT = CHANCE.choices(WORDS, k=300)


def edited(count):
    """Return the text with so many words replaced, evenly spread."""
    copy = list(TEXT)
    for place in range(0, 300, 300 // count):
        copy[place] = "another"
    return " ".join(copy)


def true_likeness(one, other):
    runs = [set(zip(w, w[1:], w[2:], strict=False)) for w in (one.split(), other.split())]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


def test_a_print_takes_128_bytes_and_heeds_neither_case_nor_punctuation():
    assert len(fingerprint("Un laser vert perce le verre")) == 128
    assert fingerprint("Un laser vert, perce : le VERRE !") == fingerprint(
        "un laser vert perce le verre"
    )


def test_fewer_than_five_words_have_no_print():
    assert fingerprint("Un laser vert perce") == b""
    assert likeness(b"", b"") == likeness(b"", fingerprint(" ".join(TEXT))) == 0


@pytest.mark.parametrize("count", [3, 10, 20, 50])
def test_likeness_is_near_the_truth(count):
    one, other = " ".join(TEXT), edited(count)

    assert likeness(fingerprint(one), fingerprint(other)) == pytest.approx(
        true_likeness(one, other), abs=0.13
    )


def test_equal_texts_are_alike_and_strangers_are_not():
    stranger = " ".join(CHANCE.choices(WORDS, k=300))

    assert likeness(fingerprint(" ".join(TEXT)), fingerprint(" ".join(TEXT))) == 1
    assert likeness(fingerprint(" ".join(TEXT)), fingerprint(stranger)) < 0.05


def test_an_index_finds_the_near_ones_among_many():
    many = [fingerprint(" ".join(CHANCE.choices(WORDS, k=50))) for _ in range(500)]
    index = PrintIndex([*many, b"", fingerprint(edited(10))])

    [found, nothing, itself] = index.near([fingerprint(" ".join(TEXT)), b"", many[3]], 0.5)

    assert list(found) == [501]
    assert 0.5 < found[501] < 1
    assert nothing == {}
    assert itself == {3: 1.0}


def test_an_empty_index_finds_nothing():
    assert PrintIndex([]).near([fingerprint(" ".join(TEXT))], 0.1) == [{}]
    assert PrintIndex([b""]).near([], 0.1) == []


def test_a_digest_tells_parts_apart():
    assert len(digest("a", "b")) == 32
    assert len({digest("ab"), digest("a", "b"), digest("b", "a"), digest("ab", "")}) == 4
    assert digest("\ud800") != digest("")
