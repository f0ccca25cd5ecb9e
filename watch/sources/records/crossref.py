"""Crossref: words or journals -> works whose DOI was registered since the last visit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
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

__all__ = ["CROSSREF"]

_OPTIONS = {"query": "query.bibliographic", "issn": "issn", "filter": "filter"}
_FIELDS = (
    "DOI", "URL", "title", "container-title", "author", "issued", "created", "publisher", "type",
    "abstract", "subject",
)  # fmt: skip
_ROWS = 200
_MOST_WORDS = 120
_KINDS = {
    "dataset": "dataset",
    "dissertation": "thesis",
    "posted-content": "preprint",
    "standard": "standard",
}
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")
_JATS = re.compile(r"<(/?)jats:")
_HEADING = re.compile(r"<(/?)title>")
_SAYS_ABSTRACT = re.compile(
    r"<h4>\s*(?:abstract|summary|r[eé]sum[eé]|zusammenfassung)\s*</h4>", re.IGNORECASE
)
_FILTERS = re.compile(r"[a-z.-]+:[^,]+(,[a-z.-]+:[^,]+)*")


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    wished = needed(chosen(visit, _OPTIONS))
    filters = [wished["filter"]] if wished["filter"] else []
    filters += [f"issn:{number}" for number in _numbers(wished["issn"])]
    # By the day of registration: "indexed" counts every correction of every old work as news.
    filters.append(f"from-created-date:{since(visit, now):%Y-%m-%d}")
    url = with_parameters(
        base(visit),
        **{
            "query.bibliographic": wished["query"],
            "filter": ",".join(filters),
            "select": ",".join(_FIELDS),
            "sort": "created",
            "order": "asc",
            "rows": _ROWS,
            "cursor": "*",
        },
    )
    # Who says how he can be reached is served from the faster pool.
    address = manners.keys.get("crossref", "")
    secrets = {"mailto": address} if address else {}
    return Request(url, secrets=secrets, accepts=frozenset({400}))


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    answer = read_json(reply)
    message = answer.get("message")
    if word(answer.get("status")) != "ok":
        told = [word(one.get("message")) for one in mappings(message)] or [word(message)]
        raise VisitFailed("bad_options", "; ".join(told), reply.status)
    said = mapping(message)
    if not isinstance(said.get("items"), list):
        raise VisitFailed("not_records", "JSON without message.items", reply.status)
    works = list(mappings(said["items"]))
    cursor = word(said.get("next-cursor"))
    following = None
    # The last page has a cursor too: less than a full page is the end.
    if cursor and len(works) >= _ROWS:
        following = replace(reply.request, url=with_parameters(reply.request.url, cursor=cursor))
    listed = [(_entry(one), read_date(_created(one))) for one in works]
    began = since(visit, reply.asked_at)
    return page(listed, following, began, reply.asked_at, most_entries)


def _entry(work: Mapping[str, Any]) -> RawEntry:
    doi = doi_of(word(work.get("DOI")))
    identifiers = {"doi": doi, "arxiv": arxiv_of(doi)}
    return RawEntry(
        guid=f"doi:{doi}",
        url=word(work.get("URL")) or f"https://doi.org/{doi}",
        title=word(work.get("title")),
        text=_abstract(word(work.get("abstract"))),
        published=stated(_issued(work), _created(work)),
        categories=words(work.get("subject")) + words(work.get("container-title")),
        kind=_KINDS.get(word(work.get("type")), "publication"),
        record=Record(
            identifiers={scheme: text for scheme, text in identifiers.items() if text},
            organisations=_organisations(work),
        ),
    )


def _abstract(jats: str) -> str:
    """Return an abstract in JATS as HTML, without the heading that says that it is one."""
    html = _HEADING.sub(r"<\1h4>", _JATS.sub(r"<\1", jats))
    return _SAYS_ABSTRACT.sub("", html)


def _created(work: Mapping[str, Any]) -> str:
    return word(mapping(work.get("created")).get("date-time"))


def _issued(work: Mapping[str, Any]) -> str:
    """Return the day of publication as far as it is told: "2026", "2026-11", "2026-11-02"."""
    parts = mapping(work.get("issued")).get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else []
    numbers = [one for one in first if isinstance(one, int)] if isinstance(first, list) else []
    return "-".join(f"{number:02}" for number in numbers[:3])


def _organisations(work: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the affiliations, and the authors that are organisations themselves."""
    names: list[str] = []
    for author in mappings(work.get("author")):
        names += [word(one.get("name")) for one in mappings(author.get("affiliation"))]
        if not author.get("family"):
            names.append(word(author.get("name")))
    return tuple(dict.fromkeys(name for name in names if name and "@" not in name))


def _numbers(written: str) -> list[str]:
    return [number for number in re.split(r"[\s,;]+", written) if number]


def _wrong_issn(written: str) -> str:
    if all(_ISSN.fullmatch(number) for number in _numbers(written)):
        return ""
    return "these are no ISSN, such as 1749-4885"


def _wrong_filter(written: str) -> str:
    if _FILTERS.fullmatch(written) and len(written) <= 1_000:
        return ""
    return "this is no filter of Crossref, such as type:journal-article"


def _derive(perimeter: Perimeter) -> dict[str, str]:
    """Return the terms of one word: Crossref knows no phrases and takes any word for a match."""
    terms = phrases(perimeter, ("en",), 20 * _MOST_WORDS)
    chosen: list[str] = []
    for term in terms:
        if " " not in term and len(" ".join((*chosen, term))) <= _MOST_WORDS:
            chosen.append(term)
    return {"query": " ".join(chosen)} if chosen else {}


CROSSREF = Kind(
    "crossref",
    "Works registered with Crossref, by words or by journal",
    read=_read,
    first=_first,
    options=(
        Option(
            "query",
            "Rare words; each of them is enough for a match: lidar hyperspectral",
            complaint=wrong_query,
        ),
        Option(
            "issn",
            "Only these journals, by ISSN, with commas between them: 1749-4885",
            complaint=_wrong_issn,
        ),
        Option(
            "filter",
            "Crossref's own filter: type:journal-article",
            complaint=_wrong_filter,
        ),
    ),
    derive=_derive,
    most_requests=10,
    is_conditional=False,
    asks_robots=False,
    item_kind="publication",
    licence="Source: Crossref (crossref.org); metadata free to reuse.",
    address="https://api.crossref.org/works",
    example={
        "query": "lidar hyperspectral",
        "filter": "type:journal-article",
    },
)
