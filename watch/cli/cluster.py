"""`cluster`: who signs the letters, and where readers reach the pages."""

from __future__ import annotations

from dataclasses import asdict, replace

import click

from watch.cli.desk import _, as_json, chosen_cluster, cluster_option, json_option, open_store, say

__all__ = ["cluster"]


@click.group(help=_("The network of firms: its name, its sender, its colour."))
def cluster() -> None:
    """Group the commands of clusters."""


@cluster.command("set", help=_("Change what readers see of the cluster; what is left out stays."))
@click.option("--name", help=_("The name in letters and reports."))
@click.option("--language", type=click.Choice(["fr", "en"]))
@click.option("--timezone", help=_("For instance Europe/Paris."))
@click.option("--sender-name", help=_("The person who signs the letters."))
@click.option("--sender-address", help=_("Where answers arrive."))
@click.option("--postal-address", help=_("Stands at the foot of every letter."))
@click.option("--base-url", help=_("Where readers reach the web app, without a slash at the end."))
@click.option("--accent", help=_("One colour, #rrggbb."))
@cluster_option
def change(slug: str, **wished: str | None) -> None:
    """Change a cluster."""
    open_store()
    from watch.store import clusters

    before = chosen_cluster(slug)
    clusters.save(replace(before, **{name: value for name, value in wished.items() if value}))
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
        say(f"{one.slug:20}  {one.name}  {one.sender_name} <{one.sender_address}>  {one.base_url}")
