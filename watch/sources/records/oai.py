"""OAI-PMH, as any repository speaks it: a set -> the records that changed, in Dublin Core."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from watch.domain import Manners, Record, Visit
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import arxiv_of, doi_of, language_of, read_tree, stated
from watch.sources.records.asking import base, chosen, finished, since, with_parameters
from watch.sources.request import Reply, Request

__all__ = ["OAI"]

_OPTIONS = {"set": "set"}
_O = "{http://www.openarchives.org/OAI/2.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TOKEN = "token "  # noqa: S105 - the word of a mark, no secret
_SET = re.compile(r"[A-Za-z0-9_.!~*'()-]+(:[A-Za-z0-9_.!~*'()-]+)*")
_HAL_NUMBER = re.compile(r"oai:hal[\w.]*:((?:[a-z]+-)?hal[a-z]*-\d+)", re.IGNORECASE)

# What the words of a type say, whatever vocabulary they are taken from; the first that fits.
_KINDS = (
    (re.compile(r"thes[ie]s|th[eè]se|dissertation|habilitation|doctoral", re.I), "thesis"),
    (re.compile(r"preprint|working ?paper|pr[eé]-?publication", re.I), "preprint"),
    (re.compile(r"patent|brevet", re.I), "patent"),
    (re.compile(r"data ?set", re.I), "dataset"),
)


@dataclass(frozen=True, slots=True)
class _List:
    """One list of records under reading: what it was asked for, and whether a second time."""

    since: datetime
    began: datetime
    """When it was asked for: what changes later belongs to the next list."""
    is_again: bool = False

    def step(self) -> str:
        return f"{_written(self.since)} {_written(self.began)}{' again' * self.is_again}"


def _list(step: str) -> _List:
    first, second, *rest = step.split()
    return _List(datetime.fromisoformat(first), datetime.fromisoformat(second), bool(rest))


def _written(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# -- asking ---------------------------------------------------------------------------------


def _first(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners
    if visit.mark.startswith(_TOKEN):
        step, _, token = visit.mark.removeprefix(_TOKEN).partition("\n")
        return _page(visit, token, _list(step))
    return _beginning(visit, _List(since(visit, now), now))


def _beginning(visit: Visit, asked: _List) -> Request:
    # Whole days: every repository has to know them, few know seconds.
    url = with_parameters(
        base(visit),
        **{
            "verb": "ListRecords",
            "metadataPrefix": "oai_dc",
            "from": f"{asked.since.astimezone(UTC):%Y-%m-%d}",
            "set": chosen(visit, _OPTIONS)["set"],
        },
    )
    return Request(url, accepts=frozenset({400, 422}), step=asked.step())


def _page(visit: Visit, token: str, asked: _List) -> Request:
    url = with_parameters(base(visit), verb="ListRecords", resumptionToken=token)
    return Request(url, accepts=frozenset({400, 422}), step=asked.step())


# -- reading --------------------------------------------------------------------------------


def _read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    root = read_tree(reply, "OAI-PMH")
    asked = _list(reply.request.step)
    error = root.find(f"{_O}error")
    if error is not None:
        return _told(error, visit, asked, reply)
    records = root.find(f"{_O}ListRecords")
    if records is None:
        raise VisitFailed("not_records", "OAI-PMH, but no list of records", reply.status)
    token = records.findtext(f"{_O}resumptionToken", "").strip()
    entries = [entry for one in records.iter(f"{_O}record") if (entry := _entry(one))]
    # A page is taken whole: no token leads back into the middle of one.
    del most_entries
    return RawFeed(
        entries=entries,
        next=_page(visit, token, asked) if token else None,
        mark=f"{_TOKEN}{asked.step()}\n{token}" if token else finished(asked.began),
    )


def _told(error: Element, visit: Visit, asked: _List, reply: Reply) -> RawFeed:
    """Return what an error of the protocol means; raise `VisitFailed` for what is one."""
    code = error.get("code", "")
    if code == "noRecordsMatch":
        return RawFeed(mark=finished(asked.began))
    if code == "badResumptionToken" and not asked.is_again:
        # It has expired: the list is asked for once more from its beginning.
        again = _List(asked.since, reply.asked_at, is_again=True)
        return RawFeed(next=_beginning(visit, again), mark="")
    words = " ".join((error.text or "").split())
    reason = "bad_answer" if code == "badResumptionToken" else "bad_options"
    raise VisitFailed(reason, f"{code}: {words}", reply.status)


def _entry(record: Element) -> RawEntry | None:
    """Return the entry of a record; None for one that was withdrawn or says nothing."""
    header = record.find(f"{_O}header")
    metadata = record.find(f"{_O}metadata")
    if header is None or header.get("status") == "deleted" or metadata is None:
        return None
    guid = header.findtext(f"{_O}identifier", "").strip()
    changed = header.findtext(f"{_O}datestamp", "").strip()
    titles, texts = list(_said(metadata, "title")), list(_said(metadata, "description"))
    if not titles and not texts:
        return None
    places = [guid, *_said(metadata, "identifier")]
    doi = next((found for place in places if (found := doi_of(place))), "")
    hal = _HAL_NUMBER.match(guid)
    identifiers = {"doi": doi, "arxiv": arxiv_of(doi), "hal": hal[1].lower() if hal else ""}
    # Of several days (handed in, checked, published) the first is that of the work itself.
    day = min(_said(metadata, "date"), default="")
    return RawEntry(
        guid=guid,
        url=_address(places, doi),
        title=next(iter(titles), ""),
        text=next(iter(texts), ""),
        published=stated(day, changed),
        updated=changed,
        language=language_of(next(_said(metadata, "language"), "")),
        categories=tuple(_said(metadata, "subject")),
        kind=_kind(metadata),
        record=Record(identifiers={scheme: text for scheme, text in identifiers.items() if text}),
    )


def _said(metadata: Element, name: str) -> Iterator[str]:
    """Yield what stands in the elements of a name, on one line each."""
    for one in metadata.iter(f"{_DC}{name}"):
        if text := " ".join((one.text or "").split()):
            yield text


def _address(places: list[str], doi: str) -> str:
    web = [place for place in places if place.startswith(("http://", "https://"))]
    pages = [place for place in web if not place.lower().endswith(".pdf")]
    return next(iter(pages or web), f"https://doi.org/{doi}" if doi else "")


def _kind(metadata: Element) -> str:
    types = " ".join(_said(metadata, "type"))
    return next((kind for form, kind in _KINDS if form.search(types)), "publication")


def _wrong_set(written: str) -> str:
    return "" if _SET.fullmatch(written) else "this is no set, such as physics:physics:optics"


OAI = Kind(
    "oai",
    "An open archive of a university or an institute (OAI-PMH)",
    read=_read,
    first=_first,
    options=(
        Option(
            "set",
            "Only this part of the archive, as it names it: physics:physics:optics",
            complaint=_wrong_set,
        ),
    ),
    most_requests=20,
    is_conditional=False,
    asks_robots=False,
    item_kind="publication",
    example={"url": "https://archive.example/oai", "set": "physics"},
)
