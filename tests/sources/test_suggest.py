from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watch.domain import Citation, Source, WebUrl
from watch.sources.suggest import suggest

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
JOURNAL = Source(WebUrl("https://www.journal.example/feed"), "Journal", id=1)


def cited(
    host: str, item: str, source: int = 1, days: float = 1, *, is_page: bool = False
) -> Citation:
    return Citation(host, source, item, f"Titre {item}", NOW - timedelta(days=days), is_page)


def suggested(*citations: Citation, most: int = 20) -> list[str]:
    return [one.address for one in suggest(citations, [JOURNAL], NOW, most)]


def test_a_site_is_told_with_its_items_its_sources_and_the_newest_example() -> None:
    [one] = suggest(
        [
            cited("lab.example", "a", 1, 9), cited("lab.example", "a", 1, 9),
            cited("www.lab.example", "b", 2, 3),
        ],
        [JOURNAL],
        NOW,
    )  # fmt: skip

    assert (one.address, one.item_count, one.source_count) == ("https://www.lab.example", 2, 2)
    assert (one.title, one.last_at) == ("Titre b", NOW - timedelta(days=3))


def test_several_sources_count_more_than_many_items_of_one() -> None:
    many = [cited("many.example", f"m{n}", 1) for n in range(9)]
    some = [cited("some.example", f"s{n}", n) for n in range(2)]

    assert suggested(*many, *some) == ["https://some.example", "https://many.example"]


def test_what_was_cited_lately_counts_more() -> None:
    old = [cited("old.example", f"o{n}", n, 200) for n in range(2)]
    new = [cited("new.example", f"n{n}", n, 2) for n in range(2)]

    assert suggested(*old, *new) == ["https://new.example", "https://old.example"]
    assert suggested(*old, *new, most=1) == ["https://new.example"]


def test_one_item_is_chance() -> None:
    assert suggested(cited("lab.example", "a", 1), cited("lab.example", "a", 2)) == []


@pytest.mark.parametrize(
    "host",
    [
        "journal.example", "www.journal.example", "blog.journal.example", "journal.example:8443",
        "www.linkedin.com", "t.co", "bit.ly", "doi.org", "fr.wikipedia.org", "www.youtube.com",
        "click.letter.example", "x.list-manage.com", "docs.google.com", "ads.example",
    ],
)  # fmt: skip
def test_what_is_a_source_already_or_no_site_that_publishes_is_not_told(host: str) -> None:
    assert suggested(cited(host, "a"), cited(host, "b")) == []


@pytest.mark.parametrize("host", ["news.lab.example", "hal.science", "t-lab.example", "x.example"])
def test_a_name_that_only_resembles_one_of_these_is_told(host: str) -> None:
    assert suggested(cited(host, "a"), cited(host, "b")) == [f"https://{host}"]


def test_the_site_of_most_of_a_sources_pages_is_its_own() -> None:
    letter = [cited("maison.example", item, 7, is_page=True) for item in "abcd"]
    guests = [cited("lab.example", item, 7, is_page=True) for item in "ef"]

    assert suggested(*letter, *guests) == ["https://lab.example"]
