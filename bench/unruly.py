"""A loopback web of which a tenth fails, in every way in which sites do; in a process of its own.

`python -m bench.unruly` says its port on the first line and ends with its input. Every host is
answered alike: the path says how (`/well/17`, `/hang/18`).
"""

from __future__ import annotations

import asyncio
import gzip
import random
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

__all__ = ["ENTRIES", "REASONS", "address", "is_well", "running"]

ENTRIES = 10
"""Of every healthy feed."""

REASONS: Mapping[str, frozenset[str]] = {
    "hang": frozenset({"timeout"}),
    "drip": frozenset({"timeout"}),
    "drip_headers": frozenset({"timeout"}),
    "reset": frozenset({"unreachable", "bad_answer"}),
    "silence": frozenset({"unreachable", "bad_answer"}),
    "status_500": frozenset({"server_error"}),
    "status_404": frozenset({"missing"}),
    "status_410": frozenset({"gone"}),
    "status_429": frozenset({"too_many"}),
    "page": frozenset({"not_a_feed"}),
    "loop": frozenset({"too_many_redirects"}),
    "nowhere": frozenset({"bad_answer"}),
    "inside": frozenset({"blocked"}),
    "bomb": frozenset({"too_large"}),
    "endless": frozenset({"too_large"}),
    "packed": frozenset({"bad_encoding"}),
    "laughs": frozenset({"dangerous"}),
    "cut": frozenset({"broken", "cut_short"}),
    "garbage": frozenset({"not_a_feed", "broken"}),
    "empty": frozenset({"empty"}),
    "tls": frozenset({"certificate", "unreachable"}),
}
"""Each way of failing, and what a visit may say of it."""

_WAYS = tuple(REASONS)


def is_well(number: int, hosts: int) -> bool:
    """Return whether source `number` answers as it should: one in ten does not, on every host."""
    return (number + number // hosts) % 10 != 7


def address(number: int, hosts: int) -> str:
    """Return the address of a source on its host."""
    place = f"h{number % hosts}.many.localhost"
    if is_well(number, hosts):
        return f"http://{place}/well/{number}"
    way = _WAYS[number // 10 % len(_WAYS)]
    return f"{'https' if way == 'tls' else 'http'}://{place}/{way}/{number}"


@contextmanager
def running() -> Iterator[int]:
    """Open the web and yield its port."""
    command = [sys.executable, "-m", "bench.unruly"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()


# -- the answers ---------------------------------------------------------------------------


def _feed(number: int) -> bytes:
    entries = "".join(
        f"<item><title>Capteur {number} : essai {n} d'une caméra</title>"
        f"<link>https://site{number}.example/{n}</link>"
        f"<pubDate>Wed, 18 Nov 2026 {n:02}:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;Texte inventé {n} du site {number}, avec &lt;b&gt;quelques"
        f" mots&lt;/b&gt; de plus pour la longueur.&lt;/p&gt;</description></item>"
        for n in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>S</title>{entries}</channel></rss>'.encode()


_BOMB = gzip.compress(bytes(30_000_000))
_LAUGHS = b'<!DOCTYPE rss [<!ENTITY a "ha">]><rss><channel><title>&a;</title></channel></rss>'
_CUT = b"Content-Length: 100000\r\n"


def _reply(body: bytes, status: str = "200 OK", headers: bytes = b"") -> bytes:
    length = b"" if b"Content-Length" in headers else b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 %s\r\n%s%s\r\n%s" % (status.encode(), headers, length, body)


def _plain(way: str, number: int, port: int) -> bytes:
    """Return the answer of a way that answers at once."""
    if way.startswith("status_"):
        return _reply(b"", f"{way[7:]} Sorry", b"Retry-After: 99999999\r\n")
    answers: Mapping[str, Callable[[], bytes]] = {
        "well": lambda: _reply(_feed(number)),
        "page": lambda: _reply(b"<!DOCTYPE html><html><body>Bonjour</body></html>"),
        "loop": lambda: _reply(b"", "302 Found", b"Location: /loop/%d\r\n" % number),
        "nowhere": lambda: _reply(b"", "302 Found"),
        "inside": lambda: _reply(
            b"", "302 Found", b"Location: http://127.0.0.1:%d/\r\n" % (port ^ 1)
        ),
        "bomb": lambda: _reply(_BOMB, headers=b"Content-Encoding: gzip\r\n"),
        "packed": lambda: _reply(b"x", headers=b"Content-Encoding: br\r\n"),
        "laughs": lambda: _reply(_LAUGHS),
        "garbage": lambda: _reply(random.Random(number).randbytes(5_000)),
        "empty": lambda: _reply(b""),
    }
    return answers[way]()


async def _hang(_: asyncio.StreamWriter, __: int) -> None:
    await asyncio.sleep(600)


async def _drip(writer: asyncio.StreamWriter, number: int) -> None:
    writer.write(_reply(b"", headers=_CUT))
    await _drop_by_drop(writer, _feed(number))


async def _drip_headers(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await _drop_by_drop(writer, b"X-Slow: 1\r\n" * 1000)


async def _drop_by_drop(writer: asyncio.StreamWriter, body: bytes) -> None:
    for byte in body:
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(0.5)


async def _endless(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _unused in range(2_000):
        writer.write(b" " * 65_536)
        await writer.drain()


async def _reset(writer: asyncio.StreamWriter, _: int) -> None:
    sock: Any = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _silence(_: asyncio.StreamWriter, __: int) -> None:
    """Say nothing, and close."""


async def _cut(writer: asyncio.StreamWriter, number: int) -> None:
    writer.write(_reply(_feed(number)[:900], headers=_CUT))


_SLOW: Mapping[str, Callable[[asyncio.StreamWriter, int], Coroutine[Any, Any, None]]] = {
    "hang": _hang,
    "drip": _drip,
    "drip_headers": _drip_headers,
    "endless": _endless,
    "reset": _reset,
    "silence": _silence,
    "cut": _cut,
}


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    port = writer.get_extra_info("sockname")[1]
    try:
        # Who begins to speak TLS hears nothing here that would be an answer.
        while await reader.readexactly(1) != b"\x16":
            head = await reader.readuntil(b"\r\n\r\n")
            _, way, number = head.split(b" ", 2)[1].decode().split("/")
            if way in _SLOW:
                await _SLOW[way](writer, int(number))
                break
            writer.write(_plain(way, int(number), port))
            await writer.drain()
    except (OSError, ValueError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
        pass  # the client went away, or the web closes
    finally:
        writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(_serve())
