"""What a kind of source is: what it asks for, how it reads an answer, what an officer may set.

A kind knows no network: `first` says what to ask, `read` says what the answer holds and what to
ask next. `travel` does the asking, so every bound and every courtesy stands in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watch.domain import Manners, Perimeter, Source, Visit
from watch.sources.raw import RawFeed
from watch.sources.request import Reply, Request

__all__ = ["Kind", "Option", "ask_address"]

First = Callable[[Visit, Manners, datetime], Request]
"""Returns what to ask first, at this instant; raises `VisitFailed` (no_key, bad_options)."""

Read = Callable[[Reply, Visit, int], RawFeed]
"""Returns what an answer holds, at most so many entries; raises `VisitFailed`, nothing else."""

Fetch = Callable[[Visit, Manners, datetime], RawFeed]
"""Makes a whole visit to what is not the web (a mailbox); it may block, and runs in a thread."""

Derive = Callable[[Perimeter], Mapping[str, str]]
"""Returns options that look for what a perimeter asks for; an officer may edit them."""

Spot = Callable[[Reply], Iterable[Source]]
"""Returns the sources of its kind that a page shows, best first; of an address alone where the
reply has no body. Nothing is asked: what is spotted is visited afterwards, to see if it is true."""


def ask_address(visit: Visit, manners: Manners, now: datetime) -> Request:
    """Return the request for the source's own address: what most kinds begin with."""
    del manners, now
    return Request(visit.source.url)


def _any(written: str) -> str:
    del written
    return ""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that an officer may set for a source of this kind. Sentences in English."""

    name: str
    meaning: str
    is_required: bool = False
    complaint: Callable[[str], str] = _any
    """Given what was written: "" where it will do, else what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source, as the registry knows it. Sentences in English, to be translated."""

    name: str
    meaning: str
    """What it is, for an officer, in a few words."""
    read: Read | None = None
    first: First = ask_address
    fetch: Fetch | None = None
    """Instead of `first` and `read`."""
    options: tuple[Option, ...] = ()
    derive: Derive | None = None
    """Proposes options (a query) from a perimeter's terms and codes."""
    spot: Spot | None = None
    """Sees in a page, or in an address, that there is a source of this kind."""
    most_requests: int = 1
    """In one visit: the first, and as many more as the answers ask for."""
    is_conditional: bool = True
    """Whether validators and the body's hash may end a visit before anything is read."""
    is_window: bool = False
    """Whether a body holds the newest entries only, so that older ones fall out unseen. False
    for what is asked by date or number, and for a page that is compared with itself."""
    asks_robots: bool = True
    """False for services that publish an interface for programs: its terms are the rules."""
    item_kind: str = ""
    """Of items whose entry does not say; "" is ordinary news."""
    keys: tuple[str, ...] = ()
    """Names of the secrets that it needs, as in `Manners.keys`."""
    licence: str = ""
    """The sentence that a report prints for its items; "" where each source has its own."""
    address: str = ""
    """Where the kind is one service at one place: what an officer need not write then."""
    example: Mapping[str, str] = field(default_factory=dict)
    """For the guide and the terminal: what an officer could write, as `url` an address where the
    kind has none of its own, and options."""
