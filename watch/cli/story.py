"""`story`: the items that tell one event, and why; joined and parted by whoever knows better."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
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
    say,
)  # fmt: skip
from watch.cli.lines import paragraph
from watch.domain import ActKind

if TYPE_CHECKING:
    from watch.rounds.stories import Told

__all__ = ["story"]

_ITEM = _("ITEM")


def _because(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--because", default="", help=_("Why, in a few words."))(command)


@click.group(help=_("What tells one event: shown with reasons, joined, parted."))
def story() -> None:
    """Group the commands of stories."""


@story.command("show", help=_("Show the story of an item, and what ties it together."))
@click.argument("item", metavar=_ITEM)
@cluster_option
@json_option
def show(item: str, slug: str, is_json: bool) -> None:
    """Show a story."""
    open_store()
    from watch.store import acts

    cluster = chosen_cluster(slug)
    found = acts.find(cluster.slug, item)
    if is_json:
        from watch.rounds.stories import told

        as_json([
            {"item": one.item.key, "title": one.item.title, "outlet": one.item.outlet,
             "language": one.item.language, "published_at": one.item.published_at,
             "why": list(one.reasons(LANGUAGE, _day))}
            for one in told(cluster.slug, found.key)
        ])  # fmt: skip
    else:
        _show(cluster.slug, found.key)


@story.command("join", help=_("Make the stories of two items one, for good."))
@click.argument("item", metavar=_ITEM)
@click.argument("other", metavar=_ITEM)
@_because
@cluster_option
def join(item: str, other: str, because: str, slug: str) -> None:
    """Join two stories."""
    open_store()
    from watch.store import acts

    cluster = chosen_cluster(slug).slug
    one, two = acts.find(cluster, item), acts.find(cluster, other)
    acts.join(cluster, one.key, two.key, acts.Hand(now(), remark=because))
    _show(cluster, one.key)
    _say_way_back()


@story.command("part", help=_("Take an item out of its story, for good."))
@click.argument("item", metavar=_ITEM)
@_because
@cluster_option
def part(item: str, because: str, slug: str) -> None:
    """Part an item from its story."""
    open_store()
    from watch.store import acts

    cluster = chosen_cluster(slug).slug
    one = acts.find(cluster, item)
    acts.part(cluster, one.key, acts.Hand(now(), remark=because))
    _show(cluster, one.key)
    _say_way_back()


@story.command("undo", help=_("Take back what was last joined or parted."))
@cluster_option
def undo(slug: str) -> None:
    """Take back the last act."""
    open_store()
    from watch.store import acts

    cluster = chosen_cluster(slug).slug
    act = acts.undo(cluster, acts.Hand(now()))
    say(_("Taken back."))
    _show(cluster, act.item)
    if act.kind is ActKind.JOIN:
        _show(cluster, act.other)


def _show(cluster: str, item: str) -> None:
    from watch.rounds.stories import told

    found = told(cluster, item)
    say(counted_in(len(found), _("{count} item tells this:"), _("{count} items tell this:")))
    for one in found:
        _show_one(one)


def _show_one(one: Told) -> None:
    item = one.item
    title = item.title or _("(without title)")
    paragraph(f"{item.outlet} – {title}", f"  {item.published_at:%Y-%m-%d}  ")
    for said in one.reasons(LANGUAGE, _day):
        paragraph(said, " " * 14)
    say(f"{'':14}{item.key}")


def _say_way_back() -> None:
    say(_("To have it back: {command}").format(command="zoom-marche story undo"))


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
