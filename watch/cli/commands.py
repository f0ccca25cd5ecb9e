"""The tree of commands, and the first one: `init`."""

from __future__ import annotations

from pathlib import Path

import click

from watch import __version__, settings
from watch.cli.desk import _, open_store, say
from watch.cli.lazy import Lazy

__all__ = ["zoom_marche"]


_PLACES = {
    "init": "commands",
    "demo": "demo",
    "cluster": "cluster",
    "perimeter": "perimeter",
    "source": "source",
    "subscriber": "people",
    "person": "people",
    "privacy": "privacy",
    "collect": "rounds",
    "read": "rounds",
    "agenda": "agenda",
    "story": "story",
    "fetch": "rounds",
    "tell": "post",
    "bounces": "post",
    "channel": "channel",
    "publish": "rounds",
    "learn": "learn",
    "quality": "quality",
    "run": "rounds",
    "schedule": "rounds",
    "serve": "serve",
    "status": "look",
    "doctor": "look",
}


@click.group(
    cls=Lazy,
    places=_PLACES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_(
        "Watch markets and technologies together, and tell each firm what it can use.\n\n"
        "To see it work on invented sources:  zoom-marche demo\n\n"
        "To begin with your own:  init, then perimeter load, source add, run"
    ),
)
@click.option(
    "--home",
    metavar=_("FOLDER"),
    help=_("Where settings, database, letters and reports lie (now {home}).").format(
        home=settings.HOME
    ),
)
@click.version_option(__version__, message="%(version)s")
def zoom_marche(home: str | None) -> None:
    """Open the door; `--home` was taken before, see `watch.cli.main`."""


@click.command(help=_("Prepare a home. It gets settings to fill in, an empty database, folders."))
def init() -> None:
    """Make a home; what is there already stays as it is."""
    open_store(must_exist=False)
    from watch.shipped import folder
    from watch.store.transaction import prepare

    written = settings.HOME / "watch.toml"
    if not written.exists():
        written.write_text((folder() / "watch.toml").read_text("utf-8"), "utf-8")
    for name in ("letters", "reports"):
        Path(settings.HOME / name).mkdir(exist_ok=True)
    prepare()
    say(_("The home is ready: {home}").format(home=settings.HOME))
    say(_("Next:"))
    say(f"  zoom-marche perimeter load {_('FILE')}.yaml")
    say("  zoom-marche source add https://…")
    say(f"  zoom-marche subscriber import {_('FILE')}.csv")
    say("  zoom-marche run")
