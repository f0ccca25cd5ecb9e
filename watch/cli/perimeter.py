"""`perimeter`: check, load, save and compare cahiers des charges."""

from __future__ import annotations

from pathlib import Path

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    json_option,
    now,
    open_store,
    perimeter_of,
    say,
    say_problems,
    write,
)  # fmt: skip
from watch.domain import Axis, Cluster, Perimeter
from watch.perimeter.read import decode, read

__all__ = ["perimeter"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help=_("The cahier des charges: what the watch looks for."))
def perimeter() -> None:
    """Group the commands of the perimeter."""


def _read(path: Path) -> Perimeter:
    return read(decode(path.read_bytes()), path.name, LANGUAGE)


@perimeter.command(help=_("Say everything that is wrong with a file. Stores nothing."))
@click.argument("file", type=_FILE, metavar=_("FILE"))
def check(file: Path) -> None:
    """Check a file."""
    from watch.perimeter.check import check as remarks

    found = _read(file)
    say(
        _("{file}: good. {markets} markets, {technologies} technologies, version {version}").format(
            file=file.name,
            markets=len(found.on(Axis.MARKET)),
            technologies=len(found.on(Axis.TECHNOLOGY)),
            version=found.version,
        )
    )
    say_problems(remarks(found, LANGUAGE), is_error=False)


@perimeter.command(help=_("Make a file the current version. The cluster is created if need be."))
@click.argument("file", type=_FILE, metavar=_("FILE"))
@click.option(
    "--cluster",
    "slug",
    default="",
    metavar=_("CLUSTER"),
    help=_("The cluster; by default the file's own id."),
)
@click.option("--by", default="", help=_("Who loads it."))
def load(file: Path, slug: str, by: str) -> None:
    """Load a file."""
    found = _read(file)
    open_store()
    from watch.store import clusters, perimeters
    from watch.store.transaction import prepare

    prepare()
    slug = slug or found.id
    if clusters.find(slug) is None:
        label = found.label.get(LANGUAGE) or found.id
        clusters.save(Cluster(slug, label, LANGUAGE))
    number = perimeters.load(slug, found.version, found.written, by, now())
    say(
        _("Cluster {cluster}: perimeter {version} is number {number}.").format(
            cluster=slug, version=found.version, number=number
        )
    )


@perimeter.command(help=_("Write a version to a file, comments included."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar=_("FILE"))
@click.option("--number", type=int, help=_("Which version; by default the current one."))
@cluster_option
def save(file: Path, number: int | None, slug: str) -> None:
    """Save a version."""
    open_store()
    from watch.store import perimeters

    cluster = chosen_cluster(slug)
    found = perimeters.version(cluster.slug, number) if number else perimeters.current(cluster.slug)
    write(file, found.text)
    say(
        _("{file}: version {version}, number {number}").format(
            file=file, version=found.version, number=found.number
        )
    )


@perimeter.command(
    help=_("Say what a file would change. In its words, and in the last items; stores nothing.")
)
@click.argument("file", type=_FILE, metavar=_("FILE"))
@click.option(
    "--days",
    type=click.IntRange(0, 3650),
    default=90,
    show_default=True,
    help=_("Of how many days the items are read under both versions; 0 for none."),
)
@cluster_option
def diff(file: Path, days: int, slug: str) -> None:
    """Compare a file with the current version, and try it."""
    from watch.cli.trial import say_words_from_reviews, try_and_say
    from watch.perimeter.diff import diff as changes

    new = _read(file)
    open_store()
    cluster = chosen_cluster(slug)
    sentences = changes(perimeter_of(cluster.slug), new, LANGUAGE)
    for sentence in sentences or [_("Nothing changes.")]:
        say(sentence)
    if sentences and days:
        try_and_say(cluster, new, days)
    say_words_from_reviews(cluster, new)


@perimeter.command("list", help=_("List the versions of a cluster's perimeter."))
@cluster_option
@json_option
def list_versions(slug: str, is_json: bool) -> None:
    """List versions."""
    open_store()
    from watch.store import perimeters

    found = perimeters.versions(chosen_cluster(slug).slug)
    if is_json:
        as_json(
            [{"number": v.number, "version": v.version, "loaded_at": v.loaded_at} for v in found]
        )
        return
    for version in found:
        on = f"{version.loaded_at:%Y-%m-%d %H:%M}"
        say(f"{version.number:4}  {version.version:10}  {on}  {version.loaded_by}")
