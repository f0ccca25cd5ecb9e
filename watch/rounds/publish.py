"""Publishing: a market and a period -> a Zoom-Marché in both languages, as pages and as PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watch.domain import Axis, Pages, Perimeter, Period, Report, Tagged, Zoom
from watch.errors import Problem, PublishRefused, WatchError
from watch.report.pdf import to_pdf
from watch.report.zoom import write_zoom
from watch.rounds.calendar import before, bounds, today
from watch.rounds.tasks import perimeter_of
from watch.store import clusters, figures, perimeters, shelves, sources, zooms
from watch.text.translate import speaker
from watch.trends.signals import heads, weekly

__all__ = ["Imprint", "prepare_zoom", "publish_round"]

_PRESS = frozenset({"trade_press", "general_press"})
"""The groups of sources whose publishers sell the right to pass their texts on."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who stands behind an edition and who may read it."""

    approver: str
    authors: tuple[str, ...] = ()
    level: str = "members"


def prepare_zoom(
    cluster: str, market: str, period: Period, imprint: Imprint, now: datetime
) -> Zoom:
    """Bring together what a Zoom-Marché is written from.

    Raises `PublishRefused` with everything that is missing: an approver, a known market, items.
    """
    row = clusters.get(cluster)
    version = perimeters.current(cluster)
    perimeter = perimeter_of(version.text)
    topic = perimeter.topic(Axis.MARKET, market)
    since, until = bounds(period, row.timezone)
    earlier, _ = bounds(before(period), row.timezone)
    stories = heads(shelves.tagged(cluster, since, min(until, now), market)) if topic else []
    problems = _missing(perimeter, market, stories, imprint)
    if problems or topic is None:
        raise PublishRefused(*problems)
    return Zoom(
        cluster=row,
        perimeter=perimeter,
        revision=version.number,
        loaded_on=today(version.loaded_at, row.timezone),
        market=topic,
        period=period,
        edition=zooms.next_edition(cluster, market, period),
        authors=imprint.authors,
        approver=imprint.approver,
        level=imprint.level,
        made_at=now,
        stories=tuple(stories),
        before=tuple(heads(shelves.tagged(cluster, earlier, since, market))),
        weeks=weekly(stories, Axis.TECHNOLOGY, row.timezone),
        collection=figures.collection(cluster, since, min(until, now)),
        excerpt_lengths=sources.excerpt_lengths(cluster),
    )


def publish_round(
    cluster: str,
    market: str,
    period: Period,
    imprint: Imprint,
    now: datetime,
    folder: Path,
    languages: Sequence[str] = ("fr", "en"),
    with_pdf: bool = True,
    said: Callable[[Path], None] | None = None,
    language: str = "en",
) -> Report:
    """Write an edition into the store and, as files, into `folder`; tell of each file.

    A file stands under its name only when it is whole. Where PDF cannot be made, the pages
    are published all the same and the problem is said once. Press that is quoted without a
    licence on record is named, in `language`: more than a title, a few words and a link is not
    for us to spread.
    """
    zoom = prepare_zoom(cluster, market, period, imprint, now)
    written = {one: write_zoom(zoom, one) for one in languages}
    zooms.keep(zoom, written)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"zoom-{market}-{period.first_on}-{period.last_on}"
    problems: list[str] = []
    files = 0
    for one, pages in written.items():
        for suffix, write in (("html", _html), ("pdf", to_pdf)):
            if suffix == "pdf" and (problems or not with_pdf):
                continue
            try:
                path = _put(folder / f"{name}-{one}.{suffix}", write(pages))
            except WatchError as reason:
                problems.append(str(reason))
                continue
            files += 1
            if said:
                said(path)
    problems += _unlicensed(zoom, language)
    return Report("publish", {"stories": len(zoom.stories), "files": files}, tuple(problems))


def _unlicensed(zoom: Zoom, language: str) -> list[str]:
    """Return a sentence on the press that an edition quotes without a licence on record."""
    quoted = {story.item.source for story in zoom.stories}
    names = sorted(
        record.source.name
        for record in zoom.collection.records
        if record.source.id in quoted
        and record.source.group in _PRESS
        and not record.source.rights.licence
    )
    if not names:
        return []
    _ = speaker(language)
    said = _(
        "no licence is recorded for press that this edition quotes ({sources}): title, short "
        "excerpt and link may stand; before you send it on as a press review, ask the publisher, "
        "or the CFC in France, and record it with `source rights ADDRESS --licence NAME`"
    )
    return [said.format(sources=", ".join(names))]


def _missing(
    perimeter: Perimeter, market: str, stories: Sequence[Tagged], imprint: Imprint
) -> list[Problem]:
    found = []
    if not imprint.approver.strip():
        found.append(Problem("approver", "nobody answers for it", "name the person who approves"))
    if perimeter.topic(Axis.MARKET, market) is None:
        known = ", ".join(topic.id for topic in perimeter.on(Axis.MARKET))
        found.append(Problem(f"market “{market}”", "not in the perimeter", f"one of {known}"))
    elif not stories:
        found.append(
            Problem(f"market “{market}”", "no item in this period", "choose a longer period")
        )
    return found


def _html(pages: Pages) -> bytes:
    return pages.html.encode()


def _put(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
    return path
