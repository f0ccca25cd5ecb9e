"""The kind of source that the developers' page shows is a whole one: it is taken from there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from tests.doors import Reply, WebServer
from tests.sources.test_records import NOW, plain, read, visit_of
from watch.domain import Manners, Source, Trip, Visit, WebUrl
from watch.sources.kind import Kind
from watch.sources.raw import to_reading
from watch.sources.registry import KINDS
from watch.sources.spelled import spell
from watch.sources.travel import travel

PAGE = Path(__file__).resolve().parents[2] / "docs" / "developers.md"
MOST_LINES = 40


def shown(language: str) -> list[str]:
    """Return what the page's chapter on kinds shows as code of a language."""
    chapter = PAGE.read_text("utf-8").partition("## Adding a kind of source")[2]
    chapter = chapter.partition("\n## ")[0]
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", chapter)


@pytest.fixture
def fairs() -> Iterator[Kind]:
    """The kind on the page, registered for one test."""
    [example] = shown("python")
    names: dict[str, Any] = {}
    exec(compile(example, PAGE.name, "exec"), names)
    kind: Kind = names["FAIRS"]
    registered = cast("dict[str, Kind]", KINDS)
    registered[kind.name] = kind
    yield kind
    del registered[kind.name]


def test_the_example_is_short() -> None:
    [example] = shown("python")

    assert len(example.splitlines()) <= MOST_LINES


def test_its_recorded_answer_is_read_as_written_beside_it(fairs: Kind) -> None:
    answer, beside = shown("json")
    expected = json.loads(beside)
    visit = visit_of(fairs, {})

    feed = read(fairs, visit, expected, answer.encode())

    reading = to_reading(feed, visit.source, item_kind=fairs.item_kind)
    assert [plain(entry) for entry in reading.entries] == expected["entries"]
    assert (feed.next, feed.mark) == (None, expected["mark"])


def test_its_settings_are_checked_and_a_visit_brings_what_it_asks_for(fairs: Kind) -> None:
    answer = json.loads(shown("json")[0])
    first, last = answer["fairs"]
    pages = [{"fairs": [first], "next_page": 2}, {"fairs": [last]}]
    with WebServer({}) as web:
        web.answers["/api/fairs?"] = lambda _: Reply(json.dumps(pages.pop(0)).encode())
        wished = Source(WebUrl(web.url("/api/fairs")), "Fairs", "fairs")
        source, _none = spell(Source(wished.url, "", "fairs", options={"theme": "optics"}), str)
        refused, problems = spell(wished, str)
        assert source is not None
        manners = Manners(pause=timedelta(), open_addresses=frozenset({web.address}))
        [harvest] = travel([Trip("agenda", (Visit(source),))], NOW, manners)

    assert [entry.title for entry in harvest.entries] == ["Optics Days", "Laser Week"]
    assert [path.partition("?")[2].count("page=2") for path in web.paths] == [0, 1]
    assert refused is None
    assert [(one.where, one.what) for one in problems] == [("theme", "is required")]
