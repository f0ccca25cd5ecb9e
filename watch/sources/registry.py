"""The kinds of source that can be visited, by name: one line a kind."""

from __future__ import annotations

from collections.abc import Mapping

from watch.sources.feeds import feed
from watch.sources.kind import Kind
from watch.sources.pages import PAGE, SITEMAP, WATCH
from watch.sources.papers.files import FILES
from watch.sources.papers.mailbox import NEWSLETTER
from watch.sources.records.arxiv import ARXIV
from watch.sources.records.boamp import BOAMP, BODACC
from watch.sources.records.channels import RELEASES, VIDEOS
from watch.sources.records.crossref import CROSSREF
from watch.sources.records.firms import COMPANIES
from watch.sources.records.funding import CORDIS, SEDIA
from watch.sources.records.hal import HAL
from watch.sources.records.oai import OAI
from watch.sources.records.openalex import OPENALEX
from watch.sources.records.ops import OPS
from watch.sources.records.social import GDELT, MASTODON
from watch.sources.records.ted import TED
from watch.sources.records.wordpress import WORDPRESS

__all__ = ["KINDS"]

_ALL = (
    Kind(
        "feed",
        "A feed: RSS, Atom, RDF or JSON Feed",
        read=feed.read,
        most_requests=6,
        is_window=True,
        example={"url": "https://journal.example/feed.xml"},
    ),
    # Sites without a feed.
    PAGE,
    SITEMAP,
    WATCH,
    WORDPRESS,
    # What lies in a mailbox or on a disk.
    FILES,
    NEWSLETTER,
    # Science.
    ARXIV,
    CROSSREF,
    HAL,
    OAI,
    OPENALEX,
    # Public registers and other services.
    BOAMP,
    BODACC,
    COMPANIES,
    CORDIS,
    GDELT,
    MASTODON,
    OPS,
    RELEASES,
    SEDIA,
    TED,
    VIDEOS,
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind that a source may have."""
