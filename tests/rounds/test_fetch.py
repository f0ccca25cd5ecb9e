"""The pages of what passes the perimeter are fetched once, where that is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer
from tests.rounds.test_rounds import PERIMETER
from tests.sources.pages.test_article import WORDS, page
from watch.domain import NO_URL, Cluster, Item, Manners, Rights, Source, WebUrl
from watch.engine.local import Here
from watch.rounds.collect import collect_round
from watch.rounds.enrich import enrich_round
from watch.rounds.fetch import fetch_round, revised
from watch.rounds.read import read_round
from watch.sources.pages.article import Article
from watch.store import clusters, items, perimeters, shelves, sources

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
HTML = {"Content-Type": "text/html; charset=utf-8"}
ALLOWED = Rights(licence="CC BY 4.0", full_text=True)


def feed(web: WebServer, *titles: str) -> Reply:
    entries = "".join(
        f"<item><title>{title}</title><link>{web.url(f'/{n}')}</link>"
        f"<pubDate>Wed, 18 Nov 2026 0{n}:00:00 GMT</pubDate></item>"
        for n, title in enumerate(titles)
    )
    return Reply(f'<rss version="2.0"><channel><title>J</title>{entries}</channel></rss>'.encode())


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer({"/0": Reply(page(), headers=HTML), "/1": Reply(page(), headers=HTML)}) as web:
        web.answers["/feed"] = feed(
            web, "Un lidar automobile dans la brume", "Une recette de soupe"
        )
        yield web


def manners(web: WebServer) -> Manners:
    return Manners(pause=timedelta(0), open_addresses=frozenset({web.address}))


def collected(web: WebServer, rights: Rights = ALLOWED) -> str:
    clusters.save(Cluster("essai", "Essai"))
    perimeters.load("essai", "1.0", PERIMETER, "", NOW)
    url = WebUrl(web.url("/feed"))
    sources.add("essai", Source(url, "Le Journal", language="fr", rights=rights), NOW)
    collect_round(Here(), manners(web), NOW)
    enrich_round(Here(), NOW)
    read_round(Here(), "essai", NOW)
    web.asked.clear()
    return "essai"


def fetch(web: WebServer, now: datetime = NOW) -> dict[str, int]:
    return dict(fetch_round(Here(), manners(web), "essai", now).counts)


def stored() -> list[Item]:
    month = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    return [one.item for one in shelves.tagged("essai", *month)]


def test_only_what_is_tagged_is_fetched_and_only_once(web: WebServer):
    collected(web)

    first, second = fetch(web), fetch(web, NOW + timedelta(days=2))

    assert [p for p in web.paths if p not in {"/robots.txt", "/.well-known/tdmrep.json"}] == ["/0"]
    assert (first["pages"], first["revised"], second["pages"]) == (1, 1, 0)


def test_a_page_revises_its_item_and_owes_a_reading(web: WebServer):
    slug = collected(web)
    fetch(web)

    enrich_round(Here(), NOW)
    assert read_round(Here(), slug, NOW).counts["read"] == 1
    (item,) = stored()
    assert WORDS[1] in item.text
    assert len(items.revisions(slug, item.key)) == 1


def test_a_feed_that_shows_the_same_entry_again_does_not_take_the_text_back(web: WebServer):
    slug = collected(web)
    fetch(web)
    web.answers["/feed"] = feed(
        web, "Un lidar automobile dans la brume", "Une recette de soupe", "Un autre lidar"
    )

    collect_round(Here(), manners(web), NOW + timedelta(days=1))
    enrich_round(Here(), NOW + timedelta(days=1))

    read_round(Here(), slug, NOW)
    assert [WORDS[1] in item.text for item in stored()].count(True) == 1


def test_a_source_that_does_not_allow_it_is_left_in_peace(web: WebServer):
    collected(web, Rights())

    assert fetch(web)["pages"] == 0
    assert web.paths == []


@pytest.mark.parametrize("header", [{"tdm-reservation": "1"}, {"X-Robots-Tag": "noai, noimageai"}])
def test_a_page_whose_answer_reserves_mining_changes_nothing(
    web: WebServer, header: dict[str, str]
):
    collected(web)
    web.answers["/0"] = Reply(page(), headers=HTML | header)

    counts = fetch(web)

    assert (counts["reserved"], counts["revised"]) == (1, 0)
    assert fetch(web, NOW + timedelta(days=9))["pages"] == 0


def test_a_page_whose_site_reserves_its_path_changes_nothing(web: WebServer):
    web.answers["/.well-known/tdmrep.json"] = Reply(b'[{"location": "/0", "tdm-reservation": 1}]')
    collected(web)

    counts = fetch(web)

    assert (counts["reserved"], counts["revised"]) == (1, 0)


def test_what_a_visit_has_learnt_of_a_site_is_not_asked_again(web: WebServer):
    collected(web)
    fetch(web)

    assert web.paths == ["/0"]


def test_robots_are_obeyed(web: WebServer):
    web.answers["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /0\n")
    collected(web)

    assert fetch(web)["failed"] == 1
    assert "/0" not in web.paths


def test_a_failure_is_tried_twice_more_and_later(web: WebServer):
    collected(web)
    web.answers["/0"] = Reply(status=503)

    tried = [fetch(web, NOW + timedelta(hours=hours))["pages"] for hours in (0, 1, 13, 60, 200)]

    assert tried == [1, 0, 1, 1, 0]


def test_what_is_missing_is_not_asked_for_again(web: WebServer):
    collected(web)
    web.answers["/0"] = Reply(status=404)
    fetch(web)

    assert fetch(web, NOW + timedelta(days=3))["pages"] == 0


def item(**changes: object) -> Item:
    plain = Item("k", NO_URL, "Un lidar | Le Journal", "Court.", "fr", NOW, NOW, 1, "Le Journal")
    return replace(plain, **changes)


def test_an_earlier_day_counts_and_a_later_one_never():
    earlier = revised(item(), Article("", "", published_on=date(2026, 11, 2), is_day_stated=True))
    later = revised(item(), Article("", "", published_on=date(2026, 11, 25), is_day_stated=True))
    guessed = revised(item(), Article("", "", published_on=date(2026, 1, 1)))

    assert earlier.published_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert later.published_at == guessed.published_at == NOW


def test_a_title_loses_its_site_and_a_short_page_leaves_the_text():
    found = revised(item(), Article("", "Abonnez-vous pour lire.", site="Le Journal"))

    assert (found.title, found.text) == ("Un lidar", "Court.")
