"""HAL's search interface: a query -> publications, theses and reports, as they went on line."""

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
    count,
    doi_of,
    language_of,
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
    page,
    phrases,
    since,
    with_parameters,
    wrong_query,
)
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["HAL"]

_OPTIONS = {"query": "q", "filter": "fq"}
# By the day on which a deposit went on line: a moderator may take days after `submittedDate`.
_LISTED = "releasedDate_tdate"
_FIELDS = (
    "docid", "halId_s", "uri_s", "docType_s", "title_s", "abstract_s", "language_s", "keyword_s",
    "domainAllCode_s", "doiId_s", "arxivId_s", "producedDate_s", "structName_s", _LISTED,
)  # fmt: skip
_ROWS = 200
_MOST_WORDS = 500
_KINDS = {
    "THESE": "thesis",
    "HDR": "thesis",
    "MEM": "thesis",
    "UNDEFINED": "preprint",
    "PREPRINT": "preprint",
    "WORKINGPAPER": "preprint",
    "PATENT": "patent",
    "VIDEO": "video",
    "SOFTWARE": "release",
}
_IN_LANGUAGE = re.compile(r"([a-z]{2})_(title|abstract|keyword)_s")


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners
    wished = chosen(visit, _OPTIONS)
    window = f"{_LISTED}:[{since(visit, now):%Y-%m-%dT%H:%M:%SZ} TO *]"
    own = f"({wished['filter']}) AND " if wished["filter"] else ""
    # A laboratory's or a university's collection stands in the address, and needs no query.
    if not any(wished.values()) and not re.search(r"/search/\w", base(visit)):
        raise VisitFailed("bad_options", "nothing to look for: set query, or filter")
    url = with_parameters(
        base(visit),
        q=wished["query"] or "*:*",
        fq=own + window,
        fl=",".join(_FIELDS),
        sort=f"{_LISTED} asc,docid asc",
        rows=_ROWS,
        start=0,
        wt="json",
    )
    return Request(url, accepts=frozenset({400}))


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    answer = read_json(reply)
    if "error" in answer:
        message = word(mapping(answer["error"]).get("msg")) or word(answer["error"])
        raise VisitFailed("bad_options", message, reply.status)
    response = mapping(answer.get("response"))
    if not isinstance(response.get("docs"), list):
        raise VisitFailed("not_records", "JSON without response.docs", reply.status)
    documents = list(mappings(response["docs"]))
    end = count(response.get("start")) + len(response["docs"])
    following = None
    if documents and end < count(response.get("numFound")):
        following = replace(reply.request, url=with_parameters(reply.request.url, start=end))
    listed = [(_entry(one), read_date(word(one.get(_LISTED)))) for one in documents]
    began = since(visit, reply.asked_at)
    return page(listed, following, began, reply.asked_at, most_entries)


def _entry(document: Mapping[str, Any]) -> RawEntry:
    number = word(document.get("halId_s")) or word(document.get("docid"))
    said = _in_own_language(document)
    identifiers = {
        "hal": number,
        "doi": doi_of(word(document.get("doiId_s"))),
        "arxiv": word(document.get("arxivId_s")),
    }
    day = word(document.get("producedDate_s")) or word(document.get("publicationDate_s"))
    return RawEntry(
        guid=f"hal:{number}",
        url=word(document.get("uri_s")) or f"https://hal.science/{number}",
        title=word(said.get("title")),
        text=word(said.get("abstract")),
        published=stated(day, word(document.get(_LISTED))),
        updated=word(document.get(_LISTED)),
        language=language_of(word(document.get("language_s"))),
        categories=words(said.get("keyword")),
        kind=_KINDS.get(word(document.get("docType_s")), "publication"),
        record=Record(
            identifiers={scheme: text for scheme, text in identifiers.items() if text},
            codes={"hal": domains} if (domains := words(document.get("domainAllCode_s"))) else {},
            organisations=words(document.get("structName_s")) or _structures(document),
        ),
    )


def _in_own_language(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return title, abstract and keywords: the plain ones, else those in the text's language.

    Some portals answer `fr_title_s` where others answer `title_s`.
    """
    said = {name: document.get(f"{name}_s") for name in ("title", "abstract", "keyword")}
    own = language_of(word(document.get("language_s")))
    found = [
        (match, document[match[0]]) for match in map(_IN_LANGUAGE.fullmatch, document) if match
    ]
    for match, value in sorted(found, key=lambda pair: pair[0][1] != own):
        said[match[2]] = said[match[2]] or value
    return said


def _structures(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the laboratories of "ID_FacetSep_PERSON_JoinSep_ID_FacetSep_LABORATORY"."""
    pairs = words(document.get("authIdHasStructure_fs"))
    places = (pair.partition("_JoinSep_")[2].partition("_FacetSep_")[2] for pair in pairs)
    return tuple(dict.fromkeys(place for place in places if place))


def _derive(perimeter: Perimeter) -> dict[str, str]:
    """Return the terms in French and English as phrases."""
    terms = phrases(perimeter, ("fr", "en"), _MOST_WORDS)
    return {"query": " OR ".join(f'"{term}"' for term in terms)} if terms else {}


HAL = Kind(
    "hal",
    "Publications, theses and reports in the French open archive HAL",
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
            "A further condition on HAL's fields: docType_s:THESE, or primaryDomain_s:phys*",
            complaint=wrong_query,
        ),
    ),
    derive=_derive,
    most_requests=10,
    is_conditional=False,
    asks_robots=False,
    item_kind="publication",
    licence="Source: HAL, open archive of the CCSD (hal.science).",
    address="https://api.archives-ouvertes.fr/search/",
    example={
        "query": 'lidar OR "laser à fibre" OR "imagerie hyperspectrale"',
    },
)
