"""The Web door: one client for every request that leaves the house, and all its bounds.

The guard stands at the socket: each address is checked in the moment in which it is connected.
Redirects are followed by hand, each hop under the same checks, and a redirect's body is never
read. Bodies are unpacked in bounded pieces. One request at a time goes to one host.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final

import aiohttp
from yarl import URL

from watch.domain import HouseRules, Manners
from watch.sources.door import guard
from watch.sources.door.courtesy import Courtesy
from watch.sources.door.names import Resolver
from watch.sources.door.reservation import is_page_reserved
from watch.sources.door.unpack import Unpacking
from watch.sources.door.waits import wait_of
from watch.sources.health import VisitFailed
from watch.sources.request import Request

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_KEEPS_BODY: Final = frozenset({307, 308})
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_MOST_URL = 4_096
_MOST_HEADERS = 128
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]")
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
        self.courtesy = Courtesy(manners, now, known)

    async def __aenter__(self) -> Door:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=Resolver(self.manners),
                socket_factory=self._socket,
                use_dns_cache=False,
                limit=0,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.manners.agent, **_HEADERS},
            timeout=aiohttp.ClientTimeout(),
            auto_decompress=False,
            trust_env=False,
            max_headers=_MOST_HEADERS,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.courtesy.close()
        await self._session.close()

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
        return await self._follow(
            to_url(request.url), request, conditions or {}, asks_robots and self.manners.robots
        )

    async def _follow(
        self, url: URL, request: Request, conditions: Mapping[str, str], asks_robots: bool
    ) -> Answer:
        clock = asyncio.get_running_loop().time
        first, left = url, self.manners.deadline.total_seconds()
        moved_to, is_permanent = "", True
        for _ in range(self.manners.most_redirects + 1):
            if asks_robots:
                began_at = clock()
                await self.courtesy.permit(url, left, self._house_file)
                left -= clock() - began_at
            is_home = url is first or url.origin() == first.origin()
            sent = conditions if is_home else {}
            async with self.courtesy.turn(url):
                began_at = clock()
                asked = request if is_home else Request(str(url))
                reply, body, is_whole = await self._ask(url, asked, sent, left)
                left -= clock() - began_at
            if reply.status not in _REDIRECTS:
                self._judge(reply, bool(sent), request.accepts)
                said = is_page_reserved(reply.headers, body)
                is_reserved = self.courtesy.reserves(url) if said is None else said
                return Answer(
                    str(url), reply.status, reply.headers, body, is_whole, moved_to, is_reserved
                )
            if request.method != "GET" and reply.status not in _KEEPS_BODY:
                raise VisitFailed("bad_answer", "a redirect of what was posted", reply.status)
            url = _next(url, reply)
            is_permanent = is_permanent and reply.status in _PERMANENT
            moved_to = str(url) if is_permanent else moved_to
        raise VisitFailed("too_many_redirects", f"more than {self.manners.most_redirects}")

    # -- one request -----------------------------------------------------------------------

    async def _ask(
        self, url: URL, request: Request, conditions: Mapping[str, str], seconds: float
    ) -> tuple[aiohttp.ClientResponse, bytes, bool]:
        """Return a reply, its body where that is wanted, and whether it is whole."""
        wanted = {200} | request.accepts
        try:
            async with asyncio.timeout(seconds):
                reply = await self._session.request(
                    request.method,
                    url.update_query(request.secrets) if request.secrets else url,
                    headers={**request.headers, **conditions},
                    data=request.body or None,
                    allow_redirects=False,
                )
                try:
                    body, is_whole = (
                        await self._read(reply) if reply.status in wanted else (b"", True)
                    )
                finally:
                    if not reply.content.at_eof():
                        reply.close()
        except TimeoutError as error:
            raise VisitFailed("timeout", "the time for one visit is over") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(error) from error
        return reply, body, is_whole

    async def _read(self, reply: aiohttp.ClientResponse) -> tuple[bytes, bool]:
        """Return the unpacked body, and whether it came to its end."""
        packing = reply.headers.get("Content-Encoding", "identity").strip().lower()
        if packing not in _PACKED and packing not in {"", "identity"}:
            raise VisitFailed("bad_encoding", packing, reply.status)
        if (reply.content_length or 0) > self.manners.most_bytes:
            raise VisitFailed("too_large", f"{reply.content_length} bytes", reply.status)
        unpacking = Unpacking(self.manners, packing in _PACKED)
        try:
            async for piece in reply.content.iter_any():
                unpacking.take(piece)
        except (aiohttp.ClientPayloadError, ConnectionError):
            return unpacking.body(), False
        return unpacking.body(), unpacking.is_whole()

    def _judge(
        self, reply: aiohttp.ClientResponse, is_conditional: bool, accepts: frozenset[int]
    ) -> None:
        """Raise `VisitFailed` for an answer that is neither a body nor "not modified"."""
        status = reply.status
        if status == 200 or status in accepts or (status == 304 and is_conditional):
            return
        general = {4: "refused", 5: "server_error"}.get(status // 100, "bad_answer")
        wait = wait_of(reply.headers.get("Retry-After", ""), self._now)
        raise VisitFailed(_BY_STATUS.get(status, general), f"status {status}", status, wait)

    def reserves(self, address: str) -> bool:
        """Return whether a site that was asked on this tour reserves an address from mining."""
        try:
            return self.courtesy.reserves(to_url(address))
        except VisitFailed:
            return False

    async def _house_file(self, url: URL) -> bytes:
        """Return a file in which a site says what it asks of robots."""
        return (await self.ask(Request(str(url)), asks_robots=False)).body

    # -- the guard -------------------------------------------------------------------------

    def _socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """Return a socket for an address that is about to be connected, if it may be."""
        family, kind, protocol, _, (host, port, *_) = addr_info
        guard.check(host, port, self.manners)
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made


def to_url(address: str) -> URL:
    """Return an address that may be asked; raise `VisitFailed` (bad_address) for any other.

    Everything downstream uses this one reading of it, so no second parser can disagree.
    """
    if len(address) > _MOST_URL or _UNSAFE.search(address):
        raise VisitFailed("bad_address", "too long, or with signs that no address has")
    try:
        url = URL(address)
        is_web = url.scheme in {"http", "https"} and bool(url.raw_host) and url.port is not None
    except ValueError as error:
        raise VisitFailed("bad_address", str(error)) from error
    if not is_web or url.user is not None or url.password is not None:
        raise VisitFailed("bad_address", "not http or https, without a host, or with a user name")
    return url


def _next(url: URL, reply: aiohttp.ClientResponse) -> URL:
    """Return where a redirect leads."""
    location = reply.headers.get("Location", "").strip().replace(" ", "%20")
    if not location:
        raise VisitFailed("bad_answer", "a redirect that leads nowhere", reply.status)
    try:
        return to_url(str(url.join(URL(location))))
    except ValueError as error:
        raise VisitFailed("bad_address", str(error), reply.status) from error


def _failure(error: Exception) -> VisitFailed:
    """Return why a request came to nothing."""
    cause = getattr(error, "os_error", error)
    match error:
        case _ if isinstance(cause, guard.Blocked):
            reason = "blocked"
        case aiohttp.ClientSSLError():
            reason = "certificate"
        case aiohttp.ClientConnectorDNSError():
            reason = "dns"
        case ValueError():
            reason = "bad_address"
        case aiohttp.ClientResponseError() | aiohttp.ClientPayloadError():
            reason = "bad_answer"
        case _:
            reason = "unreachable"
    return VisitFailed(reason, f"{type(error).__name__}: {error}")
