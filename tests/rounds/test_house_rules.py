from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watch.domain import Harvest, HouseRules, Outcome, Source, WebUrl
from watch.store import house_rules
from watch.store.transaction import writing

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RULES = HouseRules("https://site.example", "User-agent: *\nDisallow: /x", ((True, "/a"),), NOW)
SOURCE = Source(WebUrl("https://site.example/feed"), "a source")


def keep(rules: HouseRules) -> None:
    with writing():
        house_rules.keep([Harvest(SOURCE, rules.read_at, Outcome.NEWS, rules=(rules,))])


@pytest.mark.django_db
def test_house_rules_are_remembered_for_a_month_and_replaced_by_newer_ones() -> None:
    keep(RULES)
    newer = replace(RULES, robots="", read_at=NOW + timedelta(days=2))
    assert house_rules.known(["site.example", "other.example"], NOW) == {"site.example": (RULES,)}

    keep(newer)
    assert house_rules.known(["site.example", "other.example"], newer.read_at) == {
        "site.example": (newer,)
    }
    assert (
        house_rules.known(["site.example", "other.example"], newer.read_at + timedelta(days=30))
        == {}
    )
