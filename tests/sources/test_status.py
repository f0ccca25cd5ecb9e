from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sources.seen import GOOD, Looked
from watch.sources.status import STATES, status

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "good"),
        ({"visited_at": None}, "never"),
        ({"failures": 1, "reason": "timeout"}, "failing"),
        ({"failures": 5, "reason": "timeout"}, "resting"),
        ({"failures": 9, "reason": "gone"}, "gone"),
        ({"failures": 1, "reason": "not_a_feed"}, "not_a_feed"),
        ({"failures": 1, "reason": "robots"}, "refused"),
        ({"moved_to": "https://other.example/"}, "moved"),
        ({"silent_since": NOW}, "silent"),
        ({"item_count": 0}, "empty"),
        ({"item_count": 0, "reason": "no_recipe"}, "no_recipe"),
        ({"reason": "shape_changed"}, "shape_changed"),
        ({"seconds": 12.0}, "slow"),
    ],
)
def test_a_source_has_one_state_with_cause_and_remedy(
    changes: dict[str, object], state: str
) -> None:
    said = status(Looked(**{**GOOD, **changes}), "en")

    assert said.state == state
    assert bool(said.cause and said.remedy) is (state != "good")


def test_each_state_is_said_in_french() -> None:
    from watch.text.translate import catalogue

    sentences = [part for state in STATES.values() for part in state if part]

    assert [one for one in sentences if catalogue("fr").gettext(one) == one] == []
