from __future__ import annotations

import gzip
import pickle
import resource
import shutil
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.doors import Reply, WebServer, Write
from watch.domain import Harvest, Manners, Outcome, Source, Trip, Visit, WebUrl, packed
from watch.sources.door.client import wait_of
from watch.sources.feeds.feed import read
from watch.sources.health import REASONS
from watch.sources.kind import Kind
from watch.sources.raw import RawFeed
from watch.sources.registry import KINDS
from watch.sources.travel import travel

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Revue inventee</title>
<item><title>Un laser</title><link>http://site.example/1</link><guid>1</guid></item>
<item><title>Un lidar</title><link>http://site.example/2</link><guid>2</guid></item>
</channel></rss>"""
OK = Reply(FEED, headers={"Content-Type": "application/rss+xml"})


def manners(*webs: WebServer, **wishes: object) -> Manners:
    """Short deadlines, no pause, and exactly these servers open."""
    ordinary = Manners(
        deadline=timedelta(seconds=2),
        pause=timedelta(),
        robots=False,
        open_addresses=frozenset(web.address for web in webs),
    )
    return replace(ordinary, **wishes)  # type: ignore[arg-type]


def visit(url: str, **left: object) -> Visit:
    return Visit(Source(WebUrl(url), "a source"), **left)  # type: ignore[arg-type]


def harvest(url: str, how: Manners, **left: object) -> Harvest:
    return travel([Trip("a host", (visit(url, **left),))], NOW, how)[0]


# -- what visits bring ---------------------------------------------------------------------


def test_a_first_visit_brings_the_entries_and_what_the_next_visit_needs() -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Mon, 16 Nov 2026 08:00:00 GMT"}
    with WebServer({"/feed": replace(OK, headers=headers)}) as web:
        found = harvest(web.url("/feed"), manners(web))

    assert found.outcome is Outcome.NEWS
    assert [entry.title for entry in found.entries] == ["Un laser", "Un lidar"]
    assert (found.title, found.status, found.size) == ("Revue inventee", 200, len(FEED))
    assert (found.etag, found.last_modified) == tuple(headers.values())
    assert len(found.body_hash) == 16
    assert len(found.seen) == 2
    assert not found.flawed


def test_an_unmodified_feed_is_asked_for_with_its_validators_and_keeps_them() -> None:
    def answer(headers: Mapping[str, str]) -> Reply:
        is_known = headers["If-None-Match"] == '"v1"' and headers["If-Modified-Since"] == "then"
        return Reply(status=304 if is_known else 500)

    with WebServer({"/feed": answer}) as web:
        found = harvest(
            web.url("/feed"), manners(web), etag='"v1"', last_modified="then", body_hash=b"x" * 16
        )

    assert found.outcome is Outcome.UNCHANGED
    assert (found.etag, found.last_modified, found.body_hash) == ('"v1"', "then", b"x" * 16)


def test_a_304_to_a_question_without_validators_is_a_failure() -> None:
    with WebServer({"/feed": Reply(status=304)}) as web:
        found = harvest(web.url("/feed"), manners(web))

    assert (found.outcome, found.reason) == (Outcome.FAILED, "bad_answer")


def test_the_same_body_under_a_new_etag_is_unchanged() -> None:
    with WebServer({"/feed": replace(OK, headers={"ETag": '"v2"'})}) as web:
        first = harvest(web.url("/feed"), manners(web))
        again = harvest(web.url("/feed"), manners(web), body_hash=first.body_hash, etag='"v1"')

    assert again.outcome is Outcome.UNCHANGED
    assert again.etag == '"v2"'
    assert again.entries == ()


def test_entries_that_were_read_last_time_are_counted_and_not_read_again() -> None:
    more = FEED.replace(b"</channel>", b"<item><title>Neuf</title><guid>3</guid></item></channel>")
    with WebServer({"/feed": OK, "/more": Reply(more)}) as web:
        first = harvest(web.url("/feed"), manners(web))
        left = {"prints": packed(first.seen), "body_hash": first.body_hash}
        again = harvest(web.url("/more"), manners(web), **left)

    assert [entry.title for entry in again.entries] == ["Neuf"]
    assert again.known_count == 2
    assert again.seen > first.seen


@pytest.mark.parametrize("etag", ['"' + "x" * 20_000 + '"', '"a\u00e9\udc80"'])
def test_a_validator_that_cannot_be_kept_is_not_sent(etag: str) -> None:
    with WebServer({"/feed": OK}) as web:
        found = harvest(web.url("/feed"), manners(web), etag=etag)

    assert found.outcome is Outcome.NEWS
    assert "If-None-Match" not in web.asked[0].headers


def test_we_say_who_we_are_and_carry_no_cookie() -> None:
    def answer(headers: Mapping[str, str]) -> Reply:
        return Reply(FEED, headers={"Set-Cookie": "a=1"})

    with WebServer({"/1": answer, "/2": answer}) as web:
        trip = Trip("a host", (visit(web.url("/1")), visit(web.url("/2"))))
        travel([trip], NOW, manners(web))

    assert [asked.headers["User-Agent"][:11] for asked in web.asked] == ["ZoomMarche/"] * 2
    assert all("Cookie" not in asked.headers for asked in web.asked)
    assert {asked.headers["Accept-Encoding"] for asked in web.asked} == {"gzip"}


def test_trips_and_harvests_can_go_to_another_process() -> None:
    with WebServer({"/feed": OK}) as web:
        trip = pickle.loads(pickle.dumps(Trip("a host", (visit(web.url("/feed")),))))
        found = travel([trip], NOW, pickle.loads(pickle.dumps(manners(web))))

    assert pickle.loads(pickle.dumps(found)) == found


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with WebServer({"/feed": OK}) as web:
        assert harvest(web.url("/feed"), manners(web)).outcome is Outcome.NEWS


# -- the guard -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "\u2460\u2461\u2466.0.0.1",
        "127.0.0.1.",
    ],
)
def test_no_spelling_of_the_loopback_opens_a_connection(host: str) -> None:
    with WebServer({"/feed": OK}) as web:
        found = harvest(web.url("/feed", host), manners())

    assert found.outcome is Outcome.FAILED
    assert found.reason in {"blocked", "bad_address", "dns"}
    assert web.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hosts",
        "ftp://site.example/feed",
        "gopher://site.example/",
        "data:text/xml,<rss/>",
        "//site.example/feed",
        "http://127.0.0.1:80\\@site.example/",
        "http://site.example\t/feed",
        "http://user:secret@site.example/",
        "http://site.example:99999/",
        "http:///feed",
        "http://" + "a" * 5_000 + ".example/",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused_before_anything_is_asked(url: str) -> None:
    found = harvest(url, manners())

    assert (found.outcome, found.reason) == (Outcome.FAILED, "bad_address")


def test_a_name_is_asked_of_the_directory_and_its_address_is_guarded_all_the_same() -> None:
    with WebServer({"/feed": OK}) as web:
        directory = {"site.example:80": web.address}
        opened = harvest("http://site.example/feed", manners(web, directory=directory))
        closed = harvest("http://site.example/feed", manners(directory=directory))

    assert opened.outcome is Outcome.NEWS
    assert web.asked[0].headers["Host"] == "site.example"
    assert closed.reason == "blocked"
    assert web.connections == 1


class Rebinding(dict[str, tuple[str, int]]):
    """A directory that answers one address at first and another ever after."""

    def __init__(self, *answers: tuple[str, int]) -> None:
        super().__init__()
        self.answers = list(answers)

    def get(self, name: str, default: object = None) -> tuple[str, int]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_a_name_that_changes_its_address_between_two_questions_gains_nothing() -> None:
    with WebServer({"/feed": OK}) as inside, WebServer({"/feed": OK}) as site:
        how = manners(site, directory=Rebinding(site.address, inside.address))
        trip = Trip("site.example", (visit("http://site.example/feed"),) * 2)
        # The first answer closes its connection, so that the name is asked again.
        site.answers["/feed"] = replace(OK, headers={"Connection": "close"})
        first, second = travel([trip], NOW, how)

    assert first.outcome is Outcome.NEWS
    assert second.reason == "blocked"
    assert inside.connections == 0


@pytest.mark.parametrize("location", ["file:///etc/hosts", "ftp://x.example/", "http://a b\x7f/"])
def test_a_redirect_out_of_the_web_is_refused(location: str) -> None:
    with WebServer({"/feed": Reply(status=302, headers={"Location": location})}) as web:
        assert harvest(web.url("/feed"), manners(web)).reason == "bad_address"


def test_a_redirect_to_the_inside_is_blocked_at_the_socket() -> None:
    with WebServer({"/": OK}) as inside:
        away = Reply(status=302, headers={"Location": inside.url("/")})
        with WebServer({"/feed": away}) as web:
            found = harvest(web.url("/feed"), manners(web))

    assert found.reason == "blocked"
    assert inside.connections == 0


def test_validators_stay_with_the_host_that_gave_them() -> None:
    with WebServer({"/feed": OK}) as other:
        away = Reply(status=302, headers={"Location": other.url("/feed")})
        with WebServer({"/feed": away}) as web:
            harvest(web.url("/feed"), manners(web, other), etag='"v1"')

    assert web.asked[0].headers["If-None-Match"] == '"v1"'
    assert "If-None-Match" not in other.asked[0].headers


# -- redirects -----------------------------------------------------------------------------


def hops(count: int, status: int = 302) -> dict[str, Reply]:
    ways = {f"/{n}": Reply(status=status, headers={"Location": f"/{n + 1}"}) for n in range(count)}
    return {**ways, f"/{count}": OK}


@pytest.mark.parametrize(("count", "reason"), [(4, ""), (5, ""), (6, "too_many_redirects")])
def test_at_most_five_redirects_are_followed(count: int, reason: str) -> None:
    with WebServer(hops(count)) as web:
        found = harvest(web.url("/0"), manners(web))

    assert found.reason == reason
    assert len(web.asked) == min(count, 5) + 1


def test_a_redirect_that_leads_nowhere_is_a_failure() -> None:
    with WebServer({"/feed": Reply(status=302)}) as web:
        assert harvest(web.url("/feed"), manners(web)).reason == "bad_answer"


def test_the_permanent_beginning_of_a_way_is_where_the_source_now_lives() -> None:
    ways = hops(1, 301) | {"/1": Reply(status=302, headers={"Location": "/2"}), "/2": OK}
    with WebServer(ways) as web:
        moved = harvest(web.url("/0"), manners(web))
        stays = harvest(web.url("/1"), manners(web))

    assert moved.moved_to == web.url("/1")
    assert stays.moved_to == ""


def test_the_body_of_a_redirect_is_never_read() -> None:
    def endless(write: Write) -> None:
        write(b"HTTP/1.1 302 Found\r\nLocation: /feed\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            write(b"x" * 65_536)

    with WebServer({"/0": Reply(raw=endless), "/feed": OK}) as web:
        found = harvest(web.url("/0"), manners(web))

    assert found.outcome is Outcome.NEWS
    assert found.seconds < 2


# -- sizes ---------------------------------------------------------------------------------


def zipped(body: bytes, encoding: str = "gzip") -> Reply:
    return Reply(body, headers={"Content-Encoding": encoding})


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (zipped(gzip.compress(FEED)), ""),
        (zipped(gzip.compress(FEED[:90]) + gzip.compress(FEED[90:])), ""),
        (zipped(gzip.compress(FEED) + bytes(512)), ""),
        (zipped(zlib.compress(FEED), "deflate"), ""),
        (zipped(FEED), "bad_encoding"),
        (zipped(b"", "gzip"), "empty"),
        (zipped(FEED, "br"), "bad_encoding"),
        (zipped(gzip.compress(gzip.compress(FEED)), "gzip, gzip"), "bad_encoding"),
        (zipped(gzip.compress(FEED[:300])[:-12]), "cut_short"),
        (zipped(gzip.compress(b"") * 5_000), "bad_encoding"),
    ],
)
def test_packed_bodies_are_unpacked_or_refused(reply: Reply, reason: str) -> None:
    with WebServer({"/feed": reply}) as web:
        assert harvest(web.url("/feed"), manners(web)).reason == reason


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_stopped_before_it_costs_time_or_memory(layers: int) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(300)) + packer.flush()
    bomb = gzip.compress(bomb, 9) if layers == 2 else bomb
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with WebServer({"/feed": zipped(bomb)}) as web:
        found = harvest(web.url("/feed"), manners(web))
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert found.reason in {"too_large", "not_a_feed"}
    assert found.seconds < 2
    assert growth < 64 * 1024


def test_an_announced_size_beyond_the_limit_is_not_even_read() -> None:
    with WebServer({"/feed": OK}) as web:
        found = harvest(web.url("/feed"), manners(web, most_bytes=100))

    assert found.reason == "too_large"


def test_an_endless_body_ends_at_the_limit() -> None:
    def endless(write: Write) -> None:
        write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            write(b"<rss>" * 10_000)

    with WebServer({"/feed": Reply(raw=endless)}) as web:
        found = harvest(web.url("/feed"), manners(web, most_bytes=1_000_000))

    assert found.reason == "too_large"
    assert found.seconds < 2


@pytest.mark.parametrize("length", [b"Content-Length: 9999\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_body_that_ends_early_gives_its_complete_entries_and_no_validators(length: bytes) -> None:
    half = FEED[: FEED.index(b"Un lidar")]

    def cut(write: Write) -> None:
        chunk = b"%x\r\n%s\r\n" % (len(half), half) if b"chunked" in length else half
        write(b'HTTP/1.1 200 OK\r\nETag: "v1"\r\n' + length + b"\r\n" + chunk)

    with WebServer({"/feed": Reply(raw=cut)}) as web:
        found = harvest(web.url("/feed"), manners(web))

    assert [entry.title for entry in found.entries] == ["Un laser"]
    assert (found.outcome, found.flawed, found.reason) == (Outcome.NEWS, True, "cut_short")
    assert (found.etag, found.body_hash) == ("", b"")


# -- time ----------------------------------------------------------------------------------


def dripping_body(write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        write(b"x")
        time.sleep(0.1)


def dripping_headers(write: Write) -> None:
    write(b"HTTP/1.1 200 OK\r\n")
    while True:
        write(b"X: y\r\n")
        time.sleep(0.1)


def silence(write: Write) -> None:
    time.sleep(3)


@pytest.mark.parametrize("raw", [dripping_body, dripping_headers, silence])
def test_a_slow_server_is_left_at_the_deadline_and_is_no_empty_answer(raw: object) -> None:
    how = {"deadline": timedelta(seconds=0.4)}
    with WebServer({"/feed": Reply(raw=raw)}) as web:  # type: ignore[arg-type]
        found = harvest(web.url("/feed"), manners(web, **how))

    assert (found.reason, found.status) == ("timeout", 0)
    assert 0.3 < found.seconds < 1.4


def test_the_deadline_counts_all_redirects_together() -> None:
    def slow_hop(write: Write) -> None:
        time.sleep(0.15)
        write(b"HTTP/1.1 302 Found\r\nLocation: /0\r\nContent-Length: 0\r\n\r\n")

    with WebServer({"/0": Reply(raw=slow_hop)}) as web:
        found = harvest(web.url("/0"), manners(web, deadline=timedelta(seconds=0.4)))

    assert found.reason == "timeout"


def test_silent_hosts_do_not_keep_the_others_waiting() -> None:
    with WebServer({"/hang": Reply(raw=silence), "/feed": OK}) as web:
        paths = ["/hang" if n % 10 == 0 else "/feed" for n in range(50)]
        directory = {f"h{n}.example:80": web.address for n in range(50)}
        trips = [
            Trip(f"h{n}.example", (visit(f"http://h{n}.example{path}"),))
            for n, path in enumerate(paths)
        ]
        how = manners(web, deadline=timedelta(seconds=0.8), directory=directory, hosts_at_once=20)
        found = travel(trips, NOW, how)

    assert [one.source.url for one in found] == [trip.visits[0].source.url for trip in trips]
    assert sum(one.reason == "timeout" for one in found) == 5
    assert sum(one.outcome is Outcome.NEWS for one in found) == 45


def test_a_host_that_is_down_is_left_alone_after_three_attempts() -> None:
    with WebServer({}) as web:
        url = web.url("/feed")
        how = manners(web)
    trip = Trip("a host", tuple(visit(f"{url}{n}") for n in range(9)))
    found = travel([trip], NOW, how)

    assert [one.reason for one in found] == ["unreachable"] * 9
    assert [one.source.url[-1] for one in found] == list("012345678")
    assert sum(one.seconds > 0 for one in found) == 3


# -- manners -------------------------------------------------------------------------------


def test_one_host_is_asked_once_at_a_time_with_a_pause_between() -> None:
    def slow(write: Write) -> None:
        time.sleep(0.05)
        write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED))

    with WebServer({f"/{n}": Reply(raw=slow) for n in range(4)}) as web:
        trips = [Trip(f"trip {n}", (visit(web.url(f"/{n}")),)) for n in range(4)]
        travel(trips, NOW, manners(web, pause=timedelta(seconds=0.1)))

    asked = sorted(web.asked, key=lambda one: one.began)
    gaps = [later.began - former.ended for former, later in pairwise(asked)]
    assert len(gaps) == 3
    assert all(gap > 0.08 for gap in gaps)


def test_robots_are_asked_once_for_a_host_and_obeyed() -> None:
    rules = Reply(b"User-agent: *\nDisallow: /\nUser-agent: ZoomMarche\nDisallow: /closed\n")
    with WebServer({"/robots.txt": rules, "/feed": OK, "/closed": OK}) as web:
        trip = Trip("a host", tuple(visit(web.url(path)) for path in ("/closed", "/feed")))
        closed, feed = travel([trip], NOW, manners(web, robots=True))

    assert closed.reason == "robots"
    assert feed.outcome is Outcome.NEWS
    assert web.paths == ["/robots.txt", "/.well-known/tdmrep.json", "/feed"]


@pytest.mark.parametrize(("status", "reason"), [(404, ""), (403, ""), (503, "server_error")])
def test_a_missing_robots_file_allows_and_a_failing_one_forbids(status: int, reason: str) -> None:
    with WebServer({"/robots.txt": Reply(status=status), "/feed": OK}) as web:
        found = harvest(web.url("/feed"), manners(web, robots=True))

    assert found.reason == reason


def test_the_crawl_delay_of_a_site_is_kept() -> None:
    rules = Reply(b"User-agent: *\nCrawl-delay: 0.3\n")
    with WebServer({"/robots.txt": rules, "/feed": OK}) as web:
        harvest(web.url("/feed"), manners(web, robots=True))

    assert web.asked[-1].began - web.asked[-2].ended > 0.25


# -- statuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (204, "empty"),
        (401, "refused"),
        (403, "refused"),
        (404, "missing"),
        (410, "gone"),
        (418, "refused"),
        (429, "too_many"),
        (500, "server_error"),
        (503, "server_error"),
        (206, "bad_answer"),
    ],
)
def test_each_status_has_its_reason_and_its_sentences(status: int, reason: str) -> None:
    with WebServer({"/feed": Reply(status=status)}) as web:
        left = {"etag": '"v1"', "prints": packed(frozenset({7}))}
        found = harvest(web.url("/feed"), manners(web), **left)

    assert (found.outcome, found.reason, found.status) == (Outcome.FAILED, reason, status)
    assert (found.etag, found.seen) == ('"v1"', frozenset({7}))
    assert reason in REASONS


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("3600", 1),
        ("99999999", 24),
        ("9" * 5_000, 24),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 2),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 24),
        ("Mon, 01 Jan 0001 00:00:00 +1400", 0),
        ("Mon, 23 Nov 2020 08:00:00 GMT", 0),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_obeyed_up_to_a_day(written: str, hours: int | None) -> None:
    assert wait_of(written, NOW) == (None if hours is None else timedelta(hours=hours))


def test_what_a_busy_site_asks_for_is_told() -> None:
    with WebServer({"/feed": Reply(status=429, headers={"Retry-After": "7200"})}) as web:
        assert harvest(web.url("/feed"), manners(web)).wait == timedelta(hours=2)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"",
    ],
)
def test_answers_against_the_rules_are_failures(head: bytes) -> None:
    with WebServer({"/feed": Reply(raw=lambda write: write(head))}) as web:
        found = harvest(web.url("/feed"), manners(web))

    assert found.outcome is Outcome.FAILED
    assert found.reason in {"bad_answer", "unreachable", "empty"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"<!doctype html><html><body>Bonjour</body></html>", "not_a_feed"),
        (b"/etc/hosts", "not_a_feed"),
        (b'<?xml version="1.0"?><opml version="2.0"><body/></opml>', "not_a_feed"),
    ],
)
def test_a_200_without_a_feed_is_a_failure(body: bytes, reason: str) -> None:
    with WebServer({"/feed": Reply(body)}) as web:
        assert harvest(web.url("/feed"), manners(web)).reason == reason


def test_a_body_that_is_an_address_is_not_fetched() -> None:
    with WebServer({"/": OK}) as inside, WebServer({}) as web:
        web.answers["/feed"] = Reply(inside.url("/").encode())
        found = harvest(web.url("/feed"), manners(web, inside))

    assert found.reason == "not_a_feed"
    assert inside.connections == 0


def test_an_unknown_kind_of_source_is_said_to_be_unknown() -> None:
    with WebServer({"/feed": OK}) as web:
        source = Source(WebUrl(web.url("/feed")), "a source", kind="pigeon")
        found = travel([Trip("a host", (Visit(source),))], NOW, manners(web))[0]

    assert found.reason == "unknown_kind"


# -- certificates --------------------------------------------------------------------------


@pytest.fixture
def own_certificate(tmp_path: Path) -> ssl.SSLContext:
    if not shutil.which("openssl"):
        pytest.skip("no openssl to write a certificate with")
    paths = ("-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", *paths],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused(own_certificate: ssl.SSLContext) -> None:
    with WebServer({"/feed": OK}, tls=own_certificate) as web:
        found = harvest(web.url("/feed"), manners(web))

    assert (found.outcome, found.reason) == (Outcome.FAILED, "certificate")
    assert web.asked == []


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_thread_and_no_open_file_is_left_behind() -> None:
    with WebServer({"/feed": OK}) as web:
        harvest(web.url("/feed"), manners(web))
        threads, files = threading.active_count(), open_files()
        for _ in range(5):
            harvest(web.url("/feed"), manners(web))

        assert threading.active_count() <= threads + 5
        assert open_files() <= files + 5


def test_a_large_body_is_read_while_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow_to_read(*asked: Any) -> RawFeed:
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            pass
        return read(*asked)

    def in_time(write: Write) -> None:
        time.sleep(0.3)
        write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED))

    monkeypatch.setitem(KINDS, "slow", Kind("slow", "", read=slow_to_read))
    large = Reply(FEED.replace(b"</channel>", b" " * 300_000 + b"</channel>"))
    with WebServer({"/feed": large}) as heavy, WebServer({"/feed": Reply(raw=in_time)}) as healthy:
        how = manners(heavy, healthy, deadline=timedelta(seconds=1))
        slow = Visit(Source(WebUrl(heavy.url("/feed")), "a source", kind="slow"))
        quick = visit(healthy.url("/feed"))
        found = travel([Trip("a host", (slow,)), Trip("another", (quick,))], NOW, how)

    assert [one.reason for one in found] == ["", ""]
    assert [len(one.entries) for one in found] == [2, 2]
    assert found[1].seconds < 1


def slow_robots(write: Write) -> None:
    time.sleep(0.4)
    write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def test_the_deadline_counts_the_rules_of_every_host_on_the_way() -> None:
    slow = Reply(raw=slow_robots)
    with (
        WebServer({"/robots.txt": slow, "/feed": OK}) as third,
        WebServer({"/robots.txt": slow}) as second,
        WebServer({"/robots.txt": slow}) as first,
    ):
        for here, there in ((first, second), (second, third)):
            here.answers["/feed"] = Reply(status=302, headers={"Location": there.url("/feed")})
        webs = (first, second, third)
        late = harvest(
            first.url("/feed"), manners(*webs, robots=True, deadline=timedelta(seconds=1))
        )
        patient = harvest(
            first.url("/feed"), manners(*webs, robots=True, deadline=timedelta(seconds=3))
        )

    assert (late.reason, patient.reason) == ("timeout", "")
    assert late.seconds < 1.2


def test_who_has_little_time_left_spoils_the_rules_for_nobody() -> None:
    def slow_hop(write: Write) -> None:
        time.sleep(0.7)
        write(b"HTTP/1.1 302 Found\r\nLocation: %b\r\n" % target.url("/feed").encode())
        write(b"Content-Length: 0\r\n\r\n")

    with WebServer({"/feed": OK}) as target, WebServer({"/hop": Reply(raw=slow_hop)}) as late:
        target.answers["/robots.txt"] = Reply(raw=slow_robots)
        how = manners(target, late, robots=True, deadline=timedelta(seconds=1))
        waiting = visit(late.url("/hop")), visit(target.url("/feed"))
        found = travel([Trip("a host", waiting)], NOW, how)

    assert [one.reason for one in found] == ["timeout", ""]
