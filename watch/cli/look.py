"""`status`: how the watch does. `doctor`: what is wrong with the installation, and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from watch import settings
from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    called,
    chosen_cluster,
    cluster_option,
    counted,
    json_option,
    now,
    open_store,
    say,
    say_problems,
)  # fmt: skip
from watch.cli.language import refusal
from watch.cli.lines import paragraph
from watch.domain import Cluster, Pages
from watch.errors import WatchError

if TYPE_CHECKING:
    from watch.store.sources import Health

__all__ = ["doctor", "status"]

# One failure is daily life; three in a row last about two days.
_FAILING = 3


@click.command(help=_("Say in a few lines how the watch does."))
@cluster_option
@json_option
def status(slug: str, is_json: bool) -> None:
    """Show the state of a cluster's watch."""
    open_store()
    from watch.rounds.serving import serving
    from watch.sources.status import status as status_of
    from watch.store import items, letters, perimeters, slots, sources, subscribers

    cluster = chosen_cluster(slug)
    health = sources.health(cluster.slug)
    failing = [one for one in health if one.failures]
    troubled = [
        (one, said)
        for one in health
        if (said := status_of(one, LANGUAGE)).state not in {"good", "never", "slow"}
    ]
    version = perimeters.current(cluster.slug)
    learners = settings.HOME / "learners"
    _learner, problems = serving(cluster.slug, version, learners, LANGUAGE)
    figures = {
        "cluster": cluster.slug,
        "troubles": problems,
        "perimeter": version.version,
        "sources": len(health),
        "failing": [one.source.name for one in failing],
        "states": {one.source.name: said.state for one, said in troubled},
        "items": items.count(cluster.slug),
        "subscribers": len(subscribers.every(cluster.slug)),
        "letters": letters.counts(cluster.slug),
        "rounds": slots.last(cluster.slug, 6),
    }
    if is_json:
        # Whether nearness judges is known once the perimeter is read, which takes time.
        from watch.rounds.jury import jury_of

        jury, _problems = jury_of(cluster.slug, version, learners, LANGUAGE)
        as_json({**figures, "judges": jury.names})
        return
    say(f"{cluster.name} · {settings.HOME}")
    say(
        _("perimeter {version}, number {number}").format(
            version=version.version, number=version.number
        )
    )
    say(_("sources {count}, failing {failing}").format(count=len(health), failing=len(failing)))
    if _all_fail(health):
        say_problems([_("All fail; can this machine reach the internet?")], is_error=False)
        troubled = []
    for one, said in troubled:
        paragraph(f"{one.source.name} – {said.word}. {said.cause} {said.remedy}", "  - ")
    say(_("items {count}").format(count=figures["items"]))
    say_problems(problems, is_error=False)
    told = ", ".join(
        f"{counted(state)} {count}" for state, count in letters.counts(cluster.slug).items()
    )
    say(
        _("readers {count}; letters: {told}").format(count=figures["subscribers"], told=told or "0")
    )
    for done in slots.last(cluster.slug, 6):
        state = _("done") if done.done_at else _("running")
        say(f"  {done.started_at:%Y-%m-%d %H:%M}  {called(done.round)}  {done.cluster}  {state}")


def _all_fail(health: Sequence[Health]) -> bool:
    """Return whether no source answers: then it is not each of them that has a fault."""
    return len(health) > 1 and all(one.failures for one in health)


@click.command(help=_("Check the installation, or what DNS says (`mail`)."))
@click.argument("part", type=click.Choice(["mail"]), required=False)
@cluster_option
@json_option
def doctor(part: str | None, slug: str, is_json: bool) -> None:
    """Check the installation, or what DNS says of the sender."""
    if part == "mail":
        from watch.cli.trust import look_at_mail

        look_at_mail(slug, is_json)
    troubles = [*_home(), *_store(), *_extras()]
    if is_json:
        as_json(troubles)
    elif not troubles:
        say(_("All is well."))
    else:
        say_problems(troubles, is_error=False)
    raise SystemExit(1 if troubles else 0)


def _home() -> list[str]:
    if not settings.HOME.exists():
        nothing = _("{home}: nothing is installed here; run `zoom-marche init`")
        return [nothing.format(home=settings.HOME)]
    found = []
    key = settings.HOME / "secret.key"
    if key.exists() and key.stat().st_mode & 0o077:
        found.append(_("{path}: others can read it; run `chmod 600 {path}`").format(path=key))
    post = settings.WATCH["post"]
    is_far = post["host"] not in {"127.0.0.1", "localhost", "::1"}
    if post["kind"] == "smtp" and post["security"] == "none" and is_far:
        found.append(_('[post] security: letters travel in the clear; write "starttls" or "tls"'))
    return found


def _store() -> list[str]:
    if not settings.HOME.exists():
        return []
    try:
        open_store()
    except WatchError as reason:
        return [refusal(reason)]
    from watch.store import clusters

    every = clusters.every()
    if not every:
        return [_("there is no cluster yet; run `zoom-marche perimeter load FILE`")]
    return [
        trouble
        for cluster in every
        for trouble in (*_desk(cluster), *_sources(cluster.slug), *_letters(cluster.slug))
    ]


def _desk(cluster: Cluster) -> Iterator[str]:
    from watch.store import perimeters

    try:
        perimeters.current(cluster.slug)
    except WatchError as reason:
        yield refusal(reason)
    if not cluster.sender_address:
        yield _("{cluster}: letters have no sender; run `zoom-marche cluster set`").format(
            cluster=cluster.slug
        )


def _sources(slug: str) -> Iterator[str]:
    from watch.store import sources

    health = sources.health(slug)
    if not health:
        yield _("{cluster}: there is no source yet; run `zoom-marche source add ADDRESS`").format(
            cluster=slug
        )
    if _all_fail(health):
        yield _("{cluster}: all {count} sources fail; can this machine reach the internet?").format(
            cluster=slug, count=len(health)
        )
        return
    from watch.sources.status import status as status_of

    for one in health:
        said = status_of(one, LANGUAGE)
        if one.failures >= _FAILING:
            yield (
                _("{cluster}: {source} has failed {count} times in a row").format(
                    cluster=slug, source=one.source.name, count=one.failures
                )
                + f". {said.cause} {said.remedy}"
            )
        elif said.state in {"moved", "silent", "gone"}:
            yield f"{slug}: {one.source.name} – {said.word}. {said.cause} {said.remedy}"
    waiting = [one for one in health if one.visited_at is None and one.due_at < now()]
    if waiting:
        yield _("{cluster}: never visited: {count} sources; run `zoom-marche collect`").format(
            cluster=slug, count=len(waiting)
        )


def _letters(slug: str) -> Iterator[str]:
    from watch.store import invitations, letters, subscribers

    asked = invitations.unanswered(slug)
    silent = [o for o in subscribers.every(slug) if o.basis is None and o.id not in asked]
    if silent:
        yield _("{cluster}: {count} readers without a legal basis are not written to").format(
            cluster=slug, count=len(silent)
        )
    unsure = letters.counts(slug).get("uncertain", 0)
    if unsure:
        yield _("{cluster}: of {count} letters nobody knows whether they arrived").format(
            cluster=slug, count=unsure
        )


def _extras() -> list[str]:
    from watch.report.pdf import to_pdf

    try:
        # Only printing a page tells that all libraries are there.
        to_pdf(Pages("-", "en", '<!doctype html><html lang="en"><title>-</title>'))
    except WatchError as reason:
        return [refusal(reason)]
    return []
