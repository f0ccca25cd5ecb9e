"""The instant that somebody wrote, in any of the ways in which feeds and pages write one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["read_date"]

# Outside these years a date is a default or a slip (the epoch, year 1, year 9999).
_FIRST_YEAR = 1990
_LAST_YEAR = 2200
_MOST_LETTERS = 80
_FURTHEST_OFFSET = 14 * 60

_TIME = (
    r"(?:[T\s,]*(?:à\s|at\s|um\s|alle\s|a\slas\s|-\s)?\s*(?P<hour>\d{1,2})\s?[:.hH]\s?(?P<minute>\d{2})?"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?)?"
    r"\s*\(?(?P<zone>[+-]\d{2}:?\d{2}|[+-]\d{1,2}|[A-Z]{1,5}(?P<shift>[+-]\d{1,2}(?::?\d{2})?)?)?\)?"
    r"(?:\s*\([A-Za-z ]{1,30}\))?"
)
_NAMED_DAY = r"(?:(?:le\s+)?[^\W\d]{2,12}\.?,?\s+)?(?:le\s+|on\s+|el\s+)?"
_MONTH = r"(?P<name>[^\W\d_]{3,12})\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 2026-11-20T08:30:00+01:00 and every shorter form, 20261120, 2026/11/20
        r"(?P<year>\d{4})(?:(?P<sep>[-/.]?)(?P<month>(?<=\D)\d{1,2}|\d{2})(?:(?P=sep)"
        r"(?P<day>(?<=\D)\d{1,2}|\d{2}))?)?(?:[T\s]+(?P<hour>\d{2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?)?"
        r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Z]{3,4})?",
        # Fri, 20 Nov 2026 08:30:00 +0100; vendredi 20 novembre 2026 à 8h30; 20-Nov-26
        _NAMED_DAY
        + r"(?P<day>\d{1,2})(?:er|st|nd|rd|th|\.|º)?[\s-]*(?:of\s|de\s)?\s*"
        + _MONTH
        + r"[\s,-]*(?:de\s|del\s)?\s*(?P<year>\d{4}|\d{2})(?!\d)"
        + _TIME,
        # November 20, 2026 8:30 am
        _NAMED_DAY
        + _MONTH
        + r"\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)"
        + _TIME,
        # Fri Nov 20 08:30:00 [CET] 2026
        _NAMED_DAY + _MONTH + r"\s+(?P<day>\d{1,2})\s+(?P<hour>\d{2}):(?P<minute>\d{2})"
        r"(?::(?P<second>\d{2}))?\s+(?:(?P<zone>[A-Z]{2,5}|[+-]\d{4})\s+)?(?P<year>\d{4})",
        # 20/11/2026 08:30, 20.11.26
        _NAMED_DAY
        + r"(?P<day>\d{1,2})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})"
        r"(?!\d)" + _TIME,
    )
)

# The two forms of nearly all feeds, once more and strictly: a fifth of the time of the others.
_RFC_822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?)"
    r" (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})"
    r" (\d\d):(\d\d):(\d\d) (GMT|[+-]\d{4})"
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)")

# The first three letters of the months in English, French, German, Italian and Spanish.
_MONTHS = {
    prefix: number
    for number, prefixes in enumerate(
        (
            "jan gen ene",
            "feb fév fev",
            "mar mär",
            "apr avr abr",
            "may mai mag",
            "jun giu",
            "jul lug",
            "aug aoû aou ago",
            "sep set",
            "oct okt ott",
            "nov",
            "dec déc dez dic",
        ),
        start=1,
    )
    for prefix in prefixes.split()
}

# Hours east of Greenwich. A name that is not here is read as UTC: half a day wrong at worst.
_ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "HNEC": 1, "CEST": 2, "MEST": 2, "HAEC": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13,
}  # fmt: skip


def read_date(written: str, language: str = "") -> datetime | None:
    """Return the instant that is written, in UTC; None for no date or an impossible one.

    RFC 822 and ISO 8601 in all their precisions and common slips, and dates in words in English,
    French, German, Italian and Spanish; in other languages only where `language` names one.
    Days stand before months ("03/12/2026" is 3 December), but for "en-US" and where only the
    other order gives a date. A missing part is its first value, a missing or unknown zone UTC,
    an offset beyond 14 hours is passed over. Before 1990 and after 2200 nothing is believed.

    >>> read_date("Ven, 20 nov. 2026 08:30:00 +0100")
    datetime.datetime(2026, 11, 20, 7, 30, tzinfo=datetime.timezone.utc)
    >>> read_date("Fri, 31 Dec 9999 23:59:59 -1200") is None
    True
    """
    if instant := _plain(written.strip()):
        return _believed(instant)
    text = " ".join(written[: _MOST_LETTERS + 20].split())
    if not text or len(text) > _MOST_LETTERS:
        return None
    for form in _FORMS if not text[:4].isdigit() else _FORMS[:1]:
        found = form.fullmatch(text)
        if found and (instant := _instant(found.groupdict(), language)):
            return _believed(instant)
    return _elsewhere(text, language) if language else None


def _plain(text: str) -> datetime | None:
    """Return the instant of a text in one of the two plain forms."""
    if found := _RFC_822.fullmatch(text):
        day, name, year, hour, minute, second, zone = found.groups()
        month = _MONTHS[name.lower()]
    elif found := _ISO.fullmatch(text):
        year, number, day, hour, minute, second, zone = found.groups()
        month = int(number)
    else:
        return None
    try:
        start = datetime(
            int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
        return start - _offset(zone)
    except (ValueError, OverflowError):
        # The 24th hour, a leap second: they have a meaning, which `_instant` knows.
        return None


def _instant(parts: dict[str, str | None], language: str) -> datetime | None:
    """Return the instant of the parts that a form found."""
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    hour, minute, second = (int(parts.get(part) or 0) for part in ("hour", "minute", "second"))
    if half := parts.get("half"):
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    for month, day in _orders(parts, language):
        try:
            start = datetime(
                year, month, day, 0 if hour == 24 else hour, minute, min(second, 59), tzinfo=UTC
            )
            return start + timedelta(days=hour == 24) - _offset(parts.get("zone") or "")
        except (ValueError, OverflowError):
            continue
    return None


def _orders(parts: dict[str, str | None], language: str) -> Iterator[tuple[int, int]]:
    """Yield (month, day), the likelier reading first; nothing for a month that has no such name."""
    if name := parts.get("name"):
        # "juin" and "juillet" are told apart by their fourth letter.
        key = name[:4].lower() if name[:3].lower() == "jui" else name[:3].lower()
        month = {"juin": 6, "juil": 7}.get(key) or _MONTHS.get(key, 0)
        yield month, int(parts["day"] or 1)
        return
    month, day = int(parts["month"] or 1), int(parts["day"] or 1)
    is_year_first = "half" not in parts
    readings = [(month, day)] if is_year_first else [(month, day), (day, month)]
    yield from reversed(readings) if language.lower().startswith("en-us") else readings


@lru_cache(maxsize=256)
def _offset(zone: str) -> timedelta:
    """Return how far a zone is ahead of UTC; nothing where it cannot be."""
    name = zone.upper().rstrip("0123456789:+-")
    shift = zone[len(name) :].replace(":", "")
    if not shift:
        return timedelta(hours=_ZONES.get(name, 0))
    digits = shift[1:].rjust(2, "0").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > _FURTHEST_OFFSET:
        return timedelta(0)
    return timedelta(minutes=-minutes if shift[0] == "-" else minutes)


def _believed(instant: datetime) -> datetime | None:
    """Return an instant of the years in which things are published online, or None."""
    return instant if _FIRST_YEAR <= instant.year <= _LAST_YEAR else None


def _elsewhere(text: str, language: str) -> datetime | None:
    """Return what a reader of many languages makes of it, if it names day, month and year."""
    from dateparser import parse

    try:
        found = parse(
            text,
            languages=[language[:2].lower()],
            settings={
                "DATE_ORDER": "DMY",
                "TIMEZONE": "UTC",
                "TO_TIMEZONE": "UTC",
                "RETURN_AS_TIMEZONE_AWARE": True,
                # Whole dates only: what is relative to a clock does not belong here.
                "PARSERS": ["absolute-time"],
                "REQUIRE_PARTS": ["day", "month", "year"],
            },
        )
    except (ValueError, OverflowError):
        return None
    return _believed(found.astimezone(UTC)) if found else None
