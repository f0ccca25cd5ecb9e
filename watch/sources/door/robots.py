"""What a site asks of robots (RFC 9309): which paths we may visit, and how slowly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

MOST_BYTES = 500 * 1024
"""The part of a robots.txt that must be read; what follows is ignored."""
LONGEST_DELAY = timedelta(seconds=30)

_SITEMAP = re.compile(
    r"^[\ufeff \t]*sitemap[ \t]*:[ \t]*(\S{1,2048})", re.IGNORECASE | re.MULTILINE
)
_SAFE = "%/?&=:;,@!$'()+*~-._"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host asks of us: (is allowed, path pattern) pairs, and a pause."""

    paths: tuple[tuple[bool, str], ...] = ()
    delay: timedelta = timedelta()

    def written(self) -> str:
        """Return these rules as the robots.txt of a site that knows no other robot."""
        lines = [f"{'Allow' if allowed else 'Disallow'}: {path}" for allowed, path in self.paths]
        return "\n".join(
            ["User-agent: *", *lines, f"Crawl-delay: {self.delay.total_seconds():.3f}"]
        )

    def allow(self, path: str) -> bool:
        """Return whether `path` (with its query) may be visited: the longest pattern decides.

        Of an Allow and a Disallow of equal length the Allow wins (RFC 9309, 2.2.2).
        """
        path = plain(path)
        told = [(len(p), allowed) for allowed, p in self.paths if matches(p, path)]
        return max(told, default=(0, True))[1]


def read_rules(body: bytes, agent: str) -> Rules:
    """Return what a robots.txt says to the robot `agent` ("Name/1.0 (...)"), else to all robots.

    Groups with the same name are one group. Lines that make no sense are passed over.

    >>> read_rules(b"User-agent: *\\nDisallow: /a\\nAllow: /a/b", "ZoomMarche").allow("/a/b/c")
    True
    """
    token = _token(agent)
    groups: dict[str, list[tuple[str, str]]] = {}
    named: set[str] = set()
    is_naming = False
    for line in body[:MOST_BYTES].decode("utf-8", "replace").lstrip("\ufeff").splitlines():
        key, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        key = key.lower()
        if key == "user-agent":
            named = named if is_naming else set()
            named |= {"*" if value == "*" else _token(value)} & {"*", token}
            for name in named:
                groups.setdefault(name, [])
            is_naming = True
        elif key in {"allow", "disallow", "crawl-delay"}:
            is_naming = False
            for name in named:
                groups[name].append((key, value))
    return _rules(groups.get(token, groups.get("*", [])))


def sitemaps_in(body: bytes) -> list[str]:
    """Return the addresses of sitemaps that a robots.txt names, each once, in its order.

    >>> sitemaps_in(b"User-agent: *\\nSitemap: https://a.example/sitemap.xml")
    ['https://a.example/sitemap.xml']
    """
    found = _SITEMAP.findall(body[:MOST_BYTES].decode("utf-8", "replace"))
    return list(dict.fromkeys(found))


def _token(agent: str) -> str:
    """Return the product token of a robot's name: its letters, `_` and `-`, in lower case."""
    found = re.match(r"[a-z_-]*", agent.lower())
    return found[0] if found else ""


def _rules(lines: list[tuple[str, str]]) -> Rules:
    paths = tuple(
        (name == "allow", plain(value)) for name, value in lines if name != "crawl-delay" and value
    )
    delays = [_seconds(value) for name, value in lines if name == "crawl-delay"]
    return Rules(paths, min(max(delays, default=timedelta()), LONGEST_DELAY))


def _seconds(value: str) -> timedelta:
    found = re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value)
    return timedelta(seconds=float(value)) if found else timedelta()


def plain(path: str) -> str:
    """Return a path in one spelling: what is not ASCII stands percent-encoded, as in a request."""
    return quote(path, safe=_SAFE)


def matches(pattern: str, path: str) -> bool:
    """Return whether a pattern with `*` and a final `$` matches from the start of `path`.

    Piece by piece from the left, which is linear: no regular expression of a site's making.
    """
    is_whole = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = pieces.pop() if is_whole and pieces else None
    for piece in pieces:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if last is not None:
        return len(path) - at >= len(last) and path.endswith(last)
    return not is_whole or at == len(path)
