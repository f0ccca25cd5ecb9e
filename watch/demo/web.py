"""The sample web over real HTTP on loopback: an anchor day in, answering sites out."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from watch.demo.feeds import FORMATS, feed_title
from watch.demo.pages import write_article, write_home
from watch.demo.sites import ADVERTISED_PORT, INVENTED, SampleSite, articles, sites
from watch.domain import Source, WebUrl

__all__ = ["ADVERTISED_PORT", "MEMBERS", "SampleWeb", "directory", "feeds", "open_addresses"]

MEMBERS = Path(__file__).parent / "members.csv"
"""The six invented SMEs, as an officer would import them."""

_LOOPBACK = "127.0.0.1"


def feeds() -> tuple[Source, ...]:
    """Return the twelve feeds of the sample web, then the one that is down."""
    return tuple(
        Source(
            url=WebUrl(f"{site.root}{feed.path}"),
            name=feed_title(site, feed),
            language=site.language,
            group=site.group,
            note=INVENTED[site.language],
        )
        for site in sites()
        for feed in site.feeds
    )


def directory(port: int) -> Mapping[str, tuple[str, int]]:
    """Return where each site of the sample web really listens, as `Manners.directory` wants it."""
    return {f"{site.host}:{ADVERTISED_PORT}": (_LOOPBACK, port) for site in sites()}


def open_addresses(port: int) -> frozenset[tuple[str, int]]:
    """Return the one inside address that may be reached, for `Manners.open_addresses`."""
    return frozenset({(_LOOPBACK, port)})


class SampleWeb:
    """The invented sites, answering on loopback between `start` and `stop`.

    Every date is counted back from `anchor`. From `visit` 2 on, the edited article shows its
    second text. `port` 0 takes any free one; the addresses in feeds and pages do not change.
    """

    def __init__(self, anchor: datetime, port: int = 0, visit: int = 1) -> None:
        self._server = _Server(_all_replies(anchor.astimezone(UTC), visit), port)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """Return the port on which the sites really listen."""
        return self._server.server_port

    def start(self) -> Self:
        """Answer from now on, in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answer no more and give the port back."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class _Reply:
    """What one address answers."""

    body: bytes
    content_type: str
    modified_at: datetime
    status: HTTPStatus = HTTPStatus.OK

    @property
    def etag(self) -> str:
        """Return a weak validator: the same whether the body travels gzipped or not."""
        return f'W/"{sha256(self.body).hexdigest()[:20]}"'

    def is_known(self, etags: str | None, since: str | None) -> bool:
        """Return whether the visitor's validators name this very body (RFC 9110, 13.2.2)."""
        if etags is not None:
            return self.etag in (etag.strip() for etag in etags.split(","))
        try:
            return since is not None and parsedate_to_datetime(since) >= self.modified_at
        except (TypeError, ValueError):
            return False


_Replies = Mapping[tuple[str, str], _Reply]
"""By host and path."""


def _all_replies(anchor: datetime, visit: int) -> _Replies:
    return {
        (site.host, path): reply
        for site in sites()
        for path, reply in _site_replies(site, anchor.replace(microsecond=0), visit).items()
    }


def _site_replies(site: SampleSite, anchor: datetime, visit: int) -> dict[str, _Reply]:
    shown = articles(site, anchor, visit)
    newest_at = max((a.updated_at for a in shown if a.updated_at <= anchor), default=anchor)
    html = "text/html; charset=utf-8"
    replies = {
        "/": _Reply(write_home(site, shown).encode(), html, newest_at),
        "/robots.txt": _Reply(b"User-agent: *\nDisallow:\n", "text/plain", anchor),
    }
    for article in shown:
        page = write_article(site, article).encode()
        replies[f"/articles/{article.sample.id}"] = _Reply(page, html, newest_at)
    for feed in site.feeds:
        if feed.format not in FORMATS:
            replies[feed.path] = _Reply(b"", html, anchor, HTTPStatus.SERVICE_UNAVAILABLE)
            continue
        form = FORMATS[feed.format]
        held = [article for article in shown if article.sample.feed == feed.name]
        body = form.write(site, feed, held).encode(form.charset)
        content_type = f"{form.content_type}; charset={form.charset}"
        replies[feed.path] = _Reply(body, content_type, newest_at)
    return replies


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, replies: _Replies, port: int) -> None:
        self.replies = replies
        super().__init__((_LOOPBACK, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        reply = self.server.replies.get((host.lower(), urlsplit(self.path).path))
        if reply is None:
            self._send(HTTPStatus.NOT_FOUND, b"", {})
        elif reply.status is not HTTPStatus.OK:
            self._send(reply.status, b"", {"Retry-After": "3600"})
        else:
            self._send_found(reply)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send_found(self, reply: _Reply) -> None:
        headers = {
            "ETag": reply.etag,
            "Last-Modified": format_datetime(reply.modified_at, usegmt=True),
            "Vary": "Accept-Encoding",
        }
        etags, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if reply.is_known(etags, since):
            self._send(HTTPStatus.NOT_MODIFIED, b"", headers)
            return
        headers["Content-Type"] = reply.content_type
        body = reply.body
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        self._send(HTTPStatus.OK, body, headers)

    def _send(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the rounds say what they visited."""
