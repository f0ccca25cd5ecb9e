"""The services of science: what is asked for, page after page, and what recorded answers hold."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.doors import Reply as Served
from tests.doors import WebServer
from tests.shared import shared, unpacked
from watch.domain import (
    Axis,
    Harvest,
    Manners,
    Outcome,
    Perimeter,
    Source,
    Topic,
    Trip,
    Visit,
    WebUrl,
)
from watch.perimeter.read import read as read_perimeter
from watch.sources.health import REASONS, VisitFailed
from watch.sources.raw import Reading, to_reading
from watch.sources.records.asking import finished, phrases, read_on, since, with_parameters
from watch.sources.records.pace import pause_of
from watch.sources.registry import KINDS
from watch.sources.request import Reply
from watch.sources.travel import travel

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
KEYS = {"openalex": "a-key", "crossref": "veille@cluster.example"}
SCIENCE = ("arxiv", "crossref", "hal", "oai", "openalex")


def visit(name: str, url: str = "", **left: Any) -> Visit:
    example = dict(KINDS[name].example)
    address = KINDS[name].address or example.pop("url")
    options = left.pop("options", example)
    return Visit(Source(WebUrl(url or address), "a source", name, options=options), **left)


def asked(name: str, **left: Any) -> dict[str, str]:
    """The parameters of the first request."""
    request = KINDS[name].first(visit(name, **left), Manners(keys=KEYS), NOW)
    return {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}


def harvest(web: WebServer, one: Visit, **manners: Any) -> Harvest:
    ordinary = Manners(
        pause=timedelta(), keys=KEYS, open_addresses=frozenset({web.address}), robots=True
    )
    return travel([Trip("a host", (one,))], NOW, replace(ordinary, **manners))[0]


# -- the window ----------------------------------------------------------------------------


def test_a_first_visit_looks_thirty_days_back_and_the_next_ones_two_days() -> None:
    assert since(visit("hal"), NOW) == NOW - timedelta(days=30)
    assert since(visit("hal", good_at=NOW), NOW) == NOW - timedelta(hours=48)
    assert since(visit("hal", mark=finished(NOW)), NOW) == NOW - timedelta(hours=48)


def test_a_visit_that_did_not_reach_the_end_is_read_on_from_there() -> None:
    reached = datetime(2026, 11, 3, 7, 30, tzinfo=UTC)

    mark = read_on(reached, NOW - timedelta(days=30))

    assert since(visit("hal", mark=mark, good_at=NOW), NOW) == reached


def test_a_day_with_more_than_one_visit_takes_does_not_hold_the_list_up() -> None:
    began = datetime(2026, 11, 3, tzinfo=UTC)

    assert since(visit("hal", mark=read_on(began, began)), NOW) == began + timedelta(days=1)


@pytest.mark.parametrize("mark", ["from yesterday", "until ", "something of another kind"])
def test_a_mark_that_nobody_can_read_counts_as_none(mark: str) -> None:
    assert since(visit("hal", mark=mark), NOW) == NOW - timedelta(days=30)


@pytest.mark.parametrize(
    ("name", "parameter", "window"),
    [
        ("arxiv", "search_query", "submittedDate:[202611120600 TO 202611200600]"),
        ("crossref", "filter", "from-created-date:2026-11-17"),
        ("hal", "fq", "releasedDate_tdate:[2026-11-17T06:00:00Z TO *]"),
        ("oai", "from", "2026-11-17"),
        ("openalex", "filter", "from_publication_date:2026-10-20"),
    ],
)
def test_each_service_is_asked_for_what_is_new_since_the_last_good_visit(
    name: str, parameter: str, window: str
) -> None:
    assert window in asked(name, good_at=NOW - timedelta(days=1))[parameter]


# -- what an officer sets ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["arxiv", "crossref", "hal", "openalex"])
def test_without_anything_to_look_for_nothing_is_asked(name: str) -> None:
    with pytest.raises(VisitFailed) as failure:
        asked(name, options={})

    assert failure.value.reason == "bad_options"


def test_an_address_copied_from_a_browser_says_what_to_look_for() -> None:
    found = asked("arxiv", url="https://export.arxiv.org/api/query?search_query=all:lidar&start=9",
                  options={})  # fmt: skip

    assert found["search_query"].startswith("(all:lidar) AND submittedDate:")
    assert found["start"] == "0"


@pytest.mark.parametrize("name", SCIENCE)
def test_an_address_may_hold_what_is_set_so_that_two_searches_are_two_sources(name: str) -> None:
    options = {n: text for n, text in KINDS[name].example.items() if n != "url"}
    address = with_parameters(KINDS[name].address or KINDS[name].example["url"], **options)
    first = KINDS[name].first

    told = first(visit(name, url=address, options={}), Manners(keys=KEYS), NOW)

    assert told.url == first(visit(name), Manners(keys=KEYS), NOW).url


def test_a_collection_of_hal_needs_no_query() -> None:
    assert asked("hal", url="https://api.archives-ouvertes.fr/search/LABO/", options={})["q"]


@pytest.mark.parametrize(
    ("name", "option", "written"),
    [
        ("arxiv", "categories", "physics.optics; <b>"),
        ("arxiv", "query", 'all:"lidar'),
        ("arxiv", "query", "(all:lidar))("),
        ("crossref", "issn", "1234"),
        ("crossref", "filter", "type"),
        ("hal", "query", "x" * 1001),
        ("oai", "set", "a set"),
        ("openalex", "filter", "type=article"),
    ],
)
def test_what_a_service_could_not_understand_is_told_when_it_is_set(
    name: str, option: str, written: str
) -> None:
    complaint = next(one.complaint for one in KINDS[name].options if one.name == option)

    assert complaint(written)


def test_a_key_stands_in_no_address_and_without_it_nothing_is_asked() -> None:
    request = KINDS["openalex"].first(visit("openalex"), Manners(keys=KEYS), NOW)
    with pytest.raises(VisitFailed) as failure:
        KINDS["openalex"].first(visit("openalex"), Manners(), NOW)

    assert "a-key" not in repr(request)
    assert request.secrets == {"api_key": "a-key"}
    assert failure.value.reason == "no_key"


# -- what a perimeter proposes -------------------------------------------------------------


def topic(axis: Axis, id: str, *terms: str, arxiv: tuple[str, ...] = ()) -> Topic:
    codes = {"arxiv": arxiv} if arxiv else {}
    return Topic(axis, id, {"en": id}, terms={"en": terms, "fr": terms}, codes=codes)


PERIMETER = Perimeter(
    "essai", "1", {"en": "x"}, {"en": "x"}, ("en", "fr"),
    (
        topic(Axis.MARKET, "health", "health"),
        topic(Axis.TECHNOLOGY, "lidar", "lidar", "flash lidar", arxiv=("physics.optics",)),
        topic(Axis.TECHNOLOGY, "laser", 'fiber "laser"', "photonics", arxiv=("physics.optics", "?"))
    ),
)  # fmt: skip


def test_languages_take_turns_and_words_of_one_case_are_left_out() -> None:
    led = Topic(
        Axis.TECHNOLOGY, "led", {"en": "LED"}, case_sensitive=("LED",),
        terms={"fr": ("LED", "diode"), "en": ("LED", "light source")},
    )  # fmt: skip
    perimeter = Perimeter("essai", "1", {"en": "x"}, {"en": "x"}, ("en", "fr"), (led,))

    assert phrases(perimeter, ("fr", "en"), 500) == ["diode", "light source"]


def test_a_query_is_made_of_terms_that_say_more_than_those_before_them() -> None:
    assert phrases(PERIMETER, ("en",), 500) == ["lidar", "fiber laser", "photonics"]
    assert phrases(PERIMETER, ("en",), 12) == ["lidar"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("arxiv", {"query": 'all:"lidar" OR all:"fiber laser" OR all:"photonics"',
                   "categories": "physics.optics"}),
        ("crossref", {"query": "lidar photonics"}),
        ("hal", {"query": '"lidar" OR "fiber laser" OR "photonics"'}),
        ("openalex", {"query": '"lidar" OR "fiber laser" OR "photonics"'}),
    ],
)  # fmt: skip
def test_a_perimeter_proposes_what_to_look_for(name: str, options: Mapping[str, str]) -> None:
    derive = KINDS[name].derive

    assert derive is not None
    assert derive(PERIMETER) == options


@pytest.mark.parametrize("name", ["arxiv", "crossref", "hal", "openalex"])
def test_what_a_real_perimeter_proposes_is_accepted_by_its_kind(name: str) -> None:
    kind = KINDS[name]
    assert kind.derive is not None
    for path in sorted(shared("perimeters").glob("[!s]*.yaml")):
        options = kind.derive(read_perimeter(path.read_text(encoding="utf-8")))

        assert options
        assert not any(o.complaint(options[o.name]) for o in kind.options if o.name in options)
        url = kind.first(visit(name, options=options), Manners(keys=KEYS), NOW).url
        assert len(url) < 2_048


# -- page after page -----------------------------------------------------------------------


def hal_pages(total: int, rows: int) -> Callable[[Mapping[str, str]], Served]:
    """Return an archive of `total` documents that answers `rows` at a time."""
    shown: list[int] = []

    def answer(_: Mapping[str, str]) -> Served:
        start = len(shown)
        documents = [
            {
                "halId_s": f"hal-{number:08}",
                "title_s": [f"Document {number}"],
                "releasedDate_tdate": f"2026-11-{1 + number:02}T00:00:00Z",
            }
            for number in range(start, min(start + rows, total))
        ]
        shown.extend(range(start, start + len(documents)))
        body = {"response": {"numFound": total, "start": start, "docs": documents}}
        return Served(json.dumps(body).encode())

    return answer


class Everywhere(dict[str, Any]):
    """Answers to every path of one service; a robots.txt that closes it to robots."""

    def __init__(self, answer: Any) -> None:
        super().__init__({"/robots.txt": Served(b"User-agent: *\nDisallow: /")})
        self.answer = answer

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(path, self.answer)


def serving(answer: Any) -> WebServer:
    web = WebServer({})
    web.answers = Everywhere(answer)
    return web


def test_a_list_is_read_to_its_end_and_a_service_is_not_asked_for_robots_rules() -> None:
    with serving(hal_pages(total=7, rows=3)) as web:
        found = harvest(web, visit("hal", web.url("/search/")))

    assert found.outcome is Outcome.NEWS
    assert not found.reason
    assert [entry.title for entry in found.entries] == [f"Document {n}" for n in range(7)]
    assert [parse_qs(urlsplit(path).query)["start"] for path in web.paths] == [["0"], ["3"], ["6"]]
    assert found.mark == "until 2026-11-20T06:00:00Z"


def test_what_is_too_much_for_one_visit_is_read_on_at_the_next() -> None:
    with serving(hal_pages(total=20, rows=3)) as web:
        first = harvest(web, visit("hal", web.url("/search/")), most_entries=5)
        second = harvest(web, visit("hal", web.url("/search/"), mark=first.mark), most_entries=5)

    assert len(first.entries) == 5
    assert first.skipped_count
    assert first.mark == "from 2026-11-05T00:00:00Z"
    assert "2026-11-05T00" in web.paths[2]
    assert second.outcome is Outcome.NEWS


def test_a_page_that_is_no_answer_keeps_what_came_before_and_is_asked_again() -> None:
    pages = iter([hal_pages(total=7, rows=3)({}), Served(b"<html>Too many requests</html>")])
    with serving(lambda _: next(pages)) as web:
        found = harvest(web, visit("hal", web.url("/search/"), mark="until 2026-11-19T06:00:00Z"))

    assert len(found.entries) == 3
    assert (found.reason, found.flawed) == ("cut_short", True)
    assert found.mark == "until 2026-11-19T06:00:00Z"


def oai(inside: str) -> Served:
    return Served(
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{inside}</OAI-PMH>'.encode()
    )


def oai_list(*numbers: int, token: str = "") -> Served:
    records = "".join(
        f"<record><header><identifier>oai:a:{number}</identifier>"
        "<datestamp>2026-11-19</datestamp></header><metadata>"
        f'<title xmlns="http://purl.org/dc/elements/1.1/">Record {number}</title>'
        "</metadata></record>"
        for number in numbers
    )
    return oai(f"<ListRecords>{records}<resumptionToken>{token}</resumptionToken></ListRecords>")


def test_a_token_that_expires_on_the_way_starts_the_list_once_more() -> None:
    expired = oai('<error code="badResumptionToken"/>')
    pages = iter([oai_list(1, token="t"), expired, oai_list(1, 2, token="u"), oai_list(3)])
    with serving(lambda _: next(pages)) as web:
        found = harvest(web, visit("oai", web.url("/oai")))

    assert [entry.title for entry in found.entries] == [f"Record {n}" for n in (1, 1, 2, 3)]
    assert [path.rpartition("=")[2] for path in web.paths] == ["physics", "t", "physics", "u"]
    assert not found.reason
    assert found.mark == "until 2026-11-20T06:00:00Z"


def test_a_long_archive_is_read_on_with_its_token_at_the_next_visit() -> None:
    with serving(oai_list(1, token="same")) as web:
        found = harvest(web, visit("oai", web.url("/oai")))
        count = len(web.paths)
        harvest(web, visit("oai", web.url("/oai"), mark=found.mark))

    assert count == KINDS["oai"].most_requests
    assert web.paths[count].endswith("?verb=ListRecords&resumptionToken=same")


@pytest.mark.parametrize(("left", "count"), [("50", 2), ("5", 1)])
def test_the_allowance_of_a_key_is_not_used_up(left: str, count: int) -> None:
    headers = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": left}
    works = [
        {"id": "https://openalex.org/W1", "display_name": "x", "publication_date": "2026-11-02"}
    ]
    pages = [{"results": works, "meta": {"next_cursor": "c"}}, {"results": [], "meta": {}}]
    served = iter(Served(json.dumps(page).encode(), headers=headers) for page in pages)
    with serving(lambda _: next(served)) as web:
        found = harvest(web, visit("openalex", web.url("/works")))

    assert len(web.paths) == count
    assert all("api_key=a-key" in path for path in web.paths)
    assert found.mark.startswith("from" if count == 1 else "until")


# -- recorded answers ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked("api-responses", tmp_path_factory.mktemp("answers"))


def reading(name: str, body: bytes, status: int = 200) -> Reading:
    kind, one = KINDS[name], visit(name)
    assert kind.read is not None
    request = kind.first(one, Manners(keys=KEYS), NOW)
    feed = kind.read(Reply(request, request.url, body, {}, NOW, status), one, 5_000)
    return to_reading(feed, one.source, item_kind=kind.item_kind)


def test_every_recorded_answer_of_arxiv_is_read(recorded: Path) -> None:
    counts = {}
    for path in sorted((recorded / "arxiv").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        body, status = answer["body"].encode(), answer["status_code"]
        # A list of ids or an offset beyond the first page: total and start do not belong together.
        if status != 200:
            with pytest.raises(VisitFailed) as failure:
                reading("arxiv", body, status)
            assert failure.value.reason == "bad_options"
            continue
        found = reading("arxiv", body)
        counts[path.name] = len(found.entries)
        assert counts[path.name] == answer["body"].count("<entry>")
        for entry in found.entries:
            assert entry.title
            assert entry.text
            assert entry.url
            assert entry.published_at
            assert entry.record.identifiers["arxiv"] in entry.url
            assert entry.record.identifiers["doi"].startswith("10.")
    assert sum(counts.values()) > 200


def test_every_recorded_answer_of_hal_is_read_without_a_persons_name(recorded: Path) -> None:
    total = 0
    for path in sorted((recorded / "hal").glob("docs*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        found = reading("hal", json.dumps(answer).encode())
        documents = answer["response"]["docs"]
        total += len(found.entries)
        assert len(found.entries) == len(documents)
        for entry, document in zip(found.entries, documents, strict=True):
            assert entry.title
            assert entry.url == document["uri_s"]
            assert entry.published_at or "publicationDate_s" not in document
            pairs = document.get("authIdHasStructure_fs", ())
            people = {p.partition("_JoinSep_")[0].partition("_FacetSep_")[2] for p in pairs}
            assert not set(entry.record.organisations) & people
            assert len(entry.record.organisations) >= bool(pairs)
    assert total > 10


def test_every_recorded_work_of_openalex_is_read(recorded: Path) -> None:
    answer = json.loads((recorded / "openalex" / "works.json").read_text(encoding="utf-8"))

    found = reading("openalex", json.dumps(answer).encode())

    people = {a["author"]["display_name"] for w in answer["results"] for a in w["authorships"]}
    assert len(found.entries) == len(answer["results"])
    assert {entry.kind for entry in found.entries} == {"publication", "preprint", "thesis"}
    assert found.entries[0].text.startswith("Existing climate classification has not been designed")
    for entry, work in zip(found.entries, answer["results"], strict=True):
        assert entry.title
        assert entry.published_at
        assert entry.record.codes["topics"]
        assert entry.record.identifiers.get("doi", "") == (
            (work["doi"] or "").removeprefix("https://doi.org/").lower()
        )
        assert not set(entry.record.organisations) & people


def test_every_recorded_list_of_crossref_is_read(recorded: Path) -> None:
    total = 0
    for path in sorted((recorded / "crossref").rglob("*.yaml")):
        for told in yaml.safe_load(path.read_bytes())["interactions"]:
            body, status = told["response"]["body"]["string"], told["response"]["status"]["code"]
            packed = body if isinstance(body, bytes) else body.encode()
            plain = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
            is_list = "/works?" in told["request"]["uri"] and status == 200
            if not is_list:
                with pytest.raises(VisitFailed):
                    reading("crossref", plain, status)
                continue
            found = reading("crossref", plain)
            items = json.loads(plain)["message"]["items"]
            total += len(found.entries)
            assert len(found.entries) == len(items)
            for entry, item in zip(found.entries, items, strict=True):
                assert entry.record.identifiers["doi"] == item["DOI"].lower()
                assert "jats" not in entry.text
                assert "<" not in entry.text
    assert total > 50


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("ListRecords.xml", 1),
        ("ListRecords3.xml", 1),
        ("ListRecords4.xml", 1),
        ("noRecordsMatch.xml", 0),
        ("badResumptionToken.xml", 0),
        ("badArgument.xml", "bad_options"),
        ("cannotDisseminateFormat.xml", "bad_options"),
        ("undefinedError.xml", "bad_options"),
        ("ListRecordsBroken.xml", "not_records"),
        ("Identify.xml", "not_records"),
    ],
)
def test_every_recorded_answer_of_an_archive_is_told_apart(
    recorded: Path, name: str, outcome: int | str
) -> None:
    body = (recorded / "oai-pmh" / name).read_bytes()
    if isinstance(outcome, str):
        with pytest.raises(VisitFailed) as failure:
            reading("oai", body)
        assert failure.value.reason == outcome
        return

    found = reading("oai", body)

    assert len(found.entries) == outcome
    for entry in found.entries:
        assert entry.language == "en"
        assert entry.published_at
        assert entry.published_at.year == 2010
        assert "John Doe" not in repr(entry)


# -- whatever a service may send ------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = {
    "crossref": ("DOI", "URL", "title", "container-title", "author", "issued", "created", "type",
                 "abstract", "subject"),
    "hal": ("docid", "halId_s", "uri_s", "docType_s", "title_s", "fr_title_s", "language_s",
            "keyword_s", "producedDate_s", "structName_s", "authIdHasStructure_fs", "doiId_s",
            "releasedDate_tdate"),
    "openalex": ("id", "doi", "display_name", "publication_date", "created_date", "type",
                 "authorships", "primary_topic", "topics", "keywords", "primary_location",
                 "locations", "abstract_inverted_index", "language"),
}  # fmt: skip


def around(name: str, records: object, rest: object) -> object:
    return {
        "crossref": {"status": "ok", "message": {"items": records, "next-cursor": rest}},
        "hal": {"response": {"docs": records, "numFound": rest, "start": rest}},
        "openalex": {"results": records, "meta": {"next_cursor": rest}},
    }[name]


@pytest.mark.parametrize("name", sorted(FIELDS))
@given(chance=st.data())
def test_a_record_of_any_shape_is_read_or_passed_over(name: str, chance: st.DataObject) -> None:
    some = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS[name], ANYTHING))
    records = chance.draw(st.lists(some | ANYTHING, max_size=3) | ANYTHING)
    answer = around(name, records, chance.draw(ANYTHING))

    body = json.dumps(answer).encode("utf-8", "surrogatepass")

    if not isinstance(records, list):
        with pytest.raises(VisitFailed):
            reading(name, body)
        return
    found = reading(name, body)

    assert len(found.entries) <= len(records)


@pytest.mark.parametrize(
    "body",
    [b"[" * 200_000, b'{"a":' * 200_000, b"<a>" * 200_000, b'{"response": {"docs": 7}}',
     b"9" * 50_000, b'{"status": "ok"}', b"<feed/>", b"<OAI-PMH/>", b"<a xmlns='x'>"],
    ids=["lists", "objects", "elements", "a number", "digits", "ok", "a feed", "archive", "open"],
)  # fmt: skip
@pytest.mark.parametrize("name", SCIENCE)
def test_an_answer_built_to_hurt_is_no_success(name: str, body: bytes) -> None:
    with pytest.raises(VisitFailed) as failure:
        reading(name, body)

    assert failure.value.reason in REASONS


# -- pace ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "seconds"),
    [
        ("export.arxiv.org", 3.0),
        ("rss.arxiv.org:443", 3.0),
        ("boamp-datadila.opendatasoft.com", 1.0),
        ("API.GDELTPROJECT.ORG", 6.0),
        ("notarxiv.org", None),
        ("journal.example", None),
    ],
)
def test_services_are_asked_at_their_own_pace(host: str, seconds: float | None) -> None:
    pause = pause_of(host)

    assert (pause.total_seconds() if pause else None) == seconds
