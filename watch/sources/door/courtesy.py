"""How we behave at somebody's door: one at a time, not too fast, and as the house rules ask.

House rules (robots.txt, tdmrep.json) are asked once a day for each origin. What is known from
an earlier day comes in with a trip, and what was read anew goes out with a harvest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from yarl import URL

from watch.domain import HouseRules, Manners
from watch.sources.door.reservation import read_reservations, reserves, says_no_training
from watch.sources.door.robots import Rules, read_rules
from watch.sources.health import VisitFailed
from watch.sources.records.pace import pause_of

__all__ = ["Courtesy"]

Ask = Callable[[URL], Awaitable[bytes]]
"""Returns what stands at an address; raises `VisitFailed`."""

# RFC 9309, 2.4: a copy serves a day; longer only while the site cannot say what it wants.
_FRESH: Final = timedelta(days=1)
_KEPT: Final = timedelta(days=30)
_MOST_KEPT = 100_000
# What a robots.txt may answer without closing the site to robots (RFC 9309, 2.3.1.2 and 2.3.1.3).
_NO_RULES: Final = frozenset(
    {"empty", "missing", "gone", "refused", "too_large", "too_many_redirects"}
    | {"bad_address", "bad_answer", "bad_encoding"}
)
# Houses that want one connection for all their doors.
_ONE_HOUSE: Final = (".arxiv.org",)


@dataclass(slots=True)
class _Turn:
    """One host's queue. `pause` in seconds; `asked_at` on the clock of the event loop."""

    pause: float
    asked_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class _House:
    """What a site asks, ready to be looked up."""

    rules: Rules
    reservations: tuple[tuple[bool, str], ...]


class Courtesy:
    """The queues and the house rules of one tour."""

    def __init__(self, manners: Manners, now: datetime, known: Iterable[HouseRules]) -> None:
        self._manners = manners
        self._now = now
        self._known = {rules.origin: rules for rules in known}
        self._turns: dict[str, _Turn] = {}
        self._houses: dict[URL, asyncio.Task[_House]] = {}
        self._anew: list[HouseRules] = []
        self.knows_reservations = False
        """Whether any site of this tour reserves anything: most tours need not look further."""

    async def close(self) -> None:
        """Give up what nobody waits for any more."""
        for asking in self._houses.values():
            asking.cancel()
        await asyncio.gather(*self._houses.values(), return_exceptions=True)

    def remember(self, known: Iterable[HouseRules]) -> None:
        """Add house rules that are known from an earlier day."""
        self._known.update((rules.origin, rules) for rules in known)

    def take_anew(self) -> tuple[HouseRules, ...]:
        """Return the house rules that were read since the last call."""
        anew, self._anew = tuple(self._anew), []
        return anew

    @asynccontextmanager
    async def turn(self, url: URL) -> AsyncIterator[None]:
        """Wait until nobody else asks this host and its pause is over."""
        clock = asyncio.get_running_loop().time
        turn = self._turn_at(url)
        async with turn.lock:
            wait = turn.asked_at + turn.pause - clock()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                turn.asked_at = clock()

    async def permit(self, url: URL, seconds: float, ask: Ask) -> None:
        """Raise `VisitFailed` where the site's robots.txt, asked once, does not want us.

        All visits of an origin wait for one asking of it, each no longer than its own `seconds`:
        the asking itself goes on, for those who have more time left.
        """
        origin = url.origin()
        if origin not in self._houses:
            self._houses[origin] = asyncio.create_task(self._house(origin, ask))
        try:
            house = await asyncio.wait_for(asyncio.shield(self._houses[origin]), seconds)
        except TimeoutError as error:
            raise VisitFailed("timeout", "the time for one visit is over") from error
        turn = self._turn_at(url)
        turn.pause = max(turn.pause, house.rules.delay.total_seconds())
        if not house.rules.allow(url.raw_path_qs):
            raise VisitFailed("robots", f"robots.txt excludes {url.raw_path_qs[:200]}")

    def reserves(self, url: URL) -> bool:
        """Return whether the site of an address is known to reserve it from mining."""
        asking = self._houses.get(url.origin())
        if asking is None or not asking.done() or asking.cancelled() or asking.exception():
            return False
        return reserves(asking.result().reservations, url.raw_path_qs)

    def _turn_at(self, url: URL) -> _Turn:
        host = url.raw_host or ""
        house = next((end for end in _ONE_HOUSE if f".{host}".endswith(end)), host)
        if house not in self._turns:
            pause = max(self._manners.pause, pause_of(host) or timedelta())
            self._turns[house] = _Turn(pause.total_seconds())
        return self._turns[house]

    async def _house(self, origin: URL, ask: Ask) -> _House:
        """Return what a site asks of us; raise `VisitFailed` where it cannot be asked."""
        known = self._known.get(str(origin))
        age = self._now - known.read_at if known else _KEPT
        if known and timedelta() <= age < _FRESH:
            return self._as_known(known)
        try:
            robots = await ask(origin / "robots.txt")
        except VisitFailed as failure:
            if failure.reason not in _NO_RULES:
                if known and age < _KEPT:
                    return self._as_known(known)
                raise
            robots = b""
        reservations = await _reservations(origin, ask, known)
        if says_no_training(robots):
            reservations += ((True, "/"),)
        house = self._noted(robots, reservations)
        rules = HouseRules(str(origin), house.rules.written(), reservations, self._now)
        if len(rules.robots) + sum(len(path) for _, path in reservations) <= _MOST_KEPT:
            self._anew.append(rules)
        return house

    def _as_known(self, known: HouseRules) -> _House:
        return self._noted(known.robots.encode(), known.reservations)

    def _noted(self, robots: bytes, reservations: tuple[tuple[bool, str], ...]) -> _House:
        self.knows_reservations |= bool(reservations)
        return _House(read_rules(robots, self._manners.agent), reservations)


async def _reservations(
    origin: URL, ask: Ask, known: HouseRules | None
) -> tuple[tuple[bool, str], ...]:
    try:
        return read_reservations(await ask(origin / ".well-known" / "tdmrep.json"))
    except VisitFailed as failure:
        is_silent = failure.reason not in _NO_RULES
        return known.reservations if known and is_silent else ()
