"""The section on method and limits: what was collected, by whom it was read, what was not seen.

Every sentence rests on the true figures of the collection, and what failed is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watch.domain import Collection, SourceRecord, Zoom
from watch.report.charts import Bar
from watch.report.cited import day
from watch.report.wording import Words

__all__ = ["REASONS", "Failure", "account", "failures", "funnel", "limits", "never_visited"]

REASONS = {
    "timeout": "did not answer in time",
    "not_a_feed": "no longer gives a news feed",
    "gone": "withdrawn for good by the site",
    "refused": "access refused by the site",
    "missing": "page not found",
    "too_large": "answer too large to be read",
    "blocked": "address that the watch may not visit",
    "dns": "site name not found",
    "unreachable": "site out of reach",
    "certificate": "security certificate not valid",
    "server_error": "fault of the site’s server",
    "too_many": "too many visits for the site",
    "robots": "the site asks robots to stay out",
    "broken": "answer damaged or cut short",
}
"""Why a visit failed: the machine's word and ours."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that failed at least once in the period, and why it did the last time."""

    name: str
    share: str
    reason: str


def account(zoom: Zoom, words: Words) -> list[str]:
    """Return how the edition came to be, one sentence or short paragraph each."""
    found = zoom.collection
    told = []
    if found.first_visit_at and found.last_visit_at:
        told.append(
            words.say(
                "Sources were visited from {first} to {last}.",
                first=words.day(day(found.first_visit_at, zoom)),
                last=words.day(day(found.last_visit_at, zoom)),
            )
        )
    if found.records:
        told.append(_visits(found.records, words))
    told.append(_volumes(found, words))
    if found.classifiers:
        told.append(
            words.say(
                "Publications were read under this specification by: {names}.",
                names=words.listed(found.classifiers),
            )
        )
    told.append(_reviewed(found, words))
    return told


def _visits(records: Sequence[SourceRecord], words: Words) -> str:
    visited = [record for record in records if record.visits]
    visits = sum(record.visits for record in visited)
    failed = sum(record.failures for record in visited)
    sources = words.count("{n} source was visited", "{n} sources were visited", len(visited))
    times = words.count("{n} visit", "{n} visits", visits)
    amiss = words.count("{n} of them failed", "{n} of them failed", failed)
    return words.say("{sources}: {times}, {amiss}.", sources=sources, times=times, amiss=amiss)


def _volumes(found: Collection, words: Words) -> str:
    items = words.count("{n} publication collected", "{n} publications collected", found.items)
    stories = words.count("telling {n} story", "telling {n} stories", found.stories)
    kept = words.count(
        "{n} was kept because it concerns a market or a technology of the specification",
        "{n} were kept because they concern a market or a technology of the specification",
        found.kept,
    )
    return words.say("{items}, {stories}; {kept}.", items=items, stories=stories, kept=kept)


def _reviewed(found: Collection, words: Words) -> str:
    if not found.reviewed:
        return words.say("No publication was reviewed by a person.")
    return words.count(
        "{n} publication was reviewed by a person ({share} of those collected).",
        "{n} publications were reviewed by a person ({share} of those collected).",
        found.reviewed,
        share=words.share(found.reviewed, found.items),
    )


def failures(records: Sequence[SourceRecord], words: Words) -> list[Failure]:
    """Return the sources that failed, those that failed most often first."""
    failed = [record for record in records if record.failures or record.reason]
    failed.sort(key=lambda record: (-record.failures, record.source.name))
    return [
        Failure(
            record.source.name,
            words.say(
                "{failures} of {visits}",
                failures=words.number(record.failures),
                visits=words.number(record.visits),
            ),
            _why(record, words),
        )
        for record in failed
    ]


def _why(record: SourceRecord, words: Words) -> str:
    if not record.reason:
        return words.say("answered again since")
    return words.say(REASONS.get(record.reason, "could not be read"))


def never_visited(records: Sequence[SourceRecord]) -> list[str]:
    """Return the names of the sources that the perimeter holds and nobody visited."""
    return [record.source.name for record in records if not record.visits]


def funnel(zoom: Zoom, cited: int, words: Words) -> list[Bar]:
    """Return the volumes from what was collected to what is cited; empty without collection."""
    if not zoom.collection.items:
        return []
    steps = (
        ("Publications collected", zoom.collection.items),
        ("Publications kept", zoom.collection.kept),
        ("Stories of this market", len(zoom.stories)),
        ("Stories cited in this edition", cited),
    )
    return [Bar(words.say(step), count) for step, count in steps]


def limits(zoom: Zoom, words: Words) -> list[str]:
    """Return what was not looked at, one sentence each."""
    told = [
        words.say(
            "Publications in languages other than {languages} were not looked for.",
            languages=words.listed([words.tongue(code) for code in zoom.perimeter.languages]),
        )
    ]
    missed = never_visited(zoom.collection.records)
    if missed:
        told.append(
            words.count(
                "{n} source of the specification was never visited: {names}.",
                "{n} sources of the specification were never visited: {names}.",
                len(missed),
                names=words.listed(missed),
            )
        )
    told.append(
        words.say(
            "This edition gathers published facts. It states no market figure, counts no patent"
            " and gives no expert’s opinion; the questions of the specification are for its"
            " readers to answer."
        )
    )
    return told
