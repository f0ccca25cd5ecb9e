"""What a site reserves of text and data mining: its tdmrep.json, its headers, its pages' meta.

TDMRep, the protocol of the W3C community group: `tdm-reservation` 1 reserves, 0 does not. Words
that are no standard but mean the same (`noai`, an `ai-train=no` in robots.txt) are obeyed too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape

from watch.sources.door.robots import matches, plain

__all__ = ["is_page_reserved", "read_reservations", "reserves", "says_no_training"]

Reservations = tuple[tuple[bool, str], ...]
"""(is reserved, path pattern) pairs, as a tdmrep.json has them."""

_MOST_LOCATIONS = 1_000
_MOST_PATTERN = 2_000
_MOST_HEAD = 64_000
_META = re.compile(rb"<meta\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_REFUSALS = frozenset({"noai", "noimageai", "notdm"})
# Cloudflare's Content-Signal and the Content-Usage of the IETF's working group, in robots.txt.
_NO_TRAINING = re.compile(
    rb"^[ \t]*content-(?:signal|usage)[ \t]*:[^\r\n]{0,500}?"
    rb"\b(?:ai-train[ \t]*=[ \t]*no?|train-ai[ \t]*=[ \t]*no?)\b",
    re.IGNORECASE | re.MULTILINE,
)


def read_reservations(body: bytes) -> Reservations:
    """Return what a tdmrep.json says; what makes no sense in it is passed over.

    >>> read_reservations(b'[{"location": "/art/*", "tdm-reservation": 1}]')
    ((True, '/art/*'),)
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rules = said if isinstance(said, list) else [said]
    return tuple(
        (str(rule.get("tdm-reservation")).strip() == "1", plain(location))
        for rule in rules[:_MOST_LOCATIONS]
        if isinstance(rule, dict) and "tdm-reservation" in rule
        if isinstance(location := rule.get("location", "/"), str)
        if 0 < len(location) <= _MOST_PATTERN
    )


def reserves(reservations: Reservations, path: str) -> bool:
    """Return whether a path (with its query) is reserved: the longest pattern decides."""
    path = plain(path)
    told = [(len(p), is_reserved) for is_reserved, p in reservations if matches(p, path)]
    return max(told, default=(0, False))[1]


def says_no_training(robots: bytes) -> bool:
    """Return whether a robots.txt asks not to be learnt from."""
    return _NO_TRAINING.search(robots) is not None


def is_page_reserved(headers: Mapping[str, str], body: bytes) -> bool | None:
    """Return what one answer says of itself, in its headers or its meta; None where nothing."""
    said = list(_said(headers, body))
    if any(name == "tdm-reservation" and value == "1" for name, value in said):
        return True
    for name, value in said:
        # "noai", "googlebot: noai, noindex"
        if name == "robots" and _REFUSALS & set(re.split(r"[\s,:;]+", value.lower())):
            return True
    return False if any(name == "tdm-reservation" for name, _ in said) else None


def _said(headers: Mapping[str, str], body: bytes) -> Iterator[tuple[str, str]]:
    """Yield (tdm-reservation or robots, value) pairs."""
    if "tdm-reservation" in headers:
        yield "tdm-reservation", headers["tdm-reservation"].strip()
    if "X-Robots-Tag" in headers:
        yield "robots", headers["X-Robots-Tag"]
    if not body or "html" not in headers.get("Content-Type", "html").lower():
        return
    for written in _META.findall(body[:_MOST_HEAD]):
        found = {
            key.lower(): unescape(one or two or three).strip()
            for key, one, two, three in _ATTRIBUTE.findall(written.decode("utf-8", "replace"))
        }
        name = found.get("name", "").lower()
        if name in {"tdm-reservation", "robots"}:
            yield name, found.get("content", "")
