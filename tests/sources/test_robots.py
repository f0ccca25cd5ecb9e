from __future__ import annotations

import time
from datetime import timedelta

import pytest

from tests.shared import shared
from watch.sources.door.robots import LONGEST_DELAY, MOST_BYTES, read_rules

AGENT = "ZoomMarche/0.1 (+https://zoom-marche.example/robot)"


@pytest.mark.parametrize(
    ("rules", "path", "is_allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow:", "/", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: zoommarche\nDisallow: /x", "/feed", True),
        ("User-agent: *\nDisallow:\n\nUser-agent: ZoomMarche/9\nDisallow: /x", "/x", False),
        ("User-agent: Other\nUser-agent: ZoomMarche\nDisallow: /x", "/x", False),
        ("User-agent: ZoomMarche\nDisallow: /x\nUser-agent: b\nDisallow: /", "/y", True),
        ("User-agent: ZoomMarcheBot\nDisallow: /", "/", True),
        ("User-agent: *\nDisallow: /*.xml$", "/a/feed.xml", False),
        ("User-agent: *\nDisallow: /*.xml$", "/a/feed.xml?x=1", True),
        ("User-agent: *\nDisallow: /a*b*c", "/a1b2c3", False),
        ("User-agent: *\nDisallow: /a*b*c", "/a1c2b3", True),
        ("User-agent: *\nDisallow: /é", "/%C3%A9t%C3%A9", False),
        ("\ufeffUser-agent : * # all\r\nDISALLOW : /x # no", "/x/y", False),
        ("Disallow: /\nnonsense\n: :", "/", True),
    ],
)
def test_the_longest_rule_of_our_own_group_decides(rules: str, path: str, is_allowed: bool) -> None:
    assert read_rules(rules.encode(), AGENT).allow(path) is is_allowed


@pytest.mark.parametrize(
    ("written", "delay"),
    [
        ("5", timedelta(seconds=5)),
        ("0.5", timedelta(seconds=0.5)),
        ("99999", LONGEST_DELAY),
        ("-1", timedelta()),
        ("soon", timedelta()),
    ],
)
def test_the_pause_that_a_site_asks_for_is_kept_within_reason(
    written: str, delay: timedelta
) -> None:
    assert read_rules(f"User-agent: *\nCrawl-delay: {written}".encode(), AGENT).delay == delay


def test_a_group_of_our_own_wins_over_the_one_for_all() -> None:
    rules = read_rules(shared("hostile", "pages", "robots.txt").read_bytes(), "WatchBot/1.0")

    assert rules.allow("/flux")
    assert not rules.allow("/prive")
    assert not rules.allow("/other")


@pytest.mark.parametrize(
    "body",
    [
        b"User-agent: *\nDisallow: /" + b"a*" * MOST_BYTES,
        b"User-agent: *\n" * 20_000 + b"Disallow: /a\n" * 20_000,
        b"".join(b"User-agent: a%d\n" % n for n in range(20_000)) + b"Disallow: /a\n" * 20_000,
        b"\xff\xfe\x00" * MOST_BYTES,
    ],
)
def test_a_hostile_robots_file_costs_little_time(body: bytes) -> None:
    began = time.process_time()
    read_rules(body, AGENT).allow("/" + "a" * 2_000)

    assert time.process_time() - began < 1
