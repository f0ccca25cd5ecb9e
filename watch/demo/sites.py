"""The invented sites and their articles: read from `sites.yaml` and `items/`, dated from an anchor.

To add an article, write it at any place of `items/SITE.yaml`, plainly: straight apostrophes and
ordinary spaces become the French press's own. `{+21}` stands for the day three weeks after the
anchor, `{year}` and `{year+2}` for its year and the second one after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["INVENTED", "Article", "Sample", "SampleFeed", "SampleSite", "articles", "sites"]

ADVERTISED_PORT = 8765
"""The port in every address, wherever the server really listens: items keep their identity."""

INVENTED = {
    "fr": "Texte inventé pour la démonstration.",
    "en": "Invented for the demonstration.",
}

_HERE = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{(year)?([+-]\d+)?\}")
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """One feed of a site; `format` names a writer of `demo.feeds`."""

    name: str
    path: str
    format: str


@dataclass(frozen=True, slots=True)
class SampleSite:
    """One invented outlet."""

    name: str
    title: str
    language: str
    group: str
    about: str
    feeds: tuple[SampleFeed, ...]

    @property
    def host(self) -> str:
        """Return the name by which the site is asked for, without a port."""
        return f"{self.name}.localhost"

    @property
    def root(self) -> str:
        """Return the address of the home page, without its last slash."""
        return f"http://{self.host}:{ADVERTISED_PORT}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented article, as it stands in a file of `items/`."""

    id: str
    days_ago: int
    """Before the anchor; below 0 for a date to come."""
    hour: int
    title: str
    text: str
    feed: str = ""
    event: str = ""
    """The same word in all articles that tell one event."""
    edited: str = ""
    """The text that the site shows from the second visit on."""
    query: str = ""
    """What the feed hangs on the address, as trackers do."""
    date: str = ""
    """What the feed writes instead of the date."""


@dataclass(frozen=True, slots=True)
class Article:
    """A sample as its site shows it on one visit."""

    sample: Sample
    url: str
    title: str
    text: str
    note: str
    """The sentence that says that the text is invented."""
    published_at: datetime
    updated_at: datetime
    stated: str
    """The date as the feed writes it; "" for the true one."""

    @property
    def link(self) -> str:
        """Return the address that the feed gives."""
        return self.url + self.sample.query


@cache
def sites() -> tuple[SampleSite, ...]:
    """Return the invented sites, in the order of their file."""
    return tuple(
        SampleSite(**{**row, "feeds": tuple(SampleFeed(**feed) for feed in row["feeds"])})
        for row in _read(_HERE / "sites.yaml")
    )


def articles(site: SampleSite, anchor: datetime, visit: int) -> list[Article]:
    """Return what a site shows on the visit of that number, newest first.

    Every date is counted back from `anchor`, and none lies after it unless a sample asks for it.
    """
    shown = [_dated(sample, site, anchor, visit) for sample in _samples(site.name)]
    return sorted(shown, key=lambda article: article.published_at, reverse=True)


def _dated(sample: Sample, site: SampleSite, anchor: datetime, visit: int) -> Article:
    day = (anchor - timedelta(days=sample.days_ago)).date()
    told_at = datetime.combine(day, time(sample.hour), UTC)
    published_at = told_at if sample.days_ago < 0 else min(told_at, anchor)
    is_edited = bool(sample.edited) and visit >= 2
    text = sample.edited if is_edited else sample.text
    return Article(
        sample=sample,
        url=f"{site.root}/articles/{sample.id}",
        title=_typeset(_fill(sample.title, anchor, site.language), site),
        text=_typeset(_fill(text, anchor, site.language), site),
        note=INVENTED[site.language],
        published_at=published_at,
        updated_at=anchor if is_edited else published_at,
        stated=_fill(sample.date, anchor, "en"),
    )


@cache
def _samples(name: str) -> tuple[Sample, ...]:
    path = _HERE / "items" / f"{name}.yaml"
    return tuple(Sample(**row) for row in _read(path)) if path.exists() else ()


def _read(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return rows


def _fill(text: str, anchor: datetime, language: str) -> str:
    """Put the days and years that depend on the anchor."""

    def written(found: re.Match[str]) -> str:
        offset = int(found[2] or 0)
        if found[1]:
            return str(anchor.year + offset)
        day = anchor + timedelta(days=offset)
        month = _MONTHS[language].split()[day.month - 1]
        first = "1er" if language == "fr" and day.day == 1 else str(day.day)
        return f"{first} {month} {day.year}"

    return _PLACEHOLDER.sub(written, text)


def _typeset(text: str, site: SampleSite) -> str:
    """Give French its curly apostrophes and no-break spaces, where the charset has them."""
    if site.language != "fr" or any(feed.format == "rss091" for feed in site.feeds):
        return text
    curly = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    return re.sub(r" (?=[:;!?%»])|(?<=«) |(?<=\d) (?=\d{3}\b)", "\N{NO-BREAK SPACE}", curly)
