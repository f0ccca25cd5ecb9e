"""`source`: what is visited."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    json_option,
    manners,
    now,
    open_store,
    say,
    say_problems,
    write,
)  # fmt: skip
from watch.cli.rights import rights
from watch.domain import NO_URL, Source, WebUrl
from watch.errors import Problem, SourceRefused
from watch.text.urls import canonical

__all__ = ["source"]


@click.group(help=_("The addresses that are visited."))
def source() -> None:
    """Group the commands of sources."""


@source.command(help=_("Look at an address before adding it. Stores nothing."))
@click.argument("address", metavar=_("ADDRESS"))
@json_option
def check(address: str, is_json: bool) -> None:
    """Check an address; store nothing."""
    from watch.sources.discover import check as visit
    from watch.sources.health import explain

    found = visit(address, now(), manners())
    if is_json:
        as_json(found)
        return
    if found.kind == "feed" and found.source:
        say(_("A feed: {name}").format(name=found.source.name))
        if found.every:
            say(_("Publishes about every {hours} hours").format(hours=_hours(found.every)))
        for entry in found.newest:
            on = f"{entry.published_at:%Y-%m-%d}" if entry.published_at else " " * 10
            say(f"  {on}  {entry.title}")
        say(_("To add it: zoom-marche source add {url}").format(url=found.source.url))
    elif found.feeds:
        say(_("A page that names these feeds:"))
        for feed in found.feeds:
            say(f"  {feed.url}  {feed.name}")
    elif found.harvest.reason:
        say_problems([" ".join(explain(found.harvest.reason, LANGUAGE))])
        raise SystemExit(2)
    else:
        say(_("A page without a feed."))


@source.command(help=_("Add an address to what the cluster's watch visits."))
@click.argument("address", metavar=_("ADDRESS"))
@click.option("--name", default="", help=_("How readers know it; else what it calls itself."))
@click.option("--language", default="", help=_("Two letters, if you know it."))
@click.option(
    "--every",
    "hours",
    type=click.FloatRange(0.25, 720),
    default=6.0,
    show_default=True,
    help=_("Hours between two visits."),
)
@click.option("--check/--no-check", "is_checked", default=True, help=_("Visit it first."))
@cluster_option
def add(address: str, name: str, language: str, hours: float, is_checked: bool, slug: str) -> None:
    """Add a source."""
    url = canonical(address)
    if url == NO_URL:
        raise SourceRefused(
            Problem(address, _("this is no web address"), _("write https://… as in the browser"))
        )
    open_store()
    from watch.store import sources

    cluster = chosen_cluster(slug)
    wished = Source(WebUrl(address.strip()), name or address, language=language)
    if is_checked:
        wished = _checked(address, wished, name)
    wished = Source(wished.url, wished.name, wished.kind, wished.language, timedelta(hours=hours))
    added, is_new = sources.add(cluster.slug, wished, now())
    sentence = _("added: {name}") if is_new else _("was there already: {name}")
    say(sentence.format(name=added.name) + f"  ({added.url})")


def _checked(address: str, wished: Source, name: str) -> Source:
    from watch.sources.discover import check as visit
    from watch.sources.health import explain

    found = visit(address, now(), manners())
    if found.kind == "feed" and found.source:
        return Source(
            found.source.url,
            name or found.source.name,
            language=wished.language or found.source.language,
        )
    if found.feeds:
        names = ", ".join(feed.url for feed in found.feeds)
        raise SourceRefused(
            Problem(
                address, _("this is a page"), _("add one of its feeds: {names}").format(names=names)
            )
        )
    cause = " ".join(explain(found.harvest.reason or "not_a_feed", LANGUAGE))
    raise SourceRefused(Problem(address, cause, _("to add it all the same: --no-check")))


@source.command("list", help=_("List the cluster's sources and how they do."))
@cluster_option
@json_option
def list_sources(slug: str, is_json: bool) -> None:
    """List sources."""
    open_store()
    from watch.sources.health import explain
    from watch.store import sources

    found = sources.health(chosen_cluster(slug).slug)
    if is_json:
        as_json(found)
        return
    for one in found:
        state = _("never visited")
        if one.visited_at:
            state = explain(one.reason, LANGUAGE)[0] if one.failures else _("good")
        say(f"{one.source.id:5}  {one.source.name:40.40}  {one.item_count:6}  {state}")


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
        raise SourceRefused(
            Problem(address, _("not among the sources"), _("see `zoom-marche source list`"))
        )
    sources.remove(cluster.slug, found.id)
    say(_("removed: {name}").format(name=found.name))


@source.command("import", help=_("Add the sources of an OPML file or of a list (YAML)."))
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar=_("FILE")
)
@cluster_option
def import_list(file: Path, slug: str) -> None:
    """Import a list; good lines are kept, the others are named."""
    open_store()
    from watch.sources.lists import read_list
    from watch.store import sources
    from watch.text.plain_yaml import decode

    cluster = chosen_cluster(slug)
    found = read_list(decode(file.read_bytes()), file.name, LANGUAGE)
    added = sum(sources.add(cluster.slug, one, now())[1] for one in found.sources)
    say(
        _("{added} added, {known} known already, {refused} left out").format(
            added=added, known=len(found.sources) - added, refused=len(found.problems)
        )
    )
    say_problems(found.problems)


@source.command("export", help=_("Write the cluster's sources as OPML."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar=_("FILE"))
@cluster_option
def export_list(file: Path, slug: str) -> None:
    """Export a list."""
    open_store()
    from watch.sources.lists import write_opml
    from watch.store import sources

    cluster = chosen_cluster(slug)
    held = sources.held(cluster.slug)
    write(file, write_opml(held, cluster.name))
    say(_("{count} sources in {file}").format(count=len(held), file=file))


source.add_command(rights)


def _hours(every: timedelta) -> str:
    return f"{every.total_seconds() / 3600:.0f}"
