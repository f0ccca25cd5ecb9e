"""Texts that nobody expects are joined like others, and harm none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from watch.domain import NO_URL, Item
from watch.enrich.events import Pool, cards_of, join_events
from watch.enrich.pairs import judges
from watch.enrich.stories import Shelf, join_stories
from watch.enrich.words import words_of
from watch.text.meaning import Counted

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LONG = "Le verre épais ne résiste pas à la lumière verte, dit son auteur, à Lyon, le 12. " * 2
TRUE = Item("a" * 32, NO_URL, "Un laser vert perce le verre", LONG, "fr", NOW, NOW, 1, "Journal")
COPY = replace(TRUE, key="b" * 32)
ODD = {
    "empty": ("", ""),
    "one word": ("lidar", "lidar"),
    "ten megabytes": ("Le lidar voit", "Le lidar de Lyon voit 12 routes. " * 310_000),
    "one endless word": ("x" * 10_000, "x" * 10_000_000),
    "both languages": ("The lidar voit the road", "The lidar voit the road, la caméra sees. " * 4),
    "capitals": (TRUE.title.upper(), LONG.upper()),
    "emoji": ("🚗🔦 lidar 🎉🎉👩‍👩‍👧", "🇫🇷 " * 500),
    "zero width": ("Un la\u200bser ve\u200drt", "\u2060\ufeff".join(LONG)),
    "homoglyphs": (TRUE.title.replace("e", "е"), LONG.replace("a", "а").replace("i", "ı")),
    "half a pair": ("lidar \ud83d", "\ud83d" * 100),
    "control signs": ("lidar\x00\x07\x1b[31m", "\x00" * 1_000),
    "numbers": ("12 34 56", " ".join(map(str, range(20_000)))),
}


@pytest.mark.parametrize("title_and_text", ODD.values(), ids=ODD)
def test_an_odd_text_finds_its_story_and_leaves_copies_together(title_and_text):
    title, text = title_and_text
    odd = replace(TRUE, key="c" * 32, title=title, text=text)

    words = {one.key: one for one in words_of([TRUE, odd, COPY], Counted())}
    items = [replace(one, print=words[one.key].print) for one in (TRUE, odd, COPY)]
    marks = {key: one.marks for key, one in words.items()}
    placements = join_events(join_stories(items, Shelf()), items, marks, Pool.of(), judges())
    cards = cards_of(placements, {item.key: item for item in items}, marks)

    stories = {placement.item: placement.story for placement in placements}
    assert stories[COPY.key] == stories[TRUE.key] == TRUE.key
    assert len(cards) == len(words) == 3
