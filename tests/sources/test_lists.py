"""Lists of sources are read line by line: good lines are kept, bad ones are told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import shared, unpacked
from watch.domain import Source, WebUrl
from watch.errors import ImportRefused
from watch.perimeter.read import read
from watch.sources.lists import Listing, read_list, write_opml
from watch.sources.registry import KINDS

ROOT = Path(__file__).resolve().parents[2]
NESTED = (ROOT / "tests/data/lists/nested.opml").read_text(encoding="utf-8")
PHOTONICS = read((ROOT / "config/perimeters/photonique.yaml").read_text(encoding="utf-8"))
OPML = "<opml><body>{}</body></opml>"
FEED = '{name: Optique, url: "https://a.example/rss", kind: feed, language: fr, group: press}'


def ours(*entries: str) -> str:
    return "schema: sources/1\nsources:\n" + "".join(f"  - {entry}\n" for entry in entries)


def told(listing: Listing) -> list[str]:
    return [str(problem) for problem in listing.problems]


# -- OPML


def test_nested_outlines_are_read_with_their_groups() -> None:
    listing = read_list(NESTED, "nested.opml", "en")

    assert [(source.name, source.url, source.group) for source in listing.sources] == [
        ("Lumière & Laser", "https://lumiere.example/rss?cat=1&tag=laser", "Presse / Optique"),
        ("Journal", "http://journal.example/flux", "Presse / Optique"),
        ('Le "Quotidien"', "https://q.example/rss", "Presse"),
        ("Seul", "http://seul.example/", "Veille/Science"),
    ]
    assert listing.sources[1].language == "fr"


def test_each_bad_line_of_an_opml_file_is_told_with_its_number() -> None:
    assert told(read_list(NESTED, "nested.opml", "en")) == [
        "nested.opml, line 11: the line is badly written (a quote or a tag inside a text); "
        "check the name of this source",
        "nested.opml, line 13, Sans adresse: “” is not the address of a page on the web; "
        "write the whole address, beginning with https://",
        "nested.opml, line 14, Courrier: “mailto:a@example.org” is not the address of a page "
        "on the web; write the whole address, beginning with https://",
        "nested.opml, line 16, Encore: this address already stands at line 8",
    ]


def test_a_file_that_ends_early_keeps_what_came_before() -> None:
    listing = read_list(NESTED[: NESTED.index('<outline type="link"')], "x.opml", "en")

    assert len(listing.sources) == 3
    assert "broken from here on" in told(listing)[-1]


@pytest.mark.parametrize("name", ["billion_laughs.xml", "xxe_file.xml"])
def test_hostile_declarations_are_refused(name: str) -> None:
    text = shared("hostile", "feeds", name).read_text(encoding="utf-8")

    with pytest.raises(ImportRefused, match="document type"):
        read_list(text, name, "en")


def test_an_entity_bomb_is_refused_before_it_grows() -> None:
    bomb = '<!DOCTYPE opml [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;">]>' + OPML.format("&b;")

    with pytest.raises(ImportRefused, match="document type"):
        read_list(bomb, "bomb.opml", "en")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body/></html>",
        "<opml><body",
        "words",
        "[" * 4000,
        "sources: !!python/object/apply:os.system [x]",
        "sources: &a [*a]",
        "schema: perimeter/1\nsources: []",
        "sources: {a: b}",
        "sources: [a",
        "\0",
        "x" * 5_000_001,
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ImportRefused) as caught:
        read_list(text, "essai", "en")

    assert str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        '<outline text="' * 200_000,
        '<outline a="b" ' * 200_000,
        "<outline>" * 200_000,
        "<outline " + 'a="b" ' * 400_000,
        "&a" * 1_000_000,
    ],
)
def test_a_hostile_body_is_dealt_with_at_once(body: str) -> None:
    started = perf_counter()

    with pytest.raises(ImportRefused):
        read_list(f"<opml><body>{body}", "essai.opml", "en")

    assert perf_counter() - started < 5  # at most 0.6 s on a quiet machine


def test_an_empty_list_is_told() -> None:
    assert told(read_list(OPML.format(""), "a.opml", "fr")) == [
        "a.opml, ligne 1: la liste ne contient aucune source"
    ]


def test_every_public_list_is_read_whole(tmp_path: Path) -> None:
    paths = sorted(unpacked("opml-lists", tmp_path).rglob("*.opml"))

    listings = [read_list(path.read_text(encoding="utf-8"), path.name, "en") for path in paths]

    assert len(listings) == 118
    assert sum(len(listing.sources) for listing in listings) == 1572


# -- YAML


def test_the_photonics_list_is_imported_whole() -> None:
    text = (ROOT / "config/sources-photonique.yaml").read_text(encoding="utf-8")

    listing = read_list(text, "sources-photonique.yaml", "en", PHOTONICS)

    assert told(listing) == []
    assert Counter(source.kind for source in listing.sources) == {"feed": 27, "page": 32, "hal": 1}
    assert listing.sources[0].name == "optics.org news"
    assert listing.sources[0].group == "trade_press"
    assert listing.sources[2].url.endswith("?input=%7B%22sectionAlias%22%3A%22home%22%7D")
    [archive] = [source for source in listing.sources if source.kind == "hal"]
    assert '"lidar"' in archive.options["query"].lower()


def test_every_kind_may_stand_in_a_list_with_its_settings() -> None:
    visited = {name: kind for name, kind in KINDS.items() if name != "files"}
    lines = [
        json.dumps({
            "name": name, "kind": name, "url": kind.address or kind.example["url"],
            "settings": {key: text for key, text in kind.example.items() if key != "url"},
        })
        for name, kind in visited.items()
    ]  # fmt: skip

    listing = read_list(ours(*lines), "s.yaml", "en")

    assert told(listing) == []
    assert [source.kind for source in listing.sources] == list(visited)


def test_all_that_is_wrong_with_a_line_is_told_at_once() -> None:
    text = ours(
        '{name: A, kind: hal, url: "https://api.archives-ouvertes.fr/search/"}',
        '{name: B, kind: bodacc, settings: {siren: "552059024"}, url: "https://b.example/"}',
        '{name: C, kind: patents, settings: {cpc: 12, countries: Mars}, url: "nowhere"}',
        "{name: D, kind: files}",
        "{name: E, kind: gdelt, settings: lidar}",
    )

    assert told(read_list(text, "s.yaml", "en")) == [
        "s.yaml, line 3, A: nothing says what this source is to look for; set one of query, filter",
        "s.yaml, line 4, B, siren: the kind “bodacc” has no such setting; one of sirens",
        "s.yaml, line 4, B, sirens: is required; SIREN numbers, separated by commas",
        "s.yaml, line 5, C: “nowhere” is not the address of a page on the web; "
        "write the whole address, beginning with https://",
        "s.yaml, line 5, C, cpc: no CPC code: write for example G01S17/931; "
        "CPC codes, separated by commas",
        "s.yaml, line 5, C, countries: no patent office: write two letters: EP, FR, WO; "
        "Patent offices, two letters each: EP, FR",
        "s.yaml, line 6, D: files are not visited; "
        "give the files themselves: zoom-marche source drop FILE",
        "s.yaml, line 7: “settings” holds a name and a value for each; "
        "write for example settings: {query: lidar}",
        "s.yaml, line 7, E, query: is required; A few terms, separated by commas",
    ]


def test_a_service_with_one_address_needs_none_and_gets_its_search_from_the_perimeter() -> None:
    listing = read_list(
        ours("{name: Thèses, kind: hal}", "{name: Presse, kind: gdelt}"), "s.yaml", "en", PHOTONICS
    )

    archive, press = listing.sources
    assert press.options["query"]
    assert archive.url.startswith("https://api.archives-ouvertes.fr/search/?query=")


# -- tables


def test_a_table_is_a_list_whose_columns_are_the_keys_and_the_settings() -> None:
    text = (
        "Name;URL;Kind;Language;item;query;colour\n"
        "Revue;https://a.example/rss;;fr;;;\n"
        "Liste;https://b.example/;page;fr;article.news;;\n"
        "HAL;;hal;;;lidar;\n"
        "X;here;feed;;;;\n"
    )

    listing = read_list(text, "sources.csv", "en")

    assert [(s.name, s.kind, dict(s.options)) for s in listing.sources] == [
        ("Revue", "feed", {}),
        ("Liste", "page", {"item": "article.news"}),
        ("HAL", "hal", {"query": "lidar"}),
    ]
    assert told(listing)[0].startswith("sources.csv, line 1: “colour” is not a known key")
    assert told(listing)[1].startswith("sources.csv, line 5, X: “here” is not the address")


def test_a_table_without_addresses_is_refused() -> None:
    with pytest.raises(ImportRefused, match="names no column “url”"):
        read_list("name;where\nA;https://a.example/\n", "s.csv", "en")


# -- problems


def test_bad_lines_are_told_and_good_ones_kept() -> None:
    text = ours(
        FEED,
        '{name: B, url: "ftp://b.example/"}',
        '{name: C, url: "https://user:secret@c.example/"}',
        '{name: D, url: "https://d.example/rss", kind: feeds}',
        '{name: E, url: "https://e.example/rss", langage: fr}',
        '{name: F, url: "https://A.example/rss"}',
        "G",
        '{name: NO, name: H, url: "https://h.example/?x=12:30"}',
    )

    listing = read_list(text, "s.yaml", "en")

    assert [s.name for s in listing.sources] == ["Optique", "E", "NO"]
    assert told(listing) == [
        "s.yaml, line 4, B: “ftp://b.example/” is not the address of a page on the web; "
        "write the whole address, beginning with https://",
        "s.yaml, line 5, C: “https://user:secret@c.example/” is not the address of a page on the "
        "web; write the whole address, beginning with https://",
        "s.yaml, line 6, D: “feeds” is not a known kind of source; did you mean “feed”?",
        "s.yaml, line 7: “langage” is not a known key; did you mean “language”?",
        "s.yaml, line 8, F: this address already stands at line 3",
        "s.yaml, line 9: a source was expected here; write for example "
        '{name: "...", url: "https://...", kind: feed, language: fr}',
        "s.yaml, line 10: “name” stands twice; the first one counts",
    ]


def test_a_broken_form_is_told_in_the_language_of_the_user() -> None:
    with pytest.raises(ImportRefused) as caught:
        read_list(ours("name: Optique: laser"), "s.yaml", "fr")

    assert str(caught.value) == (
        "s.yaml, ligne 3: un «\u00a0:\u00a0» figure au milieu d’un texte; "
        'mettez tout le texte entre guillemets droits (")'
    )


def test_an_address_keeps_the_query_that_the_officer_wrote() -> None:
    address = "https://a.example/rss?utm_source=x&b=2&a=1"

    listing = read_list(ours(f'{{name: A, url: "{address}"}}'), "s.yaml", "en")

    assert listing.sources[0].url == address


# -- writing

NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES, NAMES), max_size=5))
def test_a_written_list_is_read_back(words: list[tuple[str, str, str]]) -> None:
    sources = [
        Source(
            WebUrl(f"https://s{i}.example/?a=1&b=2"), name[:50], group=group[:50], note=note[:50]
        )
        for i, (name, group, note) in enumerate(words)
    ]

    listing = read_list(write_opml(sources, "Liste <& essai>"), "x.opml", "en")

    by_url: Callable[[Source], str] = lambda source: source.url  # noqa: E731
    assert sorted(listing.sources, key=by_url) == sorted(sources, key=by_url)


def test_a_mailbox_and_files_stay_out_of_a_list_for_others() -> None:
    private = [
        Source(WebUrl("imaps://veille@imap.cluster.example/INBOX"), "Lettres", "newsletter"),
        Source(WebUrl("files:essai"), "Nos fichiers", "files"),
    ]
    public = Source(WebUrl("https://journal.example/feed"), "Journal")

    written = write_opml([*private, public], "Essai")

    assert "journal.example" in written
    assert "imap" not in written
    assert "files:" not in written


def test_kinds_and_settings_survive_being_written_as_opml() -> None:
    held = [
        Source(WebUrl("https://a.example/x"), "A", "feed"),
        Source(WebUrl("https://b.example/x"), "B", "page", options={"item": "ul > li"}),
        Source(
            WebUrl("https://api.archives-ouvertes.fr/search/?query=%22laser%22"), "C", "hal",
            options={"query": '"laser"'},
        ),
        Source(WebUrl("https://www.youtube.com/@optics"), "D", "videos"),
    ]  # fmt: skip
    written = write_opml(held, "Essai")

    again = read_list(written, "x.opml", "en")

    assert again.problems == ()
    assert [(s.url, s.name, s.kind, s.options) for s in again.sources] == [
        (s.url, s.name, s.kind, s.options) for s in held
    ]
    # Other readers subscribe to feeds alone.
    assert written.count("xmlUrl") == 1
