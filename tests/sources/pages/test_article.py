"""A page gives its own words, its title and its day; whatever it is made of."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from watch.sources.pages.article import Article, read_article
from watch.sources.pages.bounds import MOST_BYTES

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ADDRESS = "https://journal.example/actualites/lidar"
WORDS = (
    "Le lidar embarqué voit à deux cents mètres dans la brume, disent ses concepteurs, qui l'ont"
    " essayé pendant un an sur les quais d'un port de la Manche.",
    "Son laser reste à l'état solide & ne tourne pas, ce qui réduit l'usure : trois armateurs en"
    " ont commandé quarante pour leurs navires de nuit.",
    "Le composant sort d'une fonderie de Lannion, où une seconde ligne ouvrira en mars prochain.",
)


def page(head: str = "", body: str = "", words: tuple[str, ...] = WORDS) -> bytes:
    paragraphs = "".join(f"<p>{word}</p>" for word in words)
    return (
        f'<!doctype html><html lang="fr-FR"><head><meta charset="utf-8">{head}</head><body>'
        '<nav><ul><li><a href="/">Accueil</a></li><li><a href="/a">Abonnez-vous</a></li></ul>'
        "</nav>"
        f"<article><h1>Un lidar voit dans la brume</h1>{paragraphs}</article>{body}"
        '<footer><p>© 2026 Le Journal - <a href="/m">Mentions légales</a></p></footer>'
        "</body></html>"
    ).encode()


def article(*args: str, url: str = ADDRESS) -> Article:
    found = read_article(page(*args), url, NOW)
    assert found is not None
    return found


def test_an_article_is_its_own_words_without_menu_and_footer():
    found = article()

    for words in WORDS:
        assert words.replace("&amp;", "&") in found.text
    assert "Accueil" not in found.text
    assert "Mentions légales" not in found.text
    assert found.language == "fr"


def test_what_a_page_shows_as_code_is_text_and_nothing_executable_is_left():
    found = read_article(
        page(
            words=(*WORDS, "Écrivez &lt;script&gt;x()&lt;/script&gt; ici.<script>evil()</script>")
        ),
        ADDRESS,
        NOW,
    )

    assert found is not None
    assert "<script" not in found.text
    assert "evil" not in found.text


def test_the_title_is_as_stated_and_the_short_one_without_the_site():
    found = article(
        '<meta property="og:site_name" content="Le Journal">'
        "<title>Un lidar voit dans la brume | Le Journal</title>"
    )

    assert found.title == found.short_title == "Un lidar voit dans la brume"
    assert found.site == "Le Journal"


def test_a_title_keeps_the_quotation_marks_at_its_end():
    title = "À voir en salle : « Brume », « Six jours », « Monsieur le maire »…"
    found = article(f'<meta property="og:title" content="{title}"><h1>{title}</h1>')

    assert found.title == title


def test_what_a_site_says_of_a_kind_of_pages_is_no_title():
    found = article(
        "<title>Un lidar voit dans la brume</title>"
        '<script type="application/ld+json">{"@type": "Article",'
        ' "headline": "Page de lidar du projet"}</script>'
    )

    assert found.title == "Un lidar voit dans la brume"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<meta property="article:published_time" content="2026-11-18T08:00:00+01:00">', ADDRESS),
        ("", "https://journal.example/2026/11/18/lidar"),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Un lidar",'
            ' "datePublished": "2026-11-18", "dateModified": "2026-11-20"}</script>',
            ADDRESS,
        ),
    ],
)
def test_the_day_of_publication_is_found_where_it_is_stated(head: str, url: str):
    assert article(head, url=url).published_on == date(2026, 11, 18)


def test_a_day_in_words_is_read():
    assert article("", "<p>Publié le 18 novembre 2026</p>").published_on == date(2026, 11, 18)


@pytest.mark.parametrize(
    "said",
    [
        "Publié le 18 novembre 2026",
        "<span>Date de publication :</span> <b>18/11/2026</b>",
        "Erschienen am: 18.11.2026",
        "Published: November 18, 2026",
        "Date: 2026-11-18",
        "Fecha: 18-11-2026",
    ],
)
def test_what_a_page_calls_its_day_goes_before_other_days_in_its_text(said: str):
    found = article("", f"<p>Loi du 3 mars 2024, modifiée le 12 avril 2026.</p><p>{said}</p>")

    assert found.published_on == date(2026, 11, 18)
    assert found.is_day_stated


def test_what_is_stated_for_machines_goes_before_words():
    head = '<meta property="article:published_time" content="2026-11-18">'

    assert article(head, "<p>Publié le 2 mars 2024</p>").published_on == date(2026, 11, 18)


def test_a_day_to_come_is_not_believed():
    found = article('<meta property="article:published_time" content="2099-01-02">')

    assert found.published_on is None or found.published_on <= NOW.date()


@pytest.mark.parametrize(
    "meta",
    ['<meta name="robots" content="index, noai">', '<meta name="tdm-reservation" content="1">'],
)
def test_a_page_that_reserves_mining_gives_nothing(meta: str):
    assert article(meta) == Article("", "", is_reserved=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"\0\0\0",
        b"<" * 200_000,
        b"x" * (MOST_BYTES + 1),
        b"<html>" + b"<div>" * 60_000,
    ],
    ids=["empty", "blank", "nul", "signs", "large", "nested"],
)
def test_what_is_beyond_the_bounds_is_no_article_and_costs_little(body: bytes):
    begin = time.process_time()

    found = read_article(body, ADDRESS, NOW)

    assert found is None or not found.text.strip("<\x00x ")
    assert time.process_time() - begin < 5


def test_an_encoding_that_only_the_page_declares_is_kept():
    body = page().replace(b"utf-8", b"iso-8859-1").decode().encode("latin-1")

    found = read_article(body, ADDRESS, NOW)

    assert found is not None
    assert "embarqué" in found.text
