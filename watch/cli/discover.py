"""`source check` and `source add`: what an address is, and keeping one way to watch it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    as_json,
    chosen_cluster,
    cluster_option,
    counted_in,
    json_option,
    manners,
    now,
    open_store,
    say,
    say_problems,
)  # fmt: skip
from watch.domain import Perimeter, Source, WebUrl
from watch.errors import Problem, SourceRefused, WatchError
from watch.text.urls import canonical

if TYPE_CHECKING:
    from watch.rounds.look import Look, Sight
    from watch.sources.kind import Kind

__all__ = ["add", "check", "kinds"]

_SHOWN_TAGS = 3
_BY_HAND = ("list", "sitemap", "changes")
"""Ways that rest on a guess of ours: they are kept only when an officer has seen and said yes."""


@click.command(help=_("Say what an address is and what it would bring. Stores nothing."))
@click.argument("address", metavar=_("ADDRESS"))
@cluster_option
@json_option
def check(address: str, slug: str, is_json: bool) -> None:
    """Check an address; store nothing."""
    from watch.rounds.look import look

    perimeter = _perimeter(slug)
    found = look(address, perimeter, now(), manners(), None if is_json else _said)
    if is_json:
        as_json(found)
    else:
        _show(address, found, perimeter)
    if not found.sights:
        raise SystemExit(2)


@click.command(help=_("Add an address to what the cluster's watch visits."))
@click.argument("address", metavar=_("ADDRESS"))
@click.option("--name", default="", help=_("How readers know it; else what it calls itself."))
@click.option("--language", default="", help=_("Two letters, if you know it."))
@click.option(
    "--every",
    "hours",
    type=click.FloatRange(0.25, 720),
    default=6.0,
    show_default=True,
    help=_("Within how many hours its news should reach you."),
)
@click.option("--choose", "choice", type=int, help=_("Which of the ways that `check` numbers."))
@click.option("--kind", "kind_name", default="", help=_("Its kind, if you know it; see `kinds`."))
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar=_("NAME=VALUE"),
    help=_("A setting of its kind; may be given again."),
)
@click.option("--yes", is_flag=True, help=_("Keep what was found without asking."))
@click.option("--check/--no-check", "is_checked", default=True, help=_("Visit it first."))
@cluster_option
def add(
    address: str, name: str, language: str, hours: float, choice: int | None, kind_name: str,
    settings: tuple[str, ...], yes: bool, is_checked: bool, slug: str,
) -> None:  # fmt: skip
    """Add a source."""
    open_store()
    from watch.store import sources

    cluster = chosen_cluster(slug)
    if kind_name or settings:
        wished = _as_told(address, kind_name or "feed", settings)
        if is_checked:
            wished = _tried(wished)
    elif is_checked:
        wished = _chosen(address, choice, yes)
    else:
        wished = Source(_web_address(address), name or address)
    wished = replace(
        wished,
        name=name or wished.name,
        language=language or wished.language,
        every=timedelta(hours=hours),
    )
    added, is_new = sources.add(cluster.slug, wished, now())
    sentence = _("added: {name}") if is_new else _("was there already: {name}")
    say(sentence.format(name=added.name) + f"  ({added.url})")


@click.command(help=_("List the kinds of source, their settings, and an example of each."))
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
        say(f"{kind.name:12} {_(kind.meaning)}")
        for option in kind.options:
            needed = f" ({_('required')})" if option.is_required else ""
            say(f"{'':14}--set {option.name}=…  {_(option.meaning)}{needed}")
        for key in kind.keys:
            say(f"{'':14}" + _("needs a key: {name}").format(name=f"ZOOM_MARCHE_KEY_{key.upper()}"))
        if kind.example:
            say(f"{'':14}{_example(kind)}")


# -- showing -------------------------------------------------------------------------------


def _said(address: str) -> None:
    click.echo(_("  I look at {address}").format(address=address), err=True)


def _show(address: str, found: Look, perimeter: Perimeter | None) -> None:
    from watch.sources.health import explain

    if not found.sights:
        cause, remedy = explain(found.finding.harvest.reason or "not_a_feed", LANGUAGE)
        say_problems([f"{address}\N{NO-BREAK SPACE}: {cause} {remedy}"])
        return
    first = found.sights[0].proposal
    if first.way == "itself":
        say(_("{address} is a feed.").format(address=found.finding.address))
    elif found.finding.title:
        say(_("{address} is a page: “{title}”.").format(
            address=found.finding.address, title=found.finding.title))  # fmt: skip
    else:
        say(_("{address} is known.").format(address=found.finding.address))
    if len(found.sights) > 1:
        told = _("There are {count} ways to watch it, the best first.")
        say(told.format(count=len(found.sights)))
    for place, sight in enumerate(found.sights, 1):
        say("")
        _show_sight(place, sight, perimeter)
        say("   " + _("To add it: {command}").format(command=_command(address, place, found)))


def _show_sight(place: int, sight: Sight, perimeter: Perimeter | None) -> None:
    from watch.sources.discover import WAYS

    proposal = sight.proposal
    say(f"{place}. {proposal.source.name}: {_(WAYS[proposal.way])}")
    say(f"   {proposal.source.url}")
    for name, value in proposal.source.options.items():
        say(f"   {name} = {value}")
    say("   " + "; ".join(_facts(sight, perimeter)))
    for item in sight.newest:
        on = f"{item.published_at:%Y-%m-%d}"
        tags = [_label(tag.topic, perimeter) for tag in sight.tags.get(item.key, ())]
        told = f"  → {', '.join(tags[:_SHOWN_TAGS])}" if tags else ""
        say(f"     {on}  {item.language or '  '}  {item.title[:90]}{told}")


def _facts(sight: Sight, perimeter: Perimeter | None) -> Iterator[str]:
    """Yield what is worth knowing of a way, each in a few words."""
    count = sight.item_count
    yield counted_in(count, _("{count} item"), _("{count} items"))
    if perimeter and count:
        yield _("your perimeter tags {count} of them").format(count=len(sight.tags))
        if sight.doubtful_count:
            yield _("{count} would wait for an expert").format(count=sight.doubtful_count)
    if sight.languages:
        yield _("in {languages}").format(languages=", ".join(sight.languages[:3]))
    if sight.proposal.every:
        yield _rhythm(sight.proposal.every)
    if sight.proposal.harvest.is_reserved:
        yield _("it reserves its texts: only titles and links will be kept")
    if sight.proposal.harvest.skipped_count:
        yield _("and more that one visit does not take")


def _rhythm(every: timedelta) -> str:
    hours = every.total_seconds() / 3600
    if hours < 1:
        return _("publishes several times an hour")
    if hours < 36:
        return _("publishes about every {hours} hours").format(hours=round(hours))
    return _("publishes about every {days} days").format(days=round(hours / 24))


def _label(topic: str, perimeter: Perimeter | None) -> str:
    found = next((t for t in perimeter.topics if t.id == topic), None) if perimeter else None
    return found.label.get(LANGUAGE, topic) if found else topic


def _command(address: str, place: int, found: Look) -> str:
    command = f"zoom-marche source add {address}"
    return f"{command} --choose {place}" if place > 1 else command


def _example(kind: Kind) -> str:
    settings = [f"--set {n}='{v}'" for n, v in kind.example.items() if n != "url"]
    told = "" if kind.name == "feed" else f" --kind {kind.name}"
    return " ".join([f"zoom-marche source add {kind.example.get('url', '')}{told}", *settings])


# -- choosing ------------------------------------------------------------------------------


def _chosen(address: str, choice: int | None, is_agreed: bool) -> Source:
    """Return the way that is wished or the best one; a guess only where somebody agrees."""
    from watch.rounds.look import look

    found = look(address, None, now(), manners(), _said)
    if not found.sights:
        raise _nothing(address, found.finding.harvest.reason)
    place = choice or 1
    if not 1 <= place <= len(found.sights):
        raise SourceRefused(
            Problem(
                address,
                _("there is no way number {number}").format(number=place),
                _("one of 1 to {count}; `source check` shows them").format(count=len(found.sights)),
            )
        )
    sight = found.sights[place - 1]
    if choice is None and sight.proposal.way in _BY_HAND and not is_agreed:
        _show_sight(place, sight, None)
        if not click.confirm(_("Are these the items that you want?"), default=False):
            raise SourceRefused(
                Problem(address, _("nothing was added"), _("see `source check` for other ways"))
            )
    elif sight.proposal.way != "itself":
        from watch.sources.discover import WAYS

        say(_("chosen: {way}").format(way=_(WAYS[sight.proposal.way])))
    return sight.proposal.source


def _as_told(address: str, kind_name: str, settings: Sequence[str]) -> Source:
    """Return the source that an officer spelled out; refuse it with every problem at once."""
    from watch.sources.registry import KINDS

    kind = KINDS.get(kind_name)
    if kind is None:
        raise SourceRefused(
            Problem(kind_name, _("this kind of source is not known"),
                    _("one of {words}").format(words=", ".join(KINDS)))
        )  # fmt: skip
    told = dict(one.partition("=")[::2] for one in settings)
    problems = list(_problems(kind, told))
    if problems:
        raise SourceRefused(*problems)
    return Source(_address(kind, address, told), address, kind_name, options=told)


def _address(kind: Kind, address: str, told: Mapping[str, str]) -> WebUrl:
    """Return the address under which a source is kept: it is what tells two sources apart.

    Of a service that is asked many things, the question belongs to the address.
    """
    from watch.sources.kind import ask_address
    from watch.sources.papers.mailbox import mailbox_address
    from watch.sources.records.asking import with_parameters

    if kind.fetch is not None:
        if mailbox := mailbox_address(address):
            return WebUrl(mailbox)
        raise SourceRefused(
            Problem(address, _("this is no address of a mailbox"), "imaps://name@host/FOLDER")
        )
    url = _web_address(address)
    return url if kind.first is ask_address else WebUrl(with_parameters(url, **told))


def _problems(kind: Kind, told: Mapping[str, str]) -> Iterator[Problem]:
    known = {option.name: option for option in kind.options}
    for name in told.keys() - known.keys():
        yield Problem(
            f"--set {name}",
            _("the kind “{kind}” has no such setting").format(kind=kind.name),
            _("one of {words}").format(words=", ".join(known) or _("none")),
        )
    for option in kind.options:
        written = told.get(option.name, "")
        if option.is_required and not written.strip():
            yield Problem(f"--set {option.name}", _("is required"), _(option.meaning))
        elif written and (complaint := option.complaint(written)):
            yield Problem(f"--set {option.name}", _(complaint), _(option.meaning))


def _tried(wished: Source) -> Source:
    """Return the source under its own title after one visit; refuse what cannot be read."""
    from watch.domain import Outcome, Trip, Visit
    from watch.sources.travel import travel

    [found] = travel([Trip("", (Visit(wished),))], now(), manners())
    if found.outcome is Outcome.FAILED:
        raise _nothing(wished.url, found.reason)
    name = found.title if wished.name == wished.url else wished.name
    return replace(wished, name=name or wished.url, language=wished.language or found.language)


def _web_address(address: str) -> WebUrl:
    url = canonical(address)
    if not url:
        raise SourceRefused(
            Problem(address, _("this is no web address"), _("write https://… as in the browser"))
        )
    return url


def _nothing(address: str, reason: str) -> WatchError:
    from watch.sources.health import explain

    cause = " ".join(explain(reason or "not_a_feed", LANGUAGE))
    return SourceRefused(Problem(address, cause, _("to add it all the same: --no-check")))


def _perimeter(slug: str) -> Perimeter | None:
    """Return the cluster's perimeter where there is one: a look needs no installation."""
    from watch import settings

    if not (settings.HOME / "watch.toml").exists() and not slug:
        return None
    try:
        open_store()
        from watch.perimeter.read import read
        from watch.store import perimeters

        return read(perimeters.current(chosen_cluster(slug).slug).text)
    except WatchError:
        if slug:
            raise
        return None
