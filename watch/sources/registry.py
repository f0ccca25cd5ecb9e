"""The kinds of source that can be visited, by name: one line a kind."""

from __future__ import annotations

from collections.abc import Mapping

from watch.sources.feeds import feed
from watch.sources.kind import Kind

__all__ = ["KINDS"]

_ALL = (
    Kind(
        "feed",
        "A feed: RSS, Atom, RDF or JSON Feed",
        read=feed.read,
        most_requests=6,
        example={"url": "https://journal.example/feed.xml"},
    ),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind that a source may have."""
