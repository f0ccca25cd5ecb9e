"""A session of requests whose answers end: in bytes and in seconds, whatever the server does."""

from __future__ import annotations

import socket
from contextlib import suppress
from io import BytesIO
from typing import Any
from weakref import WeakSet

from requests import ConnectionError as Broken
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from watch.deliver.deadline import Deadline

__all__ = ["bind"]


def bind(session: Session, seconds: float, most_bytes: int) -> Deadline:
    """Bound all that a session gets to so many seconds and bytes; return what is to be closed.

    Where an answer goes beyond, `requests.ConnectionError` says so: the request may have been
    carried out.
    """
    lines: WeakSet[HTTPConnection] = WeakSet()
    deadline = Deadline(seconds, lambda: _cut(lines))
    adapter = _Bounded(lines, deadline, most_bytes)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    # What is packed small may be large: no answer here is worth packing.
    session.headers["Accept-Encoding"] = "identity"
    return deadline


def _cut(lines: WeakSet[HTTPConnection]) -> None:
    for line in list(lines):
        if line.sock is not None:
            with suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)


class _Bounded(HTTPAdapter):
    """The way out of a session, which knows its open lines and reads no answer without end."""

    def __init__(self, lines: WeakSet[HTTPConnection], deadline: Deadline, most_bytes: int) -> None:
        self._lines, self._deadline, self._most_bytes = lines, deadline, most_bytes
        super().__init__()

    def init_poolmanager(self, *sizes: Any, **more: Any) -> None:
        """Let every connection that is made be known; called by requests itself."""
        super().init_poolmanager(*sizes, **more)
        lines = self._lines

        class Line(HTTPConnection):
            def connect(self) -> None:
                lines.add(self)
                super().connect()

        class SafeLine(HTTPSConnection):
            def connect(self) -> None:
                lines.add(self)
                super().connect()

        class Pool(HTTPConnectionPool):
            ConnectionCls = Line

        class SafePool(HTTPSConnectionPool):
            ConnectionCls = SafeLine

        self.poolmanager.pool_classes_by_scheme = {"http": Pool, "https": SafePool}

    def send(self, request: PreparedRequest, *args: Any, **how: Any) -> Response:
        """Ask, and read the whole answer within the bounds."""
        with self._deadline.running():
            response = super().send(request, *args, **{**how, "stream": True})
            try:
                body = response.raw.read(self._most_bytes + 1, decode_content=True)
            except (HTTPError, OSError) as reason:
                raise Broken(reason, request=request) from reason
        if len(body) > self._most_bytes:
            response.close()
            raise Broken("the answer is larger than we let in", request=request)
        response.raw = BytesIO(body)
        return response
