"""Europe's money: calls of the Funding & Tenders portal (SEDIA), and funded projects (CORDIS)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from watch.domain import Manners, Perimeter, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import count, mapping, mappings, read_json, word, words
from watch.sources.records.asking import base, chosen, phrases, with_parameters
from watch.sources.records.wishes import held, parts, wrong_words
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["CORDIS", "SEDIA"]

_OPTIONS = {"query": "text"}
_MOST_TERMS = 10
_MOST_WORDS = 150


def _terms(visit: Visit) -> tuple[str, ...]:
    written = chosen(visit, _OPTIONS)["query"]
    terms = parts(written)
    if not terms:
        raise VisitFailed("bad_options", "nothing to look for: set query")
    if wrong := _wrong_terms(written):
        raise VisitFailed("bad_options", wrong)
    return terms


def _wrong_terms(written: str) -> str:
    if len(parts(written)) > _MOST_TERMS:
        return "too many terms: at most ten, each is asked for by itself"
    if "'" in written:
        return "no apostrophe inside a term: these services read English"
    return wrong_words(written)


def _derive(perimeter: Perimeter) -> Mapping[str, str]:
    found = (term for term in phrases(perimeter, ("en",), _MOST_WORDS) if "'" not in term)
    return {"query": ", ".join(list(found)[:_MOST_TERMS])}


_QUERY = (Option("query", "Words in English, separated by commas", True, complaint=_wrong_terms),)


# -- calls ----------------------------------------------------------------------------------

_ROWS = 100
_BOUNDARY = "part-of-a-question-to-the-portal"
_STATUS = {"31094501": "forthcoming", "31094502": "open", "31094503": "closed"}
_CALLS = {"bool": {"must": [
    {"terms": {"type": ["1", "2", "8"]}},
    {"terms": {"status": ["31094501", "31094502"]}},
]}}  # fmt: skip
_TOPIC = (
    "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities"
    "/topic-details/"
)
# The key of the portal's own pages; it is public, and no secret of ours.
_PUBLIC_KEY = "SEDIA"


def _first_calls(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners, now
    return _ask_calls(base(visit), _terms(visit)[0], 0, 1)


def _ask_calls(url: str, term: str, index: int, number: int) -> Request:
    """Return the question for one page of one term.

    All calls that are open are asked for each time: their dates change without notice. The
    service reads nothing but a body in parts, and wants the type of each part.
    """
    asked = {"query": _CALLS, "languages": ["en"], "sort": {"order": "DESC", "field": "startDate"}}
    pieces = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="blob"\r\n'
        f"Content-Type: application/json\r\n\r\n{json.dumps(part)}\r\n"
        for name, part in asked.items()
    )
    return Request(
        with_parameters(
            url, apiKey=_PUBLIC_KEY, text=f'"{term}"', pageSize=_ROWS, pageNumber=number
        ),
        method="POST",
        headers={
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Accept": "application/json",
        },
        body=f"{pieces}--{_BOUNDARY}--\r\n".encode(),
        step=f"{index} {number}",
    )


def _read_calls(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    found = read_json(reply)
    if not isinstance(found.get("results"), list):
        raise VisitFailed("not_records", "no list of results", reply.status)
    index, number = map(int, reply.request.step.split(" "))
    results = list(mappings(found["results"]))
    # One call has a row for each of its deadlines.
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        facts = mapping(result.get("metadata"))
        if id := word(facts.get("identifier")):
            rows.setdefault(id, []).append(result)
    entries = [_call(id, each, reply.asked_at) for id, each in rows.items()]
    following = None
    url, terms = reply.request.url.partition("?")[0], _terms(visit)
    if results and number * _ROWS < count(found.get("totalResults")):
        following = _ask_calls(url, terms[index], index, number + 1)
    elif index + 1 < len(terms):
        following = _ask_calls(url, terms[index + 1], index + 1, 1)
    return RawFeed(
        entries=entries[:most_entries],
        skipped_count=max(len(entries) - most_entries, 0),
        next=following,
    )


def _call(id: str, rows: list[Mapping[str, Any]], now: datetime) -> RawEntry:
    facts = mapping(rows[0].get("metadata"))
    titles = (word(facts.get(name)) for name in ("title", "callTitle"))
    texts = (word(facts.get(name)) for name in ("descriptionByte", "description"))
    deadlines = [
        at
        for row in rows
        for written in words(mapping(row.get("metadata")).get("deadlineDate"))
        if (at := _instant(written))
    ]
    opens_at = _instant(word(facts.get("startDate")))
    summary = word(rows[0].get("summary"))
    is_plain = re.fullmatch(r"[A-Za-z0-9._-]+", id) is not None
    return RawEntry(
        guid=id,
        url=f"{_TOPIC}{id}" if is_plain else word(rows[0].get("url")),
        title=next((title for title in titles if title), summary),
        text=next((text for text in texts if text), summary),
        # A call is known before it opens: the future is no day of publication.
        published=opens_at if opens_at and opens_at <= now else "",
        language="en",
        categories=(*words(facts.get("typesOfAction")), *words(facts.get("keywords"))),
        kind="call",
        record=Record(
            identifiers={"call": id},
            codes=held(programme=words(facts.get("frameworkProgramme"))),
            deadline_at=_next(deadlines, now),
            status=_STATUS.get(word(facts.get("status")), ""),
        ),
    )


def _next(deadlines: list[datetime], now: datetime) -> datetime | None:
    """Return the first deadline that is still to come, else the last one."""
    return min((at for at in deadlines if at >= now), default=max(deadlines, default=None))


def _instant(written: str) -> datetime | None:
    """Return an instant that is written as a date or in milliseconds since 1970."""
    if re.fullmatch(r"\d{11,14}", written, re.ASCII):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(written))
    return read_date(written) if written else None


SEDIA = Kind(
    "sedia",
    "Calls for projects of Europe: the Funding & Tenders portal",
    first=_first_calls,
    read=_read_calls,
    options=_QUERY,
    derive=_derive,
    most_requests=40,
    is_conditional=False,
    asks_robots=False,
    item_kind="call",
    licence="© European Union, Funding & Tenders portal, CC BY 4.0.",
    address="https://api.tech.ec.europa.eu/search-api/prod/rest/search",
    example={
        "query": "photonics, laser",
    },
)


# -- projects -------------------------------------------------------------------------------

_PROJECTS = 50
# Projects are listed around the day on which they begin; older ones have been read before.
_LONGEST = timedelta(days=365)
_MONTH = re.compile(r"\{\{\s*month_(\d{1,2})\s*\}\}")


def _first_projects(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners, now
    return _ask_projects(base(visit), _terms(visit)[0], 0, 1)


def _ask_projects(url: str, term: str, index: int, number: int) -> Request:
    return Request(
        with_parameters(
            url,
            q=f"contenttype='project' AND '{term}'",
            p=number,
            num=_PROJECTS,
            srt="startDate:decreasing",
            format="json",
        ),
        headers={"Accept": "application/json"},
        step=f"{index} {number}",
    )


def _read_projects(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    answer = read_json(reply)
    found = mapping(answer.get("payload")) or answer
    results = found.get("results")
    if results is None and count(found.get("total")) == 0 and "total" in found:
        results = []
    if not isinstance(results, list):
        raise VisitFailed("not_records", "no list of results", reply.status)
    index, number = map(int, reply.request.step.split(" "))
    projects = list(mappings(results))
    days = [_day(word(project.get("startDate"))) for project in projects]
    oldest = reply.asked_at - _LONGEST
    entries = [
        _project(project, day, reply.asked_at)
        for project, day in zip(projects, days, strict=True)
        if day is None or day >= oldest
    ]
    following = None
    url, terms = reply.request.url.partition("?")[0], _terms(visit)
    is_past = any(day is not None and day < oldest for day in days)
    if len(projects) == _PROJECTS and not is_past:
        following = _ask_projects(url, terms[index], index, number + 1)
    elif index + 1 < len(terms):
        following = _ask_projects(url, terms[index + 1], index + 1, 1)
    return RawFeed(
        entries=entries[:most_entries],
        skipped_count=max(len(entries) - most_entries, 0),
        next=following,
    )


def _day(written: str) -> datetime | None:
    """Return a day of "1 {{month_08}} 2026": the service leaves a blank for the month's name."""
    bare = _MONTH.sub(lambda found: f"-{found[1]}-", written)
    found = re.fullmatch(r"(\d{1,2})\s*-(\d{1,2})-\s*(\d{4})", bare.strip())
    if not found:
        return read_date(written) if written else None
    return read_date(f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}")


def _project(project: Mapping[str, Any], day: datetime | None, now: datetime) -> RawEntry:
    id = word(project.get("reference")) or word(project.get("id"))
    acronym, title = word(project.get("acronym")), word(project.get("title"))
    programmes = [word(one.get("id")) for one in mappings(project.get("programme"))]
    ends_at = _day(word(project.get("endDate")))
    return RawEntry(
        guid=id,
        url=f"https://cordis.europa.eu/project/id/{id}",
        title=f"{acronym}: {title}" if acronym and title else title or acronym,
        text=word(project.get("teaser")) or word(project.get("objective")),
        published=day if day and day <= now else "",
        language="en",
        kind="project",
        record=Record(
            identifiers={"project": f"cordis:{id}"},
            codes=held(programme=tuple(one for one in programmes if one)),
            region=word(project.get("coordinatedIn")),
            status="closed" if ends_at and ends_at < now else "",
        ),
    )


CORDIS = Kind(
    "cordis",
    "Projects funded by Europe: CORDIS",
    first=_first_projects,
    read=_read_projects,
    options=_QUERY,
    derive=_derive,
    most_requests=40,
    is_conditional=False,
    asks_robots=False,
    item_kind="project",
    licence="© European Union, CORDIS, CC BY 4.0.",
    address="https://cordis.europa.eu/api/search/results",
    example={"query": "lidar, photonics"},
)
