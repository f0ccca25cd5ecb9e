"""OpenAlex: a query or a filter -> scholarly works with the organisations behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from watch.domain import Manners, Perimeter, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import (
    arxiv_of,
    doi_of,
    mapping,
    mappings,
    read_json,
    stated,
    word,
    words,
)
from watch.sources.records.asking import (
    base,
    chosen,
    needed,
    page,
    phrases,
    since,
    with_parameters,
    wrong_query,
)
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["OPENALEX"]

_OPTIONS = {"query": "search", "filter": "filter"}
_FIELDS = (
    "id", "doi", "display_name", "publication_date", "created_date", "type", "language",
    "authorships", "primary_topic", "topics", "keywords", "primary_location", "locations",
    "abstract_inverted_index",
)  # fmt: skip
# Works are asked for by the day of publication (a search by the day of entry costs money), and
# enter weeks after it.
_OVERLAP = timedelta(days=30)
_ROWS = 100
_MOST_WORDS = 500
# What is left of the day's allowance when we stop: other programs of the same key live on it.
_RESERVE = 0.1
# An abstract of more words is none.
_MOST_PLACES = 20_000
_KINDS = {
    "dataset": "dataset",
    "dissertation": "thesis",
    "preprint": "preprint",
    "standard": "standard",
    "software": "release",
}
_HAL_NUMBER = re.compile(r"https?://[\w.-]*\bhal\b[\w.-]*/(?:[\w-]+/)?((?:[a-z]+-)?hal[a-z]*-\d+)")
_FILTERS = re.compile(r"[a-z_.]+:[^,]+(,[a-z_.]+:[^,]+)*")


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    wished = needed(chosen(visit, _OPTIONS))
    if not manners.keys.get("openalex"):
        raise VisitFailed("no_key", "openalex")
    window = f"from_publication_date:{since(visit, now, _OVERLAP):%Y-%m-%d}"
    url = with_parameters(
        base(visit),
        **{
            "search": wished["query"],
            "filter": ",".join(filter(None, (wished["filter"], window))),
            "sort": "publication_date",
            "per-page": _ROWS,
            "cursor": "*",
            "select": ",".join(_FIELDS),
        },
    )
    secrets = {"api_key": manners.keys["openalex"]}
    return Request(url, secrets=secrets, accepts=frozenset({400}))


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    answer = read_json(reply)
    if "error" in answer:
        message = f"{word(answer['error'])} {word(answer.get('message'))}"
        raise VisitFailed("bad_options", message.strip(), reply.status)
    if not isinstance(answer.get("results"), list):
        raise VisitFailed("not_records", "JSON without results", reply.status)
    works = list(mappings(answer["results"]))
    cursor = word(mapping(answer.get("meta")).get("next_cursor"))
    following = None
    if works and cursor:
        following = replace(reply.request, url=with_parameters(reply.request.url, cursor=cursor))
    listed = [(_entry(one), read_date(word(one.get("publication_date")))) for one in works]
    began = since(visit, reply.asked_at, _OVERLAP)
    found = page(listed, following, began, reply.asked_at, most_entries)
    if following and _is_spent(reply.headers):
        return replace(found, next=None, skipped_count=max(found.skipped_count, 1))
    return found


def _is_spent(headers: Mapping[str, str]) -> bool:
    """Return whether the allowance of the day is all but used up."""
    said = {name.lower(): text for name, text in headers.items()}
    try:
        limit = float(said["x-ratelimit-limit"])
        left = float(said["x-ratelimit-remaining"])
    except (KeyError, ValueError):
        return False
    return left < _RESERVE * limit


def _entry(work: Mapping[str, Any]) -> RawEntry:
    number = word(work.get("id")).rpartition("/")[2]
    doi = doi_of(word(work.get("doi")))
    landing = word(mapping(work.get("primary_location")).get("landing_page_url"))
    identifiers = {
        "doi": doi,
        "openalex": number,
        "arxiv": arxiv_of(doi),
        "hal": _hal_number(work),
    }
    topics = [mapping(work.get("primary_topic")), *mappings(work.get("topics"))]
    organisations, country = _organisations(work)
    numbers = (word(topic.get("id")).rpartition("/")[2] for topic in topics)
    codes = tuple(dict.fromkeys(code for code in numbers if code))
    return RawEntry(
        guid=f"openalex:{number}",
        url=f"https://doi.org/{doi}" if doi else landing or word(work.get("id")),
        title=word(work.get("display_name")) or word(work.get("title")),
        text=_abstract(work.get("abstract_inverted_index")),
        published=_day(work),
        language=word(work.get("language")),
        categories=words(
            [one.get("display_name") for one in (*topics, *mappings(work.get("keywords")))]
        ),
        kind=_KINDS.get(word(work.get("type")), "publication"),
        record=Record(
            identifiers={scheme: text for scheme, text in identifiers.items() if text},
            codes={"topics": codes} if codes else {},
            organisations=organisations,
            country=country,
        ),
    )


def _day(work: Mapping[str, Any]) -> str | datetime:
    """Return the day of publication; the first of January often stands for a year alone."""
    day = word(work.get("publication_date"))
    return stated(day.removesuffix("-01-01"), word(work.get("created_date"))[:10] or day)


def _abstract(index: object) -> str:
    """Return the text of which each word stands with its places.

    >>> _abstract({"sees": [1], "Lidar": [0], "far.": [2]})
    'Lidar sees far.'
    """
    placed = {
        place: text
        for text, places in mapping(index).items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int) and 0 <= place < _MOST_PLACES
    }
    return " ".join(placed[place] for place in sorted(placed))


def _organisations(work: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """Return the organisations behind a work, and their country where all lie in one.

    What OpenAlex could not assign is often a young firm: it stays as it was written.
    """
    names: list[str] = []
    countries: set[str] = set()
    for authorship in mappings(work.get("authorships")):
        known = list(mappings(authorship.get("institutions")))
        names += [word(one.get("display_name")) for one in known]
        countries |= {word(one.get("country_code")) for one in known} - {""}
        if not known:
            names += words(authorship.get("raw_affiliation_strings"))
    # An affiliation as it was written may hold its author's address.
    kept = tuple(dict.fromkeys(name for name in names if name and "@" not in name))
    return kept, countries.pop() if len(countries) == 1 else ""


def _hal_number(work: Mapping[str, Any]) -> str:
    places = [mapping(work.get("primary_location")), *mappings(work.get("locations"))]
    found = (_HAL_NUMBER.match(word(place.get("landing_page_url"))) for place in places)
    return next((match[1] for match in found if match), "")


def _wrong_filter(written: str) -> str:
    if _FILTERS.fullmatch(written) and len(written) <= 1_000:
        return ""
    return "this is no filter of OpenAlex, such as primary_topic.id:T10299,type:article"


def _derive(perimeter: Perimeter) -> dict[str, str]:
    """Return the terms in English as phrases."""
    terms = phrases(perimeter, ("en",), _MOST_WORDS)
    return {"query": " OR ".join(f'"{term}"' for term in terms)} if terms else {}


OPENALEX = Kind(
    "openalex",
    "Scholarly works in OpenAlex, with the organisations behind them",
    read=_read,
    first=_first,
    options=(
        Option(
            "query",
            'What to look for: words, "phrases", AND, OR, NOT',
            complaint=wrong_query,
        ),
        Option(
            "filter",
            "OpenAlex's own filter; cheaper than a query: primary_topic.id:T10299",
            complaint=_wrong_filter,
        ),
    ),
    derive=_derive,
    most_requests=20,
    is_conditional=False,
    asks_robots=False,
    item_kind="publication",
    keys=("openalex",),
    licence="Source: OpenAlex (openalex.org), CC0 1.0.",
    address="https://api.openalex.org/works",
    example={
        "query": 'lidar OR "fiber laser"',
        "filter": "authorships.institutions.country_code:FR",
    },
)
