"""A token is good for what it was sealed for, and for nothing else."""

from __future__ import annotations

import re

import pytest

from watch.text.seal import seal, unseal

SECRET = b"a secret of this installation"
TOKEN = seal(SECRET, "unsubscribe", "photonique", "1204")


def test_what_was_sealed_is_given_back() -> None:
    assert unseal(SECRET, "unsubscribe", TOKEN) == ("photonique", "1204")


def test_a_token_is_short_and_fits_into_an_address() -> None:
    assert len(TOKEN) < 60
    assert re.fullmatch(r"[A-Za-z0-9_-]+", TOKEN)


def test_every_changed_letter_is_noticed() -> None:
    changed = [
        TOKEN[:place] + ("A" if TOKEN[place] != "A" else "B") + TOKEN[place + 1 :]
        for place in range(len(TOKEN))
    ]

    assert {unseal(SECRET, "unsubscribe", token) for token in changed} == {None}


@pytest.mark.parametrize(
    "token", ["", "x", TOKEN[:-1], TOKEN + "A", TOKEN + "=", TOKEN.lower(), "é" * 40, "\ud800" * 40]
)
def test_what_we_did_not_seal_says_nothing(token: str) -> None:
    assert unseal(SECRET, "unsubscribe", token) is None


def test_another_purpose_or_another_secret_says_nothing() -> None:
    assert unseal(SECRET, "sign-in", TOKEN) is None
    assert unseal(b"another", "unsubscribe", TOKEN) is None


def test_parts_are_not_joined() -> None:
    assert seal(SECRET, "p", "ab", "c") != seal(SECRET, "p", "a", "bc")
    assert seal(SECRET, "p", "a") != seal(SECRET, "pa")


def test_a_part_that_could_pass_for_two_is_refused() -> None:
    with pytest.raises(ValueError):
        seal(SECRET, "p", "a\0b")
