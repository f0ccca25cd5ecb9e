"""The attacks that others collected: their files as bodies, their server as the web."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import urlopen

import pytest

from tests.doors import Reply, WebServer
from tests.shared import shared
from watch.domain import Harvest, Manners, Outcome, Source, Trip, Visit, WebUrl
from watch.sources.discover import check
from watch.sources.travel import travel

NOW = datetime(2027, 2, 2, tzinfo=UTC)
HOW = Manners(deadline=timedelta(seconds=1), pause=timedelta(), robots=False)

FILES = (
    "billion_laughs body_is_path control_chars_nul_surrogate crlf_title csv_formula_title"
    " deep_nesting duplicate_ids empty future_dates huge_title jinja_in_title"
    " latin1_declared_utf8 rotating_guid_a rotating_guid_b truncated xss_fields xxe_file"
)


def expected(name: str) -> Mapping[str, Any]:
    items = json.loads(shared("hostile", "manifest.json").read_text())["items"]
    found: Mapping[str, Any] = next(i["expected"] for i in items if f"/{name}." in i["file"])
    return found


def body(name: str) -> bytes:
    folder = shared("hostile", "feeds")
    return next(path for path in folder.iterdir() if path.stem == name).read_bytes()


def harvested(url: str, how: Manners, **left: Any) -> Harvest:
    return travel([Trip("a host", (Visit(Source(WebUrl(url), "s"), **left),))], NOW, how)[0]


def served(name: str, answer: bytes, **headers: str) -> Harvest:
    with WebServer({f"/{name}": Reply(answer, headers=headers)}) as web:
        how = replace(HOW, open_addresses=frozenset({web.address}))
        return harvested(web.url(f"/{name}"), how)


@pytest.mark.parametrize("name", FILES.split())
def test_a_hostile_body_is_survived_as_its_manifest_asks(name: str) -> None:
    asked = expected(name)
    began = time.process_time()
    found = served(name, body(name))
    written = repr(found)

    if asked["status"] == "ok":
        assert found.outcome is Outcome.NEWS
        assert len(found.entries) == asked.get("items", len(found.entries))
        assert len(found.entries) >= asked.get("items_min", 0)
    if asked["status"] == "error":
        assert found.outcome is Outcome.FAILED
        assert found.reason
    for part in (*asked.get("must_not_contain", ()), "<script", "<form", "onerror="):
        assert part not in written
    for part in asked.get("must_contain_literal", ()):
        assert part in written
    for entry in found.entries:
        assert entry.title == asked.get("title_equals", entry.title)
        assert entry.title.isprintable()
        assert len(entry.title) <= 1000
        assert entry.url.startswith(("https://", "")[not entry.url])
    assert time.process_time() - began < asked.get("max_seconds", 2)


def test_the_script_in_a_title_leaves_its_words_and_the_scheme_loses_its_link() -> None:
    entry = served("xss", body("xss_fields")).entries[0]

    assert entry.title == "Lidar à fibre"
    assert entry.url == ""


def test_a_truncated_feed_is_flawed() -> None:
    found = served("truncated", body("truncated"))

    assert (len(found.entries), found.flawed, found.reason) == (2, True, "cut_short")


def test_a_bomb_in_a_body_is_too_large() -> None:
    bomb = shared("hostile", "bombs", "zeros_300MiB.gz").read_bytes()
    found = served("bomb", bomb, **{"Content-Encoding": "gzip"})

    assert found.reason == "too_large"
    assert found.seconds < 2


def test_a_page_that_points_inside_opens_no_connection() -> None:
    page = shared("hostile", "pages", "meta_refresh_internal.html").read_bytes()
    with WebServer({"/": Reply(b"secret")}) as inside, WebServer({}) as web:
        port = str(inside.address[1]).encode()
        web.answers["/"] = Reply(page.replace(b"127.0.0.1:9", b"127.0.0.1:" + port))
        finding = check(web.url("/"), NOW, replace(HOW, open_addresses=frozenset({web.address})))

    assert finding.proposals == ()
    assert inside.connections == 0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    script = shared("hostile", "server.py")
    command = [sys.executable, str(script), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline().split()[1])
        server.terminate()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("slow-body", "timeout"),
        ("hang", "timeout"),
        ("loop", "too_many_redirects"),
        ("to-file", "bad_address"),
        ("to-meta", "blocked"),
        ("no-location", "bad_answer"),
        ("headers500", "bad_answer"),
        ("429", "too_many"),
        ("410", "gone"),
        ("304-always", "bad_answer"),
        ("cookie-bomb", ""),
        ("301-moved", ""),
        ("ctype-bin", ""),
    ],
)
def test_a_hostile_site_is_left_with_its_reason(port: int, path: str, reason: str) -> None:
    how = replace(HOW, open_addresses=frozenset({("127.0.0.1", port)}))
    found = harvested(f"http://127.0.0.1:{port}/{path}", how)

    assert found.reason == reason
    assert found.seconds < 2
    assert len(found.entries) == (0 if reason else 1)
    assert found.wait == (timedelta(days=1) if path == "429" else None)
    assert found.moved_to.endswith("/ok") is (path == "301-moved")


def test_a_loop_costs_six_requests_and_no_cookie_travels(port: int) -> None:
    how = replace(HOW, open_addresses=frozenset({("127.0.0.1", port)}))
    began_at = time.time()
    harvested(f"http://127.0.0.1:{port}/loop", how)
    with urlopen(f"http://127.0.0.1:{port}/_log") as log:
        hits = [hit for hit in json.load(log) if hit["t"] >= began_at and "loop" in hit["p"]]

    assert len(hits) == 6
    assert all("Cookie" not in hit["h"] for hit in hits)
