"""An officer's word before letters go: what to look at, and each change -> the letter anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from watch.domain import Digest, Line
from watch.report.letter import lines_of, write_letter
from watch.rounds.links import links_of
from watch.rounds.tasks import perimeter_of
from watch.rounds.tell import drafts
from watch.store import clusters, held, perimeters, shelves, sources, subscribers
from watch.store.held import Held
from watch.text.clean import one_line, shorten

__all__ = [
    "Lines",
    "add",
    "choices",
    "drop",
    "edit",
    "greet",
    "move",
    "quotable",
    "reword",
    "undo",
    "warnings",
]

Lines = tuple[Line, ...]

_FEWEST = 3
_MOST_LINES = 10
# 250 to 400 words are two minutes on a phone; mail clients hide what stands beyond 100 kB.
_MOST_WORDS, _MOST_BYTES = 400, 90_000
_MOST_EXCERPT, _MOST_WHY = 280, 300


def warnings(lines: Sequence[Line], html: str, day: date, is_alert: bool = False) -> list[str]:
    """Return what an officer should look at: few, long, heavy, over (a deadline has passed)."""
    words = sum(len(f"{one.title} {one.excerpt} {one.why}".split()) for one in lines)
    found = {
        "few": len(lines) < _FEWEST and not is_alert,
        "long": words > _MOST_WORDS,
        "heavy": len(html.encode()) > _MOST_BYTES,
        "over": any(one.closes_on and one.closes_on <= day for one in lines),
    }
    return [name for name, is_so in found.items() if is_so]


def drop(lines: Lines, number: int) -> Lines:
    """Return the lines without one, by its number from 1; the last one stays."""
    if len(lines) < 2 or not 1 <= number <= len(lines):
        return lines
    return lines[: number - 1] + lines[number:]


def move(lines: Lines, number: int, by: int) -> Lines:
    """Return the lines with one moved up (-1) or down (1)."""
    if not 1 <= number <= len(lines) or not 1 <= number + by <= len(lines):
        return lines
    rest = list(lines)
    rest.insert(number + by - 1, rest.pop(number - 1))
    return tuple(rest)


def reword(lines: Lines, number: int, excerpt: str, why: str, most: int = _MOST_EXCERPT) -> Lines:
    """Return the lines with the two sentences of one said otherwise; "" for why leaves it.

    The excerpt is the source's words: no more than `most` characters, as its rights allow.
    """
    if not 1 <= number <= len(lines):
        return lines
    one = lines[number - 1]
    said = replace(
        one,
        excerpt=shorten(one_line(excerpt), min(most, _MOST_EXCERPT)) if most > 0 else "",
        why=one_line(why, _MOST_WHY) or one.why,
    )
    return (*lines[: number - 1], said, *lines[number:])


def edit(cluster: str, key: str, change: Callable[[Lines], Lines], secret: bytes) -> bool:
    """Change the lines of a held letter and write it again; False where it waits no longer."""
    letter = held.find(cluster, key)
    if letter is None:
        return False
    lines = change(letter.lines)
    return lines == letter.lines or _rewrite(cluster, letter, lines, letter.greeting, secret)


def quotable(cluster: str, key: str, number: int) -> int:
    """Return how many characters the source of a line lets us quote."""
    letter = held.find(cluster, key)
    if letter is None or not 1 <= number <= len(letter.lines):
        return 0
    found = shelves.of_keys(cluster, [letter.lines[number - 1].item])
    lengths = sources.excerpt_lengths(cluster)
    return min((lengths.get(one.item.source, 0) for one in found), default=0)


def greet(cluster: str, sentence: str, secret: bytes, only: str = "") -> int:
    """Put the officer's sentence above the lines of all held letters, or of one; count them."""
    said = one_line(sentence, 300)
    some = [one for one in held.held(cluster) if only in {"", one.key} and one.lines]
    return sum(
        _rewrite(cluster, one, one.lines, said, secret) for one in some if one.greeting != said
    )


def undo(cluster: str, key: str, secret: bytes) -> bool:
    """Take back the last change of a held letter; False where there is none."""
    letter, before = held.find(cluster, key), held.undo(cluster, key)
    if letter is None or before is None:
        return False
    return _rewrite(cluster, letter, *before, secret, is_undo=True)


def choices(cluster: str, letter: Held, now: datetime) -> Lines:
    """Return what could be added to a held letter: the next best for this reader."""
    found = drafts(cluster, letter.period, now, letter.subscriber, most=_MOST_LINES)
    known = {one.story for one in letter.lines}
    if not found:
        return ()
    return tuple(one for one in lines_of(found[0].digest) if one.story not in known)


def add(cluster: str, key: str, item: str, now: datetime, secret: bytes) -> bool:
    """Add a line at the end of a held letter, one of its `choices`."""
    letter = held.find(cluster, key)
    if letter is None or len(letter.lines) >= _MOST_LINES:
        return False
    more = tuple(one for one in choices(cluster, letter, now) if one.item == item)
    return bool(more) and edit(cluster, key, lambda lines: lines + more, secret)


def _rewrite(
    cluster: str, letter: Held, lines: Lines, greeting: str, secret: bytes, is_undo: bool = False
) -> bool:
    home, reader = clusters.get(cluster), subscribers.find(cluster, letter.subscriber)
    if reader is None or reader.basis is None:
        return False
    digest = Digest(
        cluster=home,
        subscriber=replace(reader, language=letter.language),
        perimeter=perimeter_of(perimeters.current(cluster).text),
        period=letter.period,
        picks=(),
        links=links_of(secret, home, reader.id, letter.key),
        is_alert=letter.is_alert,
        is_quiet=True,
    )
    written = replace(write_letter(digest, lines, greeting), key=letter.key)
    return held.rewrite(cluster, written, lines, greeting, is_undo)
