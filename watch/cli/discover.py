"""`source check` and `source add`: what an address is, and keeping one way to watch it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    agreed,
    as_json,
    chosen_cluster,
    cluster_option,
    json_option,
    manners,
    now,
    open_store,
    perimeter_of,
    say,
)  # fmt: skip
from watch.cli.kept import change, keep
from watch.cli.lines import paragraph
from watch.cli.sight import looking, setting, show, show_sight, turn_away, way_of
from watch.domain import Perimeter, Source, WebUrl
from watch.errors import Problem, SourceRefused, WatchError
from watch.text.language import two_letters
from watch.text.translate import speaker
from watch.text.urls import host

if TYPE_CHECKING:
    from watch.rounds.look import Look
    from watch.sources.kind import Kind

__all__ = ["add", "check", "edit", "kinds"]

_BY_HAND = ("list", "sitemap", "changes")
"""Ways that rest on a guess of ours: they are kept only when an officer has seen and said yes."""

_ADDRESS = click.argument("address", metavar=_("ADDRESS"), default="")
_KIND = click.option(
    "--kind",
    "kind_name",
    default="",
    metavar=_("KIND"),
    help=_("Its kind, if you know it; see `kinds`."),
)
_SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar=_("NAME=VALUE"),
    help=_("A setting of its kind; may be given again."),
)


@click.command(help=_("Say what an address is and what it would bring. Stores nothing."))
@_ADDRESS
@_KIND
@_SET
@cluster_option
@json_option
def check(
    address: str, kind_name: str, settings: tuple[str, ...], slug: str, is_json: bool
) -> None:
    """Check an address; store nothing."""
    perimeter = _perimeter(slug)
    address = _completed(address, kind_name)
    found = _looked_at(address, kind_name, _told(settings), perimeter)
    if is_json:
        as_json(found)
        raise SystemExit(0 if found.sights else 2)
    show(address, found, perimeter, now())


@click.command(help=_("Add an address to what the cluster's watch visits."))
@_ADDRESS
@click.option(
    "--name",
    default="",
    metavar=_("NAME"),
    help=_("How readers know it; else what it calls itself."),
)
@click.option(
    "--language", default="", metavar=_("LANGUAGE"), help=_("Two letters, if you know it.")
)
@click.option(
    "--every",
    "hours",
    type=click.FloatRange(0.25, 720),
    metavar=_("HOURS"),
    help=_("Within how many hours its news should reach you; 6 if you do not say."),
)
@click.option(
    "--choose",
    "choice",
    type=int,
    metavar=_("NUMBER"),
    help=_("Which of the ways that `check` numbers."),
)
@_KIND
@_SET
@click.option("--yes", is_flag=True, help=_("Keep what was found without asking."))
@click.option("--check/--no-check", "is_checked", default=True, help=_("Visit it first."))
@cluster_option
def add(
    address: str, name: str, language: str, hours: float | None, choice: int | None,
    kind_name: str, settings: tuple[str, ...], yes: bool, is_checked: bool, slug: str,
) -> None:  # fmt: skip
    """Add a source."""
    open_store()
    language = _code(language)
    cluster = chosen_cluster(slug)
    perimeter = _perimeter(cluster.slug)
    address = _completed(address, kind_name)
    if is_checked:
        found = _looked_at(address, kind_name, _told(settings), perimeter)
        wished = _chosen(address, found, choice, yes)
    else:
        wished = _spelled(address, kind_name, _told(settings), perimeter)
        wished = replace(wished, name=host(wished.url))
    wished = replace(wished, name=name or wished.name, language=language or wished.language)
    keep(cluster.slug, address, wished, timedelta(hours=hours) if hours else None)


@click.command(help=_("Change a source: its address, its settings, its name. Says what changed."))
@click.argument("address", metavar=_("ADDRESS"))
@click.option("--address", "moved_to", default="", metavar=_("ADDRESS"), help=_("Its new address."))
@click.option("--name", default="", metavar=_("NAME"), help=_("How readers know it."))
@click.option("--language", metavar=_("LANGUAGE"), help=_("Two letters, or nothing."))
@click.option(
    "--every",
    "hours",
    type=click.FloatRange(0.25, 720),
    metavar=_("HOURS"),
    help=_("Within how many hours its news should reach you."),
)
@_KIND
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar=_("NAME=VALUE"),
    help=_("A setting of its kind, nothing to take it out; may be given again."),
)
@click.option("--check/--no-check", "is_checked", default=True, help=_("Visit it first."))
@click.option("--yes", is_flag=True, help=_("Change it for other clusters too without asking."))
@cluster_option
def edit(
    address: str, moved_to: str, name: str, language: str | None, hours: float | None,
    kind_name: str, settings: tuple[str, ...], is_checked: bool, yes: bool, slug: str,
) -> None:  # fmt: skip
    """Change a source."""
    open_store()
    from watch.rounds.look import look_at
    from watch.sources.spelled import without_settings
    from watch.store import sources

    cluster = chosen_cluster(slug)
    known = sources.find(cluster.slug, address)
    if known is None:
        raise SourceRefused(
            Problem(address, _("not among the sources"), _("see `zoom-marche source list`"))
        )
    wished = known
    if moved_to or kind_name or settings:
        kept = known.options if kind_name in {"", known.kind} else {}
        told = {**kept, **_told(settings)}
        asked = moved_to or without_settings(known)
        spelled = _spelled(asked, kind_name or known.kind, told, _perimeter(cluster.slug))
        wished = replace(known, url=spelled.url, kind=spelled.kind, options=spelled.options)
    if is_checked and wished != known:
        found = look_at(wished, None, now(), manners())
        if not found.sights:
            turn_away(wished.url, found)
        show_sight(found.sights[0], None, now())
    change(
        known,
        replace(
            wished,
            name=name or known.name,
            language=known.language if language is None else _code(language),
            every=timedelta(hours=hours) if hours else known.every,
        ),
        cluster.slug,
        is_agreed=yes,
    )


@click.command(help=_("List the kinds of source. Their settings, and an example of each."))
@json_option
def kinds(is_json: bool) -> None:
    """List kinds."""
    from watch.sources.registry import KINDS

    if is_json:
        as_json([
            {"kind": kind.name, "meaning": _(kind.meaning), "keys": list(kind.keys),
             "settings": {option.name: _(option.meaning) for option in kind.options}}
            for kind in KINDS.values()
        ])  # fmt: skip
        return
    for kind in KINDS.values():
        paragraph(_(kind.meaning), f"{kind.name:12}")
        for option in kind.options:
            needed = f" ({_('required')})" if option.is_required else ""
            paragraph(f"{_(option.meaning)}{needed}", f"    {option.name:14}")
        for key in kind.keys:
            told = _("needs a key: {name}").format(name=f"ZOOM_MARCHE_KEY_{key.upper()}")
            paragraph(told, "    ")
        # A command is copied: it is never cut.
        say(f"    {_example(kind)}\n")


def _example(kind: Kind) -> str:
    if kind.name == "files":
        return f"zoom-marche source drop {_('FILE')}"
    words = ["zoom-marche source add", kind.example.get("url", "")]
    words += [] if kind.name == "feed" else [f"--kind {kind.name}"]
    words += [f"--set {n}='{v}'" for n, v in kind.example.items() if n != "url"]
    return " ".join(word for word in words if word)


# -- looking -------------------------------------------------------------------------------


def _completed(address: str, kind_name: str) -> str:
    """Return an address as it is looked at: a bare name of a site gets its https://."""
    if not (address or kind_name):
        raise SourceRefused(Problem("", _("no address"), _("write https://… as in the browser")))
    is_bare = re.match(r"[\w-]+(\.[\w-]+)+(?=[:/?#]|$)", address)
    return f"https://{address}" if is_bare else address.strip()


def _code(language: str) -> str:
    """Return a language as its two letters, "" for none; refuse what is no code."""
    if language.strip() and not two_letters(language):
        raise SourceRefused(
            Problem("--language", _("no code of two letters"), _("write for example fr or en"))
        )
    return two_letters(language)


def _told(settings: Sequence[str]) -> dict[str, str]:
    """Return the settings that were typed as NAME=VALUE; refuse what has no name or no sign."""
    wrong = [one for one in settings if not one.partition("=")[0].strip() or "=" not in one]
    if wrong:
        raise SourceRefused(
            *(Problem(f"--set {one}", _("no setting"), _("write NAME=VALUE")) for one in wrong)
        )
    return {name.strip(): text for name, _sign, text in (one.partition("=") for one in settings)}


def _looked_at(
    address: str, kind_name: str, settings: Mapping[str, str], perimeter: Perimeter | None
) -> Look:
    """Return what is at an address; of a kind that is told or that the address tells, it alone."""
    from watch.rounds.look import look, look_at
    from watch.sources.spelled import kind_of

    if kind_name or settings or kind_of(address):
        wished = _spelled(address, kind_name, settings, perimeter)
        return look_at(wished, perimeter, now(), manners())
    return look(address, perimeter, now(), manners(), looking)


def _spelled(
    address: str, kind_name: str, settings: Mapping[str, str], perimeter: Perimeter | None
) -> Source:
    """Return the source that an officer spelled out; refuse it with every problem at once."""
    from watch.sources.spelled import kind_of, spell

    kind = kind_name or kind_of(address) or "feed"
    say_it = speaker(LANGUAGE)
    found, problems = spell(Source(WebUrl(address), "", kind, options=settings), say_it, perimeter)
    if found is None:
        raise SourceRefused(
            *(
                replace(one, where=f"--set {one.where}" if one.where else address or "--kind")
                for one in problems
            )
        )
    return found


def _chosen(address: str, found: Look, choice: int | None, is_agreed: bool) -> Source:
    """Return the way that is wished or the best one; a guess only where somebody agrees."""
    if not found.sights:
        turn_away(address, found)
    place = choice or 1
    if not 1 <= place <= len(found.sights):
        most = len(found.sights)
        several = _("one of 1 to {count}; `source check` shows them").format(count=most)
        raise SourceRefused(
            Problem(
                address,
                _("there is no way number {number}").format(number=place),
                several if most > 1 else _("there is only one: leave --choose out"),
            )
        )
    sight = found.sights[place - 1]
    source, way = sight.proposal.source, sight.proposal.way
    if choice is None and way in _BY_HAND and not is_agreed:
        show_sight(sight, None, now())
        question = _("Are these the items that you want?")
        if way == "changes":
            question = _("Shall this one page be watched for changes?")
        if not agreed(question):
            raise SourceRefused(
                Problem(address, _("nothing was added"), _("see `source check` for other ways"))
            )
    elif way == "told":
        for line in setting(source):
            say(f"  {line}")
    elif way != "itself":
        say(_("chosen: {way}").format(way=way_of(sight)))
    return source


def _perimeter(slug: str) -> Perimeter | None:
    """Return the cluster's perimeter where there is one: a look needs no installation."""
    from watch import settings

    if not (settings.HOME / "watch.toml").exists() and not slug:
        return None
    try:
        open_store()
        return perimeter_of(chosen_cluster(slug).slug)
    except WatchError:
        if slug:
            raise
        return None
