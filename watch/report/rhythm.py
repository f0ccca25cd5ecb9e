"""Stories by week and by technology, counted and drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from watch.domain import Axis, Period, Topic, Zoom
from watch.report.charts import Bar, bars, columns
from watch.report.cited import counts, day
from watch.report.wording import Words

__all__ = ["Move", "by_technology", "by_week", "mondays", "moves", "topic_by_week"]

_MOST_BARS = 12
"""Technologies in the bar chart: with more it no longer stands on one page of paper."""
_FEWEST_WEEKS = 2
"""Weeks with a story below which a row of columns shows nothing."""


@dataclass(frozen=True, slots=True)
class Move:
    """A technology's stories in this period and in the one of equal length before."""

    label: str
    count: int
    before: int

    @property
    def change(self) -> int:
        """Return how many stories more than before; negative where there are fewer."""
        return self.count - self.before


def mondays(period: Period) -> list[date]:
    """Return the Monday of every week that the period touches."""
    first = _monday(period.first_on)
    return [first + timedelta(weeks=n) for n in range((period.last_on - first).days // 7 + 1)]


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def by_week(zoom: Zoom, words: Words, accent: str) -> Markup | None:
    """Return the columns of all stories by week, or None where too few weeks have one."""
    told = Counter(_monday(day(tagged.item.published_at, zoom)) for tagged in zoom.stories)
    return _weekly("chart-weeks", words.say("Stories per week"), told, 88, zoom, words, accent)


def topic_by_week(zoom: Zoom, topic: Topic, words: Words, accent: str) -> Markup | None:
    """Return the columns of one technology's stories by week, or None as for `by_week`."""
    told = {week.week_on: week.count for week in zoom.weeks if week.topic == topic.id}
    title = words.say("Stories per week: {topic}", topic=words.text(topic.label))
    return _weekly(f"chart-{topic.id}", title, told, 40, zoom, words, accent)


def _weekly(
    id: str,
    title: str,
    told: Mapping[date, int],
    height: int,
    zoom: Zoom,
    words: Words,
    accent: str,
) -> Markup | None:
    weeks = [(monday, told.get(monday, 0)) for monday in mondays(zoom.period)]
    if sum(count > 0 for _, count in weeks) < _FEWEST_WEEKS:
        return None
    spoken = words.chained(words.pair(words.brief(on), count) for on, count in weeks if count)
    points = [(words.brief(monday), count) for monday, count in weeks]
    return columns(id, f"{title}. {spoken}.", points, accent, height, words.number)


def moves(zoom: Zoom, words: Words) -> list[Move]:
    """Return every technology that has a story now or had one before, the busiest first."""
    now, past = counts(zoom.stories), counts(zoom.before)
    found = [
        Move(words.text(topic.label), now.get(topic.id, 0), past.get(topic.id, 0))
        for topic in zoom.perimeter.on(Axis.TECHNOLOGY)
        if topic.id in now or topic.id in past
    ]
    return sorted(found, key=lambda move: (-move.count, -move.before))


def by_technology(
    found: Sequence[Move], with_before: bool, words: Words, accent: str
) -> Markup | None:
    """Return the bars of the busiest technologies, or None where fewer than two have a story."""
    if sum(move.count > 0 for move in found) < 2:
        return None
    rows = [
        Bar(move.label, move.count, move.before if with_before else None)
        for move in found[:_MOST_BARS]
    ]
    spoken = words.chained(
        words.pair(row.label, row.count, row.before if with_before else None) for row in rows
    )
    title = words.say("Stories by technology")
    return bars("chart-technologies", f"{title}. {spoken}.", rows, accent, words.number)
