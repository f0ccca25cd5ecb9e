"""Reading what was written gives it back, whatever a perimeter holds and whatever changes in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from watch.domain import Axis, Perimeter, Places, Question, Topic
from watch.errors import PerimeterError
from watch.perimeter.check import folded
from watch.perimeter.diff import diff
from watch.perimeter.read import CADENCES, CHORES, SCHEMES, read
from watch.perimeter.write import write
from watch.text.plain_yaml import compose

SMALL = (Path(__file__).resolve().parents[2] / "tests/data/perimeter/small.yaml").read_text(
    encoding="utf-8"
)

IDS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
# Plain letters beside YAML's own signs: of these a writer may wrongly believe that they need no
# quotes.
LETTERS = st.text("aeéßZ9", max_size=6) | st.text(
    st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs")), max_size=12
)
SIGNS = st.text(" :#\"'\\[]{},&*!|>%@`-?", max_size=6)
SENTENCES = (
    st.tuples(LETTERS, SIGNS, LETTERS)
    .map(lambda parts: " ".join(word for word in "".join(parts).split(" ") if word))
    .filter(lambda text: bool(text.strip()))
)
LANGUAGES = st.lists(st.sampled_from(["fr", "en", "de", "no"]), min_size=1, unique=True)
CODES = st.lists(st.from_regex("[A-Z]{2}", fullmatch=True), max_size=3).map(tuple)


def is_word(text: str) -> bool:
    return len(text) > 1 and any(map(str.isalnum, text))


# The words of a perimeter are drawn once and dealt out to its topics: to draw the words of each
# topic takes four times as long.
POOLS = st.tuples(
    st.randoms(use_true_random=True),
    st.lists(SENTENCES.filter(is_word), min_size=12, max_size=24, unique_by=folded),
    st.lists(SENTENCES, min_size=6, max_size=12),
)
TOPIC_IDS = st.lists(IDS, min_size=1, max_size=3, unique=True)
QUESTION_IDS = st.lists(IDS, max_size=2, unique=True)


class Dealer:
    """Deals out words, each at most once in a hand, and sentences."""

    def __init__(self, chance: Random, words: list[str], sentences: list[str]) -> None:
        self.chance = chance
        self.words = words
        self.sentences = sentences

    def some(self, least: int, most: int) -> tuple[str, ...]:
        return tuple(self.chance.choices(self.sentences, k=self.chance.randint(least, most)))

    def texts(self, languages: Iterable[str]) -> dict[str, str]:
        return {code: self.chance.choice(self.sentences) for code in languages}

    def subset(self, of: Sequence[str]) -> list[str]:
        return self.chance.sample(of, self.chance.randint(0, len(of)))

    def topic(self, axis: Axis, id: str, languages: list[str]) -> Topic:
        words = {
            code: self.chance.sample(self.words, self.chance.randint(3, 6)) for code in languages
        }
        return Topic(
            axis=axis,
            id=id,
            label=self.texts(languages),
            definition=self.texts(languages[:1]),
            terms={code: tuple(held[2:]) for code, held in words.items()},
            weak={code: (held[0],) for code, held in words.items()},
            exclude={code: (held[1],) for code, held in words.items()},
            case_sensitive=(words[languages[0]][2],),
            codes={scheme: self.some(1, 2) for scheme in self.subset(SCHEMES)},
            examples_for=self.some(0, 2),
            examples_against=self.some(0, 1),
        )


@st.composite
def perimeters(draw: st.DrawFn) -> Perimeter:
    languages = draw(LANGUAGES)
    dealer = Dealer(*draw(POOLS))
    return Perimeter(
        id=draw(IDS),
        version=draw(SENTENCES),
        label=dealer.texts(languages),
        purpose=dealer.texts(dealer.subset(languages)),
        languages=tuple(languages),
        topics=tuple(dealer.topic(axis, id, languages) for axis in Axis for id in draw(TOPIC_IDS)),
        places=Places(dealer.chance.choice(["", "FR", "NO"]), (), draw(CODES), draw(CODES)),
        horizon_months=dealer.chance.randint(1, 240),
        cadence={chore: dealer.chance.choice(CADENCES) for chore in dealer.subset(CHORES)},
        questions=tuple(Question(id, dealer.texts(languages[:1])) for id in draw(QUESTION_IDS)),
        out_of_scope={code: dealer.some(1, 3) for code in dealer.subset(languages)},
    )


PERIMETERS = perimeters()


@settings(max_examples=25, deadline=None)
@given(PERIMETERS)
def test_a_perimeter_survives_being_written(perimeter: Perimeter) -> None:
    assert read(write(perimeter)) == perimeter


@settings(max_examples=25, deadline=None)
@given(PERIMETERS, PERIMETERS)
def test_any_change_can_be_written_into_any_text(before: Perimeter, after: Perimeter) -> None:
    text = write(before)

    assert read(write(replace(after, written=text))) == after


@settings(max_examples=25, deadline=None)
@given(PERIMETERS)
def test_any_change_of_a_commented_file_is_made_in_place(after: Perimeter) -> None:
    written = write(replace(after, written=SMALL))

    assert read(written) == after
    assert written.endswith("# the end\n")


@settings(max_examples=25, deadline=None)
@given(PERIMETERS, PERIMETERS)
def test_two_versions_differ_in_words_exactly_where_they_differ(
    old: Perimeter, new: Perimeter
) -> None:
    new = replace(new, id=old.id)

    assert bool(diff(old, new)) == (old != new)


def outcome(text: str) -> Perimeter | list[str]:
    try:
        return read(text)
    except PerimeterError as refusal:
        return [str(problem) for problem in refusal.problems]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text("[]{},:-#&*!|>'\"%@` \n\tab", max_size=60))
def test_any_text_is_a_perimeter_or_a_list_of_problems(text: str) -> None:
    assert outcome(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.text(max_size=3), st.integers(0, 40))
def test_a_slip_of_the_pen_never_breaks_the_reader(place: int, slip: str, lost: int) -> None:
    text = SMALL[:place] + slip + SMALL[place + lost :]

    read_or_told = outcome(text)

    assert read_or_told
    assert isinstance(read_or_told, list) or write(read_or_told) == text.removeprefix("\ufeff")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SMALL)))
def test_every_value_of_a_file_knows_its_place(cut: int) -> None:
    root, faults = compose(SMALL[:cut], str)

    assert root is not None or faults
    if root is not None:
        for key, value in root.pairs.values():
            assert SMALL[key.start : key.end].strip("\"'") == key.text
            assert value.start <= value.end <= cut
