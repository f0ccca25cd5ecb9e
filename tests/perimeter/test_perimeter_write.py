"""Writing gives back what was read: comments stay, and only what changed is touched."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from watch.domain import Axis, Perimeter, Places, Question, Topic
from watch.perimeter.read import read
from watch.perimeter.write import write

ROOT = Path(__file__).resolve().parents[2]
SMALL = (ROOT / "tests/data/perimeter/small.yaml").read_text(encoding="utf-8")
SEVEN = sorted((ROOT / "config/perimeters").glob("*.yaml"))


def with_topic(perimeter: Perimeter, place: int, **changes: object) -> Perimeter:
    topics = list(perimeter.topics)
    topics[place] = replace(topics[place], **changes)  # type: ignore[arg-type]
    return replace(perimeter, topics=tuple(topics))


def comments(text: str) -> list[str]:
    return re.findall(r"(?:^| )(#.*)", text, re.MULTILINE)


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


@pytest.mark.parametrize("path", SEVEN, ids=lambda path: path.stem)
def test_an_unchanged_perimeter_is_written_as_it_was(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert write(read(text)) == text


@pytest.mark.parametrize("path", SEVEN, ids=lambda path: path.stem)
def test_a_perimeter_without_its_text_is_written_fresh(path: Path) -> None:
    perimeter = read(path.read_text(encoding="utf-8"))

    assert read(write(replace(perimeter, written=""))) == perimeter


@pytest.mark.parametrize("path", SEVEN, ids=lambda path: path.stem)
def test_many_changes_in_a_perimeter_of_the_product_keep_its_comments(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = read(text)
    first = before.topics[0]
    after = with_topic(
        replace(before, horizon_months=7, version="2.0", questions=before.questions[1:]),
        0,
        label={**first.label, "fr": 'Un nom : "neuf"'},
        terms={**first.terms, "fr": (*first.terms["fr"][:3], "un terme neuf")},
        weak={"fr": ("un terme faible",)},
        exclude={},
    )

    written = write(after)

    assert read(written) == after
    assert comments(written) == comments(text)


def test_a_new_term_touches_one_line() -> None:
    before = read(SMALL)
    after = with_topic(
        before, 0, terms={**before.topics[0].terms, "fr": ("LED", "luminaire", "dalle")}
    )

    written = write(after)

    assert read(written) == after
    assert changed_lines(SMALL, written) == ["      fr: [LED, luminaire, dalle]   # strong"]


def test_a_new_name_keeps_its_quotes_and_its_neighbours() -> None:
    after = with_topic(read(SMALL), 1, label={"fr": "Santé humaine", "en": "Health"})

    assert changed_lines(SMALL, write(after)) == ['    label: {fr: "Santé humaine", en: "Health"}']


def test_a_text_over_several_lines_is_replaced_whole() -> None:
    before = read(SMALL)
    after = replace(before, purpose={**before.purpose, "fr": "Autre but"})

    written = write(after)

    assert read(written) == after
    assert comments(written) == comments(SMALL)


def test_a_list_with_one_word_on_each_line_keeps_its_form() -> None:
    before = read(SMALL)
    after = replace(
        before, out_of_scope={**before.out_of_scope, "en": ("games", "reality show", "x: y")}
    )

    written = write(after)

    assert read(written) == after
    assert changed_lines(SMALL, written) == [
        "    - games   # one line each is fine too",
        '    - "x: y"',
    ]


def test_a_topic_comes_and_another_goes_with_the_comments_around_them_kept() -> None:
    before = read(SMALL)
    optics = Topic(
        Axis.TECHNOLOGY,
        "fibre",
        {"fr": "Fibre", "en": "Fibre"},
        terms={"fr": ("fibre optique",), "en": ("optical fibre",)},
    )
    after = replace(before, topics=(before.topics[0], before.topics[2], optics))

    written = write(after)

    assert read(written) == after
    assert comments(written) == comments(SMALL)


def test_keys_that_were_not_written_are_added_and_others_taken_out() -> None:
    before = read(SMALL)
    lidar = before.topics[2]
    after = replace(
        with_topic(
            before,
            2,
            weak={"en": ("ranging",)},
            case_sensitive=("lidar",),
            definition={"fr": "Mesurer."},
        ),
        places=Places("FR", near=("DE",)),
        cadence={"digest": "monthly"},
        questions=(Question("q3", {"fr": "Et ensuite ?"}), *before.questions),
        out_of_scope={},
    )

    written = write(after)

    assert read(written) == after
    assert lidar.label["fr"] in written


def test_windows_line_ends_stay_windows_line_ends() -> None:
    text = SMALL.replace("\n", "\r\n")
    before = read(text)
    after = with_topic(
        before, 2, weak={"en": ("ranging",)}, label={"fr": "Télémètre", "en": "Lidar"}
    )

    written = write(after)

    assert read(written) == after
    assert written.count("\n") == written.count("\r\n") == SMALL.count("\n") + 1


def test_words_that_other_readers_of_yaml_would_turn_are_quoted() -> None:
    perimeter = replace(read(SMALL), written="", version="1.10")

    written = write(perimeter)

    assert '"NO"' in written
    assert '"1.10"' in written
