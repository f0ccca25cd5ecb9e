"""`learn`: reviews teach the next learner; back to the one before, and on to the one after."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from watch import settings
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
    progress,
    say,
    say_report,
)  # fmt: skip
from watch.domain import Report
from watch.errors import Problem, WatchError

__all__ = ["learn", "learn_now"]


@click.command(
    help=_(
        "Learn from the reviews. The new learner serves only if it is no worse, on each axis and "
        "in each language; `quality` shows how good it is."
    )
)
@click.option("--back", "is_back", is_flag=True, help=_("Let the learner before serve again."))
@click.option("--forward", "is_forward", is_flag=True, help=_("Let the one after it serve again."))
@click.option(
    "--set-aside",
    "reviewer",
    metavar=_("EMAIL"),
    help=_("Let what this person said --since count no more."),
)
@click.option(
    "--take-back",
    "restored",
    metavar=_("EMAIL"),
    help=_("Let what this person said --since count again."),
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M"]),
    help=_("A day, or day and time (UTC): “2026-11-25 14:05”."),
)
@cluster_option
@json_option
def learn(
    is_back: bool,
    is_forward: bool,
    reviewer: str | None,
    restored: str | None,
    since: datetime | None,
    slug: str,
    is_json: bool,
) -> None:
    """Learn, or change what serves."""
    if sum(map(bool, (is_back, is_forward, reviewer, restored))) > 1:
        raise WatchError(Problem("", _("these options exclude each other"), _("give one of them")))
    open_store()
    cluster = chosen_cluster(slug).slug
    if is_back or is_forward:
        _move(cluster, is_back, is_json)
    elif who := reviewer or restored:
        _set_aside(cluster, who, since, bool(restored), is_json)
    else:
        say_report(learn_now(cluster), is_json)


def learn_now(slug: str) -> Report:
    """Learn from the reviews of a cluster."""
    from watch.rounds.learn import learn_round
    from watch.text.meaning import embedder

    with progress(_("Learning")) as said:
        return learn_round(slug, settings.HOME / "learners", now(), embedder(), LANGUAGE, said)


def _move(cluster: str, is_back: bool, is_json: bool) -> None:
    from watch.rounds.learn import move

    number = move(cluster, is_back)
    if is_json:
        as_json({"serves": number})
    elif number is None:
        say(_("There is no learner to go to."))
    elif number:
        say(_("Learner {number} serves; `read` reads all items again.").format(number=number))
    else:
        say(_("No learner serves, only the specification; `read` reads all items again."))


def _set_aside(
    cluster: str, who: str, since: datetime | None, is_back: bool, is_json: bool
) -> None:
    from watch.rounds.learn import set_aside

    if since is None:
        raise WatchError(Problem("--since", _("is missing"), _("write for example 2026-11-25")))
    count = set_aside(cluster, who, since.replace(tzinfo=UTC), None if is_back else now())
    if is_json:
        as_json({"items": count})
        return
    say(
        counted_in(
            count,
            _("{count} item is settled anew; run `zoom-marche learn`"),
            _("{count} items are settled anew; run `zoom-marche learn`"),
        )
    )
