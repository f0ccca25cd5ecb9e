"""Names of machines -> their addresses, each looked at by the guard."""

from __future__ import annotations

import asyncio
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from watch.domain import Manners
from watch.sources.door import guard

__all__ = ["Resolver"]

# Seconds for which one tour believes what DNS said. The guard looks again at every connection.
_KEPT = 60.0


class Resolver(AbstractResolver):
    """Names from the operator's directory, else from DNS; one closed address closes the name."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._found: dict[str, tuple[float, list[tuple[str, int]]]] = {}

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
        key = f"{host}:{port}"
        asked_at, known = self._found.get(key, (0.0, []))
        if known and loop.time() - asked_at < _KEPT:
            return known
        found = await loop.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        addresses = [(str(address[0]), port) for _, _, _, _, address in found]
        self._found[key] = loop.time(), addresses
        return addresses

    async def close(self) -> None:
        """Nothing is left open."""
