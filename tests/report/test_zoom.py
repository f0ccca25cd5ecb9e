"""A Zoom-Marché as its readers get it: what stands in it, in which words, and what never does."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from tests.report.editions import (
    CARS,
    LED,
    LIDAR,
    PERIMETER,
    REVIEW,
    STORIES,
    confirmed,
    edition,
    story,
    told_by,
)
from watch.domain import Axis, Collection, Tag, Topic, WebUrl, Zoom
from watch.report.cited import PER_GROUP
from watch.report.method import REASONS
from watch.report.places import COUNTRIES
from watch.report.wording import COLLEGES, LANGUAGE_NAMES, LEVELS, MONTHS
from watch.report.zoom import write_zoom
from watch.text.clean import to_text
from watch.text.colours import readable
from watch.text.translate import catalogue

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)"> {{ 7*7 }} {% raw %}'


class Reader(HTMLParser):
    """What a browser would find: elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def read(zoom: Zoom, language: str = "fr") -> Reader:
    return Reader(write_zoom(zoom, language).html)


def chapters(page: Reader) -> list[str | None]:
    return [a["id"] for a in page.all("section") if a.get("class") == "chapter"]


EVERY_CHAPTER = [
    "essentials", "perimeter", "overview", "technologies", "method", "sources", "glossary",
]  # fmt: skip


def test_every_section_with_content_stands_in_its_order() -> None:
    assert chapters(read(edition())) == EVERY_CHAPTER


def test_sections_without_content_are_absent_and_the_numbers_follow_on() -> None:
    empty = replace(edition(), stories=(), before=(), weeks=())

    page = read(empty)

    assert chapters(page) == ["perimeter", "method", "glossary"]
    assert re.search(r"1\s+Périmètre.*2\s+Méthode et limites.*3\s+Glossaire", page.text)
    assert "L’essentiel" not in page.text


def test_a_perimeter_of_one_language_has_no_glossary() -> None:
    topics = tuple(replace(topic, label={"fr": topic.label["fr"]}) for topic in PERIMETER.topics)

    page = read(edition(perimeter=replace(PERIMETER, topics=topics), market=topics[0]))

    assert "glossary" not in chapters(page)


def test_the_cover_says_who_answers_for_what() -> None:
    text = read(edition()).text

    assert write_zoom(edition(), "fr").title == "Zoom-Marché · Automobile"
    for words in ("Grappe inventée", "n° 3", "version 1.2, révision 4", "du 15 ",
                  "Camille Martin et Noé Diallo", "Hélène Roussel", "réservée aux membres",
                  "veille@demo.example"):  # fmt: skip
        assert words in text.replace("\u00a0", " ")


def test_the_perimeter_is_told_with_its_exclusions() -> None:
    text = read(edition(), "en").text

    for words in ("See what comes.", "Who buys?", "Vehicles and driving.", "Lidar ranging",
                  "France, Île-de-France", "Germany", "Japan", "French and English",
                  "36 months", "video games", "roadmap"):  # fmt: skip
        assert words in text


@pytest.mark.parametrize(("language", "ours"), [("fr", "L’essentiel"), ("en", "Essentials")])
def test_our_words_are_in_the_readers_language_and_titles_as_published(
    language: str, ours: str
) -> None:
    page = read(edition(), language)

    assert page.all("html") == [{"lang": language}]
    assert ours in page.text
    foreign = "en" if language == "fr" else "fr"
    assert {cite.get("lang") for cite in page.all("cite")} == {None, foreign}
    assert "Headlamp with LEDs" in page.text
    assert "Un lidar moins cher" in page.text


def test_every_mark_has_its_source_and_every_source_its_mark() -> None:
    html = write_zoom(edition(), "fr").html
    marks = re.findall(r'<a class="mark" href="#source-(\d+)">\[(\d+)\]</a>', html)

    assert all(target == shown for target, shown in marks)
    assert sorted({int(n) for n, _ in marks}) == list(range(1, len(STORIES) + 1))
    assert re.findall(r'<li id="source-(\d+)">', html) == [str(n) for n in range(1, 6)]


def test_numbers_follow_the_order_of_citation() -> None:
    html = write_zoom(edition(), "fr").html

    first_seen = list(dict.fromkeys(re.findall(r'href="#source-(\d+)"', html)))

    assert first_seen == sorted(first_seen, key=int)


def test_the_same_story_keeps_its_number_under_each_of_its_technologies() -> None:
    html = write_zoom(edition(), "fr").html

    numbers = re.findall(r"Phare et lidar réunis</cite></a>&nbsp;<a [^>]*>\[(\d+)\]", html)

    assert len(numbers) == 3
    assert len(set(numbers)) == 1


def test_counts_agree_wherever_they_stand() -> None:
    page = read(edition())
    text = page.text.replace("\u00a0", " ")

    assert "Lidar 3 événements" in text
    assert "Diodes 2 événements" in text
    assert "Hors des technologies du cahier des charges 1 événement" in text
    assert "5 événements sur la période, contre 1" in text
    assert "En hausse : Lidar, de 0 à 3 ; Diodes, de 1 à 2." in text
    assert "Lidar : 3, auparavant : 0 ; Diodes : 2, auparavant : 1." in text
    assert re.search(r"Lidar 3 0 \+3 Diodes 2 1 \+1", text)


def test_without_a_period_before_nothing_is_said_to_have_changed() -> None:
    text = read(edition(before=())).text

    assert "Ce qui a changé" not in text
    assert "auparavant" not in text


def test_the_best_supported_stories_come_first() -> None:
    shared = told_by(STORIES[4], "Le Monde Inventé", "Bright Review")
    sure = confirmed(STORIES[3], "industry", "à garder pour nous")

    html = write_zoom(edition(stories=(*STORIES[:3], sure, shared)), "fr").html

    facts = html[html.index('class="facts"') : html.index("Degré de confiance")]
    assert re.findall(r"<cite[^>]*>([^<]*)</cite>", facts)[:2] == [
        "Un lidar moins cher",
        "Lidar picked by a carmaker",
    ]


def test_confidence_counts_what_more_than_one_outlet_told() -> None:
    stories = (
        told_by(STORIES[0], "Bright Review"),
        *STORIES[1:4],
        confirmed(STORIES[4], "staff", ""),
    )

    text = read(edition(stories=stories)).text.replace("\u00a0", " ")

    assert "Sur 5 événements : 1 vu dans au moins deux médias, 4 dans un seul." in text
    assert "Une personne a confirmé le sujet de 1 événement." in text
    assert "aussi vu dans Bright Review" in text


def test_an_experts_confirmation_shows_and_the_remark_stays_inside() -> None:
    sure = confirmed(STORIES[4], "academia", "à garder pour nous")

    text = read(edition(stories=(*STORIES[:4], sure))).text

    assert "confirmé par un expert de la recherche" in text
    assert "à garder pour nous" not in text


def test_a_rejected_tag_places_a_story_nowhere() -> None:
    no = Tag(STORIES[0].item.key, Axis.TECHNOLOGY, "led", 0.0, "expert/industry/7")
    rejected = replace(STORIES[0], tags=(*STORIES[0].tags, no))

    text = read(edition(stories=(rejected, *STORIES[1:]))).text.replace("\u00a0", " ")

    assert "Diodes 2 événements" in text
    assert "Aucune personne n’a encore confirmé" in text


def test_an_excerpt_keeps_within_the_rights_of_its_source() -> None:
    html = write_zoom(edition(excerpt_lengths={1: 0, 2: 40}), "en").html

    excerpts = [unescape(found) for found in re.findall(r"<q[^>]*>“([^<]*)”</q>", html)]
    assert excerpts == ["Les premiers échantillons sont livrés…"] * 2
    assert all(len(excerpt) <= 40 for excerpt in excerpts)


def test_words_of_evidence_are_quoted_as_they_stand() -> None:
    assert "Repéré par : « véhicule », « le lidar »" in read(edition()).text.replace("\u00a0", " ")


def test_a_long_list_keeps_the_best_supported_and_says_how_many_are_left_out() -> None:
    many = tuple(story(n, f"Annonce {n}", "lidar") for n in range(28, 0, -1))
    kept = told_by(many[-1], "Bright Review")

    page = read(edition(stories=(*many[:-1], kept)))

    text = page.text.replace("\u00a0", " ")
    assert "Lidar 28 événements" in text
    assert f"{28 - PER_GROUP} autres événements sont comptés" in text
    assert text.count("Annonce 1 [1]") == 2
    assert len([a for a in page.all("li") if str(a.get("id")).startswith("source-")]) == PER_GROUP


def test_method_names_what_failed_and_what_was_never_visited() -> None:
    text = read(edition()).text.replace("\u00a0", " ")

    assert "2 sources ont été visitées : 56 visites, dont 3 en échec." in text
    assert "Bright Review 3 sur 28 n’a pas répondu à temps" in text
    assert "1 source du cahier des charges n’a jamais été visitée : Le Muet." in text
    assert "6 publications ont été relues par une personne (0,5 % des publications" in text
    assert "d’autres langues que français et anglais" in text
    assert "Événements cités dans cette édition : 5." in text


@pytest.mark.parametrize("reason", [*REASONS, "something_new"])
def test_a_reason_for_failure_is_told_in_words(reason: str) -> None:
    records = [replace(record, reason=reason) for record in edition().collection.records]
    found = replace(edition().collection, records=tuple(records))

    text = read(edition(collection=found)).text

    assert catalogue("fr").gettext(REASONS.get(reason, "could not be read")) in text


def test_a_collection_without_figures_claims_none() -> None:
    nothing = Collection((), 0, 0, 0, 0, ())

    text = read(edition(collection=nothing)).text

    assert "Aucune publication n’a été relue par une personne." in text
    assert "Sources en échec" not in text
    assert "De la collecte à la citation" not in text


def test_no_columns_are_drawn_for_fewer_than_two_weeks() -> None:
    page = write_zoom(edition(), "fr").html
    one_week = write_zoom(edition(stories=STORIES[:1], before=(), weeks=()), "fr").html

    assert 'id="chart-lidar"' in page
    assert 'id="chart-led"' not in page
    assert 'id="chart-weeks"' in page
    assert 'id="chart-weeks"' not in one_week


def test_hostile_words_stay_words() -> None:
    evil = replace(STORIES[0], item=replace(STORIES[0].item, title=EVIL, text=EVIL, outlet=EVIL))
    topic = Topic(Axis.TECHNOLOGY, '"><script>', {"fr": EVIL, "en": EVIL})
    zoom = edition(
        stories=(evil, *STORIES[1:]),
        authors=(EVIL,),
        perimeter=replace(PERIMETER, topics=(CARS, LIDAR, LED, topic), label={"fr": EVIL}),
        cluster=replace(edition().cluster, name=EVIL, sender_address='x"><script>@a.example'),
    )

    page = read(zoom)

    assert not page.all("script")
    assert not page.all("img")
    assert not any(name.startswith("on") for _, found in page.elements for name in found)
    assert EVIL in page.text


@pytest.mark.parametrize(
    "evil",
    [
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=a()>'>",
        "<svg></p><style><a title='</style><img src=x onerror=a()>'>",
        "<noscript><p title='</noscript><img src=x onerror=a()>'>",
        "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>"
        "<img onerror=a() src>'>",
    ],
)
def test_i04_markup_that_changes_when_it_is_read_again_stays_words(evil: str) -> None:
    item = replace(STORIES[0].item, title=evil, text=to_text(f"<p>{evil}</p>"), outlet=evil)
    page = write_zoom(edition(stories=(replace(STORIES[0], item=item), *STORIES[1:])), "fr").html

    for _reading in range(2):
        page = str(BeautifulSoup(page, "lxml"))
        read_again = BeautifulSoup(page, "lxml")
        assert not read_again.find_all(["img", "script", "math", "form", "noscript"])
        names = {name for one in read_again.find_all(True) for name in one.attrs}
        assert not [name for name in names if name.startswith("on")]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "JavaScript:alert(1)", "//x.example", ""]
)
def test_an_address_not_to_follow_is_dropped_and_the_story_kept(url: str) -> None:
    odd = replace(STORIES[0], item=replace(STORIES[0].item, url=WebUrl(url)))

    page = read(edition(stories=(odd, *STORIES[1:])))

    assert "Appel à projets pour la route" in page.text
    hrefs = [str(link.get("href")) for link in page.all("a")]
    assert all(href.startswith(("#", "https://", "mailto:")) for href in hrefs)


def test_the_document_loads_nothing_and_runs_nothing() -> None:
    html = write_zoom(edition(), "fr").html
    page = Reader(html)

    loading = {"src", "srcset", "data", "poster", "action", "background", "xlink:href"}
    assert not any(loading & found.keys() for _, found in page.elements)
    assert not {"script", "link", "iframe", "object", "base"} & {tag for tag, _ in page.elements}
    assert not re.search(r"@import|url\(", html)
    assert "default-src 'none'" in html


def test_an_accent_that_is_no_colour_does_not_reach_the_page() -> None:
    cluster = replace(edition().cluster, accent="red;} body{background:url(//x)")

    assert "url(" not in write_zoom(edition(cluster=cluster), "fr").html


@pytest.mark.parametrize("accent", ["#ffcc00", "#ffffff", "#00ff00", "#777777"])
def test_a_pale_accent_is_darkened_until_it_can_be_read(accent: str) -> None:
    red, green, blue = (
        (share / 255 + 0.055) / 1.055
        for share in bytes.fromhex(readable(accent, "#ffffff", "#0b5c7a").removeprefix("#"))
    )
    light = 0.2126 * red**2.4 + 0.7152 * green**2.4 + 0.0722 * blue**2.4
    assert 1.05 / (light + 0.05) >= 4.4


def test_headings_descend_one_step_at_a_time() -> None:
    levels = [int(tag[1]) for tag, _ in read(edition()).elements if re.fullmatch("h[1-6]", tag)]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_anchor_leads_somewhere_and_every_id_is_unique() -> None:
    page = read(edition())
    ids = [found["id"] for _, found in page.elements if "id" in found]

    assert len(ids) == len(set(ids))
    links = [str(link.get("href")) for link in page.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_every_column_of_a_table_has_its_header() -> None:
    assert all("scope" in header for header in read(edition()).all("th"))


def test_a_day_is_that_of_the_place_where_the_cluster_lives() -> None:
    late = datetime(2026, 7, 22, 23, 30, tzinfo=UTC)
    night = story(22, "Dans la nuit", "lidar", published_at=late, first_seen_at=late)

    html = write_zoom(edition(stories=(night,)), "fr").html

    assert date(2026, 7, 23).isoformat() in html


def test_a_licence_stands_beside_its_source() -> None:
    html = write_zoom(edition(), "en").html

    assert html.count("licence: CC BY 4.0") == sum(s.item.source == REVIEW.id for s in STORIES)


def test_an_edition_is_written_the_same_twice() -> None:
    assert write_zoom(edition(), "fr") == write_zoom(edition(), "fr")


def test_all_our_words_have_their_french() -> None:
    found = catalogue("fr")
    said = [*REASONS.values(), *COUNTRIES.values(), *LANGUAGE_NAMES.values(), *MONTHS,
            *LEVELS.values(), *COLLEGES.values()]  # fmt: skip
    same = {word for word in said if found.gettext(word) == word}

    assert same <= {"public", "France", "Argentina", "Bangladesh", "Canada", "Luxembourg",
                    "Madagascar", "Portugal", "Ukraine", "Côte d’Ivoire"}  # fmt: skip
