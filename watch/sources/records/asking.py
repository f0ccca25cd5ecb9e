"""What all services are asked alike: from which instant on, with which words, page after page.

A visit asks for what was published since the last one, and for somewhat more. What it could not
read to the end (a service has more than we take at once) it leaves as a mark, from which the next
visit reads on: nothing between two visits is lost, however much there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from urllib.parse import parse_qsl, urlencode

from watch.domain import Axis, Perimeter, Topic, Visit
from watch.sources.health import VisitFailed
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.request import Request

__all__ = [
    "FIRST_WINDOW",
    "OVERLAP",
    "base",
    "chosen",
    "finished",
    "needed",
    "page",
    "phrases",
    "read_on",
    "since",
    "with_parameters",
    "wrong_query",
]

FIRST_WINDOW = timedelta(days=30)
"""How far back a first visit looks."""
OVERLAP = timedelta(hours=48)
"""What is asked for a second time: services list with delay, and clocks differ."""

# An address that holds a query stays below what every service accepts.
_MOST_QUERY = 1_000
_FROM, _UNTIL = "from ", "until "


# -- since when -----------------------------------------------------------------------------


def since(visit: Visit, now: datetime, overlap: timedelta = OVERLAP) -> datetime:
    """Return the instant from which on a service is asked.

    Where the last visit did not reach the end it is the instant that it reached; else the last
    good visit less the overlap; at a first visit thirty days ago.
    """
    if reached := _instant(visit.mark, _FROM):
        return reached
    known = _instant(visit.mark, _UNTIL) or visit.good_at
    return known - overlap if known else now - FIRST_WINDOW


def finished(asked_at: datetime) -> str:
    """Return the mark of a visit that read all there was when it asked."""
    return f"{_UNTIL}{asked_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_on(reached: datetime | None, began: datetime) -> str:
    """Return the mark of a visit that has read so far: all before `reached`, asked from `began`.

    It always moves on: more records of one instant than a visit takes are not asked for twice.
    """
    step = timedelta(days=1)
    at = reached if reached and reached > began else began + step
    return f"{_FROM}{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def page(
    listed: Sequence[tuple[RawEntry, datetime | None]],
    following: Request | None,
    began: datetime,
    asked_at: datetime,
    most: int,
) -> RawFeed:
    """Return one page of a list that is sorted by date, with the mark that it leaves.

    `listed` holds each entry and the instant by which the service sorts it; `following` opens the
    next page; `began` is the instant from which on was asked.
    """
    kept = listed[:most]
    is_whole = following is None and len(kept) == len(listed)
    reached = max((at for _, at in kept if at), default=None)
    return RawFeed(
        entries=[entry for entry, _ in kept],
        skipped_count=len(listed) - len(kept),
        next=following,
        mark=finished(asked_at) if is_whole else read_on(reached, began),
    )


def _instant(mark: str, word: str) -> datetime | None:
    try:
        return datetime.fromisoformat(mark.removeprefix(word)) if mark.startswith(word) else None
    except ValueError:
        return None


# -- with which words -----------------------------------------------------------------------


def chosen(visit: Visit, names: Mapping[str, str]) -> dict[str, str]:
    """Return what an officer set, by the names of our options; "" for what is not set.

    `names` holds the service's own parameter for each option: an address with a query, copied
    from a browser, says the same as options do. Options win.
    """
    written = dict(parse_qsl(visit.source.url.partition("?")[2]))
    return {
        ours: (visit.source.options.get(ours) or written.get(ours) or written.get(theirs, ""))
        for ours, theirs in names.items()
    }


def needed(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return what was set; raise `VisitFailed` (bad_options) where nothing at all was."""
    if not any(values.values()):
        raise VisitFailed("bad_options", f"nothing to look for: set {' or '.join(values)}")
    return values


def wrong_query(written: str) -> str:
    """Return what is wrong with a query in words, quotes and brackets, or "".

    >>> wrong_query('(lidar OR "fiber laser")'), wrong_query("(lidar")
    ('', 'a quote or a bracket of the query is not closed')
    """
    if len(written) > _MOST_QUERY:
        return "the query is too long: at most 1,000 characters"
    bare = re.sub(r'"[^"]*"', "", written)
    depth = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
    if depth or '"' in bare:
        return "a quote or a bracket of the query is not closed"
    return ""


def phrases(perimeter: Perimeter, languages: Iterable[str], most: int) -> list[str]:
    """Return terms of a perimeter by which to search, at most `most` characters in all.

    Of each technology the first terms, the technologies taking turns, and the languages within
    each; markets only where there is no technology. A term that holds another chosen one would
    find nothing more and is left out, and so is one that counts in one case alone (LED): no
    service tells it from the ordinary word.
    """
    wanted = tuple(languages)
    topics = (*perimeter.on(Axis.TECHNOLOGY), *perimeter.on(Axis.MARKET))
    lists = [_in_turns(topic, wanted) for topic in topics]
    # Markets are everyday words (health, car): they are asked for only where they stand alone.
    technology_count = len(perimeter.on(Axis.TECHNOLOGY))
    found: list[str] = []
    left = most
    for group in (lists[:technology_count], lists[technology_count:]):
        if found:
            break
        for turn in range(max(map(len, group), default=0)):
            for terms in group:
                term = _plain(terms[turn]) if turn < len(terms) else ""
                if not term or len(term) > left or any(_holds(term, known) for known in found):
                    continue
                found.append(term)
                left -= len(term)
    return found


def _in_turns(topic: Topic, languages: Sequence[str]) -> list[str]:
    """Return the terms of a topic, the first in each language before the second in any."""
    lists = [topic.terms.get(language, ()) for language in languages]
    turns = (term for turn in zip_longest(*lists, fillvalue="") for term in turn)
    return [term for term in turns if term and term not in topic.case_sensitive]


def _plain(term: str) -> str:
    """Return a term without the signs that mean something in a query."""
    return " ".join(re.sub(r'["()\[\]{}:*?~^\\/!|&+<>=,;]', " ", term).split())


def _holds(term: str, known: str) -> bool:
    return bool(re.search(rf"\b{re.escape(known)}\b", term, re.IGNORECASE))


# -- addresses ------------------------------------------------------------------------------


def base(visit: Visit) -> str:
    """Return the service's own address, without what stands after it."""
    return visit.source.url.partition("#")[0].partition("?")[0]


def with_parameters(url: str, **changes: object) -> str:
    """Return the address with these parameters set; one that is "" is taken out."""
    path, _, query = url.partition("?")
    parameters = dict(parse_qsl(query)) | {name: str(value) for name, value in changes.items()}
    kept = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
