"""Names of machines -> the numbers to connect to, each looked at by the guard."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

from watch.domain import Manners
from watch.sources.door import guard
from watch.sources.door.address import Address

__all__ = ["Names"]

Spot = tuple[str, int]
"""A numeric address and a port."""

# Seconds for which one tour believes what DNS said. The guard looks again at every connection.
_KEPT = 60.0


class Names:
    """Names from the operator's directory, else from DNS; one closed address closes the name."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._found: dict[Spot, tuple[float, list[Spot]]] = {}

    async def spots(self, address: Address) -> list[Spot]:
        """Return where a site may be connected, best first: what is returned is what is dialled.

        Raises `guard.Blocked`, and `socket.gaierror` where nobody knows the name.
        """
        listed = self._manners.directory.get(f"{address.host}:{address.port}")
        found = [listed] if listed else await self._ask_dns(address.host, address.port)
        for number, port in found:
            guard.check(number, port, self._manners)
        return found

    async def _ask_dns(self, host: str, port: int) -> list[Spot]:
        if _is_number(host):
            return [(host, port)]
        loop = asyncio.get_running_loop()
        asked_at, known = self._found.get((host, port), (0.0, []))
        if known and loop.time() - asked_at < _KEPT:
            return known
        # In a thread of ours: the four of libuv would all wait for one dead name server.
        found = [(number, port) for number in await loop.run_in_executor(None, _look_up, host)]
        self._found[host, port] = loop.time(), found
        return found


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str) -> list[str]:
    """Return the addresses of a name, each once, in the order of RFC 6724."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))
