"""The European Patent Office's Open Patent Services 3.2: a query -> patents, one per family."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from watch.domain import Manners, Perimeter, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import count, read_json, read_tree, word
from watch.sources.records.asking import (
    base,
    chosen,
    finished,
    needed,
    phrases,
    read_on,
    since,
    with_parameters,
)
from watch.sources.records.wishes import LANGUAGES, codes, held, parts, wrong_cpc, wrong_words
from watch.sources.request import Reply, Request

__all__ = ["OPS"]

_HOST = "ops.epo.org"
_OPTIONS = {"query": "q", "cpc": "cpc", "applicant": "pa", "countries": "pn"}
_ROWS = 100
# The service shows 2,000 of one query and drops the rest without a word: so a week at a time.
_MOST_OF_QUERY = 2_000
_SLICE = timedelta(days=7)
_MOST_CODES = 10
_MOST_WORDS = 200
_NS = "{http://www.epo.org/exchange}"
_OPS = "{http://ops.epo.org}"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_READER = "https://worldwide.espacenet.com/publicationDetails/biblio"


# -- what is asked --------------------------------------------------------------------------


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    """Return the request for a token, good for about twenty minutes."""
    _wished(visit)
    key = manners.keys.get("epo_ops", "")
    if not re.fullmatch(r"[^\s:]+:[^\s:]+", key):
        raise VisitFailed("no_key", "epo_ops, written as key:secret")
    _must_be_home(visit, manners)
    began = since(visit, now).astimezone(UTC).date()
    return Request(
        f"{_root(visit)}/auth/accesstoken",
        method="POST",
        headers={
            "Authorization": f"Basic {b64encode(key.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
        body=b"grant_type=client_credentials",
        accepts=frozenset({400, 403}),
        step=f"token {began:%Y%m%d}",
    )


def _must_be_home(visit: Visit, manners: Manners) -> None:
    """Raise `VisitFailed` where an address would send our key to anybody but the office."""
    url = urlsplit(visit.source.url)
    is_open = (url.hostname or "", url.port or 0) in manners.open_addresses
    if not is_open and (url.scheme, url.hostname, url.port) != ("https", _HOST, None):
        raise VisitFailed("bad_options", f"the address must begin with https://{_HOST}/")


def _root(visit: Visit) -> str:
    return base(visit).partition("/rest-services")[0].rstrip("/")


def _wished(visit: Visit) -> str:
    """Return the query in the service's language (CQL), without its dates."""
    wished = dict(needed(chosen(visit, _OPTIONS)))
    wrong = (
        wrong_words(wished["query"])
        or wrong_cpc(wished["cpc"])
        or wrong_words(wished["applicant"])
        or _wrong_offices(wished["countries"])
    )
    if wrong:
        raise VisitFailed("bad_options", wrong)
    alternatives = (
        [f'ta="{term}"' for term in parts(wished["query"])],
        [f"cpc=/low {''.join(code.split()).upper()}" for code in parts(wished["cpc"])],
        [f'pa="{name}"' for name in parts(wished["applicant"])],
        [f"pn={office.upper()}" for office in parts(wished["countries"])],
    )
    subject = " or ".join((*alternatives[0], *alternatives[1]))
    groups = (subject, " or ".join(alternatives[2]), " or ".join(alternatives[3]))
    return " and ".join(f"({group})" for group in groups if group)


def _wrong_offices(written: str) -> str:
    is_wrong = any(not re.fullmatch(r"[A-Za-z]{2}", office) for office in parts(written))
    return "no patent office: write two letters: EP, FR, WO" if is_wrong else ""


def _search(visit: Visit, token: str, began: date, first: int = 1, families: str = "") -> Request:
    until = began + _SLICE - timedelta(days=1)
    query = f'{_wished(visit)} and pd within "{began:%Y%m%d} {until:%Y%m%d}"'
    return Request(
        with_parameters(f"{_root(visit)}/rest-services/published-data/search/biblio", q=query),
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/exchange+xml",
            "X-OPS-Range": f"{first}-{first + _ROWS - 1}",
        },
        accepts=frozenset({400, 403, 404}),
        step=f"search {began:%Y%m%d} {first} {families}",
    )


# -- what is answered -----------------------------------------------------------------------


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    step, written, *rest = reply.request.step.split(" ")
    began = datetime.strptime(written, "%Y%m%d").replace(tzinfo=UTC).date()
    _refuse(reply)
    if step == "token":
        token = word(read_json(reply).get("access_token"))
        if not re.fullmatch(r"[\x21-\x7e]{1,2000}", token):
            raise VisitFailed("not_records", "no token in the answer", reply.status)
        return RawFeed(next=_search(visit, token, began))
    first, known = int(rest[0]), set(rest[1].split(",")) - {""}
    total, documents = _documents(reply)
    entries = []
    for document in documents:
        family = document.get("family-id", "")
        if family and family in known:
            continue
        known.add(family)
        entries.append(_entry(document, visit.source.language or "en"))
    return _page(reply, visit, (began, first, total, known), entries, most_entries)


def _page(
    reply: Reply,
    visit: Visit,
    place: tuple[date, int, int, set[str]],
    entries: list[RawEntry],
    most: int,
) -> RawFeed:
    """Return one page: after it the next of its week, else the next week's first."""
    began, first, total, known = place
    token = reply.request.headers["Authorization"].removeprefix("Bearer ")
    families = ",".join(sorted(known - {""}))
    week = datetime(began.year, began.month, began.day, tzinfo=UTC)
    following, mark = None, finished(reply.asked_at)
    if first + _ROWS <= min(total, _MOST_OF_QUERY):
        following = _search(visit, token, began, first + _ROWS, families)
        mark = read_on(week, week - _DAY)
    elif week + _SLICE <= reply.asked_at:
        following = _search(visit, token, began + _SLICE, 1, families)
        mark = read_on(week + _SLICE, week)
    left_out = max(total - _MOST_OF_QUERY, 0)
    if len(entries) > most:
        mark = read_on(week, week - _DAY)
    return RawFeed(
        entries=entries[:most],
        skipped_count=max(len(entries) - most, 0) + left_out,
        next=following,
        mark=mark,
    )


def _refuse(reply: Reply) -> None:
    """Raise `VisitFailed` for an error that the service tells in its own way."""
    headers = {name.lower(): value for name, value in reply.headers.items()}
    rejection = headers.get("x-rejection-reason", "")
    said = " ".join(reply.body[:200].decode("utf-8", "replace").split())
    if "search=black" in headers.get("x-throttling-control", "").replace(" ", ""):
        raise VisitFailed("too_many", "the service is overloaded", reply.status, _HOUR)
    if reply.status == 403:
        if rejection:
            wait = _HOUR if "hour" in rejection.lower() else _DAY
            raise VisitFailed("too_many", rejection, 403, wait)
        raise VisitFailed("refused", said, 403)
    if reply.status == 400:
        is_query = reply.request.step.startswith("search") and "token" not in said.lower()
        raise VisitFailed("bad_options" if is_query else "refused", said, 400)


def _documents(reply: Reply) -> tuple[int, list[Element]]:
    if reply.status == 404:
        # "No results found" is told as an error; another 404 is an address that is wrong.
        if b"EntityNotFound" in reply.body or b"No results found" in reply.body:
            return 0, []
        raise VisitFailed("missing", "not the answer of a search", 404)
    root = read_tree(reply, "world-patent-data")
    found = root.find(f"{_OPS}biblio-search")
    if found is None:
        raise VisitFailed("not_records", "no result of a search", reply.status)
    return count(found.get("total-result-count", "")), list(root.iter(f"{_NS}exchange-document"))


def _entry(document: Element, language: str) -> RawEntry:
    office, number, sort = (document.get(name, "") for name in ("country", "doc-number", "kind"))
    family = document.get("family-id", "")
    identifiers = {"patent": f"{office}{number}{sort}", "family": family}
    return RawEntry(
        guid=f"family:{family}" if family else identifiers["patent"],
        url=f"{_READER}?CC={office}&NR={number}{sort}&KC={sort}&FT=D",
        title=_in_language(document, "invention-title", language),
        text=_in_language(document, "abstract", language),
        published=_published(document),
        kind="patent",
        record=Record(
            identifiers={scheme: id for scheme, id in identifiers.items() if id},
            codes=held(cpc=_classes(document)),
            organisations=_applicants(document),
            country=office if re.fullmatch("[A-Z]{2}", office) else "",
            status="granted" if sort.startswith(("B", "C")) else "published",
        ),
    )


def _in_language(document: Element, name: str, language: str) -> str:
    """Return a title or an abstract in a language, else in English, else in the first there is."""
    texts: dict[str, str] = {}
    for element in document.iter(f"{_NS}{name}"):
        texts.setdefault(element.get("lang", ""), " ".join("".join(element.itertext()).split()))
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def _published(document: Element) -> str:
    reference = f".//{_NS}publication-reference/{_NS}document-id"
    dates = (each.findtext(f"{_NS}date", "") for each in document.iterfind(reference))
    return next((day.strip() for day in dates if day.strip()), "")


def _classes(document: Element) -> tuple[str, ...]:
    found = []
    for each in document.iter(f"{_NS}patent-classification"):
        scheme = each.find(f"{_NS}classification-scheme")
        if scheme is not None and not scheme.get("scheme", "").upper().startswith("CPC"):
            continue
        part = {child.tag.removeprefix(_NS): (child.text or "").strip() for child in each}
        group, subgroup = part.get("main-group", ""), part.get("subgroup", "")
        letters = "".join(part.get(name, "") for name in ("section", "class", "subclass"))
        found.append(f"{letters}{group}/{subgroup}" if group and subgroup else letters + group)
    return tuple(dict.fromkeys(code for code in found if code))


def _applicants(document: Element) -> tuple[str, ...]:
    """Return the firms that apply. Who invented is a person, and may apply in their own name."""
    people = {_bare(name) for form in _names(document, "inventor").values() for name in form}
    forms = _names(document, "applicant")
    names = forms.get("original") or forms.get("epodoc") or next(iter(forms.values()), [])
    return tuple(
        dict.fromkeys(_tidy(name) for name in names if name.strip() and _bare(name) not in people)
    )


def _names(document: Element, role: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in document.iter(f"{_NS}{role}"):
        name = "".join(text for part in each.iter(f"{_NS}name") for text in part.itertext())
        found.setdefault(each.get("data-format", ""), []).append(name)
    return found


def _tidy(name: str) -> str:
    """Return a name without the country that stands in brackets after it."""
    return re.sub(r"\s*\[[A-Z]{2}\]\s*$", "", " ".join(name.split())).strip(" ,")


def _bare(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", _tidy(name).casefold()))


# -- the kind -------------------------------------------------------------------------------


def _derive(perimeter: Perimeter) -> Mapping[str, str]:
    found = codes(perimeter, "cpc", _MOST_CODES)
    if found:
        return {"cpc": ", ".join(found)}
    return {"query": ", ".join(phrases(perimeter, LANGUAGES[::-1], _MOST_WORDS)[:_MOST_CODES])}


OPS = Kind(
    "patents",
    "Patents: the European Patent Office's Open Patent Services",
    first=_first,
    read=_read,
    options=(
        Option("query", "Terms in title or abstract, separated by commas", complaint=wrong_words),
        Option("cpc", "CPC codes, separated by commas", complaint=wrong_cpc),
        Option("applicant", "Names of firms, separated by commas", complaint=wrong_words),
        Option("countries", "Patent offices, two letters each: EP, FR", complaint=_wrong_offices),
    ),
    derive=_derive,
    most_requests=40,
    is_conditional=False,
    asks_robots=False,
    item_kind="patent",
    keys=("epo_ops",),
    licence="Source: EPO, Open Patent Services.",
    address=f"https://{_HOST}/3.2/",
    example={"cpc": "G01S17, H01S3/067", "countries": "EP, FR"},
)
