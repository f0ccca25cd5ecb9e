"""The rounds at a terminal: collect, read, publish; run does all, schedule by the clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from watch import settings
from watch.cli.channel import channel_now
from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    engine,
    json_option,
    manners,
    now,
    open_store,
    progress,
    say,
    say_report,
)  # fmt: skip
from watch.cli.learn import learn_now
from watch.cli.post import alert_now, by_hand, by_the_clock, plan, read_bounces, send_now, tell_now
from watch.cli.privacy import retain_now
from watch.domain import Cluster, Report
from watch.engine import Engine
from watch.routing.rhythm import Hours

__all__ = ["collect", "fetch", "publish", "read", "run", "schedule"]


@click.command(help=_("Visit the sources that are due and store what they bring."))
@click.option("--all", "is_all", is_flag=True, help=_("Visit every source now, due or not."))
@cluster_option
@json_option
def collect(is_all: bool, slug: str, is_json: bool) -> None:
    """Collect."""
    open_store()
    cluster = chosen_cluster(slug) if slug or is_all else None
    if cluster and is_all:
        from watch.store import sources

        sources.postpone(cluster.slug, now())
    with engine() as pool:
        say_report(_collect(pool, cluster.slug if cluster else ""), is_json)


@click.command(help=_("Tag the items not yet read under the current perimeter."))
@cluster_option
@json_option
def read(slug: str, is_json: bool) -> None:
    """Read."""
    open_store()
    with engine() as pool:
        _enrich(pool)  # files that were dropped have waited for it
        say_report(_read(pool, chosen_cluster(slug).slug), is_json)


@click.command(help=_("Fetch the pages of tagged items, where allowed."))
@cluster_option
@json_option
def fetch(slug: str, is_json: bool) -> None:
    """Fetch."""
    open_store()
    with engine() as pool:
        say_report(_fetch(pool, chosen_cluster(slug).slug), is_json)


@click.command(help=_("Publish a Zoom-Marché on one market. Pages and PDF, French and English."))
@click.option("--market", required=True, help=_("The market's id in the perimeter."))
@click.option("--approver", default="", help=_("Who answers for it; required."))
@click.option("--author", "authors", multiple=True, help=_("Who wrote it; may be given again."))
@click.option(
    "--level",
    type=click.Choice(["public", "members", "restricted"]),
    default="members",
    show_default=True,
    help=_("Who may read it; it stands on the cover."),
)
@click.option(
    "--days",
    type=click.IntRange(7, 1100),
    help=_("The last so many days; by default this quarter."),
)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar=_("FOLDER"),
    help=_("Where the files go; by default `reports` in the home."),
)
@click.option("--pdf/--no-pdf", default=True, help=_("With or without PDF."))
@cluster_option
@json_option
def publish(
    market: str, approver: str, authors: tuple[str, ...], level: str, days: int | None,
    folder: Path | None, pdf: bool, slug: str, is_json: bool,
) -> None:  # fmt: skip
    """Publish."""
    open_store()
    from watch.rounds.calendar import last_days, quarter_of, today
    from watch.rounds.publish import Imprint, publish_round

    cluster = chosen_cluster(slug)
    day = today(now(), cluster.timezone)
    period = last_days(day, days) if days else quarter_of(day)
    report = publish_round(
        cluster.slug, market, period, Imprint(approver, authors, level), now(),
        folder or settings.HOME / "reports", with_pdf=pdf,
        said=None if is_json else lambda path: say(f"  {path}"), language=LANGUAGE,
    )  # fmt: skip
    say_report(report, is_json)


@click.command(help=_("Collect, read, write and send: the day's work."))
@click.option("--tell/--no-tell", "is_telling", default=True, help=_("With or without letters."))
@cluster_option
@json_option
def run(is_telling: bool, slug: str, is_json: bool) -> None:
    """Run the rounds one after the other."""
    open_store()
    cluster = chosen_cluster(slug)
    with engine() as pool:
        reports = [_collect(pool, cluster.slug), *_read_whole(pool, cluster.slug)]
    if is_telling:
        reports.append(_tell(cluster, by_hand()))
    if is_json:
        as_json(
            [
                {"round": r.name, "counts": r.counts, "problems": r.problems, "news": r.news}
                for r in reports
            ]
        )
        return
    for report in reports:
        say_report(report)


@click.command(help=_("Do every round when its time comes, until stopped (Ctrl-C)."))
@click.option("--once", is_flag=True, help=_("Do what is due now, and end: for cron."))
def schedule(once: bool) -> None:
    """Run by the clock."""
    open_store()
    from watch import schedule as clock
    from watch.store import clusters

    with engine() as pool:
        chores = {
            "collect": lambda _slug: _collect(pool, ""),
            "learn": learn_now,
            "read": lambda slug: _together(_read_whole(pool, slug)),
            "tell": lambda slug: _tell(clusters.get(slug), by_the_clock()),
            "alert": lambda slug: alert_now(clusters.get(slug), by_the_clock()),
            "send": send_now,
            "channel": channel_now,
            "retain": lambda _slug: retain_now(),
            "bounces": lambda _slug: read_bounces(),
        }

        def tick() -> None:
            for slot, report in clock.tick(now(), clusters.every(), plan(), chores, clock.holder()):
                say(f"{now():%Y-%m-%d %H:%M} {slot.cluster} {slot.on}")
                say_report(report)

        if once:
            tick()
        else:
            clock.run(tick, timedelta(seconds=30))


def _collect(pool: Engine, slug: str) -> Report:
    """Collect, and look at the words of what came: to an officer this is one."""
    from watch.rounds.collect import collect_round

    with progress(_("Visiting")) as said:
        collected = collect_round(pool, manners(), now(), slug, language=LANGUAGE, said=said)
    enriched = _enrich(pool)
    return replace(collected, counts={**collected.counts, "joined": enriched.counts["joined"]})


def _enrich(pool: Engine) -> Report:
    from watch.rounds.enrich import enrich_round
    from watch.text.meaning import embedder

    with progress(_("Enriching")) as said:
        return enrich_round(pool, now(), said, embedder())


def _read(pool: Engine, slug: str) -> Report:
    from watch.rounds.read import read_round

    with progress(_("Reading")) as said:
        return read_round(pool, slug, now(), said, settings.HOME / "learners", LANGUAGE)


def _fetch(pool: Engine, slug: str) -> Report:
    from watch.rounds.fetch import fetch_round

    wished = settings.WATCH["collect"]
    return fetch_round(
        pool, manners(), slug, now(), wished["pages_a_round"], wished["pages_a_site"]
    )


def _read_whole(pool: Engine, slug: str) -> list[Report]:
    """Read; fetch the pages of what was tagged; read again what they changed."""
    reports = [_read(pool, slug), _fetch(pool, slug)]
    if not reports[1].counts["revised"]:
        return reports
    _enrich(pool)
    return [*reports, _read(pool, slug)]


def _together(reports: Sequence[Report]) -> Report:
    """Return what several rounds did as the report of the first."""
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.counts)
    return Report(reports[0].name, counts, tuple(p for one in reports for p in one.problems))


def _tell(cluster: Cluster, hours: Hours) -> Report:
    """Write this week's letters; send them, or hold them where an officer is asked first."""
    return tell_now(cluster, not cluster.asks_first, hours)
