from __future__ import annotations

import pytest

from watch.sources.health import REASONS, explain


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_said_in_both_languages(reason: str) -> None:
    english, french = explain(reason, "en"), explain(reason, "fr")

    assert english == REASONS[reason]
    assert all(one and one != other for one, other in zip(french, english, strict=True))


def test_a_reason_of_another_version_has_a_sentence_too() -> None:
    assert explain("never heard of", "en") == REASONS["broken"]
