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
from urllib.request import urlopen

from aiohttp import web

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

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        _, kind, *rest = request.path.split("/")
        if kind == "mode":
            self.has_validators = rest == ["validators"]
            return web.Response(text="yes")
        await asyncio.sleep(self.latency)
        if kind != "feed":
            return web.Response(status=404)
        validators = {"ETag": f'"{rest[0]}"', "Last-Modified": _SINCE}
        if not self.has_validators:
            validators = {}
        elif request.headers.get("If-None-Match") == validators["ETag"]:
            return web.Response(status=304, headers=validators)
        body = self.bodies[int(rest[0])]
        return web.Response(body=body, content_type="application/xml", headers=validators)


async def _serve(data: Path, feeds: int, latency: float) -> None:
    pool = read_pool(data)
    bodies = [copy_of(pool[n % len(pool)], n // len(pool)) for n in range(feeds)]
    runner = web.ServerRunner(web.Server(_Site(bodies, latency).answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
