"""A firm's own words, and what they speak for."""

from __future__ import annotations

from watch.domain import Axis, Interest, Tag
from watch.routing.proposal import (
    Hint,
    actors,
    names,
    own_words,
    places,
    sentences,
    topics,
)

ABOUT = ("Nous fabriquons des lidars FMCW.", "Nos lidars guident des navettes autonomes.")


def test_notices_menus_and_scraps_are_no_sentences() -> None:
    lines = [
        "Accueil Produits Contact",
        "Ce site utilise des cookies pour mesurer son audience.",
        "Nous fabriquons des lidars compacts. © 2026 Aubelune, tous droits réservés ici.",
        "Nous fabriquons des lidars compacts.",
    ]

    assert sentences(lines) == ["Nous fabriquons des lidars compacts."]


def test_what_a_firm_does_goes_before_what_it_feels_and_keeps_its_order() -> None:
    said = [
        "La passion guide chaque jour toute la vie.",
        "Nous concevons des caméras pour les vignes.",
        "Le soleil brille sur la belle ville.",
        "Nos lidars mesurent des distances longues.",
    ]

    assert own_words(said, [False, False, False, True]) == [said[1], said[3]]
    assert own_words(said[:1], [False]) == []
    assert (
        len(own_words([f"Nous fabriquons {n} choses utiles." for n in range(9)], [False] * 9)) == 5
    )


def test_a_topic_weighs_by_how_often_and_how_surely_it_is_named() -> None:
    def tag(item: str, topic: str, score: float) -> Tag:
        return Tag(item, Axis.TECHNOLOGY, topic, score, "phrases/1")

    found = topics(
        ABOUT,
        [
            tag("", "lidar", 0.9), tag("0", "lidar", 0.8), tag("1", "lidar", 0.7),
            tag("", "laser", 0.45), tag("", "led", 0.1), tag("", "optics", 0.7),
            tag("1", "optics", 0.65),
        ],
    )  # fmt: skip

    assert found == (
        Hint(Interest(Axis.TECHNOLOGY, "lidar", 2.0), ABOUT[0]),
        Hint(Interest(Axis.TECHNOLOGY, "optics", 1.0), ABOUT[1]),
        Hint(Interest(Axis.TECHNOLOGY, "laser", 0.5), ABOUT[0]),
    )


def test_words_of_the_trade_are_neither_everybodys_nor_the_firms_own_name() -> None:
    about = ["AUBELUNE SAS vend des capteurs d'image SWIR, des lidars FMCW, et plus d'une image."]

    found = names(about, ["capteurs d'image", "image"], "Aubelune")

    assert [one.what for one in found] == ["capteurs d'image", "SWIR", "FMCW"]


def test_countries_and_customers_are_found_where_they_are_named() -> None:
    said = ["Nous livrons en Allemagne et au Niger.", "Parmi nos clients : Thales, Airbus Defence."]

    assert places(said, {"Allemagne": "DE", "Niger": "NE", "Nigeria": "NG"}) == (
        Hint("DE", said[0]),
        Hint("NE", said[0]),
    )
    assert [one.what for one in actors(said, ["Allemagne"])] == ["Thales", "Airbus Defence"]
