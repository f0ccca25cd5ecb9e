"""What kept items cite -> the sites worth watching that are no source yet."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watch.domain import Citation, Source
from watch.sources.papers.links import is_social
from watch.text.urls import host, without_www

__all__ = ["Suggestion", "suggest"]

HALF_LIFE = timedelta(days=90)
"""After which a citation counts half."""
FEWEST_ITEMS = 2
# From so many items on one can tell which site is a source's own.
_FEWEST_PAGES = 3

# Click counters of letters, by their first word or their provider: "news." and "go." are sites.
_COUNTER = re.compile(
    r"^(?:clicks?|links?|elink|track|tracking|email|redirect|ct|t|r)\d*\.|sendgrid\.net$|list-manage\.com$"
    r"|mailgun|mandrillapp|sendib|mailchi|emailsys|hubspot|sparkpostmail|mjt\.lu$|createsend|rs6\.net$"
    r"|awstrack|doubleclick|google-analytics|xiti\.com$|^ads?\."
)
# What everybody links to: shorteners, resolvers, registers of words and names, stores of files
# and programs, services of forms, meetings and mail, the places of standards and licences.
_EVERYWHERE = re.compile(
    r"(?:^|\.)(?:bit\.ly|buff\.ly|ow\.ly|tinyurl\.com|t\.ly|dlvr\.it|is\.gd|goo\.gl|lnk\.bio|shorturl\.at"
    r"|feedburner\.com|doi\.org|handle\.net|wikipedia\.org|wikimedia\.org|wikidata\.org|archive\.org"
    r"|google\.[a-z.]{2,6}|googleapis\.com|gstatic\.com|goo\.gle|g\.page|youtube\.com|youtu\.be|vimeo\.com"
    r"|dailymotion\.com|spotify\.com|flickr\.com|mastodon\.[a-z]+|medium\.com|quora\.com|wa\.me|discord\.gg"
    r"|discord\.com|slack\.com|github\.com|gitlab\.com|githubusercontent\.com|amazon\.[a-z.]{2,6}|amzn\.to"
    r"|apple\.com|microsoft\.com|office\.com|gravatar\.com|wp\.com|wp\.me|w3\.org|schema\.org"
    r"|creativecommons\.org|eventbrite\.[a-z.]{2,5}|zoom\.us|typeform\.com|calendly\.com|linktr\.ee"
    r"|cloudfront\.net|amazonaws\.com|akamaized\.net|cloudflare\.com|paypal\.com|tumblr\.com)$"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A site that may be worth a source."""

    address: str
    item_count: int
    """Kept items that cite it."""
    source_count: int
    """Sources that do."""
    last_at: datetime
    title: str
    """Of the newest item that cites it."""
    score: float


def suggest(
    citations: Iterable[Citation], sources: Iterable[Source], now: datetime, most: int = 20
) -> list[Suggestion]:
    """Return the sites that are cited by most sources and most lately, best first.

    Each source counts once, by its newest citation, and half for every 90 days of its age.
    `sources` are those that are held: their own sites are left out, with what lies below and
    above them; so is the site on which most of a source's pages lie, social networks, click
    counters, and what everybody links to. A site that one item alone cites is chance.
    """
    by_site: defaultdict[str, list[Citation]] = defaultdict(list)
    everything = list(citations)
    known = {_site(host(source.url)) for source in sources} | _own_sites(everything)
    for one in everything:
        by_site[_site(one.host)].append(one)
    found = [
        _suggestion(some, now)
        for site, some in by_site.items()
        if not (
            _is_known(site, known)
            or is_social(site)
            or _COUNTER.search(site)
            or _EVERYWHERE.search(site)
        )
        and len({one.item for one in some}) >= FEWEST_ITEMS
    ]
    return sorted(found, key=lambda one: (-one.score, -one.item_count, one.address))[:most]


def _suggestion(some: list[Citation], now: datetime) -> Suggestion:
    newest: dict[int, datetime] = {}
    for one in some:
        newest[one.source] = max(one.cited_at, newest.get(one.source, one.cited_at))
    last = max(some, key=lambda one: (one.cited_at, one.item))
    return Suggestion(
        address=f"https://{last.host}",
        item_count=len({one.item for one in some}),
        source_count=len(newest),
        last_at=last.cited_at,
        title=last.title,
        score=sum(0.5 ** (max(now - at, timedelta()) / HALF_LIFE) for at in newest.values()),
    )


def _own_sites(citations: Iterable[Citation]) -> set[str]:
    """Return the sites on which more than half of some source's pages lie: it covers them."""
    pages: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for one in citations:
        if one.is_page:
            pages[one.source][_site(one.host)] += 1
    return {
        site
        for counts in pages.values()
        for site, count in counts.most_common(1)
        if count >= _FEWEST_PAGES and 2 * count > counts.total()
    }


def _site(name: str) -> str:
    return without_www(name.partition(":")[0])


def _is_known(site: str, known: Collection[str]) -> bool:
    """Return whether a site is one of those known, above or below one."""
    parts = site.split(".")
    below = any(".".join(parts[place:]) in known for place in range(len(parts) - 1))
    return below or any(other.endswith(f".{site}") for other in known)
