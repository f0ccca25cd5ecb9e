"""`source`: what is visited."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

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
    say_problems,
    write,
)  # fmt: skip
from watch.cli.lazy import Lazy
from watch.cli.lines import paragraph
from watch.domain import Cluster, Outcome
from watch.errors import Problem, SourceRefused
from watch.text.clean import shorten

__all__ = ["source"]

_LONGEST_NAME = 28
# Number, name, items, state, next visit: 80 signs.
_ROW = "{:>4}  {:28}  {:>8}  {:16}  {}"


_PLACES = {
    "check": "discover",
    "add": "discover",
    "edit": "discover",
    "kinds": "discover",
    "drop": "drop",
    "suggest": "suggest",
    "rights": "rights",
}


@click.group(cls=Lazy, places=_PLACES, help=_("The addresses that are visited."))
def source() -> None:
    """Group the commands of sources."""


@source.command("list", help=_("List the cluster's sources and how they do."))
@cluster_option
@json_option
def list_sources(slug: str, is_json: bool) -> None:
    """List sources."""
    open_store()
    from watch.sources.status import status
    from watch.store import sources

    cluster = chosen_cluster(slug)
    found = sources.health(cluster.slug)
    if is_json:
        as_json(found)
        return
    if not found:
        paragraph(_("There is no source yet; add one with `zoom-marche source add ADDRESS`."))
        return
    heads = (_("no."), _("source"), _("items"), _("state"), _("next visit"))
    say(_ROW.format(*heads).rstrip())
    for one in found:
        state = status(one, LANGUAGE)
        due = _local(max(one.due_at, now()), cluster)
        name = shorten(one.source.name, _LONGEST_NAME)
        say(_ROW.format(one.source.id, name, one.item_count, state.word, due))
        if state.cause:
            paragraph(f"{state.cause} {state.remedy}", f"{'':6}")


@source.command(help=_("Show the last visits to a source. Newest first, in local time."))
@click.argument("address", metavar=_("ADDRESS"))
@click.option("--limit", default=30, show_default=True, help=_("How many visits."))
@cluster_option
@json_option
def history(address: str, limit: int, slug: str, is_json: bool) -> None:
    """Show the history of a source."""
    open_store()
    from watch.sources.health import explain
    from watch.sources.status import status
    from watch.store import sources, visits

    cluster = chosen_cluster(slug)
    found = sources.find(cluster.slug, address)
    if found is None:
        raise _unknown(address)
    lines = visits.history(cluster.slug, found.id, limit)
    if is_json:
        as_json([visit._asdict() for visit in lines])
        return
    say(f"{found.name}  ({found.url})")
    state = next(
        status(one, LANGUAGE) for one in sources.health(cluster.slug) if one.source.id == found.id
    )
    word = _("{name}: {said}").format(name=_("state"), said=state.word)
    paragraph(" ".join(part for part in (word + ".", state.cause, state.remedy) if part))
    for visit in lines:
        why = explain(visit.reason, LANGUAGE)[0] if visit.reason else ""
        begin = f"  {_local(visit.visited_at, cluster)}  "
        how = _how(visit.outcome, visit.new_count)
        paragraph(f"{how:16}  {why}".rstrip(), begin)


def _how(outcome: Outcome, count: int) -> str:
    """Return how a visit ended, in a word or two."""
    if outcome is Outcome.FAILED:
        return _("failed")
    if outcome is Outcome.UNCHANGED or not count:
        return _("nothing new")
    return counted_in(count, _("{count} new item"), _("{count} new items"))


def _local(at: datetime, cluster: Cluster) -> str:
    return f"{at.astimezone(ZoneInfo(cluster.timezone)):%Y-%m-%d %H:%M}"


def _unknown(address: str) -> SourceRefused:
    return SourceRefused(
        Problem(address, _("not among the sources"), _("see `zoom-marche source list`"))
    )


@source.command(help=_("Stop visiting a source; its items stay."))
@click.argument("address", metavar=_("ADDRESS"))
@cluster_option
def remove(address: str, slug: str) -> None:
    """Remove a source."""
    open_store()
    from watch.store import sources

    cluster = chosen_cluster(slug)
    found = sources.find(cluster.slug, address)
    if found is None:
        raise _unknown(address)
    sources.remove(cluster.slug, found.id)
    say(_("no longer visited: {name}; its items stay").format(name=found.name))


@source.command("import", help=_("Add the sources of a list: OPML, CSV or YAML."))
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar=_("FILE")
)
@cluster_option
def import_list(file: Path, slug: str) -> None:
    """Import a list; good lines are kept, the others are named."""
    open_store()
    from watch.sources.lists import read_list
    from watch.store import sources
    from watch.text.tables import decode

    cluster = chosen_cluster(slug)
    text = decode(file.read_bytes())
    found = read_list(text, file.name, LANGUAGE, perimeter_of(cluster.slug))
    added = sum(sources.add(cluster.slug, one, now())[1] for one in found.sources)
    say(
        _("{added} added, {known} known already, {refused} left out").format(
            added=added, known=len(found.sources) - added, refused=found.left_out
        )
    )
    say_problems(found.problems)
    if bare := sum(one.kind == "page" and not one.options for one in found.sources):
        one = _("{count} page has no feed: see what `zoom-marche source check` finds on it.")
        many = _("{count} pages have no feed: see what `zoom-marche source check` finds on each.")
        paragraph(counted_in(bare, one, many))


@source.command("export", help=_("Write the cluster's sources as OPML."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar=_("FILE"))
@cluster_option
def export_list(file: Path, slug: str) -> None:
    """Export a list."""
    open_store()
    from watch.sources.lists import is_shared, write_opml
    from watch.store import sources

    cluster = chosen_cluster(slug)
    held = sources.held(cluster.slug)
    write(file, write_opml(held, cluster.name))
    count = sum(map(is_shared, held))
    say(_("{count} sources in {file}").format(count=count, file=file))
    if count < len(held):
        told = _("left out, for they are yours alone (mailboxes, files): {count}")
        paragraph(told.format(count=len(held) - count))
