"""The kinds of source that can be visited, by name: one line a kind."""

from __future__ import annotations

from collections.abc import Mapping

from watch.sources.feeds import feed
from watch.sources.kind import Kind
from watch.sources.papers.files import FILES
from watch.sources.papers.mailbox import NEWSLETTER
from watch.sources.records.arxiv import ARXIV
from watch.sources.records.crossref import CROSSREF
from watch.sources.records.hal import HAL
from watch.sources.records.oai import OAI
from watch.sources.records.openalex import OPENALEX

__all__ = ["KINDS"]

_ALL = (
    Kind(
        "feed",
        "A feed: RSS, Atom, RDF or JSON Feed",
        read=feed.read,
        example={"url": "https://journal.example/feed.xml"},
    ),
    ARXIV,
    CROSSREF,
    FILES,
    HAL,
    NEWSLETTER,
    OAI,
    OPENALEX,
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind that a source may have."""
