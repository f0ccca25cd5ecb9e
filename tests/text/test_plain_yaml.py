"""The plain part of YAML is read as it is written; a fault has its line and a sentence."""

from __future__ import annotations

from watch.text.plain_yaml import Node, compose
from watch.text.translate import speaker


def read(text: str) -> Node:
    root, faults = compose(text, str)
    assert not faults
    assert root is not None
    return root


def test_every_value_stays_what_is_written() -> None:
    root = read("home: NO\nat: 12:30\nversion: 1.10\nsome: [on, 0x1F, '']")

    assert {key: value.text for key, (_, value) in root.pairs.items()} == {
        "home": "NO",
        "at": "12:30",
        "version": "1.10",
        "some": "",
    }
    assert [item.text for item in root.pairs["some"][1].items] == ["on", "0x1F", ""]


def test_of_a_key_that_stands_twice_the_first_counts_and_the_second_is_told() -> None:
    root, (fault,) = compose("a: 1\nb: 2\na: 3", str)

    assert root is not None
    assert root.pairs["a"][1].text == "1"
    assert (fault.line, fault.twice) == (3, "a")


def test_what_breaks_off_has_no_value() -> None:
    assert compose("a: [b\nc: d", str)[0] is None


def test_bounds_are_those_of_the_caller() -> None:
    assert compose("[[a]]", str, deepest=2)[0] is not None
    assert compose("[[a]]", str, deepest=1)[0] is None
    assert compose("abcd", str, most_characters=4)[0] is not None
    assert compose("abcd", str, most_characters=3)[0] is None


def test_a_fault_is_told_in_the_language_of_the_user() -> None:
    (fault,) = compose("a: &b c", speaker("fr"))[1]

    assert fault.line == 1
    assert (
        fault.what
        == "un renvoi («\u00a0&\u00a0» ou «\u00a0*\u00a0» devant un nom) n’est pas permis"
    )
