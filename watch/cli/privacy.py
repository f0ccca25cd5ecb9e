"""`privacy`: hand over, or erase, all that is kept of one person."""

from __future__ import annotations

import click

from watch import settings
from watch.cli.desk import (
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    counted,
    json_option,
    now,
    open_store,
    say,
    say_report,
)  # fmt: skip
from watch.domain import Report
from watch.errors import Problem, WatchError

__all__ = ["privacy", "retain_now"]


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


@privacy.command(help=_("Keep an author's name no more."))
@click.argument("name", metavar=_("NAME"))
@click.option("--take-back", is_flag=True, help=_("Keep it again, at its owner's wish."))
def oppose(name: str, take_back: bool) -> None:
    """Oppose."""
    open_store()
    from watch.store import opposition
    from watch.text.authors import name_print

    if not name_print(name):
        raise WatchError(
            Problem(name, _("this is no name"), _("write first and last name, in any order"))
        )
    if take_back:
        if not opposition.take_back(name):
            raise WatchError(Problem(name, _("nobody of this name opposed"), ""))
        say(_("{name}: named again in what is collected from now on").format(name=name))
        return
    count = opposition.oppose(name, now())
    say(_("{name}: kept no more (publications changed: {n})").format(name=name, n=count))
    say(_("Titles and texts stay as their outlets wrote them."))


@privacy.command(help=_("Show how long what is kept, and how much is past its term."))
@json_option
def terms(is_json: bool) -> None:
    """Show the rules."""
    open_store()
    counts = retain_now(is_rehearsal=True).counts
    if is_json:
        as_json({"days": settings.WATCH["privacy"], "past": counts})
        return
    for key, days in settings.WATCH["privacy"].items():
        name = f"past_{key.removesuffix('_days')}"
        kept = _("{n} days").format(n=days) if days else _("for good")
        past = _("{n} past it").format(n=counts.get(name, 0))
        say(f"{counted(name):24} {kept:12} {past:12} [privacy] {key}")
    say(_("Hashes of barred addresses are kept for good: no import brings those back."))


@privacy.command(help=_("End what is past its term. The clock does it once a day."))
@click.option("--dry-run", is_flag=True, help=_("Say what would end; end nothing."))
@json_option
def forget(dry_run: bool, is_json: bool) -> None:
    """Forget."""
    open_store()
    say_report(retain_now(dry_run), is_json)


def retain_now(is_rehearsal: bool = False) -> Report:
    """End what is past the terms of the settings, or say what would end."""
    from watch.rounds.retain import retain_round
    from watch.store.retention import Terms

    days = {key.removesuffix("_days"): count for key, count in settings.WATCH["privacy"].items()}
    return retain_round(Terms(**days), now(), is_rehearsal)
