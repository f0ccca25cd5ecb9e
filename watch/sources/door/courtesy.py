"""How we behave at somebody's door: one at a time, not too fast, and as the house rules ask.

House rules (robots.txt, tdmrep.json) are asked once a day for each origin. What is known from
an earlier day comes in with a trip, and what was read anew goes out with a harvest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from watch.domain import HouseRules, Manners
from watch.sources.door.address import Address
from watch.sources.door.reservation import read_reservations, reserves, says_no_training
from watch.sources.door.robots import Rules, read_rules
from watch.sources.health import VisitFailed
from watch.sources.records.pace import pause_of

__all__ = ["Courtesy"]

Ask = Callable[[Address], Awaitable[bytes]]
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


class _Turn:
    """One host's queue: `async with` waits until nobody else asks it and its pause is over."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        """Seconds between two requests."""
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()
        self._clock = asyncio.get_running_loop().time

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        wait = self._asked_at + self.pause - self._clock()
        if wait > 0:
            try:
                await asyncio.sleep(wait)
            except BaseException:
                self._lock.release()
                raise

    async def __aexit__(self, *_: object) -> None:
        self._asked_at = self._clock()
        self._lock.release()


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
        self._houses: dict[str, _House] = {}
        self._asking: dict[str, asyncio.Task[_House]] = {}
        self._anew: list[HouseRules] = []
        self.knows_reservations = False
        """Whether any site of this tour reserves anything: most tours need not look further."""

    async def close(self) -> None:
        """Give up what nobody waits for any more."""
        for asking in self._asking.values():
            asking.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def remember(self, known: Iterable[HouseRules]) -> None:
        """Add house rules that are known from an earlier day."""
        self._known.update((rules.origin, rules) for rules in known)

    def take_anew(self) -> tuple[HouseRules, ...]:
        """Return the house rules that were read since the last call."""
        anew, self._anew = tuple(self._anew), []
        return anew

    def turn(self, address: Address) -> _Turn:
        """Return the queue of a host, to be waited in."""
        host = address.host
        house = next((end for end in _ONE_HOUSE if f".{host}".endswith(end)), host)
        turn = self._turns.get(house)
        if turn is None:
            pause = max(self._manners.pause, pause_of(host) or timedelta())
            turn = self._turns[house] = _Turn(pause.total_seconds())
        return turn

    async def permit(self, address: Address, seconds: float, ask: Ask) -> None:
        """Raise `VisitFailed` where the site's robots.txt, asked once, does not want us.

        All visits of an origin wait for one asking of it, each no longer than its own `seconds`:
        the asking itself goes on, for those who have more time left.
        """
        house = self._at_hand(address.origin) or await self._asked(address, seconds, ask)
        turn = self.turn(address)
        turn.pause = max(turn.pause, house.rules.delay.total_seconds())
        if not house.rules.allow(address.target):
            raise VisitFailed("robots", f"robots.txt excludes {address.target[:200]}")

    def reserves(self, address: Address) -> bool:
        """Return whether the site of an address is known to reserve it from mining."""
        house = self._houses.get(address.origin)
        return house is not None and reserves(house.reservations, address.target)

    def _at_hand(self, origin: str) -> _House | None:
        """Return the rules of a site that need no asking: of this tour, or of the last day."""
        if origin not in self._houses:
            known = self._known.get(origin)
            if known is None or not timedelta() <= self._now - known.read_at < _FRESH:
                return None
            return self._as_known(known)
        return self._houses[origin]

    async def _asked(self, address: Address, seconds: float, ask: Ask) -> _House:
        origin = address.origin
        if origin not in self._asking:
            self._asking[origin] = asyncio.create_task(self._house(address, ask))
        try:
            return await asyncio.wait_for(asyncio.shield(self._asking[origin]), seconds)
        except TimeoutError as error:
            raise VisitFailed("timeout", "the time for one visit is over") from error

    async def _house(self, address: Address, ask: Ask) -> _House:
        """Return what a site asks of us; raise `VisitFailed` where it cannot be asked."""
        known = self._known.get(address.origin)
        try:
            robots = await ask(address.at("/robots.txt"))
        except VisitFailed as failure:
            if failure.reason not in _NO_RULES:
                if known and self._now - known.read_at < _KEPT:
                    return self._as_known(known)
                raise
            robots = b""
        reservations = await _reservations(address, ask, known)
        if says_no_training(robots):
            reservations += ((True, "/"),)
        house = self._noted(address.origin, robots, reservations)
        rules = HouseRules(address.origin, house.rules.written(), reservations, self._now)
        if len(rules.robots) + sum(len(path) for _, path in reservations) <= _MOST_KEPT:
            self._anew.append(rules)
        return house

    def _as_known(self, known: HouseRules) -> _House:
        return self._noted(known.origin, known.robots.encode(), known.reservations)

    def _noted(
        self, origin: str, robots: bytes, reservations: tuple[tuple[bool, str], ...]
    ) -> _House:
        self.knows_reservations |= bool(reservations)
        house = _House(read_rules(robots, self._manners.agent), reservations)
        self._houses[origin] = house
        return house


async def _reservations(
    address: Address, ask: Ask, known: HouseRules | None
) -> tuple[tuple[bool, str], ...]:
    try:
        return read_reservations(await ask(address.at("/.well-known/tdmrep.json")))
    except VisitFailed as failure:
        is_silent = failure.reason not in _NO_RULES
        return known.reservations if known and is_silent else ()
