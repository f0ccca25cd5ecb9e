from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watch.domain import Harvest, Outcome, Source, Trouble, Visit, WebUrl
from watch.sources.rhythm import Rhythm
from watch.sources.trouble import follow, over, told

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOURCE = Source(WebUrl("https://site.example/feed"), "a source", id=1)


def lived(outcomes: Sequence[str], every: timedelta = 6 * HOUR) -> tuple[list[datetime], int]:
    """Return when an outage was told and how often its end was, over visits that end so."""
    known: list[Trouble] = []
    visit = Visit(SOURCE, good_at=NOW - DAY)
    began: list[datetime] = []
    ends = 0
    for number, reason in enumerate(outcomes):
        now = NOW + number * every
        outcome = Outcome.FAILED if reason else Outcome.NEWS
        changed = follow(known, visit, Harvest(SOURCE, now, outcome, reason=reason), Rhythm(), now)
        began += [one.told_at for one in changed if one.told_at == now]
        ends += sum(one.ended_at == now and one.told_at is not None for one in changed)
        known = [one for one in changed or known if not one.ended_at]
        visit = replace(visit, failures=visit.failures + 1 if reason else 0)
    return began, ends


def moved(url: str, to: str, known: Sequence[Trouble] = ()) -> list[Trouble]:
    source = replace(SOURCE, url=WebUrl(url))
    harvest = Harvest(source, NOW, Outcome.NEWS, moved_to=WebUrl(to))
    return follow(known, Visit(source), harvest, Rhythm(), NOW)


def test_n32_an_outage_is_told_at_its_third_failure_its_end_after_a_calm_day() -> None:
    began, ends = lived(["timeout"] * 9 + [""] * 9)

    assert began == [NOW + 12 * HOUR]
    assert ends == 1


def test_n32_a_flapping_source_is_told_once_and_its_end_once() -> None:
    began, ends = lived(["timeout", "timeout", ""] * 20 + [""] * 20)

    assert len(began) == 1
    assert ends == 1


def test_one_failure_is_never_told() -> None:
    assert lived(["timeout", *[""] * 9]) == ([], 0)


def test_a_source_that_never_answered_is_told_at_once() -> None:
    failure = Harvest(SOURCE, NOW, Outcome.FAILED, reason="dns")

    assert follow([], Visit(SOURCE), failure, Rhythm(), NOW)[0].told_at == NOW


def test_n31_gone_is_told_at_once_and_only_once() -> None:
    assert lived(["gone"] * 5) == ([NOW], 0)


def test_n37_a_move_within_one_site_is_followed_once() -> None:
    first = moved("http://site.example/feed", "https://www.site.example/rss")
    again = moved("https://www.site.example/rss", "https://site.example/feed", first)

    assert [one.what for one in first] == ["followed"]
    assert [one.what for one in again] == ["move"]


def test_n37_a_move_to_another_site_is_proposed_once() -> None:
    first = moved("https://site.example/feed", "https://other.example/feed")
    again = moved("https://site.example/feed", "https://other.example/feed", first)

    assert [(one.what, one.reason) for one in first] == [("move", "https://other.example/feed")]
    assert again == []


def test_a_silence_is_told_once_and_ends_with_the_next_item() -> None:
    last = int((NOW - 5 * DAY).timestamp())
    quiet = Rhythm(instants=(last,), silent_after=3 * DAY)
    harvest = Harvest(SOURCE, NOW, Outcome.UNCHANGED)

    first = follow([], Visit(SOURCE), harvest, quiet, NOW)
    again = follow(first, Visit(SOURCE), harvest, quiet, NOW)
    loud = replace(quiet, instants=(last, int(NOW.timestamp())))
    ended = follow(first, Visit(SOURCE), harvest, loud, NOW + HOUR)

    assert [one.what for one in first] == ["silence"]
    assert again == []
    assert ended[0].ended_at == NOW + HOUR


@pytest.mark.parametrize("what", ["outage", "gone", "silence", "move", "followed"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_trouble_is_told_with_the_sources_name(what: str, language: str) -> None:
    trouble = Trouble(1, what, NOW, "timeout", NOW, NOW + 3 * HOUR, ended_at=NOW + 30 * HOUR)

    assert told(trouble, "Le Journal", language).startswith("Le Journal")
    assert over(trouble, "Le Journal", language).startswith("Le Journal")
