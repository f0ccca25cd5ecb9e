"""`cluster`: who signs the letters, and where readers reach the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from watch.cli.desk import _, as_json, chosen_cluster, cluster_option, json_option, open_store, say
from watch.errors import Problem, WatchError

__all__ = ["cluster"]


@click.group(help=_("The network of firms: its name, its sender, its colour."))
def cluster() -> None:
    """Group the commands of clusters."""


@cluster.command("set", help=_("Change what readers see of the cluster; what is left out stays."))
@click.option("--name", help=_("The name in letters and reports."))
@click.option("--language", type=click.Choice(["fr", "en"]), help=_("Of its own pages."))
@click.option("--timezone", help=_("For instance Europe/Paris."))
@click.option("--sender-name", help=_("The person who signs the letters."))
@click.option("--sender-address", help=_("Where answers arrive."))
@click.option("--postal-address", help=_("Stands at the foot of every letter."))
@click.option("--base-url", help=_("Where readers reach the web app, without a slash at the end."))
@click.option("--accent", help=_("One colour, #rrggbb."))
@click.option(
    "--precision",
    type=click.FloatRange(0.5, 0.99),
    help=_("How many of the tags served are to be true: 0.85 is 85 of 100."),
)
@click.option(
    "--ask-first/--send-at-once",
    "asks_first",
    default=None,
    help=_("Whether the clock's letters wait for an officer's word."),
)
@click.option(
    "--confirm-first/--no-confirm",
    "confirms_proposed",
    default=None,
    help=_("Whether proposed readers get letters only once they have confirmed."),
)
@cluster_option
def change(
    slug: str,
    precision: float | None,
    asks_first: bool | None,
    confirms_proposed: bool | None,
    **wished: str | None,
) -> None:
    """Change a cluster."""
    open_store()
    from watch.store import clusters, tags
    from watch.store.transaction import writing

    before = chosen_cluster(slug)
    given = {name: value for name, value in wished.items() if value}
    problems = [_FORMS[name][1] for name, value in given.items() if not _is_fit(name, value)]
    if problems:
        raise WatchError(*problems)
    # mypy takes what is given by name for values of every field.
    after = replace(before, **given)  # type: ignore[arg-type]
    if asks_first is not None:
        after = replace(after, asks_first=asks_first)
    if confirms_proposed is not None:
        after = replace(after, confirms_proposed=confirms_proposed)
    if precision in {None, before.precision}:
        clusters.save(after)
    else:
        with writing():
            clusters.save(replace(after, precision=precision or before.precision))
            tags.owe_again(before.slug)
    say(_("changed: {cluster}").format(cluster=before.slug))


@cluster.command("list", help=_("List the clusters of this installation."))
@json_option
def list_clusters(is_json: bool) -> None:
    """List clusters."""
    open_store()
    from watch.store import clusters

    found = clusters.every()
    if is_json:
        as_json([asdict(one) for one in found])
        return
    for one in found:
        sender = f"{one.sender_name} <{one.sender_address}>" if one.sender_address else "-"
        say(f"{one.slug:20}  {one.name}  {sender}  {one.base_url}")


_FORMS: Mapping[str, tuple[str, Problem]] = {
    "sender_address": (
        r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+",
        Problem(
            "--sender-address",
            _("this is no e-mail address"),
            _("write for example watch@cluster.example"),
        ),
    ),
    "base_url": (
        r"https?://[^/\s]+(/[^/\s]+)*",
        Problem(
            "--base-url",
            _("this is no web address without a slash at the end"),
            _("write for example https://watch.cluster.example"),
        ),
    ),
    "accent": (
        r"#[0-9a-fA-F]{6}",
        Problem("--accent", _("this is no colour"), _("write for example #0b5c7a")),
    ),
    "timezone": (
        r"\S+",
        Problem(
            "--timezone", _("this time zone is not known"), _("write for example Europe/Paris")
        ),
    ),
}
"""How a value has to look, and what to say of one that does not."""


def _is_fit(name: str, value: str) -> bool:
    if name not in _FORMS:
        return True
    if not re.fullmatch(_FORMS[name][0], value):
        return False
    if name == "timezone":
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            return False
    return True
