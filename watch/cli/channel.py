"""`channel`: the officer's selection into the cluster's channel (Slack, Mattermost, Teams)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from watch import settings
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
    say_report,
)  # fmt: skip
from watch.domain import Report
from watch.errors import Problem, SettingsError, WatchError

if TYPE_CHECKING:
    from watch.deliver.channel import Channel

__all__ = ["channel", "channel_now"]


@click.group(help=_("Post what you choose in Slack, Mattermost or Teams."))
def channel() -> None:
    """Group the commands of the channel."""


@channel.command("list", help=_("Show what could be chosen, numbered, and what was posted."))
@cluster_option
@json_option
def listed(slug: str, is_json: bool) -> None:
    """List."""
    open_store()
    from watch.rounds.channel import choices
    from watch.store import bulletins
    from watch.web.wording import bulletin_state

    cluster = chosen_cluster(slug)
    found, posted = choices(cluster.slug, now()), bulletins.rows(cluster.slug)
    if is_json:
        as_json({"choices": found, "bulletins": posted})
        return
    for number, one in enumerate(found, start=1):
        say(f"{number:3}  {one.title}")
        say(f"     {one.source} · {one.why}")
    for row in posted:
        state = bulletin_state(row.state, LANGUAGE)
        say(f"{row.written_at:%Y-%m-%d %H:%M}  {state}  {row.bulletin.key}")


@channel.command(help=_("Post what you choose, by the numbers of `channel list`; once."))
@click.argument("numbers", metavar=_("NUMBER…"), nargs=-1, required=True, type=int)
@click.option("--greeting", default="", help=_("One sentence of yours above it."))
@click.option(
    "--dry-run", is_flag=True, help=_("Show what would be posted; keep and send nothing.")
)
@cluster_option
@json_option
def post(numbers: tuple[int, ...], greeting: str, dry_run: bool, slug: str, is_json: bool) -> None:
    """Post."""
    open_store()
    from watch.deliver.channel import to_text
    from watch.rounds import channel as rounds
    from watch.store import bulletins

    cluster = chosen_cluster(slug)
    found = rounds.choices(cluster.slug, now())
    wrong = [n for n in numbers if not 1 <= n <= len(found)]
    if wrong or len(numbers) > rounds.MOST_LINES:
        what = _("choose up to {n} numbers of the list").format(n=rounds.MOST_LINES)
        raise WatchError(
            Problem(
                ", ".join(map(str, wrong or numbers)), what, _("run `zoom-marche channel list`")
            )
        )
    keys = [found[number - 1].item for number in numbers]
    bulletin = rounds.compose(cluster.slug, keys, greeting, now())
    if bulletin is None:
        raise WatchError(Problem("", _("nothing of this can be posted any more"), ""))
    if dry_run:
        say(to_text(bulletin))
        return
    _channel(cluster.slug)  # nothing is kept that could not go
    if not bulletins.keep(cluster.slug, bulletin, now()):
        say(_("this was posted today already, or waits: see `zoom-marche channel list`"))
    say_report(channel_now(cluster.slug), is_json)


@channel.command(help=_("Post again what is uncertain or failed, or give it up, by its key."))
@click.argument("key", metavar=_("KEY"))
@click.option("--give-up", is_flag=True, help=_("Leave it: it stands there, or is not needed."))
@cluster_option
@json_option
def again(key: str, give_up: bool, slug: str, is_json: bool) -> None:
    """Decide."""
    open_store()
    from watch.store import bulletins

    cluster = chosen_cluster(slug)
    if not bulletins.decide(cluster.slug, key, not give_up, now()):
        raise WatchError(
            Problem(key, _("no such bulletin is in doubt"), _("run `zoom-marche channel list`"))
        )
    say_report(channel_now(cluster.slug), is_json)


def channel_now(slug: str) -> Report:
    """Post what waits for a cluster's channel."""
    from watch import schedule as clock
    from watch.rounds.channel import channel_round
    from watch.rounds.send import Sender

    me = Sender(clock.holder(), clock.is_gone, language=LANGUAGE)
    return channel_round(_channel(slug), slug, now, me, manners())


def _channel(slug: str) -> Channel:
    from watch.deliver.channel import read_channel, variable

    name = variable(slug)
    written = settings.CHANNELS.get(name, "")
    if not written:
        what, instead = _("no channel is set up"), _("see the guide, “A channel of the cluster”")
        raise SettingsError(Problem(name, what, instead))
    return read_channel(written, name)
