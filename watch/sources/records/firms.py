"""France's public search of companies: an activity and a place -> firms that were founded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from watch.domain import Manners, Perimeter, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import count, mapping, mappings, read_json, word
from watch.sources.records.asking import base, chosen, with_parameters
from watch.sources.records.wishes import codes, held, parts, wrong_departments, wrong_words
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["COMPANIES"]

_OPTIONS = {
    "query": "q", "naf": "activite_principale", "departments": "departement", "days": "days",
}  # fmt: skip
_ROWS = 25
_FURTHEST = 10_000
_DAYS = "365"
_NAF = re.compile(r"\d{2}\.\d{2}[A-Z]")


def _wrong_naf(written: str) -> str:
    if any(not _NAF.fullmatch(code.upper()) for code in parts(written)):
        return "no NAF code: write for example 26.70Z"
    return "" if len(written) <= 1_000 else "too long: at most 1,000 characters"


def _wrong_days(written: str) -> str:
    is_count = re.fullmatch(r"[1-9]\d{0,3}", written.strip(), re.ASCII)
    return "" if is_count or not written else "write a number of days, 1 to 9999"


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners, now
    wished = chosen(visit, _OPTIONS)
    if not (wished["query"] or wished["naf"]):
        raise VisitFailed("bad_options", "nothing to look for: set query or naf")
    wrong = (
        wrong_words(wished["query"])
        or _wrong_naf(wished["naf"])
        or wrong_departments(wished["departments"])
        or _wrong_days(wished["days"])
    )
    if wrong:
        raise VisitFailed("bad_options", wrong)
    url = with_parameters(
        base(visit),
        q=wished["query"],
        activite_principale=",".join(parts(wished["naf"].upper())),
        departement=",".join(parts(wished["departments"].upper())),
        # The service would send names of managers too: it is asked for the seat alone.
        minimal="true",
        include="siege",
        page=1,
        per_page=_ROWS,
    )
    return _ask(url, 1)


def _ask(url: str, number: int) -> Request:
    return Request(
        with_parameters(url, page=number),
        headers={"Accept": "application/json"},
        accepts=frozenset({400}),
        step=str(number),
    )


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    found = read_json(reply)
    if reply.status == 400:
        raise VisitFailed("bad_options", word(found.get("erreur")) or str(found)[:200], 400)
    if not isinstance(found.get("results"), list):
        raise VisitFailed("not_records", "no list of results", reply.status)
    days = int(chosen(visit, _OPTIONS)["days"] or _DAYS)
    oldest = reply.asked_at - timedelta(days=days)
    entries = [
        entry
        for firm in mappings(found["results"])
        if word(firm.get("statut_diffusion")) != "P" and (entry := _entry(firm, oldest))
    ]
    read_count = int(reply.request.step) * _ROWS
    is_more = found["results"] and read_count < min(count(found.get("total_results")), _FURTHEST)
    return RawFeed(
        entries=entries[:most_entries],
        skipped_count=max(len(entries) - most_entries, 0),
        next=_ask(reply.request.url, int(reply.request.step) + 1) if is_more else None,
    )


def _entry(firm: Mapping[str, Any], oldest: datetime) -> RawEntry | None:
    """Return a firm founded since then; None for an older one, and for a trader under a name."""
    siren, founded = word(firm.get("siren")), word(firm.get("date_creation"))
    name = word(firm.get("nom_raison_sociale"))
    founded_at = read_date(founded) if founded else None
    if not (name and re.fullmatch(r"\d{9}", siren, re.ASCII)) or not founded_at:
        return None
    if founded_at < oldest:
        return None
    seat = mapping(firm.get("siege"))
    place = " ".join(
        part for part in (word(seat.get("code_postal")), word(seat.get("libelle_commune"))) if part
    )
    activity = word(firm.get("activite_principale"))
    facts = (activity and f"NAF {activity}", word(firm.get("categorie_entreprise")), place)
    return RawEntry(
        guid=f"siren:{siren}",
        url=f"https://annuaire-entreprises.data.gouv.fr/entreprise/{siren}",
        title=name,
        text=", ".join(fact for fact in facts if fact),
        published=founded,
        language="fr",
        kind="company_event",
        record=Record(
            identifiers={"siren": siren},
            codes=held(naf=(activity,) if activity else ()),
            organisations=(name,),
            country="FR",
            region=place,
            status="closed" if word(firm.get("etat_administratif")) == "C" else "open",
        ),
    )


def _derive(perimeter: Perimeter) -> Mapping[str, str]:
    found = ", ".join(codes(perimeter, "naf", 20))
    places = [place[3:] for place in perimeter.places.regions if re.match(r"FR-\d", place)]
    wished = {"naf": found, "departments": ", ".join(places)}
    return {name: text for name, text in wished.items() if text}


COMPANIES = Kind(
    "companies",
    "New companies of France: recherche-entreprises",
    first=_first,
    read=_read,
    options=(
        Option("query", "Words in the name", complaint=wrong_words),
        Option("naf", "NAF codes, separated by commas: 26.70Z", complaint=_wrong_naf),
        Option("departments", "Departments: 91, 2A", complaint=wrong_departments),
        Option("days", "Founded in the last so many days (365)", complaint=_wrong_days),
    ),
    derive=_derive,
    most_requests=80,
    is_conditional=False,
    asks_robots=False,
    item_kind="company_event",
    licence="Source : INSEE, Sirene, et INPI, RNE, Licence Ouverte 2.0.",
    address="https://recherche-entreprises.api.gouv.fr/search",
    example={
        "naf": "26.70Z",
        "departments": "91",
    },
)
