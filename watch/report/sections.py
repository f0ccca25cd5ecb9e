"""The sections of a Zoom-Marché, in their order: what each shows, or nothing.

A section without content is absent: there is no heading over an empty place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from watch.domain import Axis, Source, Tagged, Terms, Topic, Zoom
from watch.report import method, rhythm
from watch.report.charts import bars
from watch.report.cited import Entry, Group, entry, is_confirmed, outlets
from watch.report.places import place
from watch.report.wording import Words

__all__ = ["SECTIONS", "Desk", "Section"]

_MOST_SOURCES = 20
"""Rows in the table of what each source brought."""
_MOST_MOVES = 3
"""Technologies named among those that rise, and among those that fall."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the sections are written from; `cited` gives number and story by item key."""

    zoom: Zoom
    words: Words
    accent: str
    facts: Sequence[Tagged]
    groups: Sequence[Group]
    cited: Mapping[str, tuple[int, Tagged]]

    def entry(self, tagged: Tagged, topic: Topic | None = None) -> Entry:
        """Return a cited story as it is shown, under its number."""
        return entry(self.cited[tagged.item.key][0], tagged, self.zoom, topic)


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its anchor, its heading, and the values that its template shows."""

    id: str
    title: str
    shows: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Chapter:
    """One technology of the section on technologies."""

    id: str
    title: str
    count: int
    chart: Markup | None
    entries: Sequence[Entry]


def _essentials(desk: Desk) -> Section | None:
    if not desk.facts:
        return None
    shows = {
        "facts": [desk.entry(fact) for fact in desk.facts],
        "changes": _changes(desk.zoom, desk.words),
        "confidence": _confidence(desk.zoom.stories, desk.words),
    }
    return Section("essentials", desk.words.say("Essentials"), shows)


def _changes(zoom: Zoom, words: Words) -> list[str]:
    """Return what moved since the period before, in sentences; none where nothing is known."""
    if not zoom.before:
        return []
    found = sorted(rhythm.moves(zoom, words), key=lambda move: -move.change)
    up = [move for move in found if move.change > 0][:_MOST_MOVES]
    down = [move for move in reversed(found) if move.change < 0][:_MOST_MOVES]
    told = words.count(
        "{n} story in this period, against {before} in the one of equal length before it.",
        "{n} stories in this period, against {before} in the one of equal length before it.",
        len(zoom.stories),
        before=words.number(len(zoom.before)),
    )
    return [
        told,
        *([words.say("Up: {moves}.", moves=_named(up, words))] if up else []),
        *([words.say("Down: {moves}.", moves=_named(down, words))] if down else []),
    ]


def _named(found: Sequence[rhythm.Move], words: Words) -> str:
    return words.chained(
        words.say(
            "{topic}, from {before} to {n}",
            topic=move.label,
            before=words.number(move.before),
            n=words.number(move.count),
        )
        for move in found
    )


def _confidence(stories: Sequence[Tagged], words: Words) -> list[str]:
    """Return how far the whole can be trusted: what several outlets told, what people confirmed."""
    shared = sum(len(outlets(tagged)) > 1 for tagged in stories)
    sure = sum(map(is_confirmed, stories))
    return [
        words.count(
            "Of {total}: {n} seen in two outlets or more, {single} in only one.",
            "Of {total}: {n} seen in two outlets or more, {single} in only one.",
            shared,
            total=words.count("{n} story", "{n} stories", len(stories)),
            single=words.number(len(stories) - shared),
        ),
        words.count(
            "A person has confirmed the subject of {n} of them.",
            "A person has confirmed the subject of {n} of them.",
            sure,
        )
        if sure
        else words.say("No person has confirmed their subjects yet."),
    ]


def _perimeter(desk: Desk) -> Section:
    zoom, words = desk.zoom, desk.words
    found = zoom.perimeter.places
    where = (
        (words.say("Home ground"), (*filter(None, (found.country,)), *found.regions)),
        (words.say("Neighbours"), found.near),
        (words.say("World"), found.world),
    )
    shows = {
        "purpose": words.text(zoom.perimeter.purpose),
        "questions": [words.text(question.text) for question in zoom.perimeter.questions],
        "definition": words.text(zoom.market.definition),
        "technologies": [words.text(t.label) for t in zoom.perimeter.on(Axis.TECHNOLOGY)],
        "places": [
            (name, ", ".join(place(code, words.language) for code in codes))
            for name, codes in where
            if codes
        ],
        "languages": words.listed([words.tongue(code) for code in zoom.perimeter.languages]),
        "horizon": words.count("{n} month", "{n} months", zoom.perimeter.horizon_months),
        "out_of_scope": _terms(zoom.perimeter.out_of_scope, words),
        "exclude": _terms(zoom.market.exclude, words),
    }
    return Section("perimeter", words.say("Scope"), shows)


def _terms(terms: Terms, words: Words) -> Sequence[str]:
    """Return the terms in the reader's language, in any other where it has none."""
    return terms.get(words.language) or next(iter(terms.values()), ())


def _overview(desk: Desk) -> Section | None:
    zoom, words, accent = desk.zoom, desk.words, desk.accent
    found = rhythm.moves(zoom, words)
    weekly = rhythm.by_week(zoom, words, accent)
    topics = rhythm.by_technology(found, bool(zoom.before), words, accent)
    if weekly is None and topics is None:
        return None
    shows = {"weekly": weekly, "topics": topics, "moves": found, "has_before": bool(zoom.before)}
    return Section("overview", words.say("Overview in figures"), shows)


def _technologies(desk: Desk) -> Section | None:
    if not desk.groups:
        return None
    chapters = [_chapter(group, desk) for group in desk.groups]
    return Section("technologies", desk.words.say("Stories by technology"), {"chapters": chapters})


def _chapter(group: Group, desk: Desk) -> _Chapter:
    entries = [desk.entry(tagged, group.topic) for tagged in group.cited]
    if group.topic is None:
        title = desk.words.say("No technology of the specification")
        return _Chapter("technology", title, group.count, None, entries)
    chart = rhythm.topic_by_week(desk.zoom, group.topic, desk.words, desk.accent)
    title = desk.words.text(group.topic.label)
    return _Chapter(f"technology-{group.topic.id}", title, group.count, chart, entries)


def _method(desk: Desk) -> Section:
    zoom, words = desk.zoom, desk.words
    steps = method.funnel(zoom, len(desk.cited), words)
    spoken = words.chained(words.pair(step.label, step.count) for step in steps)
    records = sorted(
        (record for record in zoom.collection.records if record.items),
        key=lambda record: (-record.kept, -record.items, record.source.name),
    )
    shows = {
        "account": method.account(zoom, words),
        "funnel": bars("chart-funnel", f"{spoken}.", steps, desk.accent, words.number)
        if steps
        else None,
        "records": records[:_MOST_SOURCES],
        "others": len(records[_MOST_SOURCES:]),
        "failures": method.failures(zoom.collection.records, words),
        "limits": method.limits(zoom, words),
    }
    return Section("method", words.say("Method and limits"), shows)


def _sources(desk: Desk) -> Section | None:
    if not desk.cited:
        return None
    known: dict[int, Source] = {r.source.id: r.source for r in desk.zoom.collection.records}
    entries = [desk.entry(tagged) for _, tagged in desk.cited.values()]
    licences = {
        e.number: known[e.item.source].rights.licence for e in entries if e.item.source in known
    }
    return Section("sources", desk.words.say("Sources"), {"entries": entries, "licences": licences})


def _glossary(desk: Desk) -> Section | None:
    words, perimeter = desk.words, desk.zoom.perimeter
    axes = [
        (words.say("Markets"), perimeter.on(Axis.MARKET)),
        (words.say("Technologies"), perimeter.on(Axis.TECHNOLOGY)),
    ]
    shown = [
        (
            name,
            [
                (topic.label["fr"], topic.label["en"])
                for topic in topics
                if {"fr", "en"} <= {*topic.label}
            ],
        )
        for name, topics in axes
    ]
    shown = [(name, pairs) for name, pairs in shown if pairs]
    return Section("glossary", words.say("Glossary"), {"axes": shown}) if shown else None


SECTIONS: tuple[Callable[[Desk], Section | None], ...] = (
    _essentials,
    _perimeter,
    _overview,
    _technologies,
    _method,
    _sources,
    _glossary,
)
"""Every section in the order of the report."""
