"""The Web door: one client for every request that leaves the house, and all its bounds.

The guard stands at the socket: each address is checked in the moment in which it is connected.
Redirects are followed by hand, each hop under the same checks, and a redirect's body is never
read. Bodies are unpacked in bounded pieces. One request at a time goes to one host.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from watch.domain import Manners
from watch.sources.door import guard
from watch.sources.door.robots import Rules, read_rules
from watch.sources.door.unpack import Unpacking
from watch.sources.health import LONGEST_WAIT, VisitFailed
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
_BY_STATUS: Final = {204: "empty", 404: "missing", 410: "gone", 429: "too_many"}
# What a robots.txt may answer without closing the site to robots (RFC 9309, 2.3.1.2 and 2.3.1.3).
_NO_RULES: Final = frozenset(
    {"empty", "missing", "gone", "refused", "too_large", "too_many_redirects"}
    | {"bad_address", "bad_answer", "bad_encoding"}
)


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


@dataclass(slots=True)
class _Turn:
    """One host's queue. `pause` in seconds; `asked_at` on the clock of the event loop."""

    pause: float
    asked_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Door:
    """Asks the web on our behalf: `async with Door(manners, now) as door: await door.get(...)`."""

    def __init__(self, manners: Manners, now: datetime) -> None:
        self.manners = manners
        self._now = now
        self._turns: dict[str, _Turn] = {}
        self._rules: dict[URL, asyncio.Task[Rules]] = {}

    async def __aenter__(self) -> Door:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_Resolver(self.manners),
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
        # A robots.txt that nobody waits for any more may still be on its way.
        for asking in self._rules.values():
            asking.cancel()
        await asyncio.gather(*self._rules.values(), return_exceptions=True)
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
                await self._permit(url, left)
                left -= clock() - began_at
            is_home = url is first or url.origin() == first.origin()
            sent = conditions if is_home else {}
            async with self._turn(url):
                began_at = clock()
                asked = request if is_home else Request(str(url))
                reply, body, is_whole = await self._ask(url, asked, sent, left)
                left -= clock() - began_at
            if reply.status not in _REDIRECTS:
                self._judge(reply, bool(sent), request.accepts)
                return Answer(str(url), reply.status, reply.headers, body, is_whole, moved_to)
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

    # -- manners ---------------------------------------------------------------------------

    @asynccontextmanager
    async def _turn(self, url: URL) -> AsyncIterator[None]:
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

    def _turn_at(self, url: URL) -> _Turn:
        host = url.raw_host or ""
        if host not in self._turns:
            self._turns[host] = _Turn(self.manners.pause.total_seconds())
        return self._turns[host]

    async def _permit(self, url: URL, seconds: float) -> None:
        """Raise `VisitFailed` where the site's robots.txt, asked once, does not want us.

        All visits of an origin wait for one asking of it, each no longer than its own `seconds`:
        the asking itself goes on, for those who have more time left.
        """
        origin = url.origin()
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._read_rules(origin))
        try:
            rules = await asyncio.wait_for(asyncio.shield(self._rules[origin]), seconds)
        except TimeoutError as error:
            raise VisitFailed("timeout", "the time for one visit is over") from error
        turn = self._turn_at(url)
        turn.pause = max(turn.pause, rules.delay.total_seconds())
        if not rules.allow(url.raw_path_qs):
            raise VisitFailed("robots", f"robots.txt excludes {url.raw_path_qs[:200]}")

    async def _read_rules(self, origin: URL) -> Rules:
        """Return what a site asks of us; raise `VisitFailed` where it cannot be asked."""
        try:
            answer = await self.ask(Request(str(origin / "robots.txt")), asks_robots=False)
        except VisitFailed as failure:
            if failure.reason in _NO_RULES:
                return Rules()
            raise
        return read_rules(answer.body, self.manners.agent)

    # -- the guard -------------------------------------------------------------------------

    def _socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """Return a socket for an address that is about to be connected, if it may be."""
        family, kind, protocol, _, (host, port, *_) = addr_info
        guard.check(host, port, self.manners)
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made


class _Resolver(AbstractResolver):
    """Names from the operator's directory, else from DNS; one closed address closes the name."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        listed = self._manners.directory.get(f"{host}:{port}")
        found = [listed] if listed else await self._ask_dns(host, port)
        for address, at_port in found:
            guard.check(address, at_port, self._manners)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=at_port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address, at_port in found
        ]

    async def _ask_dns(self, host: str, port: int) -> list[tuple[str, int]]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        return [(str(address[0]), port) for _, _, _, _, address in found]

    async def close(self) -> None:
        """Nothing is kept."""


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


def wait_of(retry_after: str, now: datetime) -> timedelta | None:
    """Return the time that a Retry-After asks for, in seconds or as a date, at most a day.

    >>> wait_of("99999999", datetime(2026, 11, 23, tzinfo=UTC))
    datetime.timedelta(days=1)
    """
    written = retry_after.strip()
    if re.fullmatch(r"\d+", written):
        return timedelta(seconds=min(int(written[:9]), LONGEST_WAIT.total_seconds()))
    try:
        until = parsedate_to_datetime(written)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(until - now, timedelta()), LONGEST_WAIT)
    except (ValueError, OverflowError, TypeError):
        return None


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
