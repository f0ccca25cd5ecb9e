"""What the terminal says of an address that was looked at, and what to do next."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from shlex import quote
from typing import TYPE_CHECKING, NoReturn

import click

from watch.cli.desk import LANGUAGE, _, counted_in, say
from watch.cli.lines import paragraph, width
from watch.domain import Perimeter, Rights, Source
from watch.text.clean import shorten
from watch.text.urls import canonical

if TYPE_CHECKING:
    from watch.rounds.look import Look, Sight

__all__ = ["looking", "setting", "show", "show_sight", "turn_away", "way_of"]

_INDENT = "   "
_SHOWN_TAGS = 3
_SHOWN_BESIDE = 3
"""Items of a way that is not the best."""
# A source that has been quiet for so long may have been given up by its makers.
_LONG = timedelta(days=90)
_AGAIN = _(
    "Check it again later. If you want it visited all the same, add it with --no-check: we try "
    "until it answers."
)
_ELSEWHERE = _("Look on the site for the page that lists its news, and give that address.")
_NO_LIST = _(
    "There is no feed and no list of articles here. If you want the news of the site, give the "
    "address of the page that lists them."
)
_AT_FIRST = {
    "bad_address": (
        _("This is no web address."),
        _("Write it as the browser shows it: https://…"),
    ),
    "document": (_("This is a document, not a page that gets news."), _ELSEWHERE),
    "empty": (_("The answer is empty."), _AGAIN),
    "gone": (_("The site says that this address is closed for good."), _ELSEWHERE),
    "missing": (
        _("There is nothing at this address."),
        _("Open it in a browser: it may be misspelt, or have moved."),
    ),
    "not_a_feed": (
        _("No feed, no list of articles and hardly any text: the page may fill only in a browser."),
        _ELSEWHERE,
    ),
}
"""What is said of an address that nobody visits yet: of a source, `explain` says it otherwise."""
_PASSING = frozenset({
    "bad_answer", "bad_encoding", "not_records", "server_error", "timeout", "unreachable"
})  # fmt: skip


def looking(address: str) -> None:
    """Tell a person who waits which address is asked; a script is told nothing."""
    if sys.stderr.isatty():
        told = _("I look at {address}").format(address=address)
        click.echo(f"\r\033[K{told[: width() - 1]}", nl=False, err=True)


def _looked() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


def show(address: str, found: Look, perimeter: Perimeter | None, now: datetime) -> None:
    """Say what an address is, and each way to watch it; refuse where there is none."""
    _looked()
    if not found.sights:
        turn_away(address, found)
    paragraph(_is(address, found))
    is_alone = len(found.sights) == 1
    if not is_alone:
        told = _("There are {count} ways to watch it, the best first.")
        say(told.format(count=len(found.sights)))
    for place, sight in enumerate(found.sights, 1):
        say("")
        show_sight(sight, perimeter, now, 0 if is_alone else place)
        _to_copy(_("To add it: {command}"), _command(address, place, sight))
    if is_alone and found.sights[0].proposal.way == "changes":
        say("")
        paragraph(_NO_LIST)


def _to_copy(sentence: str, command: str) -> None:
    """Say a sentence with a command in it, which has a line of its own where it would be cut."""
    told = _INDENT + sentence.format(command=command)
    if len(told) > width():
        say(_INDENT + sentence.format(command="").rstrip())
        told = f"{_INDENT}  {command}"
    say(told)


def _is(address: str, found: Look) -> str:
    arrived, title = found.finding.address, shorten(found.finding.title, 60)
    way = found.sights[0].proposal.way
    if way == "told":
        return _("{address} answers.").format(address=arrived.partition("?")[0])
    if way == "itself":
        said = _("{address} is a feed.").format(address=arrived)
    elif title:
        said = _("{address} is a page: “{title}”.").format(address=arrived, title=title)
    else:
        return _("{name}: {said}").format(name=arrived, said=way_of(found.sights[0])) + "."
    if arrived != canonical(address):
        said += " " + _("You were sent there from {address}.").format(address=address)
    return said


def show_sight(sight: Sight, perimeter: Perimeter | None, now: datetime, place: int = 0) -> None:
    """Say what one way to watch an address brings: the best way in full, the others in short.

    `place` is its number among several, 0 where it is alone.
    """
    source, way = sight.proposal.source, way_of(sight)
    asked = source.url.partition("?")[0] if sight.proposal.way == "told" else source.url
    name = shorten(source.name, width() - 4)
    say(f"{place}. {name}" if place else f"{_INDENT}{name}")
    if place or sight.proposal.way != "itself":
        paragraph(_("{name}: {said}").format(name=way[:1].upper() + way[1:], said=asked), _INDENT)
    for line in setting(source):
        paragraph(line, _INDENT)
    if source.kind == "watch":
        paragraph(_("The first visit remembers it; then each change becomes an item."), _INDENT)
        return
    for fact in _facts(sight, perimeter, now):
        paragraph(fact, _INDENT)
    if place <= 1 or sight.proposal.harvest.is_reserved:
        paragraph(_rights(source, sight.proposal.harvest.is_reserved), _INDENT)
    for item in sight.newest if place <= 1 else sight.newest[:_SHOWN_BESIDE]:
        say(f"     {item.published_at:%Y-%m-%d}  {shorten(item.title, width() - 17)}")
        tags = [_label(tag.topic, perimeter) for tag in sight.tags.get(item.key, ())]
        if tags:
            say(f"{'':17}→ {', '.join(tags[:_SHOWN_TAGS])}")


def way_of(sight: Sight) -> str:
    """Return how an address would be watched; of a service, what the service is."""
    from watch.sources.discover import WAYS
    from watch.sources.registry import KINDS

    proposal = sight.proposal
    if proposal.way in {"service", "told"}:
        return _(KINDS[proposal.source.kind].meaning)
    return _(WAYS[proposal.way])


def setting(source: Source) -> Iterator[str]:
    """Yield each setting of a source in words."""
    for name, text in source.options.items():
        if (source.kind, name) == ("page", "item"):
            told = _("Each block that repeats on the page is read as one item ({block}).")
            yield told.format(block=f"item = {text}")
        else:
            yield f"{name} = {text}"


def _facts(sight: Sight, perimeter: Perimeter | None, now: datetime) -> Iterator[str]:
    """Yield what is worth knowing of a way, each in a sentence."""
    from watch.report.wording import LANGUAGE_NAMES

    count, proposal = sight.item_count, sight.proposal
    told = [counted_in(count, _("{count} item"), _("{count} items"))]
    if sight.languages:
        names = [_(LANGUAGE_NAMES.get(one, one)) for one in sight.languages[:2]]
        told.append(_("in {languages}").format(languages=_(" and ").join(names)))
    newest = max((item.published_at for item in sight.newest), default=now)
    is_quiet = now - newest > max(_LONG, 3 * (proposal.every or _LONG))
    if proposal.every and count > 1 and not is_quiet:
        told.append(_rhythm(proposal.every))
    yield ", ".join(told) + "."
    if is_quiet:
        yield _("Nothing new since {day}: is it still alive?").format(day=f"{newest:%Y-%m-%d}")
    if proposal.harvest.skipped_count:
        yield _("It holds more than one visit takes.")
    if perimeter and count:
        kept = _("Your perimeter keeps {count} of them.").format(count=len(sight.tags))
        yield kept if sight.tags else _("Your perimeter keeps none of them.")
        if sight.doubtful_count:
            yield _("To be decided by an expert: {count}.").format(count=sight.doubtful_count)


def _rhythm(every: timedelta) -> str:
    hours = every.total_seconds() / 3600
    if hours < 1:
        return _("several an hour")
    if hours < 36:
        return _("about one every {hours} hours").format(hours=max(2, round(hours)))
    return _("about one every {days} days").format(days=max(2, round(hours / 24)))


def _rights(source: Source, is_reserved: bool) -> str:
    """Return what may be done with a source's texts, in plain words."""
    from watch.sources.registry import KINDS

    if is_reserved or source.rights.is_reserved:
        return _(
            "Rights: the site reserves its texts (text and data mining): we keep titles and links "
            "alone."
        )
    rights: Rights = source.rights
    licence = rights.licence or KINDS[source.kind].licence
    said = _("Rights: {licence}").format(licence=licence or _("no licence is known.")) + " "
    said += _("A letter quotes {count} characters at most, and links to the rest;").format(
        count=rights.excerpt_length
    )
    whole = _("whole texts are kept.") if rights.full_text else _("whole texts are not kept.")
    return f"{said} {whole}"


def _label(topic: str, perimeter: Perimeter | None) -> str:
    found = next((t for t in perimeter.topics if t.id == topic), None) if perimeter else None
    return found.name(LANGUAGE) if found else topic


def _command(address: str, place: int, sight: Sight) -> str:
    source = sight.proposal.source
    if sight.proposal.way == "told":
        told = [f"--set {name}={quote(text)}" for name, text in source.options.items()]
        words = ["zoom-marche source add", address, f"--kind {source.kind}", *told]
        return " ".join(word for word in words if word)
    command = f"zoom-marche source add {quote(address)}"
    return f"{command} --choose {place}" if place > 1 else command


def turn_away(address: str, found: Look) -> NoReturn:
    """Say why an address cannot be watched, and what to do, to somebody who tries it; end."""
    from watch.sources.health import explain

    _looked()
    reason = found.finding.harvest.reason or "not_a_feed"
    if reason == "not_a_feed" and not found.finding.title:
        reason = "document"
    cause, remedy = _AT_FIRST.get(reason) or explain(reason, LANGUAGE)
    if reason == "bad_options" and found.finding.harvest.detail:
        cause += f" ({_(found.finding.harvest.detail)})"
    # A service has its own address, which nobody has written: it cannot be misspelt.
    remedy = _AGAIN if reason in _PASSING or (reason == "dns" and not address) else remedy
    if reason == "no_key":
        remedy += " " + _("It is called {name}.").format(name=_key_of(found.finding.harvest.source))
    shown = address or found.finding.address.partition("?")[0]
    paragraph(_("{address} cannot be watched.").format(address=shown), is_error=True)
    paragraph(_("Why: {cause}").format(cause=cause), "  ", is_error=True)
    paragraph(_("What to do: {remedy}").format(remedy=remedy), "  ", is_error=True)
    raise SystemExit(2)


def _key_of(source: Source) -> str:
    from watch.sources.registry import KINDS

    name = next(iter(KINDS[source.kind].keys), source.options.get("key", ""))
    return f"ZOOM_MARCHE_KEY_{name.upper()}"
