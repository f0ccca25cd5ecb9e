"""`privacy`: hand over, or erase, all that is kept of one person."""

from __future__ import annotations

import click

from watch.cli.desk import _, as_json, chosen_cluster, cluster_option, now, open_store, say
from watch.errors import Problem, WatchError

__all__ = ["privacy"]


@click.group(help=_("What is kept of one person: hand it over, or erase it."))
def privacy() -> None:
    """Group the commands of privacy."""


@privacy.command(help=_("Print all that is kept of an address, as JSON."))
@click.argument("email", metavar=_("EMAIL"))
@cluster_option
def export(email: str, slug: str) -> None:
    """Export."""
    open_store()
    from watch.store import privacy as store

    found = store.export(chosen_cluster(slug).slug, email)
    if found is None:
        raise WatchError(Problem(email, _("nothing is kept of this address"), ""))
    as_json(found)


@privacy.command(help=_("Erase all that is kept of an address; no import brings it back."))
@click.argument("email", metavar=_("EMAIL"))
@cluster_option
def erase(email: str, slug: str) -> None:
    """Erase."""
    open_store()
    from watch.store import privacy as store

    if not store.erase(chosen_cluster(slug).slug, email, now()):
        say(_("nothing was kept of this address; its fingerprint now bars it"))
        return
    say(_("erased: {name}").format(name=email))
    say(_("Think of the files in `letters`, and of your backups."))
