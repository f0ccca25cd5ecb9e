"""A mail server on the loopback that answers by the local part of the address it is given.

ok* is accepted, bad* is 550, tmp* is 451, shut* is 554 by policy, full* is 552, drop* is kept and
the connection closed before the answer, slow* is kept and never answered.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

_ANSWERS = {
    "bad": "550 5.1.1 no such user",
    "tmp": "451 4.7.1 come back later",
    "shut": "554 5.7.1 your host is on our list",
    "full": "552 5.2.2 mailbox full",
}


class PostServer:
    """`with PostServer() as post: ...; post.port; post.kept` holds (readers, bytes) in order,
    `post.senders` the return path of each, `post.named` every reader it was asked about."""

    def __init__(
        self, tls: ssl.SSLContext | None = None, login: tuple[str, str] = ("", "")
    ) -> None:
        self.kept: list[tuple[tuple[str, ...], bytes]] = []
        self.senders: list[str] = []
        self.named: list[str] = []
        self.connections = 0
        self._login = login
        self._tls = tls
        self.port = free_port()
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)

    def session(self) -> SMTP:
        """Return what serves one connection."""
        is_closed = bool(self._login[0])
        return SMTP(
            self,
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            auth_required=is_closed,
            authenticator=self._check if is_closed else None,
        )

    def _check(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, said: object
    ) -> AuthResult:
        given = (said.login, said.password) if isinstance(said, LoginPassword) else None
        known = tuple(part.encode() for part in self._login)
        return AuthResult(success=given == known, handled=False)

    async def handle_EHLO(  # noqa: N802
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Greet, and count the connections that come in."""
        self.connections += session.host_name is None
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Answer by the local part."""
        self.named.append(address)
        for beginning, answer in _ANSWERS.items():
            if address.startswith(beginning):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message, then answer, or not."""
        self.senders.append(envelope.mail_from or "")
        self.kept.append((tuple(envelope.rcpt_tos), bytes(envelope.original_content or b"")))
        if envelope.rcpt_tos[0].startswith("drop"):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if envelope.rcpt_tos[0].startswith("slow"):
            await asyncio.sleep(30)
        return "250 2.0.0 kept"

    def __enter__(self) -> PostServer:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class _Controller(Controller):
    def factory(self) -> SMTP:
        assert isinstance(self.handler, PostServer)
        return self.handler.session()
