"""Dates in the running text of a page, in French and English."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from watch.text.dates import read_date

_MONTHS = (
    r"(?:janv?(?:ier)?|f[ée]vr?(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept?(?:embre)?"
    r"|oct(?:obre)?|nov(?:embre)?|d[ée]c(?:embre)?|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|oct|dec)"
)
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:er|st|nd|rd|th)?\s{_MONTHS}\.?,?\s\d{{4}}\b"
    rf"|\b{_MONTHS}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}([/.])\d{1,2}\1\d{4}\b",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\bil y a (?:environ )?(?P<fr>\d{1,3}|une?) (?P<unit>minute|heure|jour|semaine|mois|an)"
    r"(?:née)?s?\b|\b(?P<en>\d{1,3}|an?) (?P<of>minute|hour|day|week|month|year)s? ago\b",
    re.IGNORECASE,
)
_NEAR_DAYS = {"hier": 1, "yesterday": 1, "aujourd'hui": 0, "aujourd’hui": 0, "today": 0}
_NEAR = re.compile(rf"\b(?:{'|'.join(_NEAR_DAYS)})\b", re.IGNORECASE)
_DAYS = {
    "jour": 1, "day": 1, "semaine": 7, "week": 7, "mois": 30, "month": 30, "an": 365, "year": 365,
}  # fmt: skip


def find_date(text: str, asked_at: datetime) -> tuple[datetime | None, str]:
    """Return the first date in a text and the words that say it; None and "" for none.

    What is relative to the visit ("il y a 2 jours") gives a whole day, so that the next visit
    reads the same; weeks and longer are rounded to a Monday or a month's first.

    >>> from datetime import UTC
    >>> find_date("Paris, il y a 2 jours", datetime(2026, 11, 23, 6, tzinfo=UTC))[0].day
    21
    """
    for found in _DATE.finditer(text):
        if instant := read_date(found[0]):
            return instant, found[0]
    today = asked_at.replace(hour=0, minute=0, second=0, microsecond=0)
    if ago := _AGO.search(text):
        count = ago["fr"] or ago["en"]
        unit = (ago["unit"] or ago["of"]).lower()
        many = int(count) if count.isdigit() else 1
        if unit in {"heure", "hour", "minute"}:
            gone = timedelta(hours=many) if unit in {"heure", "hour"} else timedelta(minutes=many)
            return (asked_at - gone).replace(hour=0, minute=0, second=0, microsecond=0), ago[0]
        day = today - timedelta(days=many * _DAYS[unit])
        if _DAYS[unit] == 7:
            day -= timedelta(days=day.weekday())
        return (day.replace(day=1) if _DAYS[unit] > 7 else day), ago[0]
    if near := _NEAR.search(text):
        return today - timedelta(days=_NEAR_DAYS[near[0].lower()]), near[0]
    return None, ""


def without_dates(text: str) -> str:
    """Return the text without its dates, written or relative."""
    return " ".join(_NEAR.sub("", _AGO.sub("", _DATE.sub("", text))).split())
