"""When a page was first published, by what it says itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from htmldate import find_date

from watch.sources.pages.markup import Page
from watch.text.dates import read_date

__all__ = ["publication", "published_on"]

# What htmldate complains of (a broken meta, an odd year) is daily life on the web.
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_FIRST_YEAR: Final = 1995
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(0[1-9]|1[0-2])\2([0-2]\d|3[01])(?!\d)"
    r"|/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/"
)
_METAS: Final = (
    "article:published_time", "article:published", "og:published_time", "datepublished",
    "date_published", "publication_date", "publish-date", "publish_date", "publishdate",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dc.date.created", "citation_publication_date", "bt:pubdate", "cxenseparse:recs:publishtime",
)  # fmt: skip
# What a reader sees: "Publié le 18 novembre 2026", "Datum: 18.10.2021". In English, whose slashes
# may stand in either order, the month has to be named.
_MOST_WORDS: Final = 300_000
_NAMED = (
    r"(?:[^\W\d]{2,12}\.?,? )?(?:\d{1,2}(?:er|st|nd|rd|th|\.)? [^\W\d]{3,12}\.?,? \d{4}"
    r"|[^\W\d]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})|\d{4}-\d\d-\d\d"
)
_NUMBERED = r"\d{1,2}([./-])\d{1,2}\2\d{4}"
_SAID = re.compile(
    r"\b(?:(?:publié(?:e|s|es)?|mise?s? en ligne|parue?s?)(?: le)?|(?:veröffentlicht|erschienen"
    r"|erstellt|eingestellt)(?: am)?|publicad[oa](?: el| em)?|pubblicat[oa](?: il)?|gepubliceerd"
    r"(?: op)?|(?:datum|date de (?:publication|parution)|fecha(?: de publicación)?|data(?: di"
    rf" pubblicazione)?)(?= ?:)) ?:? ?({_NUMBERED}|{_NAMED})(?![\d/-])"
    rf"|\b(?:(?:published|posted)(?: on)?|date(?= ?:)) ?:? ?({_NAMED})(?![\d/-])",
    re.IGNORECASE,
)


def published_on(page: Page, until: datetime) -> date | None:
    """Return the day of first publication, or None where the page does not tell."""
    return publication(page, until)[0]


def publication(page: Page, until: datetime) -> tuple[date | None, bool]:
    """Return the day of first publication, or None, and whether the page states it.

    What it does not state in so many words is a guess.
    A whole day in the address decides; where nothing is stated for machines, then comes what is
    said to readers in so many words; then htmldate's reading of the page (metas, JSON-LD, <time>,
    any day in the text), then what is stated all the same. Nothing after the day of `until` is
    believed.
    """
    last = until.astimezone(UTC).date()
    if in_url := _in_url(page.url, last):
        return in_url, True
    stated = list(_stated(page, last))
    if not stated and (said := _said(page, last)):
        return said, True
    day = _searched(page, last) or next(iter(stated), None)
    return day, day in stated


def _searched(page: Page, last: date) -> date | None:
    """Return the earliest day that the page shows; the first of a year is often but a year."""
    found = _find(page, last, is_first=True)
    if found and (found.month, found.day) == (1, 1):
        return _find(page, last, is_first=False) or found
    return found


def _find(page: Page, last: date, is_first: bool) -> date | None:
    try:
        written = find_date(
            page.for_libraries(),
            original_date=is_first,
            extensive_search=True,
            max_date=last.isoformat(),
            url="",
        )
        return date.fromisoformat(written) if written else None
    except (ValueError, TypeError, AttributeError, IndexError, RecursionError, OverflowError):
        return None


def _stated(page: Page, last: date) -> Iterator[date]:
    """Yield the days that the page states as those of its publication."""
    for one in page.stated:
        yield from _read(one.get("datePublished"), last)
    for name in _METAS:
        yield from _read(page.metas.get(name), last)
    for time in list(page.tree.iter("time"))[:200]:
        marks = f"{time.get('class') or ''} {time.get('itemprop') or ''}".lower()
        if time.get("pubdate") is not None or "publish" in marks or "entry-date" in marks:
            yield from _read(time.get("datetime"), last)


def _said(page: Page, last: date) -> date | None:
    """Return the first day that the page's words call that of its publication."""
    words = page.tree.xpath("//text()[not(parent::script or parent::style)]")
    text = " ".join(" ".join(words).split())[:_MOST_WORDS]
    for found in _SAID.finditer(text):
        instant = read_date(found[1] or found[3])
        if instant and instant.year >= _FIRST_YEAR and instant.date() <= last:
            return instant.date()
    return None


def _read(written: object, last: date) -> Iterator[date]:
    found = _DAY.search(written[:40]) if isinstance(written, str) else None
    day = _day(*found.groups()) if found else None
    if day and day <= last:
        yield day


def _in_url(url: str, last: date) -> date | None:
    for found in _URL_DAY.finditer(url):
        year, _, month, day_of_month, *slashed = found.groups()
        day = _day(year, month, day_of_month) if year else _day(*slashed)
        if day and day <= last:
            return day
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None
