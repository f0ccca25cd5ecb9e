"""The invented articles: how many, how dated, and that each says that it is invented."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from watch.demo import MEMBERS
from watch.demo.feeds import FORMATS
from watch.demo.sites import Article, articles, sites

ANCHOR = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PERIMETER = Path(__file__).parents[2] / "config" / "perimeters" / "photonique.yaml"


def everything(anchor: datetime = ANCHOR, visit: int = 1) -> list[Article]:
    return [article for site in sites() for article in articles(site, anchor, visit)]


def test_there_are_about_two_hundred_articles_and_no_two_share_a_name() -> None:
    names = [article.sample.id for article in everything()]
    assert 190 <= len(names) <= 215
    assert len(set(names)) == len(names)


def test_three_fifths_are_french_and_two_fifths_english() -> None:
    french = sum(len(articles(site, ANCHOR, 1)) for site in sites() if site.language == "fr")
    assert 0.55 <= french / len(everything()) <= 0.65


def test_twelve_feeds_work_in_six_formats_and_one_is_down() -> None:
    formats = Counter(feed.format for site in sites() for feed in site.feeds)
    assert formats.pop("unavailable") == 1
    assert formats.total() == 12
    assert set(formats) == set(FORMATS)


def test_every_article_stands_in_a_feed_of_its_site() -> None:
    for site in sites():
        names = {feed.name for feed in site.feeds}
        assert {article.sample.feed for article in articles(site, ANCHOR, 1)} <= names


def test_texts_are_short_news() -> None:
    assert all(35 <= len(article.text.split()) <= 110 for article in everything())


def test_no_date_lies_after_the_anchor_but_the_deliberate_one() -> None:
    late = [article for article in everything() if article.published_at > ANCHOR]
    assert [article.sample.id for article in late] == ["futur-salon-vallorne"]


def test_articles_lie_in_the_sixty_days_before_the_anchor() -> None:
    assert all(a.published_at > ANCHOR - timedelta(days=60) for a in everything())


def test_the_dates_move_with_the_anchor() -> None:
    week = timedelta(days=7)
    first = {article.url: article.published_at for article in everything()}
    second = {article.url: article.published_at for article in everything(ANCHOR + week)}
    assert {second[url] - moment for url, moment in first.items()} == {week}


@pytest.mark.parametrize(
    ("anchor", "day"),
    [
        (ANCHOR, "13 décembre 2026"),
        (ANCHOR.replace(month=12, day=12), "1er janvier 2027"),
    ],
)
def test_a_deadline_is_written_out_from_the_anchor(anchor: datetime, day: str) -> None:
    texts = {article.sample.id: article.text for article in everything(anchor)}
    assert f"Remise des offres le {day} à midi" in texts["avis-camera-swir-universite"]


def test_no_placeholder_is_left_in_a_text() -> None:
    assert not [a.url for a in everything() if "{" in a.title + a.text + a.stated]


def test_the_edited_article_changes_on_the_second_visit_and_no_other_does() -> None:
    before = {article.url: article.text for article in everything()}
    after = {article.url: article.text for article in everything(visit=2)}
    changed = [url for url, text in before.items() if after[url] != text]
    assert [url.rpartition("/")[2] for url in changed] == ["revision-laser-vert"]
    assert "Rectificatif" in after[changed[0]]


def test_events_are_told_by_several_outlets_and_half_of_them_in_both_languages() -> None:
    outlets: dict[str, set[str]] = {}
    languages: dict[str, set[str]] = {}
    for site in sites():
        for article in articles(site, ANCHOR, 1):
            outlets.setdefault(article.sample.event, set()).add(site.name)
            languages.setdefault(article.sample.event, set()).add(site.language)
    del outlets[""], languages[""]
    assert all(len(names) >= 2 for names in outlets.values())
    assert len(outlets) == 16
    assert sum(len(spoken) == 2 for spoken in languages.values()) == 8


def test_the_press_sets_french_typography_and_the_oldest_feed_stays_in_its_charset() -> None:
    texts = {article.sample.id: article.title for article in everything()}
    assert texts["novarays-tour-table"].startswith("Lidar FMCW\N{NO-BREAK SPACE}: ")
    gazette = next(site for site in sites() if site.name == "gazette-vallorne")
    for article in articles(gazette, ANCHOR, 1):
        assert article.text.encode("iso-8859-1")


def test_the_six_members_follow_topics_of_the_perimeter() -> None:
    perimeter = yaml.safe_load(PERIMETER.read_text(encoding="utf-8"))
    known = {topic["id"] for axis in ("markets", "technologies") for topic in perimeter[axis]}
    with MEMBERS.open(encoding="utf-8", newline="") as file:
        members = list(csv.DictReader(file))
    followed = {t for m in members for c in ("markets", "technologies") for t in m[c].split("|")}
    assert followed <= known
    assert Counter(member["language"] for member in members) == {"fr": 4, "en": 2}
    assert all(member["email"].endswith(".example") for member in members)
    assert {member["basis"] for member in members} <= {"member", "consent", "legitimate_interest"}
