"""A loopback web of many feeds in a process of its own, as slow as it is told to be.

`python -m bench.web DATA FEEDS LATENCY` says its port on the first line and ends with its
input. Every address has an ETag and a Last-Modified, until `/mode/plain` is asked for.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from urllib.request import urlopen

import uvloop
from httptools import HttpRequestParser

from bench.feeds import copy_of, read_pool

__all__ = ["running", "say"]

_SINCE = "Sun, 01 Nov 2026 08:00:00 GMT"


@contextmanager
def running(data: Path, feeds: int, latency: float) -> Iterator[int]:
    """Open the web and yield its port."""
    command = [sys.executable, "-m", "bench.web", str(data), str(feeds), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()


def say(port: int, mode: str) -> None:
    """Tell the web how to answer from now on: with `validators`, or `plain`."""
    with urlopen(f"http://127.0.0.1:{port}/mode/{mode}") as reply:
        reply.read()


class _Site:
    """The answers: /feed/17 is the body of number 17, whatever host it is asked of."""

    def __init__(self, bodies: list[bytes], latency: float) -> None:
        self.bodies = bodies
        self.latency = latency
        self.has_validators = True

    def answer(self, path: str, known: str) -> bytes:
        """Return status line, headers and body; `known` is the If-None-Match of the request."""
        _, kind, *rest = path.split("/")
        if kind == "mode":
            self.has_validators = rest == ["validators"]
            return _reply("200 OK", b"yes")
        if kind != "feed":
            return _reply("404 Not Found")
        etag = f'"{rest[0]}"'
        headers = f"ETag: {etag}\r\nLast-Modified: {_SINCE}\r\n" if self.has_validators else ""
        if headers and known == etag:
            return f"HTTP/1.1 304 Not Modified\r\n{headers}\r\n".encode()
        headers += "Content-Type: application/xml\r\n"
        return _reply("200 OK", self.bodies[int(rest[0])], headers)


def _reply(status: str, body: bytes = b"", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Line(asyncio.Protocol):
    """One connection. As little as a server can do: it runs on the cores of who is measured."""

    def __init__(self, site: _Site) -> None:
        self._site = site
        self._parser = HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path, self._known = url.decode(), ""

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"if-none-match":
            self._known = value.decode()

    def on_message_complete(self) -> None:
        answer = self._site.answer(self._path, self._known)
        asyncio.get_running_loop().call_later(self._site.latency, self._send, answer)

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)
            if not self._parser.should_keep_alive():
                self._transport.close()


async def _serve(data: Path, feeds: int, latency: float) -> None:
    pool = read_pool(data)
    site = _Site([copy_of(pool[n % len(pool)], n // len(pool)) for n in range(feeds)], latency)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Line(site), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    uvloop.run(_serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
