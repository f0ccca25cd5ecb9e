"""Words for what pages show: days, scores, states, judges, verdicts, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watch.classify.settle import is_served
from watch.domain import Alert, Rhythm, Tag, Texts
from watch.text.translate import catalogue, speaker
from watch.text.urls import without_www

__all__ = [
    "alert", "bulletin_state", "by_expert", "day", "days", "effect", "frequency", "host",
    "is_served", "judge", "letter_state", "level", "local", "number", "reason", "review",
    "rhythm", "role", "say", "silence", "strength", "text", "tongue", "warning", "weekday",
]  # fmt: skip


def text(texts: Texts, language: str) -> str:
    """Return an officer's text in this language, else in French, else in any, else ""."""
    return texts.get(language) or texts.get("fr") or next(iter(texts.values()), "")


def local(moment: datetime, zone: str) -> datetime:
    """Return an instant as the clocks of a place show it."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment


def day(on: date, language: str) -> str:
    """Return a day in words.

    >>> day(date(2026, 11, 16), "en")
    '16 November 2026'
    """
    _ = speaker(language)
    months = (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"),
        _("August"), _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip
    first = "1er" if language == "fr" and on.day == 1 else str(on.day)
    return f"{first} {months[on.month - 1]} {on.year}"


def days(first_on: date, last_on: date, language: str) -> str:
    """Return a stretch of days in words, without saying twice what both share.

    >>> days(date(2026, 11, 23), date(2026, 11, 29), "en")
    '23 to 29 November 2026'
    >>> days(date(2026, 11, 30), date(2026, 12, 6), "en")
    '30 November to 6 December 2026'
    """
    if first_on == last_on:
        return day(first_on, language)
    _ = speaker(language)
    first, last = (day(on, language) for on in (first_on, last_on))
    if first_on.year == last_on.year:
        first = first.rpartition(" ")[0]
        if first_on.month == last_on.month:
            first = first.rpartition(" ")[0]
    return _("{first} to {last}").format(first=first, last=last)


def alert(kind: Alert, language: str) -> str:
    """Return what a reader may wish to hear of between two letters."""
    _ = speaker(language)
    return {
        Alert.DEADLINE: _("Tenders and calls that close soon, and a reminder a week before"),
        Alert.COMPETITOR: _("News of the competitors or actors that I follow"),
    }[kind]


def number(count: int, language: str) -> str:
    """Return a whole number with its thousands apart.

    >>> number(12345, "en")
    '12,345'
    """
    return (
        f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if language == "fr" else f"{count:,}"
    )


def rhythm(every: timedelta, language: str) -> str:
    """Return how often a source is visited, in words."""
    ngettext = catalogue(language).ngettext
    hours = max(1, round(every / timedelta(hours=1)))
    if hours % 24:
        return ngettext("every hour", "every {n} hours", hours).format(n=hours)
    return ngettext("every day", "every {n} days", hours // 24).format(n=hours // 24)


def frequency(wished: Rhythm, language: str) -> str:
    """Return how often letters come, in words."""
    _ = speaker(language)
    return {
        Rhythm.WEEKLY: _("every week"),
        Rhythm.FORTNIGHTLY: _("every two weeks"),
        Rhythm.MONTHLY: _("every four weeks"),
    }[wished]


def weekday(number: int, language: str) -> str:
    """Return the name of a day of the week, 0 is Monday."""
    _ = speaker(language)
    days = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
        _("Sunday"),
    )  # fmt: skip
    return days[number]


def by_expert(tag: Tag) -> bool:
    """Return whether a person says so."""
    return tag.by.startswith("expert/")


def strength(tag: Tag, language: str) -> str:
    """Return how sure a settled tag is, in words."""
    _ = speaker(language)
    if not is_served(tag):
        return _("to review")
    if by_expert(tag):
        return _("said by an expert")
    return _("sure") if tag.score >= 0.8 else _("likely")


def judge(tag: Tag, language: str) -> str:
    """Return who stands behind a tag, in words."""
    _ = speaker(language)
    kind, _slash, rest = tag.by.partition("/")
    if kind == "expert":
        return {
            "industry": _("an expert from industry"),
            "academia": _("an expert from research"),
            "staff": _("the watch team"),
        }.get(rest.partition("/")[0], _("an expert"))
    return {
        "phrases": _("found by the perimeter’s words"),
        "nearness": _("near to what the perimeter describes"),
    }.get(kind, _("learned from reviews"))


def review(who: str, said: str, topic: str, instead: str, language: str) -> str:
    """Return what a reviewer said of a topic, as a sentence; `instead` may be ""."""
    _ = speaker(language)
    sentences = {
        "confirm": _("{who} confirmed “{topic}”"),
        "reject": _("{who} rejected “{topic}”"),
        "correct": _("{who} put “{instead}” in place of “{topic}”"),
        "done": _("{who} found nothing more to say"),
    }
    return sentences[said].format(who=who, topic=topic, instead=instead)


def role(name: str, language: str) -> str:
    """Return a role in words."""
    _ = speaker(language)
    return {"officer": _("watch officer"), "expert": _("expert"), "reader": _("reader")}[name]


def silence(reason: str, language: str) -> str:
    """Return why somebody gets no letter, in words."""
    _ = speaker(language)
    return {
        "no_basis": _("No letter: no legal basis is recorded for this reader."),
        "inactive": _("No letter: this reader has unsubscribed."),
        "paused": _("No letter: this reader pauses."),
        "not_due": _("No letter this week: this reader wants them less often."),
        "too_little": _("No letter this week: nothing good enough for this reader."),
    }.get(reason, _("No letter this week."))


def say(said: str, language: str) -> str:
    """Return what a reader may say of a line, in words."""
    _ = speaker(language)
    return {
        "useful": _("Useful"),
        "not_for_me": _("Not for me"),
        "seen": _("Seen already"),
        "dig": _("Look into it together"),
    }[said]


def effect(said: str, language: str) -> str:
    """Return in one line what an opinion will change."""
    _ = speaker(language)
    return {
        "useful": _("Your next letter will look for more of this kind."),
        "not_for_me": _("Your next letter will hold less of this kind."),
        "seen": _("Your next letter will count on it that you know this already."),
        "dig": _("The team sees that you would like to look into it, and will be in touch."),
    }[said]


def reason(name: str, language: str) -> str:
    """Return why a line is not for a reader, in words."""
    _ = speaker(language)
    return {
        "topic": _("Not my subject"),
        "place": _("Too far away, another country"),
        "technical": _("Too technical"),
    }[name]


def letter_state(state: str, language: str) -> str:
    """Return what became of a letter, in words."""
    _ = speaker(language)
    return {
        "queued": _("waiting to be sent"),
        "sending": _("being sent now"),
        "sent": _("sent to the reader"),
        "failed": _("could not be sent"),
        "uncertain": _("perhaps sent: the connection broke"),
        "late": _("not sent: its week was over"),
        "held": _("waits for your word"),
    }.get(state, state)


def bulletin_state(state: str, language: str) -> str:
    """Return what became of a bulletin for the channel, in words."""
    return speaker(language)("posted") if state == "sent" else letter_state(state, language)


def warning(name: str, language: str) -> str:
    """Return what an officer should look at in a letter, in words."""
    _ = speaker(language)
    return {
        "few": _("fewer than three lines"),
        "long": _("more than 400 words: two minutes on a phone are over"),
        "heavy": _("more than 90 kB: mail clients hide the end"),
        "over": _("a deadline has passed or passes before the end of the week"),
    }[name]


def level(name: str, language: str) -> str:
    """Return how far a report may go, in words."""
    _ = speaker(language)
    known: Mapping[str, str] = {
        "public": _("open to everybody"),
        "members": _("for the cluster’s members"),
        "restricted": _("restricted, not to be passed on"),
    }
    return known.get(name, name)


def ground(name: str, language: str) -> str:
    """Return on what ground in law somebody is written to, in words."""
    _ = speaker(language)
    known = {
        "member": _("your firm is a member"),
        "consent": _("you agreed to be asked"),
        "legitimate_interest": _("it concerns your work"),
    }
    return known.get(name, name)


def tongue(code: str, language: str) -> str:
    """Return the name of a language, its code where it has none here."""
    _ = speaker(language)
    known = {
        "fr": _("French"), "en": _("English"), "de": _("German"), "es": _("Spanish"),
        "it": _("Italian"), "nl": _("Dutch"), "pt": _("Portuguese"),
    }  # fmt: skip
    return known.get(code, code or _("unknown language"))


def host(url: str) -> str:
    """Return the site that an address belongs to.

    >>> host("https://www.journal.example/a?b")
    'journal.example'
    """
    return without_www(urlsplit(url).netloc)
