"""What feeds do wrong or to harm (group F of the safety list), from their bytes to the items."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import Reply, WebServer
from watch.domain import Harvest, Item, Manners, Outcome, Source, Trip, Visit, WebUrl
from watch.enrich.items import to_items
from watch.enrich.stories import Shelf, join_stories
from watch.sources.feeds.feed import read_feed
from watch.sources.health import REASONS, VisitFailed
from watch.sources.raw import MOST_TITLE, Reading
from watch.sources.travel import travel

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SOURCE = Source(WebUrl("https://journal.example/feed"), "Le Journal", language="fr", id=7)


def rss(*items: str, head: str = "") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"{head}<rss><channel><title>t</title>{inside}</channel></rss>".encode()


def read(body: bytes, content_type: str = "", most: int = 2_000) -> Reading:
    return read_feed(body, content_type, SOURCE, most_entries=most)


def items(body: bytes, source: Source = SOURCE, now: datetime = NOW) -> list[Item]:
    return to_items(Harvest(source, now, Outcome.NEWS, read(body).entries))


def reason(body: bytes) -> str:
    with pytest.raises(VisitFailed) as failure:
        read(body)
    assert failure.value.reason in REASONS
    return failure.value.reason


def visited(reply: Reply) -> Harvest:
    with WebServer({"/feed": reply}) as web:
        how = Manners(
            deadline=timedelta(seconds=2),
            pause=timedelta(),
            robots=False,
            open_addresses=frozenset({web.address}),
        )
        visit = Visit(Source(WebUrl(web.url("/feed")), "s"), etag='"old"', last_modified="")
        return travel([Trip("a host", (visit,))], NOW, how)[0]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "entities",
    [f'<!ENTITY l0 "ha">{LAUGHS}', f'<!ENTITY l9 "{"a" * 5_000}">'],
    ids=["F01 laughs", "F02 quadratic"],
)
def test_f01_f02_entities_that_grow_are_refused_before_any_reader(entities: str) -> None:
    body = rss("<title>" + "&l9;" * 1_000 + "</title>", head=f"<!DOCTYPE rss [{entities}]>")
    began = time.process_time()

    assert reason(body) == "dangerous"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hosts">]>',
        '<!DOCTYPE r [<!ENTITY a SYSTEM "ADDRESS">]>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "ADDRESS"> %p;]>',
        '<!DOCTYPE r SYSTEM "ADDRESS">',
    ],
    ids=["F03 file", "F03 address", "F04 parameter", "F04 outer definition"],
)
def test_f03_f04_nothing_external_is_opened(head: str) -> None:
    with WebServer({"/": Reply(b"secret")}) as web:
        body = rss("<title>[&a;]</title>", head=head.replace("ADDRESS", web.url("/")))
        try:
            found = repr(read(body))
        except VisitFailed as failure:
            found = failure.reason

        assert web.connections == 0
    assert "localhost" not in found


def test_f05_an_inclusion_is_not_followed() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hosts"/>'

    assert [e.title for e in read(rss(f"<title>[{include}]</title>")).entries] == ["[]"]


def test_f06_f07_a_body_that_is_a_path_or_an_address_is_no_feed() -> None:
    with WebServer({"/": Reply(rss("<title>x</title>"))}) as web:
        assert reason(b"/etc/hosts") == "not_a_feed"
        assert reason(web.url("/").encode()) == "not_a_feed"
        assert web.connections == 0


def test_f11_fifty_thousand_items_are_capped_and_the_rest_counted() -> None:
    body = rss(*(f"<title>{n}</title><link>/{n}</link>" for n in range(50_000)))
    began = time.process_time()
    reading = read(body)

    assert (len(reading.entries), reading.skipped_count) == (2_000, 48_000)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "inside",
    [
        "<a>" * 60_000 + "</a>" * 60_000,
        "<title " + " ".join(f'a{n}="x"' for n in range(60_000)) + ">t</title>",
        "<item>" * 60_000,
    ],
    ids=["tags", "attributes", "items"],
)
def test_f12_sixty_thousand_nested_tags_or_attributes_cost_little(inside: str) -> None:
    began = time.process_time()

    assert reason(rss(inside)) == "dangerous"
    assert time.process_time() - began < 3


def test_f13_a_title_of_two_megabytes_is_cut() -> None:
    [entry] = read(rss(f"<title>{'A' * 2_000_000}</title>")).entries

    assert len(entry.title) <= MOST_TITLE


@pytest.mark.parametrize("unit", ["a ", "<", "&", "=", "ha ha ", "((((", "1:", "\u0301"])
def test_f14_no_text_makes_a_pattern_backtrack(unit: str) -> None:
    text = unit.replace("<", "&lt;").replace("&", "&amp;") * 100_000
    fields = ("title", "description", "pubDate", "author", "category", "guid", "link")
    began = time.process_time()
    items(rss("".join(f"<{name}>{text}</{name}>" for name in fields)))

    assert time.process_time() - began < 3


TITLE = "Éclairage à l’œil nu"


@pytest.mark.parametrize(
    ("declared", "written", "header"),
    [
        ("utf-8", "cp1252", ""),
        ("iso-8859-1", "cp1252", ""),
        ("", "cp1252", "text/xml; charset=windows-1252"),
        ("", "cp1252", ""),
        ("iso-8859-1", "utf-8", ""),
        ("us-ascii", "utf-8", "text/xml; charset=us-ascii"),
        ("utf-16", "utf-16", ""),
        ("", "utf-16-le", ""),
        ("utf-7", "utf-8", "text/xml; charset=utf-7"),
    ],
)
def test_f20_f21_accents_come_out_right_whatever_is_declared(
    declared: str, written: str, header: str
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = rss(f"<title>{TITLE}</title>", head=head).decode().encode(written)

    assert [entry.title for entry in read(body, header).entries] == [TITLE]


def test_f21_utf_7_is_never_read() -> None:
    head = '<?xml version="1.0" encoding="utf-7"?>'
    [entry] = read(rss("<title>+ADw-script+AD4-</title>", head=head)).entries

    assert entry.title == "+ADw-script+AD4-"


def test_f22_no_nul_control_sign_or_surrogate_is_left() -> None:
    body = rss("<title>a\x00b\x07c&#xD800;&#0;d</title><guid>g</guid>")
    [entry] = read(body).entries

    assert entry.title.isprintable()
    assert entry.title.encode("utf-8")


def test_f23_a_cut_body_keeps_its_whole_items_and_no_validator() -> None:
    whole = rss(*(f"<title>{n}</title><link>/{n}</link>" for n in range(3)))
    headers = {"ETag": '"new"', "Last-Modified": "Mon, 16 Nov 2026 08:00:00 GMT"}
    found = visited(Reply(whole[: whole.index(b"<title>2") + 8], headers=headers))

    assert [entry.title for entry in found.entries] == ["0", "1"]
    assert (found.flawed, found.reason) == (True, "cut_short")
    assert (found.etag, found.last_modified, found.body_hash) == ("", "", b"")


@pytest.mark.parametrize(
    ("body", "why"), [(b"", "empty"), (b"<!DOCTYPE html><html></html>", "not_a_feed")]
)
def test_f24_a_page_or_nothing_is_a_failure_and_no_quiet_day(body: bytes, why: str) -> None:
    found = visited(Reply(body))

    assert (found.outcome, found.reason) == (Outcome.FAILED, why)


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "image/png", "x", ""])
def test_f25_a_feed_under_a_wrong_type_is_read(kind: str) -> None:
    found = visited(Reply(rss("<title>t</title>"), headers={"Content-Type": kind}))

    assert [entry.title for entry in found.entries] == ["t"]


def test_f30_a_guid_that_changes_at_each_visit_names_no_new_item() -> None:
    page = "<title>Un laser</title><link>https://journal.example/a</link>"

    one, two = (items(rss(f"{page}<guid>{n}</guid>"))[0] for n in (1, 2))
    assert one.key == two.key


def test_f31_a_tracking_query_that_changes_names_no_new_item() -> None:
    link = "<title>Un laser</title><link>https://journal.example/a?utm_source={}</link>"

    assert items(rss(link.format("a")))[0].key == items(rss(link.format("b")))[0].key


def test_f32_one_guid_for_all_leaves_them_apart_by_their_links() -> None:
    found = items(rss(*(f"<title>n° {n}</title><link>/{n}</link><guid>x</guid>" for n in range(3))))

    assert len({item.key for item in found}) == 3


def test_f33_without_guid_link_and_title_the_text_names_it_for_good() -> None:
    body = rss("<description>Un laser vert perce le verre épais.</description>")

    assert [item.key for item in items(body)] == [item.key for item in items(body)]
    assert items(body)[0].title


@pytest.mark.parametrize(
    "written",
    ["Fri, 01 Jan 2099 00:00:00 GMT", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00",
     "Thu, 01 Jan 1970 00:00:00 GMT", "", "nonsense"],
)  # fmt: skip
def test_f34_f35_an_impossible_date_is_the_day_on_which_we_saw_it(written: str) -> None:
    [item] = items(rss(f"<title>t</title><link>/a</link><pubDate>{written}</pubDate>"))

    assert item.published_at == NOW


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("vendredi 20 novembre 2026 à 8h30", 20),
        ("ven., 20 nov. 2026 08:30:00 +0100", 20),
        ("20/11/2026 08:30", 20),
        ("03/11/2026", 3),
        ("Freitag, 20. November 2026", 20),
        ("viernes 20 de noviembre de 2026", 20),
        ("venerdì 20 novembre 2026", 20),
        ("Fri, 20 Nov 2026 08:30:00 +9999", 20),
    ],
)
def test_f36_dates_are_read_as_europe_writes_them(written: str, day: int) -> None:
    [item] = items(rss(f"<title>t</title><link>/a</link><pubDate>{written}</pubDate>"))

    assert (item.published_at.month, item.published_at.day) == (11, day)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        (f"5 {name} 2026", month)
        for names in (
            "janvier février mars avril mai juin juillet août septembre octobre",
            "Januar Februar März April Mai Juni Juli August September Oktober",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre",
        )
        for month, name in enumerate(names.split(), start=1)
    ],
)
def test_f36_months_are_known_by_their_names(written: str, month: int) -> None:
    [item] = items(rss(f"<title>t</title><link>/a</link><pubDate>{written}</pubDate>"))

    assert (item.published_at.month, item.published_at.day) == (month, 5)


def test_f37_a_publisher_who_dates_everything_anew_brings_no_new_item() -> None:
    page = "<title>Un laser</title><link>/a</link><pubDate>{} Nov 2026 08:00:00 GMT</pubDate>"
    [before] = items(rss(page.format(2)))
    [after] = items(rss(page.format(22)))

    assert before.key == after.key


def test_f38_one_story_from_twelve_sources_is_one_line_with_twelve_outlets() -> None:
    text = "<description>La jeune société lyonnaise Lumenor lève dix millions d’euros pour ses"
    text += " lidars à fibre, qui voient à deux cents mètres dans le brouillard.</description>"
    ends = ("", " !", ".", " (AFP)", " – vidéo", " ?", "…", " !!", " : le point", ";", " *", " -")
    told = [
        item
        for n, end in enumerate(ends)
        for item in items(
            rss(f"<title>Lumenor lève dix millions pour ses lidars à fibre{end}</title>"
                f"<link>https://paper{n}.example/a</link>{text}"),
            Source(WebUrl(f"https://paper{n}.example/feed"), f"Journal {n}", "fr", id=n + 1),
        )
    ]  # fmt: skip

    assert len({item.outlet for item in told}) == 12
    assert len({placement.story for placement in join_stories(told, Shelf())}) == 1
