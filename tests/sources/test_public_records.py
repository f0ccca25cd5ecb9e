"""Public registers and other services: what is asked, page after page, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.doors import Reply as Served
from tests.doors import WebServer
from tests.shared import shared, unpacked
from watch.domain import Harvest, Manners, Outcome, Source, Trip, Visit, WebUrl
from watch.perimeter.read import read as read_perimeter
from watch.sources.health import VisitFailed
from watch.sources.raw import Reading, to_reading
from watch.sources.registry import KINDS
from watch.sources.request import Reply, Request
from watch.sources.travel import travel

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
GOOD = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
KEYS = {"epo_ops": "a-key:a-secret"}
PUBLIC = (
    "boamp", "bodacc", "companies", "cordis", "gdelt", "mastodon", "patents", "releases", "sedia",
    "ted", "videos",
)  # fmt: skip
DERIVED = ("boamp", "companies", "cordis", "gdelt", "patents", "sedia", "ted")


def visit(name: str, url: str = "", **left: Any) -> Visit:
    example = dict(KINDS[name].example)
    address = KINDS[name].address or example.pop("url")
    options = left.pop("options", example)
    source = Source(WebUrl(url or address), "a source", name, left.pop("language", ""))
    return Visit(replace(source, options=options), **left)


def first(name: str, **left: Any) -> Request:
    return KINDS[name].first(visit(name, **left), Manners(keys=KEYS), NOW)


def asked(name: str, **left: Any) -> dict[str, str]:
    """The parameters of the first request."""
    query = urlsplit(first(name, **left).url).query
    return {key: values[0] for key, values in parse_qs(query).items()}


def reading(name: str, body: bytes, **left: Any) -> Reading:
    read = KINDS[name].read
    assert read is not None
    request = first(name, **left)
    feed = read(Reply(request, request.url, body, {}, NOW), visit(name, **left), 100)
    return to_reading(feed, visit(name, **left).source, item_kind=KINDS[name].item_kind)


def refused(name: str, **options: str) -> str:
    """Why a visit with these options is not even begun."""
    with pytest.raises(VisitFailed) as failure:
        first(name, options=options)
    assert failure.value.reason == "bad_options"
    return failure.value.detail


def harvest(web: WebServer, name: str, path: str, **left: Any) -> Harvest:
    manners = Manners(
        deadline=timedelta(seconds=5),
        pause=timedelta(),
        open_addresses=frozenset({web.address}),
        keys=KEYS,
    )
    return travel([Trip("a host", (visit(name, web.url(path), **left),))], NOW, manners)[0]


def served(*answers: object, **headers: str) -> Callable[[Mapping[str, str]], Served]:
    """Answer one after the other: bytes as they are, a status, anything else as JSON."""
    left = list(answers)

    def answer(_: Mapping[str, str]) -> Served:
        one = left.pop(0) if left else 500
        if isinstance(one, int):
            return Served(b"an error", one, headers)
        return Served(one if isinstance(one, bytes) else json.dumps(one).encode(), 200, headers)

    return answer


# -- what officers set ----------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLIC)
def test_a_kind_says_whose_its_records_are_unless_each_source_has_its_own(name: str) -> None:
    assert KINDS[name].licence or name in {"videos", "releases"}


@pytest.mark.parametrize("name", DERIVED)
@pytest.mark.parametrize("path", ["photonique.yaml", "mode.yaml"])
def test_a_query_that_is_derived_from_a_perimeter_can_be_asked(name: str, path: str) -> None:
    perimeter = read_perimeter(shared("perimeters", path).read_text("utf-8"))
    derive = KINDS[name].derive
    assert derive is not None

    options = dict(derive(perimeter))

    known = {option.name: option for option in KINDS[name].options}
    assert [
        known[o].complaint(text) for o, text in options.items() if known[o].complaint(text)
    ] == []
    if options:
        assert len(first(name, options=options).url) < 4_000


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("patents", {"query": 'camera" or pa="x'}, "no quotes inside a term"),
        ("patents", {"cpc": "17/931"}, "no CPC code"),
        ("patents", {"countries": "France"}, "no patent office"),
        ("patents", {}, "nothing to look for"),
        ("ted", {"cpv": "3860"}, "no CPV code"),
        ("ted", {"query": "x" * 1001}, "too long"),
        ("ted", {"cpv": "386*", "countries": "ZZ"}, "no country known here"),
        ("boamp", {"query": "lidar", "departments": "Essonne"}, "no department"),
        ("bodacc", {"sirens": "55205902"}, "write nine digits"),
        ("bodacc", {"sirens": "552059025"}, "the check digit of one does not fit"),
        ("bodacc", {}, "set sirens"),
        ("companies", {"naf": "2670Z"}, "no NAF code"),
        ("companies", {"naf": "26.70Z", "days": "-3"}, "number of days"),
        ("sedia", {"query": ""}, "set query"),
        ("cordis", {"query": "l'optique"}, "no apostrophe"),
        ("gdelt", {"query": "pv"}, "too short for GDELT"),
        ("gdelt", {"query": "laser", "language": "fr"}, "no language known here"),
        ("mastodon", {"tag": "deux mots"}, "one hashtag"),
        ("videos", {"channel": "UC-short"}, "the channel's number"),
        ("releases", {"project": "alone"}, "owner/project"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(
    name: str, options: dict[str, str], said: str
) -> None:
    assert said in refused(name, **options)


def test_a_visit_asks_from_the_last_good_one_on_and_for_two_days_more() -> None:
    assert "dateparution >= date'2026-11-14'" in asked("boamp", good_at=GOOD)["where"]
    assert "dateparution >= date'2026-10-21'" in asked("boamp")["where"]
    assert asked("gdelt", good_at=GOOD)["startdatetime"] == "20261114060000"
    assert b"publication-date>=20261114" in first("ted", good_at=GOOD).body


# -- patents --------------------------------------------------------------------------------


def patents(*families: tuple[str, str], total: int) -> bytes:
    documents = "".join(
        f"""<exchange-document country="EP" doc-number="{number}" kind="A1" family-id="{family}">
        <bibliographic-data><publication-reference><document-id document-id-type="docdb">
        <date>20261104</date></document-id></publication-reference>
        <invention-title lang="de">Lidar {number}</invention-title>
        <invention-title lang="fr">Télémètre {number}</invention-title>
        <patent-classifications><patent-classification><section>G</section><class>01</class>
        <subclass>S</subclass><main-group>17</main-group><subgroup>931</subgroup>
        </patent-classification></patent-classifications><parties>
        <applicants><applicant data-format="epodoc"><applicant-name><name>OPTIQUE INVENTEE [FR]
        </name></applicant-name></applicant><applicant data-format="epodoc"><applicant-name>
        <name>DURAND ANNE [FR]</name></applicant-name></applicant></applicants>
        <inventors><inventor data-format="epodoc"><inventor-name><name>DURAND ANNE [FR]</name>
        </inventor-name></inventor></inventors></parties></bibliographic-data>
        <abstract lang="en"><p>A range finder.</p></abstract></exchange-document>"""
        for family, number in families
    )
    return f"""<ops:world-patent-data xmlns="http://www.epo.org/exchange"
        xmlns:ops="http://ops.epo.org"><ops:biblio-search total-result-count="{total}">
        <ops:search-result><exchange-documents>{documents}</exchange-documents>
        </ops:search-result></ops:biblio-search></ops:world-patent-data>""".encode()


TOKEN = {"access_token": "a-token", "expires_in": "1199"}
NO_RESULT = Served(b"<fault><code>SERVER.EntityNotFound</code></fault>", 404)
SEARCH = "/3.2/rest-services/published-data/search/biblio?"


def test_patents_are_asked_with_a_token_page_by_page_one_line_a_family() -> None:
    pages = served(
        patents(("7", "100"), ("7", "101"), ("8", "102"), total=101),
        patents(("8", "103"), total=101),
    )
    answers = {"/3.2/auth/accesstoken": served(TOKEN), SEARCH: pages}
    with WebServer(answers) as web:
        found = harvest(web, "patents", "/3.2/", good_at=GOOD, language="fr")
        requests = web.asked

    assert (found.outcome, found.reason) == (Outcome.NEWS, "")
    assert [entry.title for entry in found.entries] == ["Télémètre 100", "Télémètre 102"]
    one = found.entries[0]
    assert (one.kind, one.text, one.guid) == ("patent", "A range finder.", "family:7")
    assert one.record.organisations == ("OPTIQUE INVENTEE",)
    assert one.record.identifiers == {"patent": "EP100A1", "family": "7"}
    assert one.record.codes == {"cpc": ("G01S17/931",)}
    assert requests[0].body == b"grant_type=client_credentials"
    assert requests[0].headers["Authorization"].startswith("Basic ")
    assert requests[1].headers["Authorization"] == "Bearer a-token"
    assert [each.headers["X-OPS-Range"] for each in requests[1:]] == ["1-100", "101-200"]
    assert 'pd within "20261114 20261120"' in parse_qs(urlsplit(requests[1].path).query)["q"][0]
    assert "secret" not in repr(found)


def test_a_month_of_patents_is_asked_week_by_week_and_nothing_found_is_a_success() -> None:
    answers = {"/3.2/auth/accesstoken": served(TOKEN), SEARCH: lambda _: NO_RESULT}
    with WebServer(answers) as web:
        found = harvest(web, "patents", "/3.2/")

    assert (found.outcome, found.reason, found.entries) == (Outcome.NEWS, "", ())
    assert len(web.paths) == 1 + 5
    assert found.mark == "until 2026-11-20T06:00:00Z"


@pytest.mark.parametrize(
    ("reason", "wait"),
    [
        ("IndividualQuotaPerHour", timedelta(hours=1)),
        ("RegisteredQuotaPerWeek", timedelta(days=1)),
    ],
)
def test_a_quota_of_patents_that_is_spent_is_waited_for(reason: str, wait: timedelta) -> None:
    spent = Served(b"<error/>", 403, {"X-Rejection-Reason": reason})
    with WebServer({"/3.2/auth/accesstoken": served(TOKEN), SEARCH: spent}) as web:
        found = harvest(web, "patents", "/3.2/")

    assert (found.reason, found.detail, found.wait) == ("too_many", reason, wait)


def test_the_key_of_the_patent_office_goes_to_nobody_else() -> None:
    with pytest.raises(VisitFailed, match=r"https://ops\.epo\.org/"):
        first("patents", url="https://ops.epo.org.thief.example/3.2/")
    with pytest.raises(VisitFailed) as failure:
        KINDS["patents"].first(visit("patents"), Manners(), NOW)
    assert failure.value.reason == "no_key"


# -- tenders --------------------------------------------------------------------------------


def notice(number: str, **more: object) -> dict[str, object]:
    said = {"eng": f"France – Lasers – {number}", "fra": f"France – Lasers (fr) – {number}"}
    return {
        "publication-number": number,
        "publication-date": "2026-11-17+01:00",
        "notice-type": "cn-standard",
        "form-type": "competition",
        "notice-title": said,
        "buyer-name": {"fra": ["Université inventée"]},
        "buyer-country": ["FRA"],
        "classification-cpv": ["38636100", "38636100"],
        "deadline-receipt-tender-date-lot": ["2026-12-15+01:00"],
        "deadline-receipt-tender-time-lot": ["12:00:00+01:00"],
        **more,
    }


def test_ted_is_read_to_its_end_with_the_token_that_it_gives() -> None:
    award = notice("2-2026", **{"form-type": "result", "winner-name": {"fra": ["Laser SA"]}})
    pages = served(
        {"notices": [notice("1-2026")], "iterationNextToken": "on", "timedOut": False},
        {"notices": [award], "iterationNextToken": None, "timedOut": False},
    )
    with WebServer({"/v3/notices/search": pages}) as web:
        found = harvest(web, "ted", "/v3/notices/search", good_at=GOOD, language="fr")
        posted = [json.loads(each.body) for each in web.asked]

    tender, award_read = found.entries
    assert (tender.kind, tender.title) == ("tender", "France – Lasers (fr) – 1-2026")
    assert tender.url == "https://ted.europa.eu/fr/notice/-/detail/1-2026"
    assert tender.record.deadline_at == datetime(2026, 12, 15, 11, 0, tzinfo=UTC)
    assert (tender.record.country, tender.record.status) == ("FR", "open")
    assert tender.record.codes == {"cpv": ("38636100",)}
    assert (award_read.kind, award_read.record.organisations[-1]) == ("award", "Laser SA")
    assert posted[1] == posted[0] | {"iterationNextToken": "on"}
    assert posted[0]["query"] == (
        "classification-cpv IN (386* 38651000) AND buyer-country IN (FRA DEU BEL)"
        " AND publication-date>=20261114 SORT BY publication-date"
    )
    assert len(posted[0]["fields"]) * posted[0]["limit"] <= 10_000


def test_what_ted_says_of_a_query_that_is_wrong_reaches_the_officer() -> None:
    wrong = Served(b'{"message": "syntax error near IN"}', 400)
    with WebServer({"/search": wrong}) as web:
        found = harvest(web, "ted", "/search")

    assert (found.reason, found.detail) == ("bad_options", "syntax error near IN")


def test_a_page_that_is_refused_keeps_what_came_before_and_the_old_mark() -> None:
    pages = served({"notices": [notice("1-2026")], "iterationNextToken": "on"}, 429)
    with WebServer({"/search": pages}) as web:
        found = harvest(web, "ted", "/search", mark="until 2026-11-15T00:00:00Z")

    assert ([entry.guid for entry in found.entries], found.reason) == (["1-2026"], "cut_short")
    assert found.mark == "until 2026-11-15T00:00:00Z"


def test_boamp_is_read_page_by_page_and_each_notice_once() -> None:
    inside = {
        "ContractNotice": {"cbc:ItemClassificationCode": {"@listName": "cpv", "#text": "38636100"}}
    }
    one = {
        "idweb": "26-1", "objet": "Caméra hyperspectrale", "nomacheteur": "CHU inventé",
        "dateparution": "2026-11-17", "datelimitereponse": "2026-12-15T12:00:00+01:00",
        "nature": "APPEL_OFFRE", "code_departement": ["91"], "donnees": json.dumps(inside),
        "url_avis": "https://www.boamp.fr/avis/detail/26-1",
    }  # fmt: skip
    award = {**one, "idweb": "26-2", "nature": "ATTRIBUTION", "titulaire": ["Optique SAS"]}
    pages = served(
        {"total_count": 101, "results": [one, one]}, {"total_count": 101, "results": [award]}
    )
    with WebServer({"/records?": pages}) as web:
        found = harvest(web, "boamp", "/records")
        offsets = [parse_qs(urlsplit(path).query)["offset"][0] for path in web.paths]

    assert [(entry.guid, entry.kind) for entry in found.entries] == [
        ("26-1", "tender"),
        ("26-2", "award"),
    ]
    assert found.entries[0].record.deadline_at == datetime(2026, 12, 15, 11, 0, tzinfo=UTC)
    assert found.entries[0].record.codes == {"cpv": ("38636100",)}
    assert found.entries[1].record.organisations == ("CHU inventé", "Optique SAS")
    assert offsets == ["0", "100"]


# -- companies ------------------------------------------------------------------------------


def announcement(**more: object) -> dict[str, object]:
    return {
        "id": "A1", "dateparution": "2026-11-17", "familleavis": "modification",
        "familleavis_lib": "Modifications diverses", "commercant": "OPTIQUE INVENTEE",
        "registre": ["552 059 024", "552059024"], "ville": "Palaiseau", **more,
    }  # fmt: skip


def test_insolvencies_and_people_who_trade_stay_outside() -> None:
    failure = announcement(
        id="A2", familleavis="collective", familleavis_lib="Procédures collectives"
    )
    person = announcement(id="A3", listepersonnes='{"personne": {"typePersonne": "pp"}}')
    body = json.dumps({"total_count": 3, "results": [announcement(), failure, person]}).encode()

    ordinary = reading("bodacc", body).entries

    assert [entry.guid for entry in ordinary] == ["A1"]
    assert ordinary[0].record.identifiers == {"siren": "552059024"}
    assert 'familleavis != "collective"' in asked("bodacc")["where"]


def test_new_firms_come_in_without_their_managers_and_without_those_who_hide() -> None:
    firm = {
        "siren": "552059024", "nom_complet": "OPTIQUE (ANNE DURAND)",
        "nom_raison_sociale": "OPTIQUE", "date_creation": "2026-10-02", "statut_diffusion": "O",
        "activite_principale": "26.70Z", "etat_administratif": "A",
        "dirigeants": [{"nom": "DURAND"}], "siege": {"code_postal": "91120"},
    }  # fmt: skip
    hidden, old = {**firm, "statut_diffusion": "P"}, {**firm, "date_creation": "1990-01-01"}
    body = {"results": [firm, hidden, old], "total_results": 3, "page": 1, "per_page": 25}

    found = reading("companies", json.dumps(body).encode()).entries

    assert [(entry.title, entry.kind) for entry in found] == [("OPTIQUE", "company_event")]
    assert "DURAND" not in repr(found)


# -- calls and projects ---------------------------------------------------------------------


def test_calls_are_asked_in_parts_and_have_one_line_for_all_their_deadlines() -> None:
    def row(deadline: str) -> dict[str, object]:
        facts = {
            "identifier": ["HORIZON-X-1"], "title": ["Photonics"], "status": ["31094502"],
            "deadlineDate": [deadline],
        }  # fmt: skip
        return {"url": "https://ec.europa.eu/x", "metadata": facts}

    late = str(int(datetime(2027, 2, 11, tzinfo=UTC).timestamp() * 1000))
    page = {"totalResults": 3, "results": [row("2026-09-01T00:00:00.000+0000"), row(late)]}
    answers = {"/rest/search?": served(page, {"totalResults": 0, "results": []})}
    with WebServer(answers) as web:
        found = harvest(web, "sedia", "/rest/search")
        request = web.asked[0]

    assert [entry.guid for entry in found.entries] == ["HORIZON-X-1"]
    record = found.entries[0].record
    assert (record.deadline_at, record.status) == (datetime(2027, 2, 11, tzinfo=UTC), "open")
    assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert request.body.count(b"Content-Type: application/json\r\n\r\n") == 3
    assert [parse_qs(urlsplit(path).query)["text"][0] for path in web.paths] == [
        '"photonics"',
        '"laser"',
    ]


@pytest.mark.parametrize("is_wrapped", [True, False])
def test_projects_are_read_in_both_shapes_with_the_month_that_has_no_name(is_wrapped: bool) -> None:
    project = {
        "reference": "101", "acronym": "LUX", "title": "Light", "teaser": "A lidar.",
        "startDate": "1 {{month_11}} 2026", "endDate": "31 {{month_10}} 2029",
    }  # fmt: skip
    results = {"total": 1, "results": [project]}
    body = {"payload": results} if is_wrapped else results

    found = reading("cordis", json.dumps(body).encode()).entries

    assert [(entry.title, entry.kind) for entry in found] == [("LUX: Light", "project")]
    assert found[0].published_at == datetime(2026, 11, 1, tzinfo=UTC)


# -- press and posts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason", "wait"),
    [
        (b"Your query was too short or too long.", "bad_options", None),
        (b"Please limit requests to one every 5 seconds.", "too_many", timedelta(minutes=30)),
        (b"<html>query</html>", "not_records", None),
    ],
)
def test_gdelt_tells_its_errors_as_text_with_status_200(
    body: bytes, reason: str, wait: timedelta | None
) -> None:
    with WebServer({"/doc?": Served(body)}) as web:
        found = harvest(web, "gdelt", "/doc")

    assert (found.outcome, found.reason, found.wait) == (Outcome.FAILED, reason, wait)


def test_gdelt_rests_for_half_an_hour_after_429_and_nothing_found_is_a_success() -> None:
    with WebServer({"/doc?": served(429, {})}) as web:
        first_time = harvest(web, "gdelt", "/doc")
        second_time = harvest(web, "gdelt", "/doc")

    assert (first_time.reason, first_time.wait) == ("too_many", timedelta(minutes=30))
    assert (second_time.outcome, second_time.reason) == (Outcome.NEWS, "")


def test_gdelt_wants_quotes_around_phrases_alone_and_brackets_around_several_terms() -> None:
    several = asked("gdelt", options={"query": "lidar, fibre laser", "language": "French"})

    assert several["query"] == '(lidar OR "fibre laser") sourcelang:french'
    assert asked("gdelt", options={"query": "fibre laser"})["query"] == '"fibre laser"'


def post(id: int, **more: object) -> dict[str, object]:
    return {
        "id": str(id), "created_at": "2026-11-18T08:00:00.000Z", "content": f"<p>Lidar {id}</p>",
        "uri": f"https://elsewhere.example/{id}", "url": f"https://elsewhere.example/@a/{id}",
        "language": "fr", "account": {"display_name": "Anne Durand"}, "reblog": None,
        "tags": [{"name": "lidar"}], **more,
    }  # fmt: skip


def test_posts_are_read_on_from_the_last_one_known_without_boosts_and_names() -> None:
    pages = served([post(12), post(11, reblog=post(3))], [])
    with WebServer({"/api/v1/timelines/tag/lidar?": pages}) as web:
        found = harvest(web, "mastodon", "/tags/lidar", mark="10")

    assert [(entry.guid, entry.kind) for entry in found.entries] == [
        ("https://elsewhere.example/12", "post")
    ]
    assert (found.mark, found.entries[0].text) == ("12", "Lidar 12")
    assert "Durand" not in repr(found)
    assert ["min_id=10" in web.paths[0], "min_id=12" in web.paths[1]] == [True, True]


def test_a_first_visit_reads_a_hashtag_thirty_days_back() -> None:
    old = post(7, created_at="2026-09-01T08:00:00.000Z")
    with WebServer({"/api/v1/timelines/tag/lidar?": served([post(9)], [post(8), old])}) as web:
        found = harvest(web, "mastodon", "/tags/lidar")

    assert [entry.text for entry in found.entries] == ["Lidar 9", "Lidar 8"]
    assert (found.mark, "max_id=9" in web.paths[1]) == ("9", True)


# -- feeds with an address that is found ----------------------------------------------------

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>yt:video:1</id>
<title>Un laser</title><link href="https://site.example/1"/></entry></feed>"""
CHANNEL = "UC" + "a1_-" * 5 + "zz"


def test_a_channel_is_found_by_its_name_once_and_by_its_number_then() -> None:
    page = f'<link rel="alternate" href="/feeds/videos.xml?channel_id={CHANNEL}">'.encode()
    answers = {"/@optics": Served(page), f"/feeds/videos.xml?channel_id={CHANNEL}": Served(ATOM)}
    with WebServer(answers) as web:
        found = harvest(web, "videos", "/@optics", options={})
        again = harvest(web, "videos", "/@optics", options={}, mark=found.mark)

    assert [(entry.title, entry.kind) for entry in found.entries] == [("Un laser", "video")]
    assert len(again.entries) == 1
    assert len(web.paths) == 3


def test_releases_are_found_from_any_page_of_a_project() -> None:
    with WebServer({"/optics/rays/releases.atom": Served(ATOM)}) as web:
        found = harvest(web, "releases", "/optics/rays/issues", options={})

    assert [(entry.title, entry.kind) for entry in found.entries] == [("Un laser", "release")]


# -- recorded answers -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked("api-responses", tmp_path_factory.mktemp("api"))


def test_a_recorded_notice_of_ted_is_read(recorded: Path) -> None:
    body = (recorded / "ted-api" / "search_v3_trimmed.json").read_bytes()

    found = reading("ted", body, language="fr").entries[0]

    assert found.title.startswith("Espagne – Services de conseil")
    assert (found.record.country, found.record.codes["cpv"]) == ("ES", ("72220000",))
    assert found.record.organisations == ("Ayuntamiento de Getxo - Ayuntamiento de Getxo",)
    # 2 September, 23:59 at +02:00: of a day without an hour nothing is cut off.
    assert found.record.deadline_at == datetime(2026, 9, 2, 21, 59, tzinfo=UTC)


def test_a_recorded_notice_of_boamp_is_read(recorded: Path) -> None:
    found = reading("boamp", (recorded / "boamp-ods" / "records_v21_trimmed.json").read_bytes())

    assert [entry.record.identifiers for entry in found.entries] == [{"notice": "boamp:26-91551"}]
    assert found.entries[0].record.deadline_at == datetime(2026, 10, 26, 11, 0, tzinfo=UTC)


def test_recorded_calls_of_the_portal_are_read(recorded: Path) -> None:
    found = reading("sedia", (recorded / "sedia" / "search_trimmed.json").read_bytes()).entries

    assert [entry.guid for entry in found] == [
        "HORIZON-CL5-2026-09-D4-03",
        "HORIZON-JU-CBE-2026-IA-05",
    ]
    assert all(entry.record.status == "open" and entry.record.deadline_at for entry in found)


def test_a_recorded_family_is_no_answer_of_a_search(recorded: Path) -> None:
    body = (recorded / "epo-ops" / "family_EP1000000_two_members.xml").read_bytes()
    with WebServer({"/3.2/auth/accesstoken": served(TOKEN), SEARCH: served(body)}) as web:
        found = harvest(web, "patents", "/3.2/")

    assert (found.outcome, found.reason) == (Outcome.FAILED, "not_records")
