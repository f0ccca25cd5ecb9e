"""`status`: how the watch does. `doctor`: what is wrong with the installation, and the remedy."""

from __future__ import annotations

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
    say_problems,
)  # fmt: skip

__all__ = ["doctor", "status"]


@click.command(help=_("Say in a few lines how the watch does: sources, items, letters, clock."))
@cluster_option
@json_option
def status(slug: str, is_json: bool) -> None:
    """Show the state of a cluster's watch."""
    open_store()
    from watch.store import items, letters, perimeters, slots, sources, subscribers

    cluster = chosen_cluster(slug)
    health = sources.health(cluster.slug)
    failing = [one for one in health if one.failures]
    version = perimeters.current(cluster.slug)
    figures = {
        "cluster": cluster.slug,
        "perimeter": version.version,
        "sources": len(health),
        "failing": [one.source.name for one in failing],
        "items": items.count(cluster.slug),
        "subscribers": len(subscribers.every(cluster.slug)),
        "letters": letters.counts(cluster.slug),
        "rounds": slots.last(cluster.slug, 6),
    }
    if is_json:
        as_json(figures)
        return
    say(f"{cluster.name} · {settings.HOME}")
    say(
        _("perimeter {version}, number {number}").format(
            version=version.version, number=version.number
        )
    )
    say(_("sources {count}, failing {failing}").format(count=len(health), failing=len(failing)))
    for one in failing:
        from watch.sources.health import explain

        say(f"  - {one.source.name}: {' '.join(explain(one.reason, LANGUAGE))}")
    say(_("items {count}").format(count=figures["items"]))
    told = ", ".join(f"{_(state)} {count}" for state, count in letters.counts(cluster.slug).items())
    say(
        _("readers {count}; letters: {told}").format(count=figures["subscribers"], told=told or "0")
    )
    for done in slots.last(cluster.slug, 6):
        state = _("done") if done.done_at else _("running")
        say(f"  {done.started_at:%Y-%m-%d %H:%M}  {done.round}  {done.cluster}  {state}")


def _states() -> tuple[str, ...]:
    """Name the states of letters, so that they stand in the catalogue."""
    return _("queued"), _("sending"), _("sent"), _("failed"), _("uncertain")


@click.command(help=_("Check the installation and say what to do about each trouble."))
@json_option
def doctor(is_json: bool) -> None:
    """Check the installation."""
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
        return [
            _("{home}: nothing is installed here; run `zoom-marche init`").format(
                home=settings.HOME
            )
        ]
    found = []
    for name in ("watch.toml", "secret.key"):
        path = settings.HOME / name
        if name == "secret.key" and path.exists() and path.stat().st_mode & 0o077:
            found.append(_("{path}: others can read it; run `chmod 600 {path}`").format(path=path))
    if settings.WATCH["post"]["kind"] == "smtp" and settings.WATCH["post"]["security"] == "none":
        found.append(_('[post] security: letters travel in the clear; write "starttls" or "tls"'))
    return found


def _store() -> list[str]:
    if not settings.HOME.exists():
        return []
    open_store()
    from django.db import DatabaseError

    from watch.errors import WatchError
    from watch.store import clusters, letters, perimeters, sources, subscribers

    found = []
    try:
        every = clusters.every()
    except DatabaseError as reason:
        return [
            _("the database cannot be read ({reason}); run `zoom-marche init`").format(
                reason=reason
            )
        ]
    if not every:
        found.append(_("there is no cluster yet; run `zoom-marche perimeter load FILE`"))
    for cluster in every:
        try:
            perimeters.current(cluster.slug)
        except WatchError as reason:
            found.append(str(reason))
        if not cluster.sender_address:
            found.append(
                _("{cluster}: letters have no sender; run `zoom-marche cluster set`").format(
                    cluster=cluster.slug
                )
            )
        silent = [one for one in subscribers.every(cluster.slug) if one.basis is None]
        if silent:
            found.append(
                _("{cluster}: {count} readers without a legal basis are not written to").format(
                    cluster=cluster.slug, count=len(silent)
                )
            )
        for one in sources.health(cluster.slug):
            if one.failures >= 3:
                found.append(
                    _("{cluster}: {source} has failed {count} times in a row").format(
                        cluster=cluster.slug, source=one.source.name, count=one.failures
                    )
                )
            if one.due_at < now() and one.visited_at is None:
                found.append(
                    _("{cluster}: {source} was never visited; run `zoom-marche collect`").format(
                        cluster=cluster.slug, source=one.source.name
                    )
                )
        unsure = letters.counts(cluster.slug).get("uncertain", 0)
        if unsure:
            found.append(
                _("{cluster}: of {count} letters nobody knows whether they arrived").format(
                    cluster=cluster.slug, count=unsure
                )
            )
    return found


def _extras() -> list[str]:
    from watch.errors import WatchError
    from watch.report.pdf import ready

    try:
        ready()
    except WatchError as reason:
        return [str(reason)]
    return []
