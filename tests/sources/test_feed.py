from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import unpacked
from watch.domain import Entry, Source, WebUrl
from watch.sources.feeds.feed import read_feed
from watch.sources.health import REASONS, VisitFailed
from watch.sources.raw import MOST_TEXT, MOST_TITLE, Reading

SAMPLES = Path(__file__).parent.parent / "data" / "sources" / "feed"
SOURCE = Source(WebUrl("https://site.example/feed"), "a source", language="fr")


def read(body: bytes, content_type: str = "", **options: object) -> Reading:
    return read_feed(body, content_type, SOURCE, **options)  # type: ignore[arg-type]


def outcome(body: bytes) -> tuple[str, tuple[Entry, ...]]:
    """The reason of a refusal and no entries, or no reason and the entries."""
    try:
        return "", read(body, most_entries=10_000).entries
    except VisitFailed as refusal:
        return refusal.reason, ()


def rss(*items: str, channel: str = "<title>t</title>", head: str = "") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0"><channel>{channel}{inside}</channel></rss>'.encode()


def samples() -> list[Path]:
    return [path for path in sorted(SAMPLES.iterdir()) if path.suffix != ".json"]


def plain(entry: Entry) -> dict[str, object]:
    """What an entry says, without what it does not say."""
    said = {name: value for name, value in asdict(entry).items() if value}
    return said if entry.record else {n: value for n, value in said.items() if n != "record"}


@pytest.mark.parametrize("sample", samples(), ids=lambda path: path.stem)
def test_a_feed_is_read_as_written_beside_it(sample: Path) -> None:
    reading = read(sample.read_bytes())

    found = {
        "title": reading.title,
        "language": reading.language,
        "flaw": reading.flaw,
        "entries": [plain(entry) for entry in reading.entries],
    }
    assert json.loads(json.dumps(found, default=str)) == json.loads(
        sample.with_suffix(".json").read_text()
    )


def test_what_was_seen_is_counted_and_what_changed_is_read_again() -> None:
    one, two = "<title>un</title><guid>1</guid>", "<title>deux</title><guid>2</guid>"
    first = read(rss(one, two))
    again = read(rss(one, two.replace("deux", "deux bis")), seen=first.seen)

    assert [entry.title for entry in again.entries] == ["deux bis"]
    assert again.known_count == 1
    assert len(again.seen) == 2


def test_entries_past_the_limit_are_counted() -> None:
    items = [f"<title>{n}</title>" for n in range(30)]
    reading = read(rss(*items), most_entries=20)

    assert [entry.title for entry in reading.entries] == [str(n) for n in range(20)]
    assert reading.skipped_count == 10


def test_a_cut_feed_gives_its_complete_entries() -> None:
    body = rss("<title>un</title>", "<title>deux</title>", "<title>trois</title>")
    reading = read(body[: body.index(b"trois") + 2])

    assert [entry.title for entry in reading.entries] == ["un", "deux"]
    assert reading.flaw == "cut_short"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"/etc/hosts", "not_a_feed"),
        (b"http://127.0.0.1:9/", "not_a_feed"),
        (b"<!DOCTYPE html><html><head><title>feed</title></head></html>", "not_a_feed"),
        (b"<html><body><rss><channel></channel></rss></body></html>", "not_a_feed"),
        (b'<?xml version="1.0"?><opml><body/></opml>', "not_a_feed"),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "not_a_feed"),
        (b"<note><rss>no</rss></note>", "not_a_feed"),
        (b'{"error": "none"}', "not_a_feed"),
        (b'{"items": ', "broken"),
        (b"{" + b'"a":{' * 100_000, "broken"),
        (b"<rss", "not_a_feed"),
        (b"<rss>< < <", "broken"),
        (b"\x00\x01\x02\xff\xfe", "not_a_feed"),
    ],
)
def test_what_is_no_feed_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(VisitFailed) as refusal:
        read(body)

    assert refusal.value.reason == reason
    assert reason in REASONS


def test_an_empty_feed_is_no_failure() -> None:
    assert read(rss()).entries == ()


# -- attacks -------------------------------------------------------------------------------

DOCTYPES = {
    "an entity": '<!DOCTYPE r [<!ENTITY a "x">]>',
    "a file": '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hosts">]>',
    "an address": '<!DOCTYPE r [<!ENTITY a SYSTEM "http://127.0.0.1:9/">]>',
    "a parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>',
}


@pytest.mark.parametrize("head", list(DOCTYPES.values()), ids=list(DOCTYPES))
@pytest.mark.parametrize("broken", ["", "<title>R&D</wrong>"], ids=["well-formed", "malformed"])
def test_a_feed_that_declares_entities_is_refused_by_every_reader(head: str, broken: str) -> None:
    with pytest.raises(VisitFailed) as refusal:
        read(rss("<title>[&a;]</title>", channel=broken, head=head))

    assert refusal.value.reason == "dangerous"


def test_xinclude_and_an_external_dtd_open_nothing() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hosts"/>'
    head = '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">'
    reading = read(rss(f"<title>[{include}&x;&eacute;]</title>", head=head))

    assert [entry.title for entry in reading.entries] == ["[é]"]


def attributes(count: int) -> str:
    return "<title " + " ".join(f'a{n}="x"' for n in range(count)) + ">t</title>"


WIDE = rss(attributes(60_000))
DEEP = rss("<title>t</title>" + "<a>" * 60_000 + "</a>" * 60_000)
BROKEN = b"<rss><channel>R&D</wrong><item><title>x</title></item>"
ATTACKS = {
    "60,000 attributes": WIDE,
    "60,000 attributes behind a mistake": WIDE.replace(b"<channel>", b"<channel>R&D"),
    "60,000 tags in one another": DEEP,
    "the same behind a mistake": DEEP.replace(b"<channel>", b"<channel>R&D"),
    "60,000 tags never closed": rss("<title>t</title>" + "<a>" * 60_000),
    "60,000 escaped tags": rss("<description>" + "&lt;div&gt;" * 60_000 + "</description>"),
    "a title of 2 MB": rss("<title>" + "A" * 2_000_000 + "</title>"),
    "500,000 elements": rss("<title>t</title>" + "<a/>" * 600_000),
    "2 MB of ampersands": BROKEN + b"&" * 2_000_000,
    "2 MB of opening signs": BROKEN + b"<" * 2_000_000,
    "2 MB of comments never closed": BROKEN + b"<!--" * 500_000,
    "2 MB of sections never closed": BROKEN + b"<![CDATA[" * 220_000,
    "2 MB of declarations": BROKEN + b"<!DOCTYPE " * 200_000,
    "2 MB of instructions": BROKEN + b"<?php " * 330_000,
    "2 MB of tag beginnings": BROKEN + b"<a " * 660_000,
    "2 MB of quotes": BROKEN + b"<a b='" * 330_000,
    "2 MB of malformed items": BROKEN + b"<item><title>x" * 140_000,
    "45,000 tag beginnings": BROKEN + b"<a " * 45_000,
    "45,000 quotes": BROKEN + b"<a b='" * 45_000,
    "45,000 comments never closed": BROKEN + b"<!--" * 45_000,
    "45,000 sections never closed": BROKEN + b"<![CDATA[" * 45_000,
    "45,000 declarations": BROKEN + b"<!DOCTYPE " * 45_000,
    "22,000 malformed items": BROKEN + b"<item><title>x" * 22_000,
    "45,000 nested lists": BROKEN + b"<ul>" * 45_000,
    "22,000 categories": BROKEN + b"<item>" + b"<category>x</category>" * 22_000,
    "2 MB of spaces": BROKEN + b"<a" + b" " * 2_000_000,
    "many categories": rss("<category>x</category>" * 50_000),
    "many nested encodings": rss("<title>" + "&amp;" * 300_000 + "lt;b&gt;</title>"),
}


@pytest.mark.parametrize("body", list(ATTACKS.values()), ids=list(ATTACKS))
def test_an_attack_costs_little_time_and_raises_nothing_else(body: bytes) -> None:
    began = time.process_time()
    reason, entries = outcome(body)

    assert reason in {"", "dangerous", "broken"}
    assert all(len(entry.title) <= MOST_TITLE for entry in entries)
    assert all(len(entry.text) <= MOST_TEXT for entry in entries)

    assert time.process_time() - began < 3


@pytest.mark.parametrize("kind", ["xml", "json"])
@given(noise=st.binary(max_size=400))
def test_no_noise_raises_anything_but_a_refusal(kind: str, noise: bytes) -> None:
    head, tail = (
        (b"<rss><channel><item><title>", b"") if kind == "xml" else (b'{"items":[{', b"}]}")
    )
    reason, entries = outcome(head + noise + tail)

    assert reason in {"", *REASONS}
    assert [entry.title.encode().decode() for entry in entries] == [
        entry.title for entry in entries
    ]


# -- real feeds ----------------------------------------------------------------------------


def real_feeds(into: Path) -> list[bytes]:
    folder = unpacked("feeds-realmix", into)
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_real_feeds_give_all_their_entries(tmp_path: Path) -> None:
    bodies = real_feeds(tmp_path)

    # All that feedparser or fastfeedparser finds (2,744), those of JSON Feeds (46), and more.
    assert len(bodies) == 318
    assert sum(len(outcome(body)[1]) for body in bodies) >= 2_790
