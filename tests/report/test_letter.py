"""A reader's letter: short, honest, safe, the same in HTML and in plain text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from watch.domain import (
    Axis,
    Basis,
    Cluster,
    Digest,
    Interest,
    Item,
    Letter,
    Links,
    Perimeter,
    Period,
    Pick,
    Record,
    Story,
    Subscriber,
    Tag,
    Tagged,
    Topic,
    WebUrl,
)
from watch.report.letter import lines_of, write_letter
from watch.report.pages import day, environment, number
from watch.text.colours import readable

CARS = Topic(Axis.MARKET, "cars", {"fr": "Automobile", "en": "Cars"})
FARMS = Topic(Axis.MARKET, "farms", {"fr": "Agriculture", "en": "Farming"})
LIDAR = Topic(Axis.TECHNOLOGY, "lidar", {"fr": "Lidar", "en": "Lidar ranging"})
PERIMETER = Perimeter("essai", "1.0", {}, {}, ("fr", "en"), (CARS, FARMS, LIDAR))
CLUSTER = Cluster(
    "essai",
    "Pôle d'essai",
    sender_name="Camille Veilleur",
    sender_address="veille@pole.example",
    postal_address="1 rue inventée, 00000 Essai",
    base_url="https://veille.pole.example",
)
READER = Subscriber(
    id=7,
    cluster="essai",
    email="zoe@pme.example",
    name="Zoë Lectrice",
    firm="Lentilles & fils",
    language="fr",
    interests=(Interest(Axis.MARKET, "cars"), Interest(Axis.TECHNOLOGY, "lidar")),
    basis=Basis("member", "bulletin d'adhésion", date(2024, 3, 1)),
)
WEEK = Period(date(2026, 11, 16), date(2026, 11, 22))
LEAVE = "https://veille.pole.example/u/t0ken"


def tag(axis: Axis, topic: str, *why: str, by: str = "phrases/1") -> Tag:
    return Tag("", axis, topic, 0.9, by, why)


BOTH = (tag(Axis.TECHNOLOGY, "lidar", "FMCW"), tag(Axis.MARKET, "cars", "voiture"))


def pick(n: int, why: tuple[Tag, ...] = BOTH, **changes: Any) -> Pick:
    """Return an invented line; `others` names the outlets that tell the same story."""
    others = changes.pop("others", ())
    is_beside = changes.pop("is_beside", False)
    at = datetime(2026, 11, 18, 9, tzinfo=UTC)
    item = Item(
        key=f"{n:032x}",
        url=WebUrl(f"https://journal.example/{n}"),
        title=f"Un lidar inventé, numéro {n}",
        text="Première phrase inventée du texte. Et encore une autre.",
        language="fr",
        published_at=at,
        first_seen_at=at,
        source=1,
        outlet="Le Journal",
    )
    item = replace(item, **changes)
    tagged = Tagged(item, why, Story(item.key, 1, (item.outlet, *others)))
    return Pick(tagged, 0.9, () if is_beside else why, is_beside)


def letter(*picks: Pick, **changes: Any) -> Letter:
    """Return the letter of three lines, or of these."""
    digest = Digest(
        CLUSTER,
        READER,
        PERIMETER,
        WEEK,
        picks or (pick(1), pick(2), pick(3)),
        Links(LEAVE),
        {1: 160},
    )
    return write_letter(replace(digest, **changes))


def plain(text: str) -> str:
    """Return a text with simple spaces only, on one line."""
    return " ".join(text.split())


class Page(HTMLParser):
    """The links, the visible words and the tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._hidden = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.links += [value or "" for name, value in attrs if name == "href"]
        self._hidden = tag if tag in {"style", "title"} else self._hidden

    def handle_endtag(self, tag: str) -> None:
        self._hidden = "" if tag == self._hidden else self._hidden

    def handle_data(self, data: str) -> None:
        self.words += "" if self._hidden else f" {data}"


# -- what a reader sees first


def test_the_subject_is_the_first_fact_and_the_preheader_the_second() -> None:
    written = letter()

    assert written.subject == "Un lidar inventé, numéro 1 · Pôle d'essai"
    assert '<div class="preheader"' in written.html
    assert Page(written.html).words.split("Pôle")[0].strip() == "Un lidar inventé, numéro 2"


def test_the_subject_is_in_the_letter_s_language_where_a_strong_line_is() -> None:
    foreign = [pick(n, language="en", title=f"An invented lidar, number {n}") for n in (1, 2, 3)]

    written = letter(*foreign[:2], pick(3), pick(4))
    assert written.subject.startswith("Un lidar inventé, numéro 3 ·")
    assert Page(written.html).words.split("Pôle")[0].strip() == "An invented lidar, number 1"
    assert written.text.index("number 1") < written.text.index("numéro 3")
    assert letter(*foreign, pick(4)).subject.startswith("An invented lidar, number 1 ·")


def test_a_long_title_is_cut_for_the_subject_and_less_so_in_the_page() -> None:
    written = letter(pick(1, title="Un très long titre inventé " * 10))

    assert len(written.subject.split(" · ")[0]) <= 55
    title = next(line for line in written.text.split("\n\n") if "1. ACTUALITÉ" in line)
    assert len(plain(title)) <= 90 + len("1. ACTUALITÉ ")


def test_the_opening_says_how_much_there_is() -> None:
    assert "3 informations cette semaine, 1 min de lecture." in plain(letter().text)
    month = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert "3 informations, 1 min de lecture." in plain(letter(period=month).text)
    assert "du 1er novembre 2026 au 30 novembre 2026" in plain(letter(period=month).text)


# -- each line


def test_a_line_says_what_where_when_and_why() -> None:
    text = plain(letter(pick(1, others=("La Gazette",), kind="tender")).text)

    assert "1. APPEL D’OFFRES Un lidar inventé, numéro 1" in text
    assert "Première phrase inventée du texte." in text
    assert "Le Journal · 18 novembre 2026" in text
    assert "Aussi vu dans La Gazette" in text
    assert "Vous suivez Lidar × Automobile ; mots repérés : « FMCW », « voiture »" in text
    assert "https://journal.example/1" in text


def test_html_and_text_say_the_same() -> None:
    written = letter(pick(1, others=("La Gazette",)), pick(2, language="en"), pick(3))
    shown, read = plain(Page(written.html).words), plain(written.text)

    for sentence in ("Aussi vu dans La Gazette", "en anglais", "Lentilles & fils", "bulletin"):
        assert sentence in shown
        assert sentence in read


def test_an_english_reader_is_written_to_in_english() -> None:
    written = letter(subscriber=replace(READER, language="en"))

    assert written.language == "en"
    assert '<html lang="en"' in written.html
    text = plain(written.text)
    assert "3 items this week, 1 min read." in text
    assert "You follow Lidar ranging × Cars; words found: “FMCW”, “voiture”" in text
    assert "18 November 2026 · in French" in text


def test_a_reader_of_another_language_gets_the_cluster_s() -> None:
    assert letter(subscriber=replace(READER, language="de")).language == "fr"


def test_words_in_another_language_are_marked_as_such() -> None:
    page = Page(letter(pick(1, language="en"), pick(2), pick(3)).html)

    assert [attrs["lang"] for name, attrs in page.tags if name == "h2"] == ["en", "fr", "fr"]


def test_an_expert_s_tag_says_so_and_keeps_his_remark() -> None:
    why = (BOTH[0], tag(Axis.MARKET, "cars", "remarque interne", by="expert/industry/3"))
    text = plain(letter(pick(1, why)).text)

    assert "mot repéré : « FMCW » ; étiqueté par un expert" in text
    assert "remarque interne" not in text


def test_evidence_does_not_repeat_itself() -> None:
    why = (tag(Axis.TECHNOLOGY, "lidar", "lidar", "Lidar FMCW", "fmcw"),)

    assert "mot repéré : « Lidar FMCW »" in plain(letter(pick(1, why)).text)


def test_a_line_beside_says_what_ties_it_to_the_reader() -> None:
    why = (tag(Axis.TECHNOLOGY, "lidar"), tag(Axis.MARKET, "farms"))
    text = plain(letter(pick(1), pick(2), pick(3), pick(4, why, is_beside=True)).text)

    assert "4. À CÔTÉ DE VOTRE PÉRIMÈTRE · ACTUALITÉ" in text
    assert "Vous suivez Lidar ; ici sur un autre marché : Agriculture" in text


def test_an_excerpt_is_no_longer_than_its_source_allows() -> None:
    words = "Mot inventé " * 100

    def excerpt(most: int) -> str:
        page = Page(letter(pick(1, text=words), excerpt_lengths={1: most}).html)
        return "".join(re.findall(r"(?:Mot(?: inventé)? ?)+…", page.words))

    assert 0 < len(excerpt(60)) <= 60
    assert excerpt(0) == ""
    assert len(excerpt(5000)) <= 280


def test_a_source_without_a_rule_may_be_quoted_in_160_characters() -> None:
    written = letter(pick(1, text="Mot inventé " * 100), excerpt_lengths={})

    assert max(map(len, re.findall(r"(?:Mot(?: inventé)? ?)+…", written.html))) <= 160


def test_a_text_that_is_its_title_is_not_said_twice() -> None:
    written = letter(pick(1, text="Un lidar inventé, numéro 1"))

    assert plain(written.text).count("Un lidar inventé, numéro 1") == 1


# -- deadlines, money, the team


def tender(**record: Any) -> Pick:
    return pick(1, kind="tender", title="Deux caméras SWIR", record=Record(**record))


DEADLINE = datetime(2026, 12, 12, 11, tzinfo=UTC)


def test_the_subject_holds_deadline_and_amount() -> None:
    known = tender(deadline_at=DEADLINE, amount=180_000, currency="EUR")

    assert letter(known).subject.split(" · ")[0] == "Deux caméras SWIR, clôture 12/12, 180\u00a0k€"
    english = letter(known, subscriber=replace(READER, language="en"))
    assert english.subject.split(" · ")[0] == "Deux caméras SWIR, closes 12 Dec, €180k"


def test_a_long_title_leaves_room_for_the_deadline() -> None:
    long = pick(
        1, title="Un très long titre inventé " * 10, record=Record(deadline_at=DEADLINE, amount=9e9)
    )

    fact = letter(long).subject.split(" · ")[0]
    assert len(fact) <= 55
    assert fact.endswith("…, clôture 12/12")


def test_a_deadline_is_bold_and_stands_in_both_parts() -> None:
    written = letter(tender(deadline_at=DEADLINE, amount=1_250_000.0, currency="EUR"))

    said = "clôture le 12 décembre 2026 · 1,2 M€"
    assert any(name == "strong" for name, _ in Page(written.html).tags)
    assert said in plain(Page(written.html).words)
    assert f"APPEL D’OFFRES · {said}" in plain(written.text)


@pytest.mark.parametrize(
    ("amount", "currency", "fr", "en"),
    [
        (999.6, "EUR", "1 k€", "€1k"),
        (950, "EUR", "950 €", "€950"),
        (2.5e9, "USD", "2,5 Md$", "$2.5bn"),
        (40_000, "CHF", "40 kCHF", "CHF 40k"),
    ],
)
def test_an_amount_is_rounded_and_written_as_its_reader_writes(
    amount: float, currency: str, fr: str, en: str
) -> None:
    one = tender(amount=amount, currency=currency)

    assert f"· {fr}" in plain(letter(one).text)
    assert f"· {en}" in plain(letter(one, subscriber=replace(READER, language="en")).text)


def test_each_line_has_a_door_to_the_team_and_to_the_choices() -> None:
    links = Links(LEAVE, feedback="https://v.example/f/x", preferences="https://v.example/p/x")
    written = letter(links=links)

    for n in (1, 2, 3):
        assert f"https://v.example/f/x/{n}/ask" in Page(written.html).links
        assert f"https://v.example/f/x/{n}/ask" in written.text
    assert Page(written.html).links.count("https://v.example/p/x") == 4


def test_e25_a_digest_of_two_thousand_items_is_cut_and_says_so() -> None:
    links = Links(LEAVE, preferences="https://v.example/p/x")
    written = letter(*(pick(n) for n in range(2000)), links=links)

    assert len(written.html.encode()) < 90_000
    assert "1990 autres informations n’ont pas trouvé place" in plain(written.text)
    assert "1990 autres informations" in Page(written.html).words


def test_the_officer_greets_in_his_own_words_and_edits_lines() -> None:
    digest = Digest(CLUSTER, READER, PERIMETER, WEEK, (pick(1), pick(2), pick(3)), Links(LEAVE))
    first, second, third = lines_of(digest)
    edited = write_letter(
        digest, [third, replace(first, why="Dit par l'équipe")], "Bonjour & bienvenue."
    )

    assert (edited.key, edited.message_id) == (letter().key, letter().message_id)
    assert edited.subject.startswith("Un lidar inventé, numéro 3")
    assert "Bonjour &amp; bienvenue." in edited.html
    assert "Bonjour & bienvenue." in edited.text
    assert second.title not in edited.text
    assert "Dit par l'équipe" in edited.text


# -- the foot


def test_the_foot_says_why_how_to_leave_and_who_writes() -> None:
    text = plain(letter().text)

    assert "car Lentilles & fils est membre du réseau Pôle d'essai depuis le 1er mars 2024" in text
    assert "bulletin d'adhésion" in text
    assert "Vous suivez : Automobile, Lidar." in text
    assert "ni image ni traceur" in text
    assert LEAVE in text
    assert "Répondez à ce message : Camille Veilleur" in text
    assert "1 rue inventée, 00000 Essai" in text


@pytest.mark.parametrize(
    ("ground", "words"),
    [("consent", "vous y avez consenti"), ("legitimate_interest", "intérêt légitime")],
)
def test_each_ground_has_its_sentence(ground: str, words: str) -> None:
    basis = Basis(ground, "essai", date(2026, 1, 1))

    assert words in plain(letter(subscriber=replace(READER, basis=basis)).text)


def test_nobody_is_written_to_without_a_basis_or_without_a_line() -> None:
    with pytest.raises(ValueError):
        letter(subscriber=replace(READER, basis=None))
    with pytest.raises(ValueError):
        write_letter(Digest(CLUSTER, READER, PERIMETER, WEEK, ()))


# -- what mail servers and clients see


def test_the_headers_let_a_mail_client_leave_in_one_click() -> None:
    headers = dict(letter().headers)

    assert headers["List-Unsubscribe"].startswith(f"<{LEAVE}>, <mailto:veille@pole.example")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == "<essai.pole.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Reply-To"] == "veille@pole.example"


def test_one_click_is_promised_over_https_alone() -> None:
    headers = dict(letter(links=Links("http://127.0.0.1:8000/u/t0ken")).headers)

    assert "List-Unsubscribe-Post" not in headers


def test_a_letter_is_one_letter_however_often_it_is_written() -> None:
    assert letter() == letter()
    assert letter(pick(5)).key == letter().key
    assert letter(subscriber=replace(READER, id=8)).key != letter().key
    assert letter(cluster=replace(CLUSTER, slug="autre")).key != letter().key
    assert letter().message_id == f"<{letter().key}@pole.example>"


def test_the_longest_letter_is_never_cut_by_a_mail_client() -> None:
    words = "Mot inventé à lire " * 200
    picks = [
        pick(n, title=words, text=words, outlet=words, others=(words,) * 9, url=WebUrl(
            f"https://journal.example/{n}?q={'x' * 1900}"
        ))
        for n in range(10)
    ]  # fmt: skip

    assert len(letter(*picks, excerpt_lengths={1: 5000}).html.encode()) < 90_000


# -- safe


HOSTILE = '<script>alert(1)</script><img src=x onerror="y()"> {{ 7 * 7 }} {% x %} "\'>'


def test_what_others_wrote_is_text_and_never_a_template() -> None:
    written = letter(
        pick(1, title=HOSTILE, text=HOSTILE, outlet=HOSTILE, others=(HOSTILE,)),
        cluster=replace(CLUSTER, name=HOSTILE, sender_name=HOSTILE, postal_address=HOSTILE),
        subscriber=replace(READER, firm=HOSTILE, name=HOSTILE),
    )

    page = Page(written.html)
    assert {name for name, _ in page.tags}.isdisjoint({"script", "img", "svg", "form", "iframe"})
    assert not any(key.startswith("on") for _, attrs in page.tags for key in attrs)
    assert "{{ 7 * 7 }}" in page.words


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
def test_a_link_that_is_none_is_dropped_and_its_item_kept(url: str) -> None:
    page = Page(letter(pick(1, url=WebUrl(url)), pick(2), pick(3)).html)

    assert "Un lidar inventé, numéro 1" in page.words
    assert page.links == [
        "https://journal.example/2",
        "https://journal.example/3",
        LEAVE,
        "mailto:veille@pole.example",
    ]


def test_nothing_is_loaded_and_nobody_is_counted() -> None:
    html = letter().html

    assert not re.search(r"<(img|link|script|iframe|object|video)|url\(|@import|src=", html)
    assert set(re.findall(r"https?://[^\"<\s]+", html)) == {
        "https://journal.example/1",
        "https://journal.example/2",
        "https://journal.example/3",
        LEAVE,
    }


@pytest.mark.parametrize("nasty", ["\r\nBcc: x@y", "\u2028", "\u202e", "\u200b", "\x85"])
def test_headers_and_subject_are_one_line_that_shows_all(nasty: str) -> None:
    written = letter(
        pick(1, title=f"Un{nasty}lidar"),
        pick(2),
        cluster=replace(CLUSTER, name=f"Pôle{nasty}x"),
        subscriber=replace(READER, name=f"Zoë{nasty}L"),
    )

    for field in (written.subject, written.to_name, written.sender_name):
        assert nasty not in field
        assert field.isprintable()


# -- how it looks


def test_layout_tables_are_no_tables_to_a_screen_reader() -> None:
    page = Page(letter().html)

    assert all(attrs.get("role") == "presentation" for name, attrs in page.tags if name == "table")
    assert [name for name, _ in page.tags if name in {"h1", "h2", "h3"}] == ["h1", "h2", "h2", "h2"]


def test_every_rule_is_written_into_its_element() -> None:
    page = Page(letter().html)

    assert all("style" in attrs for name, attrs in page.tags if name in {"p", "h1", "h2", "a"})
    assert "prefers-color-scheme: dark" in letter().html


@pytest.mark.parametrize("accent", ["#ffee00", "#000000", "#0b5c7a", "#ffffff", "#7f7f7f"])
@pytest.mark.parametrize("ground", ["#ffffff", "#f3f6f7", "#222a2f"])
def test_an_accent_can_be_read_on_every_ground(accent: str, ground: str) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lights = sorted((luminance(readable(accent, ground, "#0b5c7a")), luminance(ground)))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5


def test_an_accent_that_is_no_colour_is_replaced() -> None:
    written = letter(cluster=replace(CLUSTER, accent='red;background:url("//evil.example")'))

    assert "evil" not in written.html
    assert "#0b5c7a" in written.html


def test_plain_text_is_72_columns_wide_but_for_addresses() -> None:
    rows = letter().text.splitlines()

    assert all(len(row) <= 72 for row in rows if "https://" not in row)
    assert any(row == LEAVE for row in rows)


# -- the environment of all pages


def test_days_and_numbers_are_written_as_their_language_does() -> None:
    assert day(date(2026, 8, 1), "fr") == "1er août 2026"
    assert day(date(2026, 11, 18), "en") == "18 November 2026"
    assert number(1234567, "fr") == "1\u202f234\u202f567"
    assert number(1234567, "en") == "1,234,567"


def test_templates_escape_whatever_they_are_called_and_know_what_is_missing() -> None:
    page = environment("fr")

    assert page.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert (
        page.from_string("{{ absent }}|{{ on | day }}").render(absent=None, on=date(2026, 5, 2))
        == "|2 mai 2026"
    )
    with pytest.raises(Exception, match="nothing"):
        page.from_string("{{ nothing }}").render()
