"""`tell`: this week's letters into the outbox and out of it. `bounces`: what came back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from time import sleep
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
    now,
    open_store,
    say,
    say_report,
    secret,
)  # fmt: skip
from watch.domain import Cluster, Letter, Report
from watch.errors import Problem, SettingsError

if TYPE_CHECKING:
    from watch.deliver import Post
    from watch.rounds.send import Sender
    from watch.rounds.tell import Draft
    from watch.routing.rhythm import Hours
    from watch.schedule import Plan

__all__ = [
    "alert_now",
    "bounces",
    "by_hand",
    "by_the_clock",
    "plan",
    "read_bounces",
    "send_now",
    "tell",
    "tell_now",
]


@click.command(help=_("Write and send this week's letters, each once."))
@click.option(
    "--dry-run", is_flag=True, help=_("Show what would be written; keep and send nothing.")
)
@click.option("--send/--no-send", default=True, help=_("Send, or only put into the outbox."))
@click.option(
    "--late", is_flag=True, help=_("Send also what is long past its time and waits for your word.")
)
@click.option(
    "--sample-to",
    "sample_to",
    metavar=_("EMAIL"),
    help=_("Send this week's letters to yourself, to look at; no reader gets any."),
)
@click.option(
    "--ahead", is_flag=True, help=_("Write also to readers whose own hour has not come yet.")
)
@cluster_option
@json_option
def tell(
    dry_run: bool, send: bool, late: bool, sample_to: str | None, ahead: bool, slug: str,
    is_json: bool,
) -> None:  # fmt: skip
    """Tell."""
    open_store()
    cluster = chosen_cluster(slug)
    if dry_run:
        _rehearse(cluster, is_json)
        return
    if sample_to:
        say_report(_sample(cluster, sample_to), is_json)
        return
    if send:
        from watch.store import letters

        letters.release(cluster.slug, now(), None if late else now() - plan().tell_at_latest)
    say_report(tell_now(cluster, send, None if ahead else by_hand()), is_json)


@click.command(help=_("Bar the addresses that came back."))
@json_option
def bounces(is_json: bool) -> None:
    """Read what came back."""
    open_store()
    if not settings.WATCH["bounces"]["host"]:
        raise SettingsError(
            Problem("[bounces]", _("no mailbox is set up"), _("see the guide, “What comes back”"))
        )
    say_report(read_bounces(), is_json)


def plan() -> Plan:
    """Return when rounds run, as the settings say."""
    from watch.routing.columns import WEEKDAYS
    from watch.schedule import Plan

    wished = settings.WATCH["schedule"]
    if wished["tell_weekday"] not in WEEKDAYS:
        raise _unknown("[schedule] tell_weekday", wished["tell_weekday"], WEEKDAYS)
    return Plan(
        collect_every=timedelta(minutes=wished["collect_every_minutes"]),
        tell_weekday=WEEKDAYS.index(wished["tell_weekday"]),
        tell_hour=wished["tell_hour"],
        tell_at_latest=timedelta(hours=wished["tell_at_latest_hours"]),
        reads_bounces=bool(settings.WATCH["bounces"]["host"]),
        forgets=any(settings.WATCH["privacy"].values()),
    )


def by_hand() -> Hours:
    """Return when letters go that an officer asks for: now, but to whoever wishes his own hour."""
    from watch.routing.rhythm import Hours

    wished = plan()
    return Hours(wished.tell_weekday, wished.tell_hour)


def by_the_clock() -> Hours:
    """Return when letters go by the clock: to each reader at his hour, and not long after."""
    return replace(by_hand(), at_latest=plan().tell_at_latest)


def _unknown(setting: str, value: str, words: Sequence[str]) -> SettingsError:
    return SettingsError(
        Problem(
            setting,
            _("“{value}” is not known").format(value=value),
            _("write one of: {words}").format(words=", ".join(words)),
        )
    )


def tell_now(cluster: Cluster, is_sending: bool, hours: Hours | None) -> Report:
    """Write this week's letters and today's alerts, and send them or hold them."""
    from watch.rounds.calendar import today, week_of
    from watch.rounds.tell import alert_round, tell_round, write_round

    period = week_of(today(now(), cluster.timezone))
    if not is_sending:
        written = write_round(cluster.slug, period, now(), secret(), True, LANGUAGE, hours)
        alerted = alert_round(cluster.slug, now(), secret(), True, LANGUAGE, hours)
        counts = {**written.counts, **alerted.counts}
        return Report("write", counts, written.problems + alerted.problems)
    with _post() as post:
        return tell_round(post, cluster.slug, period, now, secret(), _sender(), hours)


def alert_now(cluster: Cluster, hours: Hours) -> Report:
    """Write today's alerts; they go at once, or wait where an officer is asked first."""
    from watch.rounds.tell import alert_round

    report = alert_round(cluster.slug, now(), secret(), cluster.asks_first, LANGUAGE, hours)
    if not report.counts["alerts"] or cluster.asks_first:
        return report
    sent = send_now(cluster.slug)
    counts = {**report.counts, **sent.counts}
    return Report("alert", counts, report.problems + sent.problems)


def send_now(slug: str) -> Report:
    """Send what waits in the outbox of a cluster and whose time has come."""
    from watch.rounds.send import send_round

    with _post() as post:
        return send_round(post, slug, now, _sender())


def _sample(cluster: Cluster, to: str) -> Report:
    from watch.rounds.calendar import today, week_of
    from watch.rounds.sample import sample_round

    period = week_of(today(now(), cluster.timezone))
    with _post() as post:
        return sample_round(
            post, cluster.slug, to, period, now(), settings.WATCH["post"]["only_to"]
        )


def _sender() -> Sender:
    """Return who sends here, at the pace that the settings ask for."""
    from watch import schedule as clock
    from watch.rounds.send import Sender
    from watch.store.turns import Pace

    wished = settings.WATCH["post"]
    # A folder is no server that could be hurried.
    pace = Pace(wished["letters_a_minute"], wished["to_a_domain_a_minute"])
    return Sender(
        clock.holder(),
        clock.is_gone,
        Pace() if wished["kind"] == "folder" else pace,
        lambda time: sleep(time.total_seconds()),
        plan().tell_at_latest,
        LANGUAGE,
    )


def _return_path(letter: Letter) -> str:
    """Return where a letter comes back to: an address of its own, where a mailbox is set up."""
    from watch.deliver.verp import return_path

    mailbox = settings.WATCH["bounces"]["address"]
    return return_path(secret(), mailbox, letter.key) if mailbox else letter.sender


def read_bounces() -> Report:
    """Read what came back, where a mailbox is set up for it."""
    from watch.deliver.mailbox import Mailbox, unread
    from watch.rounds.bounce import bounce_round

    wished = settings.WATCH["bounces"]
    if not (wished["address"] and wished["host"]):
        return Report("bounces")
    mailbox = Mailbox(
        wished["host"],
        wished["user"],
        os.environ.get("ZOOM_MARCHE_BOUNCES_PASSWORD", ""),
        wished["port"],
        wished["folder"],
    )
    return bounce_round(unread(mailbox), secret(), wished["address"], now(), LANGUAGE)


def _rehearse(cluster: Cluster, is_json: bool) -> None:
    from watch.report.letter import lines_of
    from watch.rounds.calendar import today, week_of
    from watch.rounds.tell import alert_drafts, drafts
    from watch.web.wording import warning

    found = drafts(cluster.slug, week_of(today(now(), cluster.timezone)), now())
    told = {d.subscriber.id: frozenset(one.story for one in lines_of(d.digest)) for d in found}
    found += alert_drafts(cluster.slug, now(), told)
    if is_json:
        as_json([
            {"firm": d.subscriber.firm, "alert": d.digest.is_alert,
             "lines": len(d.digest.picks), "reason": d.reason,
             "subject": d.letter.subject if d.letter else "",
             "warnings": _warnings(d)}
            for d in found
        ])  # fmt: skip
        return
    for draft in found:
        head = f"{draft.subscriber.firm} <{draft.subscriber.email}>"
        say(f"== {head}{_(' (alert)') if draft.digest.is_alert else ''}")
        if draft.letter is None:
            say(_("no letter: {reason}").format(reason=_reasons()[draft.reason]))
            continue
        lines = lines_of(draft.digest)
        say(_("lines: {n}").format(n=len(lines)))
        for name in _warnings(draft):
            say(f"! {warning(name, LANGUAGE)}")
        say(draft.letter.text)


def _warnings(draft: Draft) -> list[str]:
    from watch.report.letter import lines_of
    from watch.rounds.edit import warnings

    if draft.letter is None:
        return []
    digest = draft.digest
    return warnings(lines_of(digest), draft.letter.html, digest.period.last_on, digest.is_alert)


def _reasons() -> dict[str, str]:
    return {
        "no_basis": _("no legal basis is recorded"),
        "inactive": _("this reader has asked for none"),
        "paused": _("this reader pauses"),
        "not_due": _("this reader wants letters less often"),
        "too_little": _("too few good items"),
    }


@contextmanager
def _post() -> Iterator[Post]:
    """Open the post that the settings name."""
    from watch.deliver.fence import Fenced
    from watch.deliver.folder import Folder
    from watch.deliver.smtp import MailServer, Smtp

    wished = settings.WATCH["post"]
    if wished["kind"] == "folder":
        post: Post = Folder(settings.HOME / wished["folder"])
    elif wished["kind"] == "smtp":
        password = os.environ.get("ZOOM_MARCHE_SMTP_PASSWORD", "")
        post = Smtp(
            MailServer(
                wished["host"], wished["port"], wished["security"], wished["user"], password
            ),
            _return_path,
        )
    elif wished["kind"] == "provider":
        from watch.deliver.provider import Provider, ProviderPost

        post = ProviderPost(
            Provider(
                wished["provider"],
                settings.PROVIDER_KEY,
                settings.PROVIDER_SIGNING,
                wished["provider_url"],
            )
        )
    else:
        raise _unknown("[post] kind", wished["kind"], ("folder", "smtp", "provider"))
    if wished["only_to"]:
        post = Fenced(post, wished["only_to"])
    try:
        yield post
    finally:
        post.close()
