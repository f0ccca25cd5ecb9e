"""Two registers of the Journal officiel's publisher: BOAMP (tenders) and BODACC (companies)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from watch.domain import Manners, Perimeter, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import count, mapping, mappings, read_json, word, words
from watch.sources.records.asking import (
    base,
    chosen,
    needed,
    page,
    phrases,
    since,
    with_parameters,
)
from watch.sources.records.wishes import (
    codes,
    held,
    parts,
    wrong_departments,
    wrong_sirens,
    wrong_whole_cpv,
    wrong_words,
)
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["BOAMP", "BODACC"]

_ROWS = 100
# Of the service: what lies further is only in its exports.
_FURTHEST = 10_000
_MOST_WORDS = 300
_MOST_CODES = 20
_MOST_VALUES = 5_000
_LICENCE = "Source : DILA, {}, Licence Ouverte 2.0."


# -- what both are asked, and how they answer -----------------------------------------------


def _ask(visit: Visit, now: datetime, where: str) -> Request:
    began = since(visit, now)
    url = with_parameters(
        base(visit),
        where=f"({where}) and dateparution >= date'{began:%Y-%m-%d}'",
        order_by="dateparution asc",
        limit=_ROWS,
        offset=0,
    )
    return Request(
        url, headers={"Accept": "application/json"}, accepts=frozenset({400}),
        step=f"0 {began.isoformat()}",
    )  # fmt: skip


def _records(reply: Reply) -> tuple[list[Mapping[str, Any]], Request | None, datetime]:
    """Return the records of a page, what opens the next one, and since when was asked."""
    found = read_json(reply)
    if reply.status == 400:
        raise VisitFailed("bad_options", word(found.get("message")) or str(found)[:200], 400)
    if not isinstance(found.get("results"), list):
        raise VisitFailed("not_records", "no list of results", reply.status)
    written, began = reply.request.step.split(" ")
    offset = int(written) + _ROWS
    following = None
    if offset < count(found.get("total_count")) and offset + _ROWS <= _FURTHEST:
        following = Request(
            with_parameters(reply.request.url, offset=offset),
            headers=reply.request.headers,
            accepts=reply.request.accepts,
            step=f"{offset} {began}",
        )
    return list(mappings(found["results"])), following, datetime.fromisoformat(began)


def _feed(
    reply: Reply,
    entries: list[RawEntry],
    following: Request | None,
    began: datetime,
    most: int,
) -> RawFeed:
    listed = [(entry, read_date(str(entry.published))) for entry in entries]
    return page(listed, following, began, reply.asked_at, most)


def _inside(value: object) -> Any:
    """Return JSON that stands as text in a field of JSON; None where there is none."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _pairs(value: object) -> Iterator[tuple[str, Any]]:
    """Yield each name with its value, at any depth, outermost first."""
    waiting = [value]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, dict):
            yield from one.items()
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


# -- BOAMP ----------------------------------------------------------------------------------

_TENDERS = {"query": "query", "cpv": "cpv", "departments": "departments"}


def _first_tenders(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners
    wished = needed(chosen(visit, _TENDERS))
    wrong = (
        wrong_words(wished["query"])
        or wrong_whole_cpv(wished["cpv"])
        or wrong_departments(wished["departments"])
    )
    if wrong:
        raise VisitFailed("bad_options", wrong)
    # The register has no field for CPV codes; they stand in the notice, which is searched whole.
    sought = parts(wished["query"]) + parts(wished["cpv"])
    groups = (
        " or ".join(f'search("{term}")' for term in sought),
        " or ".join(f'code_departement="{one}"' for one in parts(wished["departments"].upper())),
    )
    return _ask(visit, now, " and ".join(f"({group})" for group in groups if group))


def _read_tenders(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    del visit
    records, following, began = _records(reply)
    known: dict[str, RawEntry] = {}
    for record in records:
        entry = _tender(record)
        if entry.guid:
            known.setdefault(entry.guid, entry)
    return _feed(reply, list(known.values()), following, began, most_entries)


def _tender(record: Mapping[str, Any]) -> RawEntry:
    id = word(record.get("idweb")) or word(record.get("id"))
    nature = f"{word(record.get('nature'))} {word(record.get('nature_categorise_libelle'))}"
    is_award = bool(re.search(r"attribution|résultat", nature, re.IGNORECASE))
    inside = _inside(record.get("donnees"))
    amount, currency = _amount(inside)
    buyers = words(record.get("nomacheteur"))
    winners = words(record.get("titulaire")) if is_award else ()
    topics = words(record.get("descripteur_libelle"))
    departments = words(record.get("code_departement"))
    deadline = word(record.get("datelimitereponse"))
    return RawEntry(
        guid=id,
        url=word(record.get("url_avis")) or f"https://www.boamp.fr/avis/detail/{id}",
        title=word(record.get("objet")),
        text=". ".join(part for part in ("; ".join(buyers), ", ".join(topics)) if part),
        published=word(record.get("dateparution")),
        language="fr",
        categories=topics,
        kind="award" if is_award else "tender",
        record=Record(
            identifiers={"notice": f"boamp:{id}"},
            codes=held(cpv=_cpv(inside)),
            organisations=(*buyers, *winners),
            amount=amount,
            currency=currency,
            deadline_at=read_date(deadline) if deadline and not is_award else None,
            country="FR",
            region=f"FR-{departments[0]}" if departments else "",
            status="awarded" if is_award else "open",
        ),
    )


def _cpv(inside: object) -> tuple[str, ...]:
    """Return the CPV codes of a notice, in the newer form (eForms) and in the older ones."""
    found = []
    for name, value in _pairs(inside):
        if name == "cbc:ItemClassificationCode":
            each = value if isinstance(value, list) else [value]
            found += [word(mapping(one).get("#text")) or word(one) for one in each]
        elif name in {"classPrincipale", "PRINCIPAL"}:
            found.append(word(value))
    codes = (re.match(r"\d{8}", code) for code in found)
    return tuple(dict.fromkeys(code[0] for code in codes if code))


def _amount(inside: object) -> tuple[float | None, str]:
    """Return the value of the whole notice (its lots' are never added up) and its currency."""
    for name, value in _pairs(inside):
        is_total = name in {"cbc:EstimatedOverallContractAmount", "cbc:TotalAmount"}
        written = mapping(value)
        if is_total and re.fullmatch(r"\d{1,15}(\.\d+)?", word(written.get("#text"))):
            return float(word(written.get("#text"))), word(written.get("@currencyID"))
    return None, ""


def _derive_tenders(perimeter: Perimeter) -> Mapping[str, str]:
    query = ", ".join(phrases(perimeter, ("fr",), _MOST_WORDS)[:20])
    found = ", ".join(codes(perimeter, "cpv", _MOST_CODES))
    return {name: text for name, text in (("query", query), ("cpv", found)) if text}


BOAMP = Kind(
    "boamp",
    "Tenders and awards of France: BOAMP",
    first=_first_tenders,
    read=_read_tenders,
    options=(
        Option("query", "Words in the notice, separated by commas", complaint=wrong_words),
        Option("cpv", "CPV codes of eight digits, separated by commas", complaint=wrong_whole_cpv),
        Option("departments", "Departments: 91, 2A", complaint=wrong_departments),
    ),
    derive=_derive_tenders,
    most_requests=100,
    is_conditional=False,
    asks_robots=False,
    item_kind="tender",
    licence=_LICENCE.format("BOAMP"),
    address=(
        "https://boamp-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/boamp/records"
    ),
    example={
        "query": "lidar, caméra thermique",
        "departments": "91, 92",
    },
)


# -- BODACC ---------------------------------------------------------------------------------

_COMPANIES = {"sirens": "sirens"}
_FAILURE = re.compile(r"collective|rétablissement professionnel|conciliation", re.IGNORECASE)


def _first_companies(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners
    wished = chosen(visit, _COMPANIES)
    sirens = ["".join(one.split()) for one in parts(wished["sirens"])]
    if not sirens:
        raise VisitFailed("bad_options", "nothing to look for: set sirens")
    if wrong := wrong_sirens(wished["sirens"]):
        raise VisitFailed("bad_options", wrong)
    where = " or ".join(f'registre like "{siren}"' for siren in sirens)
    return _ask(visit, now, f'({where}) and familleavis != "collective"')


def _read_companies(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    records, following, began = _records(reply)
    entries = [_company(one) for one in records if not (_is_person(one) or _is_failure(one))]
    return _feed(reply, entries, following, began, most_entries)


def _is_failure(record: Mapping[str, Any]) -> bool:
    """Return whether an announcement tells of insolvency, by any of the fields that say so."""
    names = ("familleavis", "familleavis_lib")
    return bool(_FAILURE.search(" ".join(word(record.get(name)) for name in names))) or bool(
        mapping(_inside(record.get("jugement")))
    )


def _is_person(record: Mapping[str, Any]) -> bool:
    """Return whether the trader is a person and not a firm."""
    return any(
        name == "typePersonne" and word(value) == "pp"
        for name, value in _pairs(_inside(record.get("listepersonnes")))
    )


def _company(record: Mapping[str, Any]) -> RawEntry:
    id = word(record.get("id"))
    family, name = word(record.get("familleavis_lib")), word(record.get("commercant"))
    town, court = word(record.get("ville")), word(record.get("tribunal"))
    registers = ("".join(one.split()) for one in words(record.get("registre")))
    siren = next((one for one in registers if re.fullmatch(r"\d{9}", one, re.ASCII)), "")
    acts = {**mapping(_inside(record.get("acte"))), **mapping(_inside(record.get("depot")))}
    said = (word(acts.get(field)) for field in ("descriptif", "typeDepot", "dateCloture"))
    sort = word(record.get("typeavis_lib"))
    return RawEntry(
        guid=id,
        url=word(record.get("url_complete"))
        or f"https://www.bodacc.fr/pages/annonces-commerciales-detail/?q.id=id:{id}",
        title=f"{name} : {family}" if family else name,
        text=". ".join(part for part in (sort, *said, town, court) if part),
        published=word(record.get("dateparution")),
        language="fr",
        categories=(family,) if family else (),
        kind="company_event",
        record=Record(
            identifiers={"siren": siren} if siren else {},
            organisations=(name,) if name else (),
            country="FR",
            region=word(record.get("region_nom_officiel")),
            status="published",
        ),
    )


BODACC = Kind(
    "bodacc",
    "Announcements on companies of France: BODACC",
    first=_first_companies,
    read=_read_companies,
    options=(Option("sirens", "SIREN numbers, separated by commas", True, complaint=wrong_sirens),),
    most_requests=100,
    is_conditional=False,
    asks_robots=False,
    item_kind="company_event",
    licence=_LICENCE.format("BODACC"),
    address=(
        "https://bodacc-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets"
        "/annonces-commerciales/records"
    ),
    example={
        "sirens": "552059024",
    },
)
