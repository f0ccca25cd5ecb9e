"""The terminal on sources: an address is understood, a search derived, a source changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.cli.terminal import ROOT, said, typed
from tests.doors import Reply, WebServer
from watch.cli.sight import turn_away
from watch.domain import Harvest, Source, WebUrl
from watch.rounds.look import Look
from watch.sources.discover import Finding

PHOTONICS = str(ROOT / "config" / "perimeters" / "photonique.yaml")
FEED = """\
<rss version="2.0"><channel><title>Revue inventée</title><language>fr</language>
<item><title>Un lidar sans miroir</title><link>https://revue.example/1</link>
<pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"""
RECORDS = {
    "response": {
        "numFound": 1,
        "start": 0,
        "docs": [
            {
                "halId_s": "hal-1", "uri_s": "https://hal.example/hal-1", "title_s": ["Un lidar"],
                "language_s": ["fr"], "releasedDate_tdate": "2026-11-20T00:00:00Z",
            }
        ],
    }
}  # fmt: skip
LIST = "".join(
    f"<article class=news><h2><a href='/a/{n}'>Le laser numéro {n} perce le verre</a></h2>"
    f"<time datetime='2026-11-{n + 1:02}'></time><p>{'Un laser perce le verre. ' * 9}</p></article>"
    for n in range(12)
)


def page(body: str) -> Reply:
    html = f"<!doctype html><html><head><title>Actus</title></head><body>{body}</body></html>"
    return Reply(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture
def web() -> Iterator[WebServer]:
    answers = {
        "/fil": Reply(FEED.encode()),
        "/actus": page(f"<main>{LIST}</main>"),
        "/search/?": Reply(json.dumps(RECORDS).encode()),
    }
    with WebServer(answers) as server:
        yield server


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("furnished") / "home"
    typed(home, ["init"], ["perimeter", "load", PHOTONICS])
    return home


@pytest.fixture
def home(furnished: Path, tmp_path: Path, web: WebServer) -> Path:
    """A home that may visit the loopback site."""
    copy = copytree(furnished, tmp_path / "home")
    settings = (copy / "watch.toml").read_text(encoding="utf-8")
    opened = f'open_addresses = ["127.0.0.1:{web.address[1]}"]'
    settings = settings.replace("open_addresses = []", opened)
    settings = settings.replace("pause_seconds = 1.0", "pause_seconds = 0.0")
    (copy / "watch.toml").write_text(settings, encoding="utf-8")
    return copy


def listed(home: Path) -> list[dict[str, Any]]:
    [answer] = typed(home, ["source", "list", "--json"])
    return [one["source"] for one in json.loads(answer.out)]


def test_a_check_says_what_it_is_what_it_brings_what_is_allowed_and_what_next(
    home: Path, web: WebServer
) -> None:
    address = web.url("/fil")
    english, french = (
        said(typed(home, ["source", "check", address], language=language)[0])
        for language in ("en", "fr")
    )

    assert f"{address} is a feed." in english
    assert "1 item, in French." in english
    assert "Your perimeter keeps 1 of them." in english
    assert "no licence is known. A letter quotes 160 characters at most" in english
    assert f"To add it: zoom-marche source add {address}" in english
    assert "1 article, en français." in french
    assert "aucune licence connue. Une lettre en cite au plus 160 caractères" in french
    assert listed(home) == []


def test_no_line_of_a_check_is_wider_than_the_terminal(home: Path, web: WebServer) -> None:
    [answer] = typed(home, ["source", "check", web.url("/actus")], COLUMNS="80")

    wide = [line for line in answer.out.splitlines() if len(line) > 80]
    assert [line for line in wide if "zoom-marche" not in line and "http" not in line] == []


@pytest.mark.parametrize(
    ("path", "cause", "remedy"),
    [
        ("/nothing", "There is nothing at this address.", "Open it in a browser"),
        ("/empty", "The answer is empty.", "add it with --no-check"),
        ("/document", "This is a document", "the page that lists its news"),
        ("/bare", "hardly any text", "the page that lists its news"),
    ],
)
def test_what_cannot_be_watched_is_told_with_its_cause_and_a_remedy(
    home: Path, web: WebServer, path: str, cause: str, remedy: str
) -> None:
    web.answers |= {
        "/empty": Reply(b""),
        "/document": Reply(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}),
        "/bare": page("<div id=app></div>"),
    }
    checked, added = typed(
        home, ["source", "check", web.url(path)], ["source", "add", web.url(path)]
    )

    for answer in (checked, added):
        assert answer.code == 2
        assert f"{web.url(path)} cannot be watched." in said(answer)
        assert cause in said(answer)
        assert remedy in said(answer)


def test_a_search_is_derived_from_the_perimeter_shown_and_edited(
    home: Path, web: WebServer
) -> None:
    archive = web.url("/search/")
    checked, added = typed(
        home,
        ["source", "check", archive, "--kind", "hal"],
        ["source", "add", archive, "--kind", "hal"],
    )
    [kept] = listed(home)
    [edited] = typed(home, ["source", "edit", str(kept["id"]), "--set", "query=lidar"])
    [after] = listed(home)

    assert 'query = "' in said(checked)
    assert "--kind hal --set query=" in said(checked)
    assert "open archive of the CCSD" in said(checked)
    assert 'query = "' in said(added)
    assert kept["options"]["query"].count(" OR ") > 5
    assert after["options"] == {"query": "lidar"}
    assert str(after["url"]).endswith("/search/?query=lidar")
    assert f"To have it back: zoom-marche source edit {kept['id']} --set query=" in said(edited)


def test_all_that_is_wrong_with_a_source_is_told_at_once(home: Path) -> None:
    [refused] = typed(
        home, ["source", "add", "nowhere", "--kind", "patents", "--set", "cpc=1", "--set", "x=y"]
    )

    assert refused.code == 2
    assert "“nowhere” is not the address of a page on the web" in refused.err
    assert "--set x: the kind “patents” has no such setting" in refused.err
    assert "--set cpc: no CPC code" in refused.err


def test_a_source_that_is_edited_says_what_changed_and_can_be_had_back(
    home: Path, web: WebServer
) -> None:
    typed(home, ["source", "add", web.url("/fil"), "--name", "Revue"])
    web.answers["/neuf"] = Reply(FEED.encode())

    edited, same, taken = typed(
        home,
        ["source", "edit", "1", "--address", web.url("/neuf"), "--name", "Neuf", "--every", "12"],
        ["source", "edit", "1", "--name", "Neuf"],
        ["source", "edit", "2", "--name", "Neuf"],
    )
    undo = edited.out.rpartition("zoom-marche ")[2].split()
    [undone] = typed(home, undo)

    assert f"{web.url('/fil')} → {web.url('/neuf')}" in said(edited)
    assert "hours: 6 → 12" in said(edited)
    assert "nothing that differs" in said(same)
    assert "not among the sources" in said(taken)
    assert undone.code == 0
    [kept] = listed(home)
    assert (kept["url"], kept["name"], kept["every"]) == (web.url("/fil"), "Revue", 21600.0)


def test_a_page_of_a_list_waits_for_its_recipe_which_adding_it_gives(
    home: Path, web: WebServer, tmp_path: Path
) -> None:
    given = tmp_path / "list.yaml"
    line = f'{{name: Pôle, kind: page, url: "{web.url("/actus")}"}}'
    given.write_text(f"schema: sources/1\nsources:\n  - {line}\n", encoding="utf-8")
    imported, _collected, waiting, added = typed(
        home,
        ["source", "import", str(given)],
        ["collect"],
        ["source", "list"],
        ["source", "add", web.url("/actus"), "--yes"],
    )

    assert "1 added" in imported.out
    assert "to be completed" in waiting.out
    assert "Nobody has said yet which parts of this page are its articles." in said(waiting)
    assert "item: – → article.news" in said(added)
    [kept] = listed(home)
    assert (kept["name"], kept["options"]) == ("Pôle", {"item": "article.news"})


def test_the_shipped_list_is_imported_whole(home: Path) -> None:
    [imported] = typed(home, ["source", "import", str(ROOT / "config/sources-photonique.yaml")])

    assert "60 added, 0 known already, 0 left out" in imported.out
    assert imported.err == ""


def test_whether_a_source_reserves_its_texts_stands_in_the_list(home: Path, web: WebServer) -> None:
    web.answers["/.well-known/tdmrep.json"] = Reply(b'[{"location": "/", "tdm-reservation": 1}]')
    checked, *_more, shown = typed(
        home,
        ["source", "check", web.url("/fil")],
        ["source", "add", web.url("/fil")],
        ["collect"],
        ["source", "list", "--json"],
    )

    assert "the site reserves its texts" in said(checked)
    assert json.loads(shown.out)[0]["source"]["rights"]["is_reserved"] is True


def test_a_guess_is_kept_only_where_somebody_says_yes_in_their_language(
    home: Path, web: WebServer
) -> None:
    lines = [["source", "add", web.url("/actus")]]
    [silent] = typed(home, *lines, language="fr")
    assert silent.code != 0
    assert "[o/N]" in said(silent)
    assert listed(home) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_sources_and_their_troubles_fit_into_eighty_columns(
    home: Path, web: WebServer, language: str
) -> None:
    web.answers["/une-adresse-plus-longue-que-la-colonne"] = Reply(FEED.encode())
    typed(
        home,
        ["source", "add", web.url("/fil"), "--name", "Une revue au nom plus long que la colonne"],
        ["source", "add", web.url("/actus"), "--yes"],
    )
    web.answers.pop("/fil")
    answers = typed(
        home,
        *(["collect", "--all"] for _ in range(3)),
        ["source", "list"],
        ["status"],
        ["doctor"],
        ["source", "history", "1"],
        ["source", "kinds"],
        ["source", "import", str(ROOT / "config/sources-photonique.yaml")],
        language=language,
        COLUMNS="80",
    )

    lines = [line for answer in answers for line in (answer.out + answer.err).splitlines()]
    # What is copied, a command or a path, is never cut.
    whole = ("    zoom-marche", str(home))
    assert [one for one in lines if len(one) > 80 and not any(sign in one for sign in whole)] == []
    assert len(lines) > 100


def test_a_setting_without_a_sign_and_a_way_too_far_are_told(home: Path, web: WebServer) -> None:
    unsigned, far = typed(
        home,
        ["source", "add", web.url("/fil"), "--set", "item"],
        ["source", "add", web.url("/fil"), "--choose", "2"],
    )

    assert (unsigned.code, far.code) == (2, 2)
    assert "--set item: no setting; write NAME=VALUE" in unsigned.err
    assert "there is only one: leave --choose out" in " ".join(far.err.split())


def test_a_service_that_wants_a_key_says_how_it_is_called(home: Path) -> None:
    [told] = typed(home, ["source", "check", "--kind", "openalex", "--set", "query=lidar"])

    assert "https://api.openalex.org/works cannot be watched." in said(told)
    assert "It is called ZOOM_MARCHE_KEY_OPENALEX." in said(told)


@pytest.mark.parametrize(
    ("address", "remedy"),
    [("", "add it with --no-check"), ("https://revue.example/", "Check the spelling")],
)
def test_only_an_address_that_somebody_wrote_may_be_misspelt(
    address: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Source(WebUrl(address or "https://api.ted.europa.eu/v3/notices/search"), "TED")
    harvest = Harvest(source, datetime(2026, 11, 23, tzinfo=UTC), "failed", reason="dns")

    with pytest.raises(SystemExit):
        turn_away(address, Look(Finding(source.url, "", (), harvest), ()))

    assert remedy in " ".join(capsys.readouterr().err.split())


def test_only_lines_that_give_no_source_are_counted_as_left_out(home: Path, tmp_path: Path) -> None:
    given = tmp_path / "list.yaml"
    lines = '  - {url: "https://a.example/x", kinnd: feed}\n  - {url: nowhere}\n'
    given.write_text(f"schema: sources/1\nsources:\n{lines}", encoding="utf-8")

    [imported] = typed(home, ["source", "import", str(given)])

    assert "1 added, 0 known already, 1 left out" in imported.out
    assert imported.err.count("  - list.yaml, line ") == 2


def test_the_history_of_a_source_begins_with_what_to_do(home: Path, web: WebServer) -> None:
    _added, collected, shown = typed(
        home,
        ["source", "add", web.url("/fil")],
        ["collect"],
        ["source", "history", "1"],
    )

    assert collected.err == "", "a bar where nobody looks"
    assert "state: good." in shown.out
    assert "1 new item" in shown.out


def test_a_source_of_several_clusters_changes_only_where_somebody_says_yes(
    home: Path, web: WebServer
) -> None:
    fashion = str(ROOT / "config" / "perimeters" / "mode.yaml")
    one, other = ["--cluster", "photonique"], ["--cluster", "mode"]
    edit = ["source", "edit", "1", "--name", "Neuf", *one]
    rights = ["source", "rights", "1", "--excerpt", "40", *one]
    *_before, asked, kept, agreed, code, unquoted, quoted = typed(
        home,
        ["perimeter", "load", fashion],
        ["source", "add", web.url("/fil"), *one],
        ["source", "add", web.url("/fil"), *other],
        edit,
        ["source", "list", *other],
        [*edit, "--yes"],
        ["source", "edit", "1", "--language", "français", *one],
        rights,
        [*rights, "--yes"],
    )

    assert asked.code != 0
    assert "Visited by other clusters too:" in asked.out
    assert "Neuf" not in kept.out
    assert "changed: Neuf" in agreed.out
    assert unquoted.code != 0
    assert "Visited by other clusters too:" in unquoted.out
    assert "a letter quotes 40 characters at most" in said(quoted)
    assert "--language: no code of two letters; write for example fr or en" in code.err


def test_l05_full_texts_need_a_licence(home: Path, web: WebServer) -> None:
    whole = ["source", "rights", "1", "--full-text"]
    *_before, refused, shown, allowed = typed(
        home,
        ["source", "add", web.url("/fil")],
        whole,
        ["source", "rights", "1"],
        [*whole, "--licence", "CFC 2026"],
    )

    assert refused.code != 0
    assert "--licence NAME" in said(refused)
    assert "licence: none recorded" in said(shown)
    assert "whole texts are not kept" in said(shown)
    assert "licence: CFC 2026" in said(allowed)
    assert "whole texts are kept" in said(allowed)
