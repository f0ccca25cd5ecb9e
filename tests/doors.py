"""Written stand-ins for the outside world: a web server on the loopback that does as it is told."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import inf
from types import TracebackType

Write = Callable[[bytes], None]


@dataclass(frozen=True)
class Reply:
    """One answer. `raw`, where given, writes status line, headers and body all by itself."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Callable[[Write], None] | None = None


@dataclass
class Asked:
    """One request as it came in; `began` and `ended` on the monotonic clock."""

    path: str
    headers: Mapping[str, str]
    began: float
    ended: float
    body: bytes = b""
    """What was posted."""


class WebServer:
    """A site on 127.0.0.1: `with WebServer({"/feed": Reply(b"...")}) as web: web.url("/feed")`.

    What is not in `answers` is a 404; a path that ends in "?" answers whatever its query says. An
    answer may also be a function of the request's headers.
    """

    def __init__(
        self,
        answers: Mapping[str, Reply | Callable[[Mapping[str, str]], Reply]],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answers = dict(answers)
        self.asked: list[Asked] = []
        self.connections = 0
        self._scheme = "https" if tls else "http"
        self._server = _server(self)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def address(self) -> tuple[str, int]:
        """The exact (ip, port) pair, for `Manners.open_addresses`."""
        return "127.0.0.1", self._server.server_port

    @property
    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [asked.path for asked in self.asked]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the address of a path."""
        return f"{self._scheme}://{host}:{self.address[1]}{path}"

    def __enter__(self) -> WebServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _server(web: WebServer) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            web.connections += 1
            super().setup()

        def handle(self) -> None:
            with suppress(OSError):  # whoever asked has gone away
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            began = time.monotonic()
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            place = self.path.partition("?")[0] + "?"
            answer = web.answers.get(self.path) or web.answers.get(place, Reply(status=404))
            reply = answer if isinstance(answer, Reply) else answer(dict(self.headers))
            # Noted before the reply goes out: whoever has read it may look at once.
            asked = Asked(self.path, dict(self.headers), began, inf, body)
            web.asked.append(asked)
            try:
                self._send(reply)
            finally:
                asked.ended = time.monotonic()

        do_POST = do_GET  # noqa: N815 - the name by which the library calls it

        def _send(self, reply: Reply) -> None:
            if reply.raw:
                self.close_connection = True
                reply.raw(self._write)
                return
            self.send_response(reply.status)
            headers = {"Content-Length": str(len(reply.body)), **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def _write(self, piece: bytes) -> None:
            self.wfile.write(piece)
            self.wfile.flush()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 128

    return Server(("127.0.0.1", 0), Handler)
