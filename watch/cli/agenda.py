"""`agenda`: what experts should review first, and how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    counted_in,
    json_option,
    now,
    open_store,
    perimeter_of,
    say,
)  # fmt: skip
from watch.cli.lines import cut
from watch.domain import Axis, Cluster, Perimeter

if TYPE_CHECKING:
    from watch.workshop.agreement import Question

__all__ = ["agenda"]

# As wide as the narrowest terminal, with the number before a line.
_WIDE = 75


@click.command(help=_("Name the items to review first. Or say how far reviewers agree."))
@click.option(
    "--minutes",
    type=click.IntRange(1, 600),
    default=15,
    show_default=True,
    help=_("How long the experts have."),
)
@click.option(
    "--agreement", "is_agreement", is_flag=True, help=_("Say how far the reviewers agree instead.")
)
@cluster_option
@json_option
def agenda(minutes: int, is_agreement: bool, slug: str, is_json: bool) -> None:
    """Tell the agenda, or the agreement; store nothing."""
    open_store()
    cluster = chosen_cluster(slug)
    if is_agreement:
        _agreement(cluster, is_json)
    else:
        _agenda(cluster, minutes, is_json)


def _agenda(cluster: Cluster, minutes: int, is_json: bool) -> None:
    from watch.classify.agenda import because
    from watch.report.lines import name_of
    from watch.rounds.meet import plan

    planned, seconds = plan(cluster.slug, minutes, now())
    perimeter = perimeter_of(cluster.slug)
    rows = [
        {
            "item": one.tagged.item.key,
            "title": one.tagged.item.title,
            "outlet": one.tagged.item.outlet,
            "reason": one.choice.reason.value,
            "axis": one.choice.topic[0].value if one.choice.topic else "",
            "topic": one.choice.topic[1] if one.choice.topic else "",
            "why": because(
                one.choice.reason,
                name_of(perimeter, *one.choice.topic, LANGUAGE) if one.choice.topic else "",
                LANGUAGE,
            ),
            "address": f"{cluster.base_url}/c/{cluster.slug}/items/{one.tagged.item.key}",
        }
        for one in planned
    ]
    if is_json:
        as_json({"seconds": seconds, "items": rows})
        return
    if not rows:
        say(_("Nothing waits for review."))
        return
    items = counted_in(len(rows), _("{count} item"), _("{count} items"))
    told = _("{items} to review, {seconds} seconds each:")
    say(told.format(items=items, seconds=round(seconds)))
    for place, row in enumerate(rows, 1):
        title = row["title"] or _("(without title)")
        say(f"{place:3}. {cut(title, _WIDE)}")
        say(f"     {row['why']}")
        say(f"     {row['address']}")
    say(_("In the browser, in this order: {address}").format(
        address=f"{cluster.base_url}/c/{cluster.slug}/agenda"
    ))  # fmt: skip


def _agreement(cluster: Cluster, is_json: bool) -> None:
    from watch.store.agenda import said_by_people
    from watch.workshop.agreement import agreement, answers

    said = answers(said_by_people(cluster.slug))
    by_axis = {axis: agreement({q: v for q, v in said.items() if q[1] is axis}) for axis in Axis}
    if is_json:
        as_json([
            {"axis": axis.value, "alpha": one.alpha, "from": one.low, "to": one.high,
             "level": one.level.value, "questions": one.questions,
             "disputed": [{"item": q[0], "topic": q[2], "said": said[q]} for q in one.disputed]}
            for axis, one in by_axis.items()
        ])  # fmt: skip
        return
    perimeter = perimeter_of(cluster.slug)
    names = {Axis.MARKET: _("Markets"), Axis.TECHNOLOGY: _("Technologies")}
    for axis, one in by_axis.items():
        tags = counted_in(one.questions, _("{count} tag"), _("{count} tags"))
        told = _("{axis}: {tags} that two people or more reviewed")
        say(told.format(axis=names[axis], tags=tags))
        if not one.questions:
            continue
        figures = _("alpha {alpha}, from {low} to {high}").format(
            alpha=_number(one.alpha), low=_number(one.low), high=_number(one.high)
        )
        say(f"  {figures}")
        say(f"  {_word(one.level.value)}")
    _disputes(cluster, perimeter, [q for one in by_axis.values() for q in one.disputed], said)


def _disputes(
    cluster: Cluster,
    perimeter: Perimeter,
    disputed: Sequence[Question],
    said: Mapping[Question, Mapping[str, bool]],
) -> None:
    """Name the tags on which people differ, with what each college says."""
    from watch.report.lines import name_of
    from watch.store import shelves

    keys = sorted({item for item, _axis, _topic in disputed})
    shelf = {one.item.key: one for one in shelves.of_keys(cluster.slug, keys)}
    if shelf:
        say(_("People differ on:"))
    for asked in disputed:
        item, axis, topic = asked
        if item in shelf:
            say(f"  {cut(shelf[item].item.title, _WIDE)}")
            votes = Counter((who.partition("/")[0], yes) for who, yes in said[asked].items())
            told = ", ".join(
                _("{college}: {yes} yes, {no} no").format(
                    college=_colleges().get(one, one), yes=votes[one, True], no=votes[one, False]
                )
                for one in sorted({college for college, _yes in votes})
            )
            say(f"    {name_of(perimeter, axis, topic, LANGUAGE)} – {told}")


def _word(level: str) -> str:
    return {
        "reliable": _("They agree well: what they say can be built on."),
        "tentative": _("They agree fairly: conclusions are tentative."),
        "weak": _("They agree little: talk the definitions over before you build on this."),
        "unknown": _("Too few, or all alike: nothing can be said of it yet."),
    }[level]


def _colleges() -> dict[str, str]:
    return {"industry": _("industry"), "academia": _("research"), "staff": _("watch team")}


def _number(figure: float) -> str:
    return f"{figure:.2f}".replace(".", "," if LANGUAGE == "fr" else ".")
