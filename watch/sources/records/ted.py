"""TED, the European register of tenders (API v3): CPV codes or words -> tenders and awards."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watch.domain import Manners, Perimeter, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import mapping, mappings, read_json, word, words
from watch.sources.records.asking import base, chosen, needed, page, phrases, since
from watch.sources.records.wishes import (
    LANGUAGES,
    THREE_LETTERS,
    codes,
    held,
    parts,
    wrong_countries,
    wrong_cpv,
    wrong_words,
)
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["TED"]

_OPTIONS = {"query": "query", "cpv": "cpv", "countries": "countries"}
# `limit` times the number of fields must stay below 10,000.
_ROWS = 250
_FIELDS = (
    "publication-number", "publication-date", "notice-type", "form-type", "notice-title",
    "buyer-name", "buyer-country", "classification-cpv", "deadline-receipt-tender-date-lot",
    "deadline-receipt-tender-time-lot", "total-value", "total-value-cur", "winner-name", "links",
)  # fmt: skip
_MOST_CODES = 30
_MOST_WORDS = 300
_TWO_LETTERS = {three: two for two, three in THREE_LETTERS.items()}
_LANGUAGES = {"fr": "fra", "en": "eng", "de": "deu", "it": "ita", "es": "spa"}
_SORTS = {"planning": "forthcoming", "competition": "open", "result": "awarded"}


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners
    began = since(visit, now)
    # Oldest first (the service refuses a word for that direction): so nothing is lost where a
    # visit ends before the list does.
    asked = {
        "query": f"{_query(visit)} AND publication-date>={began:%Y%m%d} SORT BY publication-date",
        "fields": _FIELDS,
        "limit": _ROWS,
        "scope": "ALL",
        "paginationMode": "ITERATION",
    }
    return _post(base(visit), asked, f"{began.isoformat()}")


def _post(url: str, asked: Mapping[str, Any], step: str) -> Request:
    return Request(
        url,
        method="POST",
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        body=json.dumps(asked).encode(),
        accepts=frozenset({400}),
        step=step,
    )


def _query(visit: Visit) -> str:
    wished = needed(chosen(visit, _OPTIONS))
    wrong = (
        wrong_words(wished["query"])
        or wrong_cpv(wished["cpv"])
        or wrong_countries(wished["countries"])
    )
    if wrong:
        raise VisitFailed("bad_options", wrong)
    said = " OR ".join(f'FT ~ "{term}"' for term in parts(wished["query"]))
    places = " ".join(THREE_LETTERS[one.upper()] for one in parts(wished["countries"]))
    groups = (
        f"classification-cpv IN ({' '.join(parts(wished['cpv']))})" if wished["cpv"] else "",
        f"({said})" if said else "",
        f"buyer-country IN ({places})" if places else "",
    )
    return " AND ".join(group for group in groups if group)


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    found = read_json(reply)
    if reply.status == 400:
        raise VisitFailed("bad_options", word(found.get("message")) or str(found)[:200], 400)
    if not isinstance(found.get("notices"), list):
        raise VisitFailed("not_records", "no list of notices", reply.status)
    if found.get("timedOut") is True:
        raise VisitFailed("timeout", "the service gave up its own search", reply.status)
    began = datetime.fromisoformat(reply.request.step)
    listed = [
        (entry, read_date(str(entry.published)))
        for entry in (_entry(one, visit.source.language) for one in mappings(found["notices"]))
        if entry.guid
    ]
    token = word(found.get("iterationNextToken"))
    following = None
    if token and listed:
        asked = json.loads(reply.request.body) | {"iterationNextToken": token}
        following = _post(reply.request.url, asked, reply.request.step)
    return page(listed, following, began, reply.asked_at, most_entries)


def _entry(notice: Mapping[str, Any], language: str) -> RawEntry:
    number = word(notice.get("publication-number"))
    sort = word(notice.get("form-type"))
    is_award = sort == "result" or word(notice.get("notice-type")).startswith("can-")
    countries = words(notice.get("buyer-country"))
    spoken, title = _in_language(notice.get("notice-title"), language)
    buyers = _all_languages(notice.get("buyer-name"))
    winners = _all_languages(notice.get("winner-name")) if is_award else ()
    return RawEntry(
        guid=number,
        url=_link(notice, language, number),
        title=title,
        text="; ".join((*buyers, *winners)),
        published=word(notice.get("publication-date")),
        language=spoken,
        kind="award" if is_award else "tender",
        record=Record(
            identifiers={"notice": f"ted:{number}"},
            codes=held(cpv=words(notice.get("classification-cpv"))),
            organisations=(*buyers, *winners),
            amount=_amount(notice),
            currency=word(notice.get("total-value-cur")) if _amount(notice) is not None else "",
            deadline_at=None if is_award else _deadline(notice),
            country=_TWO_LETTERS.get(countries[0], "") if countries else "",
            status="awarded" if is_award else _SORTS.get(sort, ""),
        ),
    )


def _in_language(value: object, language: str) -> tuple[str, str]:
    """Return a text of a map by language, and its language: ours, else English, else any."""
    texts = {name.lower(): word(text) for name, text in mapping(value).items()}
    wanted = dict.fromkeys((language or "en", "en", "fr"))
    for two in wanted:
        if text := texts.get(_LANGUAGES.get(two, two)):
            return two, text
    return "", next((text for text in texts.values() if text), "") or word(value)


def _all_languages(value: object) -> tuple[str, ...]:
    """Return the names of a map of lists by language, each once."""
    if isinstance(value, dict):
        return tuple(dict.fromkeys(name for names in value.values() for name in words(names)))
    return words(value)


def _link(notice: Mapping[str, Any], language: str, number: str) -> str:
    """Return the page for readers, in French where the source's language is French."""
    if not re.fullmatch(r"\d{1,9}-\d{4}", number):
        return word(mapping(mapping(notice.get("links")).get("html")).get("ENG"))
    spoken = language if language in _LANGUAGES else "en"
    return f"https://ted.europa.eu/{spoken}/notice/-/detail/{number}"


def _deadline(notice: Mapping[str, Any]) -> datetime | None:
    """Return the first of the lots' deadlines; the lists of days and of hours are not aligned.

    Where all lots have one hour it is the hour of the first day too; else the day alone counts.
    """
    days = sorted(words(notice.get("deadline-receipt-tender-date-lot")))
    hours = words(notice.get("deadline-receipt-tender-time-lot"))
    if not days:
        return None
    day = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(.*)", days[0])
    if not day:
        return read_date(days[0])
    hour = re.match(r"\d{2}:\d{2}(:\d{2})?", hours[0]) if len(hours) == 1 else None
    zone = re.search(r"(?:Z|[+-]\d{2}:\d{2})$", hours[0]) if hour else None
    clock = hour[0] if hour else "23:59"
    return read_date(f"{day[1]}T{clock}{zone[0] if zone else day[2] or 'Z'}")


def _amount(notice: Mapping[str, Any]) -> float | None:
    """Return the value of the whole notice; what stands for each lot is never added up."""
    try:
        value = notice.get("total-value")
        return float(value[0] if isinstance(value, list) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, IndexError):
        return None


def _derive(perimeter: Perimeter) -> Mapping[str, str]:
    places = (perimeter.places.country, *perimeter.places.near)
    countries = [place for place in places if place in THREE_LETTERS]
    # Perimeters name groups; notices the exact class in it: 38600000 asks for 386*.
    found = [
        code[: max(2, len(code.rstrip("0")))] + "*" if code.endswith("0") else code
        for code in codes(perimeter, "cpv", _MOST_CODES)
    ]
    subject = {"cpv": ", ".join(dict.fromkeys(found))} if found else {}
    if not found:
        subject = {"query": ", ".join(phrases(perimeter, LANGUAGES, _MOST_WORDS))}
    return subject | ({"countries": ", ".join(countries)} if countries else {})


TED = Kind(
    "ted",
    "Tenders and awards of Europe: TED",
    first=_first,
    read=_read,
    options=(
        Option("query", "Words in the notice, separated by commas", complaint=wrong_words),
        Option("cpv", "CPV codes, separated by commas: 38636100, 386*", complaint=wrong_cpv),
        Option("countries", "Countries of the buyers: FR, DE, BE", complaint=wrong_countries),
    ),
    derive=_derive,
    most_requests=12,
    is_conditional=False,
    asks_robots=False,
    item_kind="tender",
    licence="© European Union, https://ted.europa.eu; reuse with credit.",
    address="https://api.ted.europa.eu/v3/notices/search",
    example={
        "cpv": "386*, 38651000",
        "countries": "FR, DE, BE",
    },
)
