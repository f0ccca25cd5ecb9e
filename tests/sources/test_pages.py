from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doors import Reply as Served
from tests.doors import WebServer
from watch.domain import Harvest, Manners, Source, Trip, Visit, WebUrl, packed
from watch.sources.health import VisitFailed
from watch.sources.pages import PAGE, WATCH, propose
from watch.sources.pages.moments import find_date
from watch.sources.pages.recipe import proposal_in
from watch.sources.pages.selector import complaint
from watch.sources.pages.tree import read_tree, words_of
from watch.sources.raw import RawFeed
from watch.sources.request import Reply, Request
from watch.sources.travel import travel

SAMPLES = Path(__file__).parent.parent / "data" / "sources" / "pages"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
URL = "https://site.example/liste"


def reply(html: str | bytes, at: datetime = NOW) -> Reply:
    body = html.encode() if isinstance(html, str) else html
    return Reply(Request(URL), URL, body, {"Content-Type": "text/html"}, at)


def visit(kind: str, mark: str = "", url: str = URL, **options: str) -> Visit:
    return Visit(Source(WebUrl(url), "a source", kind, options=options), mark=mark)


def page(html: str, mark: str = "", **options: str) -> RawFeed:
    assert PAGE.read
    return PAGE.read(reply(html), visit("page", mark, **options), 100)


def watched(html: str, mark: str = "", at: datetime = NOW, **options: str) -> RawFeed:
    assert WATCH.read
    return WATCH.read(reply(html, at), visit("watch", mark, **options), 100)


def articles(count: int, name: str = "news") -> str:
    return "".join(
        f'<article class="{name}"><h2><a href="/{n}">Une nouvelle fibre creuse numero {n}</a></h2>'
        f'<time datetime="2026-11-{n + 1:02}">x</time></article>'
        for n in range(count)
    )


# -- lists ---------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.html")), ids=lambda path: path.stem)
def test_a_page_is_proposed_and_read_as_written_beside_it(sample: Path) -> None:
    wanted = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))

    best = propose(reply(sample.read_bytes()), Source(WebUrl(URL), "a source"))[0]

    found = [
        [entry.url, entry.title, f"{entry.published_at:%Y-%m-%d}" if entry.published_at else ""]
        for entry in best.entries
    ]
    assert found == wanted


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.html")), ids=lambda path: path.stem)
def test_a_proposal_read_back_gives_the_items_that_it_showed(sample: Path) -> None:
    for one in propose(reply(sample.read_bytes()), Source(WebUrl(URL), "a source")):
        assert PAGE.read
        feed = PAGE.read(reply(sample.read_bytes()), visit("page", **one.options), 500)
        assert [entry.title for entry in feed.entries] == [entry.title for entry in one.entries]


def test_scripts_by_the_thousand_cost_a_proposal_no_more_than_their_reading() -> None:
    bare = articles(9)
    crowded = bare + "<script>var a = 1;</script>\n" * 12_000
    source = Source(WebUrl(URL), "a source")
    begun = time.process_time()
    read_tree(reply(crowded))
    reading = time.process_time() - begun

    begun = time.process_time()
    found = propose(reply(crowded), source)
    proposing = time.process_time() - begun

    assert found == propose(reply(bare), source)
    assert proposing < 3 * reading


def test_what_a_reader_does_not_see_goes_and_its_brothers_stay_in_order() -> None:
    tree = read_tree(reply("a<p>b<i hidden>c<b>d</b></i>e</p><script>f</script>g<style>h</style>i"))

    assert words_of(tree) == "a b e g i"
    assert str(tree.body) == "<body>a<p>be</p>gi</body>"


def test_a_page_that_stays_silent_three_times_says_so_and_keeps_a_new_recipe() -> None:
    good = page(articles(9), item="article.news")
    redesigned = articles(9, "card")
    first = page(redesigned, str(good.mark), item="article.news")
    second = page(redesigned, str(first.mark), item="article.news")
    third = page(redesigned, str(second.mark), item="article.news")

    assert [feed.flaw for feed in (good, first, second, third)] == ["", "", "", "shape_changed"]
    assert first.asks_again
    assert proposal_in(str(third.mark)) == {"item": "article.card"}


def test_a_page_whose_items_lose_their_dates_has_changed_its_shape() -> None:
    good = page(articles(9), item="article.news")
    bare = page(articles(9).replace("datetime", "data-x"), str(good.mark), item="article.news")

    assert bare.flaw == "shape_changed"
    assert len(bare.entries) == 9


NAMES = ["Anne-Marie Durand Lefèvre", "Jean-Baptiste Martin Roux", "Élisabeth Petit Moreau"]


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<li class=who><a href='/p/{n}'>{name}</a></li>" for n, name in enumerate(NAMES)),
        "".join(
            f"<p class=text>{'Un laser perce le verre épais sans bruit. ' * 12}"
            f"<a href='/mot/{n}'>le laser vert numéro {n}</a>.</p>"
            for n in range(8)
        ),
        "".join(
            f"<article class=said><a href='{URL}#c{n}'>Ce que dit le lecteur {n}</a></article>"
            for n in range(8)
        ),
        "".join(
            f"<article class=said><a href='/c/{n}'>March {n}, 2017 at 7:36 AM</a></article>"
            for n in range(1, 9)
        ),
    ],
    ids=["names", "links in a text", "places on the page", "dates"],
)
def test_what_only_looks_like_a_list_is_not_proposed(body: str) -> None:
    html = f"<html><body><main>{body}</main></body></html>"

    assert propose(reply(html), Source(WebUrl(URL), "a source")) == []


def test_a_name_that_tells_the_width_of_a_block_comes_after_the_others() -> None:
    html = articles(9, "col-4 card")

    [best, *_] = propose(reply(html), Source(WebUrl(URL), "a source"))
    assert dict(best.options) == {"item": "article.card"}


def test_a_page_without_a_recipe_brings_nothing_and_says_so() -> None:
    feed = page(articles(9))

    assert (feed.entries, feed.flaw, feed.asks_again) == ([], "no_recipe", True)


def test_scripts_and_mailboxes_are_no_links() -> None:
    links = "".join(
        f'<li><a href="{to}">Une offre de ce jour</a></li>' for to in ("javascript:x()", "mailto:a")
    )
    assert page(f"<ul>{links}</ul>", item="li").entries == []


@pytest.mark.parametrize("where", ["li:has(a)", "li:nth-child(2)", "a[", "x" * 201, "a~b", "1"])
def test_a_selector_that_will_not_do_is_refused(where: str) -> None:
    assert complaint(where)
    with pytest.raises(VisitFailed) as refusal:
        page("<p>x</p>", item=where)
    assert refusal.value.reason == "bad_options"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 60_000,
        "<a " * 200_000,
        "<p>x</p>" * 200_000,
        ("<div>" * 190 + "<a href=x>y</a>") * 1 + "</div>" * 190,
        "<p " + " ".join(f'a{n}="x"' for n in range(60_000)) + ">x",
    ],
    ids=["deep", "beginnings", "many", "nested", "attributes"],
)
def test_a_hostile_page_costs_little_time(html: str) -> None:
    began = time.process_time()
    for read in (lambda: page(html, item="div div div div div div p b"), lambda: watched(html)):
        try:
            read()
        except VisitFailed:
            continue
    assert time.process_time() - began < 8


@given(st.text(max_size=40))
def test_a_selector_has_a_complaint_or_can_be_used(written: str) -> None:
    if not complaint(written):
        assert page(articles(3), item=written.strip() or "p").flaw == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Publié le 12 novembre 2026", "2026-11-12"),
        ("12/11/2026", "2026-11-12"),
        ("1er août 2026", "2026-08-01"),
        ("November 12, 2026", "2026-11-12"),
        ("il y a 2 jours", "2026-11-21"),
        ("3 days ago", "2026-11-20"),
        ("hier", "2026-11-22"),
        ("il y a 2 mois", "2026-09-01"),
    ],
)
def test_a_date_is_found_in_words(text: str, day: str) -> None:
    found, _ = find_date(text, NOW)

    assert found is not None
    assert f"{found:%Y-%m-%d}" == day


# -- watched pages -------------------------------------------------------------------------

PRICES = (
    "<title>Tarifs</title><nav>Menu {n}</nav><main><h1>Tarifs 2026</h1><p>Fibre : {price} €</p>"
    "<p>{n} vues</p><p>Nous sommes le {day}</p><p>Mis à jour le {day}</p></main>"
)


def test_a_first_visit_only_remembers_and_noise_is_no_change() -> None:
    first = watched(PRICES.format(n=1, price="12,50", day="23/11/2026"))
    noise = PRICES.format(n=99, price="12,50", day="24/11/2026")
    again = watched(noise, str(first.mark), NOW + timedelta(days=1))

    assert first.entries == again.entries == []


def test_a_change_is_an_entry_with_its_passage_and_is_told_once() -> None:
    first = watched(PRICES.format(n=1, price="12,50", day="x"))
    new = PRICES.format(n=2, price="13,00", day="x")
    changed = watched(new, str(first.mark))
    again = watched(new, str(changed.mark))

    assert [entry.title for entry in changed.entries] == ["Tarifs – Fibre : 13,00 €"]
    assert changed.entries[0].text == "Fibre : 13,00 €\n− Fibre : 12,50 €"
    assert again.entries == []


def test_what_lies_outside_the_watched_part_does_not_count() -> None:
    html = "<div id=a><p>un texte</p></div><div id=b><p>{}</p></div>"
    first = watched(html.format("avant"), part="#a")

    assert watched(html.format("après"), str(first.mark), part="#a").entries == []


def test_a_page_that_vanishes_is_flawed_at_the_third_time_and_is_not_forgotten() -> None:
    mark = str(watched("<p id=a>une règle</p>", part="#a").mark)
    flaws = []
    for _ in range(3):
        feed = watched("<p>rien</p>", mark, part="#a")
        mark = str(feed.mark)
        flaws.append(feed.flaw)

    assert flaws == ["", "", "shape_changed"]
    assert len(watched("<p id=a>une autre</p>", mark, part="#a").entries) == 1


# -- on the web ----------------------------------------------------------------------------


def harvested(web: WebServer, one: Visit) -> Harvest:
    how = Manners(pause=timedelta(), robots=False, open_addresses=frozenset({web.address}))
    return travel([Trip("a host", (one,))], NOW, how)[0]


def next_visit(one: Visit, last: Harvest) -> Visit:
    return Visit(one.source, body_hash=last.body_hash, prints=packed(last.seen), mark=last.mark)


def test_a_list_that_is_visited_twice_brings_nothing_new() -> None:
    with WebServer({"/": Served(articles(9).encode())}) as web:
        one = visit("page", url=web.url("/"), item="article")
        first = harvested(web, one)
        web.answers["/"] = Served(articles(9).encode() + b" ")
        again = harvested(web, next_visit(one, first))

    assert (len(first.entries), len(again.entries), again.known_count) == (9, 0, 9)


def test_a_silent_page_is_read_again_though_it_stays_the_same_and_nothing_seen_is_lost() -> None:
    with WebServer({"/": Served(articles(9).encode())}) as web:
        one = visit("page", url=web.url("/"), item="article.news")
        last = first = harvested(web, one)
        web.answers["/"] = Served(articles(9, "card").encode())
        reasons = []
        for _ in range(3):
            last = harvested(web, next_visit(one, last))
            reasons.append(last.reason)

    assert reasons == ["", "", "shape_changed"]
    assert last.seen == first.seen
