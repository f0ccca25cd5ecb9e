"""A source as an officer spells it out -> the source as it is kept, or all that is wrong with it.

The one place that checks a kind, its address and its settings: for what is typed at a terminal,
what stands in a list, and what is changed later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches

from watch.domain import NO_URL, Manners, Perimeter, Source, Visit, WebUrl
from watch.errors import Problem
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, ask_address
from watch.sources.papers.files import FILES
from watch.sources.papers.mailbox import mailbox_address
from watch.sources.records.asking import with_parameters
from watch.sources.registry import KINDS
from watch.text.urls import canonical

__all__ = ["as_written", "kind_of", "spell", "without_settings"]

Say = Callable[[str], str]
"""English sentence -> the same in the officer's language."""

LONGEST_ADDRESS = 2_000
"""As the store keeps one."""

# What a kind asks first is asked for at any instant, to see whether its settings will do.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def spell(
    source: Source, say: Say, perimeter: Perimeter | None = None
) -> tuple[Source | None, list[Problem]]:
    """Return a source as it is kept, or None and every problem.

    `source` holds what was written: its `url` is any text, "" where its kind has an address of
    its own; its `options` are the settings. Where a kind has to be told what to look for and
    nothing is set, the settings are derived from the perimeter. The `where` of a problem is the
    name of a setting, or "".
    """
    kind = KINDS.get(source.kind)
    if kind is None or kind is FILES:
        return None, [_no_kind(source.kind, say)]
    options = {name: text.strip() for name, text in source.options.items() if text.strip()}
    address = source.url.strip() or kind.address
    url = WebUrl(mailbox_address(address)) if kind.fetch else as_written(address)
    wished = replace(source, url=url, options=options)
    if url and not options and kind.derive and perimeter and _refusal(kind, wished):
        wished = replace(wished, options=dict(kind.derive(perimeter)))
    problems = [] if url else [_no_address(kind, address, say)]
    problems += _wrong_settings(kind, wished.options, say)
    if not problems and (wrong := _refusal(kind, wished)):
        problems = [_nothing(kind, wrong, say)]
    if not problems:
        wished = replace(wished, url=_kept_address(kind, wished))
        if len(wished.url) > LONGEST_ADDRESS:
            problems = [Problem("", say("the settings are too long"), say("leave some words out"))]
    return (None, problems) if problems else (wished, [])


def kind_of(address: str) -> str:
    """Return the kind of an address that tells it by itself: a mailbox's, or a service's; or "".

    >>> kind_of("https://export.arxiv.org/api/query?search_query=all:lidar")
    'arxiv'
    """
    if mailbox_address(address):
        return "newsletter"
    known = ((kind.name, kind.address) for kind in KINDS.values() if kind.address)
    return next((name for name, url in known if address.strip().startswith(url)), "")


def without_settings(source: Source) -> str:
    """Return the address of a source without the settings that were put into it."""
    return with_parameters(source.url, **dict.fromkeys(source.options, ""))


def as_written(address: str) -> WebUrl:
    """Return a web address as it was written, or "" where it is none or holds a password.

    >>> as_written(" feed://journal.example/?cat=12 "), as_written("https://me:pw@site.example")
    ('http://journal.example/?cat=12', '')
    """
    written = re.sub(r"\Afeed:(?=https?://)", "", address.strip(), flags=re.IGNORECASE)
    written = re.sub(r"\Afeed://", "http://", written, flags=re.IGNORECASE)
    is_plain = re.fullmatch(r"https?://[^\s/@?#][^\s@?#/]*([/?#]\S*)?", written, re.IGNORECASE)
    return WebUrl(written) if is_plain and canonical(written) else NO_URL


def _no_kind(written: str, say: Say) -> Problem:
    if written == FILES.name:
        instead = "give the files themselves: zoom-marche source drop FILE"
        return Problem("", say("files are not visited"), say(instead))
    what = say("“{kind}” is not a known kind of source").format(kind=written[:40])
    near = get_close_matches(written, KINDS, 1)
    if near:
        return Problem("", what, say("did you mean “{key}”?").format(key=near[0]))
    words = ", ".join(sorted(KINDS.keys() - {FILES.name}))
    return Problem("", what, say("write one of: {words}").format(words=words))


def _no_address(kind: Kind, address: str, say: Say) -> Problem:
    shown = " ".join(address.split())[:120]
    if kind.fetch:
        what = say("“{address}” is not the address of a mailbox").format(address=shown)
        return Problem("", what, say("write imaps://name@host/FOLDER"))
    what = say("“{address}” is not the address of a page on the web").format(address=shown)
    return Problem("", what, say("write the whole address, beginning with https://"))


def _wrong_settings(kind: Kind, options: Mapping[str, str], say: Say) -> Iterator[Problem]:
    known = {option.name: option for option in kind.options}
    for name in options.keys() - known.keys():
        what = say("the kind “{kind}” has no such setting").format(kind=kind.name)
        instead = say("one of {words}").format(words=", ".join(known)) if known else ""
        yield Problem(name, what, instead)
    for option in kind.options:
        written = options.get(option.name, "")
        if option.is_required and not written:
            yield Problem(option.name, say("is required"), say(option.meaning))
        elif written and (complaint := option.complaint(written)):
            yield Problem(option.name, say(complaint), say(option.meaning))


def _refusal(kind: Kind, source: Source) -> str:
    """Return why a kind would not ask anything for these settings, or ""."""
    if kind.fetch:
        return ""
    try:
        kind.first(Visit(source), Manners(keys=dict.fromkeys(kind.keys, "a:b")), _ANY_TIME)
    except VisitFailed as failure:
        return failure.detail or failure.reason
    return ""


def _nothing(kind: Kind, wrong: str, say: Say) -> Problem:
    """Return the problem of a source that asks for nothing, or for what its kind refuses."""
    if not wrong.startswith("nothing to look for"):
        return Problem("", say(wrong), "")
    what = say("nothing says what this source is to look for")
    words = ", ".join(option.name for option in kind.options)
    return Problem("", what, say("set one of {words}").format(words=words))


def _kept_address(kind: Kind, source: Source) -> WebUrl:
    """Return the address under which a source is kept: it is what tells two sources apart.

    Of a service that is asked many things, the question belongs to the address.
    """
    names = {option.name: source.options.get(option.name, "") for option in kind.options}
    if (kind.first is ask_address and not kind.fetch) or not any(names.values()):
        return source.url
    address = with_parameters(source.url, **names)
    return WebUrl(mailbox_address(address) if kind.fetch else address)
