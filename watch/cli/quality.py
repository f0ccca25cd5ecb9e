"""`quality`: how good the tags are, topic by topic, how sure that is, and what would help most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from watch import settings
from watch.classify.measure import interval
from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    counted_in,
    json_option,
    open_store,
    perimeter_of,
    say,
)  # fmt: skip
from watch.cli.lines import cut
from watch.domain import Axis, Mark, Perimeter

if TYPE_CHECKING:
    from watch.rounds.learn import Measured

__all__ = ["quality"]

# From so many reviewed items on a topic's share is known to about a fifth.
_ENOUGH = 20
_ADVICE = 3
_WIDTH = 26


@click.command(
    short_help=_("Say how good the tags are, by topic."),
    help=_(
        "Say how good the tags are, topic by topic, on how many reviews that rests, and which "
        "reviews would help most."
    ),
)
@cluster_option
@json_option
def quality(slug: str, is_json: bool) -> None:
    """Show how good the tags of a cluster are."""
    open_store()
    from watch.rounds.learn import measured
    from watch.store import learners, tags
    from watch.text.meaning import embedder

    cluster = chosen_cluster(slug)
    perimeter = perimeter_of(cluster.slug)
    found = measured(cluster.slug, settings.HOME / "learners", embedder(), LANGUAGE)
    counts = tags.topic_counts(cluster.slug)
    if is_json:
        as_json(
            {
                "learner": found.learner,
                "reviewed": found.reviewed,
                "random": found.plain,
                "is_random_alone": found.is_plain,
                "precision": cluster.precision,
                "marks": [asdict(mark) for mark in found.marks],
                "learners": learners.every(cluster.slug),
            }
        )
        return
    say(f"{cluster.name} · {_who(found.learner)}")
    say(
        counted_in(found.reviewed, _("{count} reviewed item"), _("{count} reviewed items"))
        + " · "
        + _("precision asked for: {share} %").format(share=round(100 * cluster.precision))
    )
    say(_basis(found))
    for axis in Axis:
        for line in _axis(axis, found.marks, perimeter, counts):
            say(line)
    say()
    for line in _advice(found.marks, perimeter, counts):
        say(line)


def _who(number: int) -> str:
    if number:
        return _("learner {number} reads").format(number=number)
    return _("the specification reads; no learner serves")


def _basis(found: Measured) -> str:
    """Return on which of the reviewed items the figures rest, and what that means."""
    if found.is_plain:
        sentence = _("Measured on the {count} chosen by chance alone: without bias.")
    else:
        sentence = _("Measured on all: only {count} by chance yet, so take it with care.")
    return sentence.format(count=found.plain)


def _axis(
    axis: Axis,
    marks: Sequence[Mark],
    perimeter: Perimeter,
    counts: Mapping[tuple[Axis, str], tuple[int, int]],
) -> Iterator[str]:
    """Yield the lines of an axis: all together, by language, by topic."""
    some = [mark for mark in marks if mark.axis == axis.value]
    yield ""
    title = _("Markets") if axis is Axis.MARKET else _("Technologies")
    heads = (_("reviewed"), _("right of 100"), _("found of 100"), _("tags"), _("to review"))
    yield _columns(title, *heads)
    for mark in some:
        if not mark.topic:
            name = mark.language or _("all languages")
            yield _row(f"  {name}", mark, ("", ""))
    for topic in perimeter.on(axis):
        found = next((mark for mark in some if mark.topic == topic.id), Mark(axis.value, topic.id))
        served, doubtful = counts.get((axis, topic.id), (0, 0))
        label = topic.name(LANGUAGE)
        yield _row(label, found, (str(served), str(doubtful)))
    whole = next((mark for mark in some if not mark.topic and not mark.language), None)
    if whole and whole.reviewed:
        yield _("  Its probabilities are off by {share} of 100.").format(
            share=round(100 * whole.off)
        )


def _row(name: str, mark: Mark, counts: tuple[str, str]) -> str:
    right = _share(mark.hits, mark.said)
    found = f"{round(100 * mark.hits / mark.true)}" if mark.true else "–"
    return _columns(cut(name, _WIDTH), f"{mark.reviewed}", right, found, *counts)


def _columns(name: str, reviewed: str, right: str, found: str, tags: str, waiting: str) -> str:
    return f"{name:{_WIDTH}} {reviewed:>8} {right:>14} {found:>12} {tags:>6} {waiting:>9}".rstrip()


def _share(part: int, whole: int) -> str:
    """Return a share of 100 and the bounds between which it lies: "86 (71–94)"."""
    if not whole:
        return "–"
    low, high = interval(part, whole)
    return f"{round(100 * part / whole)} ({round(100 * low)}–{round(100 * high)})"


def _advice(
    marks: Sequence[Mark],
    perimeter: Perimeter,
    counts: Mapping[tuple[Axis, str], tuple[int, int]],
) -> Iterator[str]:
    """Yield which reviews would help most: of topics with many tags and few reviews."""
    known = {(mark.axis, mark.topic): mark.reviewed for mark in marks if mark.topic}
    wanting = []
    for topic in perimeter.topics:
        reviewed = known.get((topic.axis.value, topic.id), 0)
        tagged = sum(counts.get((topic.axis, topic.id), (0, 0)))
        missing = min(_ENOUGH - reviewed, tagged - reviewed)
        if missing > 0:
            wanting.append((tagged / (1 + reviewed), missing, topic))
    if not wanting:
        yield _("Every topic with tags has been reviewed enough to know how good it is.")
        return
    yield _("What would help most:")
    wanting.sort(key=lambda one: (-one[0], one[2].id))
    for _weight, missing, topic in wanting[:_ADVICE]:
        label = topic.name(LANGUAGE)
        one, many = (
            _("{count} item about “{topic}” to review"),
            _("{count} items about “{topic}” to review"),
        )
        yield "  " + counted_in(
            missing, one.replace("{topic}", label), many.replace("{topic}", label)
        )
