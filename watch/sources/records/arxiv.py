"""arXiv's query interface: a query and categories -> preprints, in the order of submission."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from watch.domain import Manners, Perimeter, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import count, doi_of, read_tree
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

__all__ = ["ARXIV"]

_OPTIONS = {"query": "search_query", "categories": "cat"}
_A = "{http://www.w3.org/2005/Atom}"
_X = "{http://arxiv.org/schemas/atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"

# The interface lists by the day of submission, and a preprint appears there once it has been
# announced: after a weekend what came in on Friday, days later what a moderator held back.
_OVERLAP = timedelta(days=7)
_ROWS = 200
_MOST_WORDS = 500
_CATEGORY = re.compile(r"[a-z][a-z-]{1,15}(\.[A-Za-z][A-Za-z-]{1,20})?")
_VERSION = re.compile(r"v\d+$")


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners
    wished = needed(chosen(visit, _OPTIONS))
    categories = " OR ".join(f"cat:{one}" for one in _names(wished["categories"]))
    parts = [f"({part})" for part in (categories, wished["query"]) if part]
    window = f"submittedDate:[{since(visit, now, _OVERLAP):%Y%m%d%H%M} TO {now:%Y%m%d%H%M}]"
    url = with_parameters(
        base(visit),
        search_query=" AND ".join((*parts, window)),
        start=0,
        max_results=_ROWS,
        sortBy="submittedDate",
        sortOrder="ascending",
    )
    return Request(url, accepts=frozenset({400}))


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    feed = read_tree(reply, "feed")
    papers = feed.findall(f"{_A}entry")
    for paper in papers:
        if "/api/errors" in _said(paper, f"{_A}id"):
            raise VisitFailed("bad_options", _said(paper, f"{_A}summary"), reply.status)
    if feed.find(_TOTAL) is None:
        raise VisitFailed("not_records", "a feed, but no answer to a query", reply.status)
    start = _number(reply.request.url)
    total = count(feed.findtext(_TOTAL))
    # Now and then the service shows an empty page in the middle of a list: that is no end of it.
    if not papers and start < total:
        raise VisitFailed("empty", f"no entry from {start} on, of {total}", reply.status)
    end = start + len(papers)
    url = with_parameters(reply.request.url, start=end)
    following = replace(reply.request, url=url) if end < total else None
    listed = [(_entry(paper), read_date(_said(paper, f"{_A}published"))) for paper in papers]
    began = since(visit, reply.asked_at, _OVERLAP)
    return page(listed, following, began, reply.asked_at, most_entries)


def _entry(paper: Element) -> RawEntry:
    number = _VERSION.sub("", _said(paper, f"{_A}id").partition("/abs/")[2])
    subjects = tuple(one.get("term", "") for one in paper.iter(f"{_A}category"))
    doi = doi_of(_said(paper, f"{_X}doi")) or f"10.48550/arxiv.{number.lower()}"
    return RawEntry(
        guid=f"arxiv:{number}",
        url=f"https://arxiv.org/abs/{number}",
        title=_said(paper, f"{_A}title"),
        text=_said(paper, f"{_A}summary"),
        published=_said(paper, f"{_A}published"),
        updated=_said(paper, f"{_A}updated"),
        categories=subjects,
        kind="preprint",
        record=Record(
            identifiers={"doi": doi, "arxiv": number},
            codes={"arxiv": subjects},
            organisations=tuple(
                one.text.strip() for one in paper.iter(f"{_X}affiliation") if one.text
            ),
        ),
    )


def _said(paper: Element, name: str) -> str:
    return " ".join(paper.findtext(name, "").split())


def _number(url: str) -> int:
    found = re.search(r"[?&]start=(\d{1,9})", url)
    return int(found[1]) if found else 0


def _names(written: str) -> list[str]:
    return [name for name in re.split(r"[\s,;+]+", written) if name]


def _wrong_categories(written: str) -> str:
    if all(_CATEGORY.fullmatch(name) for name in _names(written)):
        return ""
    return "these are no categories of arXiv, such as physics.optics or eess.SP"


def _derive(perimeter: Perimeter) -> dict[str, str]:
    """Return the categories that the topics name, and their terms in English as phrases."""
    named = [code for topic in perimeter.topics for code in topic.codes.get("arxiv", ())]
    usable = [code for code in dict.fromkeys(named) if _CATEGORY.fullmatch(code)]
    terms = phrases(perimeter, ("en",), _MOST_WORDS)
    found = {
        "query": " OR ".join(f'all:"{term}"' for term in terms),
        "categories": ", ".join(usable[:20]),
    }
    return {name: written for name, written in found.items() if written}


ARXIV = Kind(
    "arxiv",
    "Preprints on arXiv, found by words and categories",
    read=_read,
    first=_first,
    options=(
        Option(
            "query",
            'What to look for, as arXiv writes it: all:lidar AND abs:"fiber laser"',
            complaint=wrong_query,
        ),
        Option(
            "categories",
            "Categories of arXiv, with commas between them: physics.optics, eess.SP",
            complaint=_wrong_categories,
        ),
    ),
    derive=_derive,
    most_requests=10,
    is_conditional=False,
    asks_robots=False,
    item_kind="preprint",
    licence="Thank you to arXiv for use of its open access interoperability.",
    address="https://export.arxiv.org/api/query",
    example={
        "query": 'all:lidar OR all:"fiber laser"',
        "categories": "physics.optics, eess.SP",
    },
)
