"""What every command needs: the language, the store, the cluster, the way to say things."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from watch import settings
from watch.domain import Cluster, Manners, Report
from watch.errors import Problem, WatchError
from watch.text.translate import speaker

__all__ = [
    "LANGUAGE", "_", "as_json", "chosen_cluster", "cluster_option", "engine", "json_option",
    "manners", "now", "open_store", "progress", "say", "say_problems", "say_report", "secret",
]  # fmt: skip


def _language() -> str:
    """Return the officer's language: as told, as set in the home, as the machine speaks."""
    told = os.environ.get("ZOOM_MARCHE_LANGUAGE", "")
    if not told and (settings.HOME / "watch.toml").exists():
        told = settings.WATCH["installation"]["language"]
    return (told or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en")[:2].lower()


LANGUAGE = "fr" if _language() == "fr" else "en"
_ = speaker(LANGUAGE)

cluster_option = click.option(
    "--cluster",
    "slug",
    default="",
    envvar="ZOOM_MARCHE_CLUSTER",
    help=_("Which cluster; may be left out where there is only one."),
)
json_option = click.option(
    "--json", "is_json", is_flag=True, help=_("Answer as JSON, for scripts.")
)


def now() -> datetime:
    """Return the present instant; commands are the only place below which nobody asks."""
    return datetime.now(UTC)


def secret() -> bytes:
    """Return what signs the links of this installation."""
    return settings.SECRET_KEY.encode()


def open_store(*, must_exist: bool = True) -> None:
    """Make the store ready for this process; refuse where nothing is installed yet."""
    if must_exist and not settings.HOME.exists():
        raise WatchError(
            Problem(str(settings.HOME), _("nothing is installed here"), _("run `zoom-marche init`"))
        )
    settings.HOME.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watch.settings")
    import django

    django.setup()


def chosen_cluster(slug: str) -> Cluster:
    """Return the cluster that was named, or the only one."""
    from watch.store import clusters

    if slug:
        return clusters.get(slug)
    every = clusters.every()
    if len(every) == 1:
        return every[0]
    if not every:
        raise WatchError(
            Problem("", _("there is no cluster yet"), _("run `zoom-marche perimeter load FILE`"))
        )
    names = ", ".join(cluster.slug for cluster in every)
    raise WatchError(
        Problem(
            "",
            _("there are several clusters"),
            _("add --cluster with one of {names}").format(names=names),
        )
    )


def manners() -> Manners:
    """Return how this installation behaves on the web."""
    collect = settings.WATCH["collect"]
    return Manners(
        agent=f"ZoomMarche/0.1 (+{settings.WATCH['installation']['contact']})",
        deadline=timedelta(seconds=collect["deadline_seconds"]),
        most_bytes=collect["most_bytes"],
        most_entries=collect["most_entries"],
        pause=timedelta(seconds=collect["pause_seconds"]),
        hosts_at_once=collect["hosts_at_once"],
        open_addresses=frozenset(_address(one) for one in collect["open_addresses"]),
        directory={name: _address(one) for name, one in collect["directory"].items()},
    )


def _address(written: str) -> tuple[str, int]:
    host, _colon, port = written.rpartition(":")
    return host.strip("[]"), int(port)


@contextmanager
def engine() -> Iterator[Any]:
    """Open the engine that the settings ask for."""
    from watch.engine.local import processes

    with processes(settings.WATCH["collect"]["workers"]) as pool:
        yield pool


def say(sentence: str = "") -> None:
    """Tell the person at the terminal."""
    click.echo(sentence)


def say_problems(problems: object, is_error: bool = True) -> None:
    """Tell every problem, one a line."""
    for problem in problems:  # type: ignore[attr-defined]
        click.echo(f"  - {problem}", err=is_error)


def say_report(report: Report, is_json: bool = False) -> None:
    """Tell what a round did."""
    if is_json:
        as_json({"round": report.name, "counts": dict(report.counts), "problems": report.problems})
        return
    words = _counted()
    told = [f"{words.get(name, name)} {count}" for name, count in report.counts.items() if count]
    say(f"{words.get(report.name, report.name)}: {', '.join(told) or _('nothing to do')}")
    say_problems(report.problems)


def _counted() -> dict[str, str]:
    return {
        "collect": _("Collect"), "read": _("Read"), "tell": _("Letters"), "publish": _("Publish"),
        "visits": _("visits"), "failed": _("failed"), "items": _("new items"),
        "revised": _("revised"), "joined": _("joined to a story"), "unchanged": _("unchanged"),
        "tagged": _("tagged"), "written": _("written"), "silent": _("nothing good enough"),
        "already": _("written before"), "sent": _("sent"), "refused": _("refused"),
        "later": _("to be tried again"), "uncertain": _("uncertain"), "stories": _("stories"),
        "files": _("files"), "late": _("late"),
    }  # fmt: skip


def as_json(value: object) -> None:
    """Answer a script."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: Any) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far a long work is: a bar for a person, nothing where nobody looks."""
    shown = 0
    bar: Any = None

    def said(done: int, whole: int) -> None:
        nonlocal shown, bar
        if bar is None:
            bar = click.progressbar(length=whole, label=label, file=click.get_text_stream("stderr"))
            bar.__enter__()
        bar.update(done - shown)
        shown = done

    try:
        yield said
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)
