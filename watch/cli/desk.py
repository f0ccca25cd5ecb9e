"""What every command needs: the language, the store, the cluster, the way to say things."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, astuple, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from watch import __version__, settings
from watch.cli.language import LANGUAGE, _, line
from watch.cli.lines import paragraph
from watch.domain import Cluster, Manners, Perimeter, Report
from watch.errors import Problem, WatchError

__all__ = [
    "LANGUAGE", "_", "agreed", "as_json", "called", "chosen_cluster", "cluster_option", "counted",
    "counted_in", "engine", "json_option", "manners", "now", "open_store", "perimeter_of",
    "progress", "say", "say_problems", "say_report", "secret", "write",
]  # fmt: skip

cluster_option = click.option(
    "--cluster",
    "slug",
    default="",
    envvar="ZOOM_MARCHE_CLUSTER",
    metavar=_("CLUSTER"),
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
    nothing = WatchError(
        Problem(str(settings.HOME), _("nothing is installed here"), _("run `zoom-marche init`"))
    )
    if must_exist and not settings.HOME.exists():
        raise nothing
    settings.settle_in()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watch.settings")
    _set_up()
    if must_exist and "store_cluster" not in _tables():
        raise nothing
    if must_exist:
        from watch.store.transaction import bring_up_to_date

        bring_up_to_date()


def _set_up() -> None:
    import django
    from django.apps import apps

    if apps.ready:
        return
    # What is made here stays to the end: looking it through for garbage, now and at every
    # collection to come, is lost time.
    gc.disable()
    django.setup()
    gc.freeze()
    gc.enable()


def _tables() -> list[str]:
    from django.db import DatabaseError, connection

    try:
        return connection.introspection.table_names()
    except DatabaseError as reason:
        raise WatchError(
            Problem(
                _("the database"),
                _("cannot be read ({reason})").format(reason=str(reason).strip()),
                _("see that it runs and that its address is right, or restore a backup"),
            )
        ) from reason


def chosen_cluster(slug: str) -> Cluster:
    """Return the cluster that was named, or the only one."""
    from watch.store import clusters

    every = clusters.every()
    if not every:
        raise WatchError(
            Problem("", _("there is no cluster yet"), _("run `zoom-marche perimeter load FILE`"))
        )
    meant = [cluster for cluster in every if slug in {"", cluster.slug}]
    if len(meant) == 1:
        return meant[0]
    what = (
        _("there is no cluster “{slug}”").format(slug=slug)
        if slug
        else _("there are several clusters")
    )
    names = ", ".join(cluster.slug for cluster in every)
    raise WatchError(Problem("", what, _("add --cluster with one of {names}").format(names=names)))


def manners() -> Manners:
    """Return how this installation behaves on the web."""
    collect = settings.WATCH["collect"]
    return Manners(
        agent=f"ZoomMarche/{__version__} (+{settings.WATCH['installation']['contact']})",
        deadline=timedelta(seconds=collect["deadline_seconds"]),
        most_bytes=collect["most_bytes"],
        most_entries=collect["most_entries"],
        pause=timedelta(seconds=collect["pause_seconds"]),
        hosts_at_once=collect["hosts_at_once"],
        open_addresses=frozenset(_address(one) for one in collect["open_addresses"]),
        directory={name: _address(one) for name, one in collect["directory"].items()},
        keys=settings.SERVICE_KEYS,
    )


def _address(written: str) -> tuple[str, int]:
    host, _colon, port = written.rpartition(":")
    return host.strip("[]"), int(port)


@contextmanager
def engine() -> Iterator[Any]:
    """Open the engine that the settings ask for."""
    from watch.engine.local import processes

    wished = settings.WATCH["collect"]
    if wished["cluster"]:
        from watch.engine.cluster import workers_at

        with workers_at(wished["cluster"]) as workers:
            yield workers
    else:
        with processes(wished["workers"], loaded=["watch.rounds.visiting"]) as pool:
            yield pool


def perimeter_of(cluster: str) -> Perimeter:
    """Return a cluster's specification as it stands; the store must be open."""
    from watch.perimeter.read import read
    from watch.store import perimeters

    return read(perimeters.current(cluster).text)


def agreed(question: str) -> bool:
    """Return whether the person at the terminal says yes, in either language; no by default."""
    answer: str = click.prompt(f"{question} [{_('y/N')}]", default="", show_default=False)
    return answer.strip()[:1].lower() in {"y", "o"}


def say(sentence: str = "") -> None:
    """Tell the person at the terminal."""
    click.echo(sentence)


def say_problems(problems: Iterable[Problem | str], is_error: bool = True) -> None:
    """Tell every problem, each in a paragraph."""
    for problem in problems:
        told = problem if isinstance(problem, str) else line(*astuple(problem))
        paragraph(told, "  - ", is_error=is_error)


def say_report(report: Report, is_json: bool = False) -> None:
    """Tell what a round did."""
    if is_json:
        as_json(
            {
                "round": report.name,
                "counts": dict(report.counts),
                "problems": report.problems,
                "news": report.news,
            }
        )
        return
    told = [f"{counted(name)} {count}" for name, count in report.counts.items() if count]
    say(
        _("{round}: {figures}").format(
            round=called(report.name),
            figures=", ".join(told) or _("nothing to do"),
        )
    )
    say_problems(report.problems)
    say_problems(report.news, is_error=False)


def called(name: str) -> str:
    """Return what an officer calls a round."""
    words = {
        "collect": _("Collect"), "read": _("Read"), "tell": _("Letters"), "publish": _("Publish"),
        "write": _("Letters"), "drop": _("Files"), "bounces": _("Returned letters"),
        "sample": _("Samples"), "learn": _("Learn"), "channel": _("Channel"),
        "alert": _("Alerts"), "fetch": _("Full texts"),
        "retain": _("Forgotten"),
    }  # fmt: skip
    return words.get(name, name)


def counted(name: str) -> str:
    """Return what an officer calls something that a round counts, or a state of letters."""
    words = {
        "left_out": _("lines left out"),
        "visits": _("visits"), "failed": _("failures"), "items": _("new items"),
        "revised": _("revised"), "joined": _("joined to a story"), "unchanged": _("unchanged"),
        "read": _("items read"), "tagged": _("tagged"), "written": _("written"),
        "silent": _("nothing good enough"), "already": _("written before"),
        "later_hour": _("to be written at their own hour"), "alerts": _("alerts"),
        "sent": _("sent out"), "refused": _("refused"), "later": _("to be tried again"),
        "uncertain": _("uncertain"), "late": _("late"), "queued": _("queued"),
        "held": _("waiting for your word"), "bounced": _("came back"), "barred": _("barred"),
        "sending": _("sending"), "stories": _("stories"), "files": _("files"),
        "past_visits": _("visits"), "past_rounds": _("records of rounds"),
        "past_letters": _("letters’ words"), "past_votes": _("readers’ opinions"),
        "past_requests": _("answered requests"), "past_left": _("readers who left"),
        "past_proposed": _("proposed readers who did not answer"),
        "past_silent": _("silent readers"),
        "reviewed": _("reviewed items"), "learners": _("new learners"),
    }  # fmt: skip
    return words.get(name, name)


def counted_in(count: int, one: str, many: str) -> str:
    """Return a sentence with a count in it, in the singular or the plural."""
    # In French nought is singular too.
    is_one = count == 1 or (count == 0 and LANGUAGE == "fr")
    return (one if is_one else many).format(count=count)


def write(file: Path, text: str) -> None:
    """Write a file for the officer; refuse where it cannot be written."""
    try:
        file.write_text(text, "utf-8")
    except OSError as reason:
        raise WatchError(
            Problem(
                str(file),
                _("this file cannot be written"),
                _("choose a folder that exists and that is yours"),
            )
        ) from reason


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
    if not sys.stderr.isatty():  # a bar that cannot move would leave its label alone
        yield lambda _done, _whole: None
        return
    bars: list[Any] = []

    def said(done: int, whole: int) -> None:
        if not bars:
            # Its length is known only now.
            bar: Any = click.progressbar(None, whole, label, file=sys.stderr)
            bars.append(open_bars.enter_context(bar))
        bars[0].update(done - bars[0].pos)

    with ExitStack() as open_bars:
        yield said
