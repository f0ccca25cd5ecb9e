"""The Web door: one client for every request that leaves the house, and all its bounds.

The guard stands at the socket: each address is checked in the moment in which it is connected.
Redirects are followed by hand, each hop under the same checks, and a redirect's body is never
read. Bodies are unpacked in bounded pieces. One request at a time goes to one host.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Final
from urllib.parse import quote, unquote_plus, urlencode

from watch.domain import HouseRules, Manners
from watch.sources.door import guard
from watch.sources.door.address import Address
from watch.sources.door.courtesy import Courtesy
from watch.sources.door.http import Head
from watch.sources.door.pool import Pool
from watch.sources.door.reservation import is_page_reserved
from watch.sources.door.unpack import Unpacking
from watch.sources.door.waits import wait_of
from watch.sources.health import VisitFailed
from watch.sources.request import Request

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_KEEPS_BODY: Final = frozenset({307, 308})
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
# What would end a header's line, and what no header may hold.
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HEADERS: Final = {
    "Accept": "application/atom+xml, application/rss+xml, application/feed+json,"
    " application/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip",
}
# "Product/1.0 (+how to reach us)": see RFC 9110, 10.1.5.
_AGENT = re.compile(r"[A-Za-z][A-Za-z_-]*/[0-9][0-9A-Za-z.+-]* \([\x20-\x7e]{3,300}\)")
_BY_STATUS: Final = {204: "empty", 404: "missing", 410: "gone", 429: "too_many"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back in the end: status 200 with a body, or 304 without one."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    is_whole: bool = True
    """False where the connection ended before the body did."""
    moved_to: str = ""
    """Where the permanent redirects lead with which the way began."""
    is_reserved: bool = False
    """The site or the page itself reserves text and data mining."""


class Door:
    """Asks the web on our behalf: `async with Door(manners, now) as door: await door.get(...)`."""

    def __init__(self, manners: Manners, now: datetime, known: Iterable[HouseRules] = ()) -> None:
        if not _AGENT.fullmatch(manners.agent):
            raise ValueError(f"a robot's name, version and contact, in ASCII: {manners.agent!r}")
        self.manners = manners
        self._now = now
        self._headers = {"User-Agent": manners.agent, **_HEADERS}
        self._usual = _lines(self._headers)
        self._pool = Pool(manners)
        self.courtesy = Courtesy(manners, now, known)

    async def __aenter__(self) -> Door:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.courtesy.close()
        await self._pool.close()

    async def get(self, address: str, conditions: Mapping[str, str] | None = None) -> Answer:
        """Return the answer of an address, redirects followed.

        `conditions` (If-None-Match, If-Modified-Since) go to the origin of `address` alone.
        Raises `VisitFailed` for every other end: its reason, and the status where there is one.
        """
        return await self.ask(Request(address), conditions)

    async def ask(
        self,
        request: Request,
        conditions: Mapping[str, str] | None = None,
        asks_robots: bool = True,
    ) -> Answer:
        """Return the answer to a request, redirects followed; see `get`.

        Headers, body and secrets go to the origin of the request's own address alone; a
        redirect of a POST is followed only where it keeps the body (307, 308).
        """
        return await self._follow(request, conditions or {}, asks_robots and self.manners.robots)

    async def _follow(
        self, request: Request, conditions: Mapping[str, str], asks_robots: bool
    ) -> Answer:
        clock = asyncio.get_running_loop().time
        address = Address.read(request.url)
        home, left = address.origin, self.manners.deadline.total_seconds()
        moved_to, is_permanent = "", True
        for _ in range(self.manners.most_redirects + 1):
            if asks_robots:
                began_at = clock()
                await self.courtesy.permit(address, left, self._house_file)
                left -= clock() - began_at
            is_home = address.origin == home
            asked = request if is_home else Request(address.url)
            sent = conditions if is_home else {}
            async with self.courtesy.turn(address):
                began_at = clock()
                head, body, is_whole = await self._ask(address, asked, sent, left)
                left -= clock() - began_at
            if head.status not in _REDIRECTS:
                self._judge(head, bool(sent), request.accepts)
                said = is_page_reserved(head.headers, body)
                is_reserved = self.courtesy.reserves(address) if said is None else said
                return Answer(
                    address.url, head.status, head.headers, body, is_whole, moved_to, is_reserved
                )
            if request.method != "GET" and head.status not in _KEEPS_BODY:
                raise VisitFailed("bad_answer", "a redirect of what was posted", head.status)
            address = _next(address, head, request.secrets)
            is_permanent = is_permanent and head.status in _PERMANENT
            moved_to = address.url if is_permanent else moved_to
        raise VisitFailed("too_many_redirects", f"more than {self.manners.most_redirects}")

    # -- one request -----------------------------------------------------------------------

    async def _ask(
        self, address: Address, request: Request, conditions: Mapping[str, str], seconds: float
    ) -> tuple[Head, bytes, bool]:
        """Return a reply's head, its body where that is wanted, and whether it is whole."""
        own = {**request.headers, **conditions}
        usual = self._usual
        if not own.keys().isdisjoint(self._headers):
            usual = _lines({n: value for n, value in self._headers.items() if n not in own})
        written = _written(address, request, usual + _lines(own))
        wanted = {200} | request.accepts
        try:
            async with asyncio.timeout(seconds):
                told = await self._pool.ask(address, written, partial(self._room, wanted))
        except TimeoutError as error:
            raise VisitFailed("timeout", "the time for one visit is over") from error
        except OSError as error:
            raise _failure(error) from error
        head, body, is_whole = told
        return head, body.body() if body else b"", is_whole and (not body or body.is_whole())

    def _room(self, wanted: Set[int], head: Head) -> Unpacking | None:
        """Return where the body of a reply goes, None where we do not want it."""
        if head.status not in wanted:
            return None
        packing = head.headers.get("Content-Encoding", "identity").strip().lower()
        if packing not in _PACKED and packing not in {"", "identity"}:
            raise VisitFailed("bad_encoding", packing, head.status)
        announced = head.headers.get("Content-Length", "0")
        if int(announced) > self.manners.most_bytes:
            raise VisitFailed("too_large", f"{announced} bytes", head.status)
        return Unpacking(self.manners, packing in _PACKED)

    def _judge(self, head: Head, is_conditional: bool, accepts: frozenset[int]) -> None:
        """Raise `VisitFailed` for an answer that is neither a body nor "not modified"."""
        status = head.status
        if status == 200 or status in accepts or (status == 304 and is_conditional):
            return
        general = {4: "refused", 5: "server_error"}.get(status // 100, "bad_answer")
        wait = wait_of(head.headers.get("Retry-After", ""), self._now)
        raise VisitFailed(_BY_STATUS.get(status, general), f"status {status}", status, wait)

    def reserves(self, address: str) -> bool:
        """Return whether a site that was asked on this tour reserves an address from mining."""
        try:
            return self.courtesy.reserves(Address.read(address))
        except VisitFailed:
            return False

    async def _house_file(self, address: Address) -> bytes:
        """Return a file in which a site says what it asks of robots."""
        return (await self.ask(Request(address.url), asks_robots=False)).body


def _lines(headers: Mapping[str, str]) -> str:
    """Return headers as they are sent; raise `VisitFailed` (bad_options) where they cannot be."""
    if any(map(_UNSENDABLE.search, (*headers, *headers.values()))):
        raise VisitFailed("bad_options", "a header with signs that cannot be sent")
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _written(address: Address, request: Request, headers: str) -> bytes:
    """Return a request as it is sent; its secrets stand there and nowhere else."""
    target = address.target
    if request.secrets:
        target += ("&" if "?" in target else "?") + urlencode(request.secrets, quote_via=quote)
    if _UNSENDABLE.search(f"{request.method} {target} {address.place}"):
        raise VisitFailed("bad_options", "an address with signs that cannot be sent")
    is_empty = request.method == "GET" and not request.body
    length = "" if is_empty else f"Content-Length: {len(request.body)}\r\n"
    first = f"{request.method} {target} HTTP/1.1\r\nHost: {address.place}\r\n"
    return f"{first}{headers}{length}\r\n".encode() + request.body


def _next(address: Address, head: Head, secrets: Mapping[str, str]) -> Address:
    """Return where a redirect leads, without the keys that a site may repeat there."""
    location = head.headers.get("Location", "").strip().replace(" ", "%20")
    if not location:
        raise VisitFailed("bad_answer", "a redirect that leads nowhere", head.status)
    try:
        found = address.leading_to(location).without(secrets)
    except VisitFailed as failure:
        raise VisitFailed(failure.reason, failure.detail, head.status) from failure
    plain = unquote_plus(found.target)
    if any(secret and secret in plain for secret in secrets.values()):
        raise VisitFailed("bad_answer", "a redirect that repeats a key", head.status)
    return found


def _failure(error: OSError) -> VisitFailed:
    """Return why a request came to nothing."""
    match error:
        case guard.Blocked():
            reason = "blocked"
        case ssl.SSLError():
            reason = "certificate"
        case socket.gaierror():
            reason = "dns"
        case _:
            reason = "unreachable"
    return VisitFailed(reason, f"{type(error).__name__}: {error}")
