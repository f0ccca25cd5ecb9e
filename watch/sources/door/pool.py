"""Connections of one tour: opened where the guard allows it, and used again for one site."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from typing import Final

from watch.domain import Manners
from watch.sources.door.address import Address
from watch.sources.door.http import Connection, Told, Unanswered, Want
from watch.sources.door.names import Names

__all__ = ["Pool"]

# Connections that wait for another request; the one that waits longest makes room. A tour may
# have thousands of hosts, and each of them is asked a few times at most, one after another.
_MOST_IDLE: Final = 100
# Seconds for one of several addresses of a host, before the next is tried.
_PATIENCE: Final = 3.0


class Pool:
    """One connection a site: `await pool.ask(address, b"GET ...", want)`."""

    def __init__(self, manners: Manners) -> None:
        self._names = Names(manners)
        self._idle: dict[str, Connection] = {}

    async def ask(self, address: Address, request: bytes, want: Want) -> Told:
        """Return the reply to the bytes of a request; see `Connection.ask`.

        A site may close a connection in the moment in which it is used again: then the request
        was never heard, and is made once more on a new one.
        """
        kept = self._idle.pop(address.origin, None)
        if kept and kept.is_reusable:
            try:
                return await self._over(kept, address, request, want)
            except Unanswered:
                pass
        return await self._over(await self._connect(address), address, request, want)

    async def close(self) -> None:
        """Close what is still open."""
        for connection in self._idle.values():
            connection.close()
        self._idle.clear()
        # What was closed is told so in the loop's next turn.
        await asyncio.sleep(0)

    async def _over(
        self, connection: Connection, address: Address, request: bytes, want: Want
    ) -> Told:
        try:
            return await connection.ask(request, want)
        finally:
            if not connection.is_reusable or address.origin in self._idle:
                connection.close()
            else:
                self._idle[address.origin] = connection
                if len(self._idle) > _MOST_IDLE:
                    self._idle.pop(next(iter(self._idle))).close()

    async def _connect(self, address: Address) -> Connection:
        """Return a new connection to the first of a site's addresses that answers."""
        *others, last = await self._names.spots(address)
        for spot in others:
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await _dial(spot, address)
            except ssl.SSLError:
                raise
            except OSError:
                continue
        return await _dial(last, address)


async def _dial(spot: tuple[str, int], address: Address) -> Connection:
    number, port = spot
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection,
        number,
        port,
        ssl=trusted() if address.is_tls else None,
        server_hostname=address.host if address.is_tls else None,
    )
    return connection


@cache
def trusted() -> ssl.SSLContext:
    """Return whom this machine believes: certificates and names are checked, always."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
