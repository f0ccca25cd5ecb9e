"""HTTP/1.1 over one connection: the bytes of a request -> one bounded reply.

llhttp parses (httptools). What comes in goes straight to where it is unpacked, so nothing waits
in a buffer and nothing has to be held back; what is too much ends the exchange at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from watch.sources.door.unpack import Unpacking
from watch.sources.health import VisitFailed

__all__ = ["Connection", "Head", "Headers", "Unanswered", "Want"]

_MOST_HEADERS: Final = 128
_MOST_KEPT: Final = 65_536
"""Bytes of the headers that are kept: all but cookies, which some sites send by the hundred."""
_MOST_BARE: Final = 524_288
"""Bytes that may come without any of a body: heads before it, trailers and padding within."""


class Headers(Mapping[str, str]):
    """Headers by name in any case; lines of one name are one value (RFC 9110, 5.3)."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def add(self, name: bytes, value: bytes) -> None:
        """Add one line."""
        key, said = name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape")
        before = self._values.get(key)
        self._values[key] = said if before is None else f"{before}, {said}"

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a header's value; a Mapping's own way raises for each one that is not there."""
        return self._values.get(name.lower(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a body."""

    status: int
    headers: Headers


Want = Callable[[Head], Unpacking | None]
"""Returns where a body goes, None where it is not wanted; raises `VisitFailed`."""

Told = tuple[Head, Unpacking | None, bool]
"""The head, the body where it was wanted, and whether that came to its end."""


class Unanswered(ConnectionError):
    """The connection ended before the first byte of a reply."""


class Connection(asyncio.Protocol):
    """One connection to one site; it carries one exchange at a time."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        # Old servers end lines in their own way, pad chunk sizes and let odd signs into headers.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )
        self._told: asyncio.Future[Told] | None = None
        self._is_open = self.is_reusable = False
        """Whether the last exchange is over and the site waits for another."""

    async def ask(self, request: bytes, want: Want) -> Told:
        """Return the reply; raise `VisitFailed` (bad_answer, or what `want` raises), `OSError`."""
        self._want = want
        self._headers, self._header_count, self._kept_size = Headers(), 0, 0
        self._head: Head | None = None
        self._body: Unpacking | None = None
        self._bare_size = 0
        self._is_answered = self.is_reusable = False
        if not self._is_open:
            raise Unanswered("closed by the site")
        self._told = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._told
        finally:
            # What is known of an exchange, megabytes of a body perhaps, ends with it.
            self._told = self._body = None
            del self._want

    def close(self) -> None:
        """Leave at once, whatever is still to come."""
        self._is_open = self.is_reusable = False
        self._transport.abort()

    # -- what the loop calls -----------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast(asyncio.Transport, transport)
        self._is_open = True

    def data_received(self, data: bytes) -> None:
        """Parse what came in."""
        if self._is_over:  # nobody asked for more
            self.close()
            return
        self._is_answered = True
        self._bare_size += len(data)
        if self._bare_size > _MOST_BARE:
            self._break_off(f"more than {_MOST_BARE} bytes that are no body")
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._break_off(str(error))

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits how far it came."""
        self._is_open = self.is_reusable = False
        # The two hold each other; parted, they are given back without a search for garbage.
        del self._parser
        if self._is_over:
            return
        if not self._is_answered:
            self._fail(Unanswered(str(error or "closed by the site")))
        elif self._head is None:
            self._fail(VisitFailed("bad_answer", "the answer ended within its head"))
        else:
            # Without a length the body ends with the connection (RFC 9112, 6.3), if in peace.
            has_length = {"content-length", "transfer-encoding"} & self._head.headers.keys()
            self._tell(error is None and not has_length)

    # -- what the parser calls ---------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Begin a head: the reply's, or after a 1xx the next."""
        self._headers = Headers()
        if self._head is not None:  # nobody asked for a second reply
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one line of the head, or of the trailers after a body."""
        self._header_count += 1
        is_kept = self._head is None and name.lower() != b"set-cookie"
        self._kept_size += len(name) + len(value) if is_kept else 0
        if self._header_count > _MOST_HEADERS or self._kept_size > _MOST_KEPT:
            self._break_off("too many headers, or too long")
        elif is_kept:
            self._headers.add(name, value)

    def on_headers_complete(self) -> None:
        """Ask what to do with the body that follows."""
        status = self._parser.get_status_code()
        if 100 <= status < 200 or self._is_over:
            return
        self._head = Head(status, self._headers)
        try:
            self._body = self._want(self._head)
        except VisitFailed as failure:
            self._fail(failure)
        if self._body is None:
            self._tell(True)

    def on_body(self, piece: bytes) -> None:
        """Pass a piece on; one that nobody wants is dropped."""
        self._bare_size = 0
        if self._body is None or self._is_over:
            return
        try:
            self._body.take(piece)
        except VisitFailed as failure:
            self._fail(failure)

    def on_message_complete(self) -> None:
        """Tell whoever waits, and see whether the site waits for more."""
        if self._head is not None:
            self.is_reusable = self._is_open and self._parser.should_keep_alive()
            self._tell(True)

    # -- the end of an exchange --------------------------------------------------------------

    @property
    def _is_over(self) -> bool:
        """Whether nobody waits for anything more."""
        return self._told is None or self._told.done()

    def _tell(self, is_whole: bool) -> None:
        if self._told and not self._told.done():
            assert self._head is not None
            self._told.set_result((self._head, self._body, is_whole))

    def _fail(self, error: Exception) -> None:
        if self._told and not self._told.done():
            self._told.set_exception(error)

    def _break_off(self, why: str) -> None:
        """End an exchange against the rules: of a body that has begun, what came is kept."""
        if self._body is not None:
            self._tell(False)
        else:
            self._fail(VisitFailed("bad_answer", why))
        self.close()
