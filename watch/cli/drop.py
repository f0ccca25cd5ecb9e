"""`source drop`: files from an officer's disk."""

from __future__ import annotations

from pathlib import Path

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    chosen_cluster,
    cluster_option,
    json_option,
    now,
    open_store,
    say_report,
)  # fmt: skip

__all__ = ["drop"]


@click.command(
    help=_("Add what your files hold. CSV, XLSX, RIS, BibTeX, EML; good lines are kept.")
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar=_("FILE..."),
)
@click.option("--name", default="", help=_("How readers know these files."))
@cluster_option
@json_option
def drop(files: tuple[Path, ...], name: str, slug: str, is_json: bool) -> None:
    """Drop files."""
    open_store()
    from watch.rounds.drop import drop_round

    cluster = chosen_cluster(slug)
    held = [(file.name, file.read_bytes()) for file in files]
    report = drop_round(cluster.slug, name or _("Our files"), held, now(), LANGUAGE)
    say_report(report, is_json)
    if report.counts["failed"] == len(files):
        raise SystemExit(2)
