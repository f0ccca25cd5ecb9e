"""A post over SMTP: one connection, one reader per transaction, every answer told apart."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watch.deliver import Following, nothing
from watch.deliver.deadline import Deadline
from watch.deliver.message import to_bytes
from watch.domain import Fate, Letter, Receipt
from watch.errors import Problem, SettingsError
from watch.text.clean import as_line

__all__ = ["MailServer", "Smtp"]

# A server that is away is not asked again for every letter of a batch.
_REST = timedelta(minutes=1)
# A letter that was made ready bears the date of that moment.
_FRESH = timedelta(seconds=30)

# Enhanced codes (RFC 3463) that speak of the reader's address: it does not exist, or its mailbox
# is closed. 5.1.7 and 5.1.8 speak of the sender's, which servers judge at RCPT as well.
_THE_ADDRESS = re.compile(r"#?5\.(?:1\.(?![78]\b)\d{1,3}|2\.1)\b")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# Plain codes that may speak of the address, and words with which they speak of us instead.
_PERHAPS_THE_ADDRESS = {550, 551, 553}
_OF_US = re.compile("relay|policy|denied|blocked|spam|auth", re.IGNORECASE)


def _sender_of(letter: Letter) -> str:
    return letter.sender


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over.

    `security` is none, starttls or tls; `timeout` is in seconds, for one letter as a whole.
    """

    host: str
    port: int
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    """Whom to trust; by default the authorities that this machine trusts."""

    def __post_init__(self) -> None:
        """Raise SettingsError for a security that does not exist, or a password without any."""
        if self.security not in {"none", "starttls", "tls"}:
            raise SettingsError(Problem("[post] security", self.security, "none, starttls, tls"))
        if self.user and self.security == "none" and self.host not in {"127.0.0.1", "localhost"}:
            what = "a password must not travel without TLS"
            raise SettingsError(Problem("[post] security", what, "starttls, tls"))


class Smtp:
    """A mail server; the connection is opened when needed and kept between letters."""

    def __init__(
        self, server: MailServer, return_path: Callable[[Letter], str] = _sender_of
    ) -> None:
        """`return_path` says where a letter comes back to that cannot be delivered."""
        self._server = server
        self._return_path = return_path
        self._open: smtplib.SMTP | None = None
        self._away_until: datetime | None = None
        self._ready: tuple[Letter, datetime, bytes] | None = None
        self._begun = ""
        """The command of the next letter that the server has, its answer still to be read."""
        self._deadline = Deadline(server.timeout, self._cut)

    def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
        """Hand one letter over.

        Up to the end of the text a broken connection means that the server has nothing: LATER.
        Between the end of the text and the answer it may have everything: UNCERTAIN.
        """
        try:
            content = self._content(letter, now)
        except ValueError as reason:
            return Receipt(Fate.REFUSED, str(reason))
        if self._away_until and now < self._away_until:
            return Receipt(Fate.LATER, f"{self._server.host} is away")
        with self._deadline.running():
            return self._send(letter, content, now, following)

    def close(self) -> None:
        """Say goodbye, where the server still listens."""
        self._deadline.close()
        line, self._open = self._open, None
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._begun:
                    line.getreply()
                line.quit()
            self._begun = ""
            line.close()

    def _content(self, letter: Letter, now: datetime) -> bytes:
        """Return a letter as it travels, made ready a moment ago or now; see `to_bytes`."""
        ready, self._ready = self._ready, None
        if ready and ready[0] == letter and now - ready[1] < _FRESH:
            return ready[2]
        return _ended(to_bytes(letter, now))

    def _prepare(self, following: Following, now: datetime) -> None:
        """Write what comes next while the server reads; what is wrong with it is said later."""
        # Whatever happens here, the server's answer to the letter before must be heard.
        with suppress(Exception):
            if letter := following():
                self._ready = letter, now, _ended(to_bytes(letter, now))

    def _begin(self, line: smtplib.SMTP) -> None:
        """Name the next letter's sender without waiting for the answer.

        The server works on it while the letter before is recorded. Nothing is handed over by
        it: where another letter comes, or none, it is a transaction to be reset.
        """
        if self._ready is None:
            return
        letter, sender = self._ready[0], self._return_path(self._ready[0])
        if not (sender.isascii() and letter.to.isascii()):
            return
        command = f"MAIL FROM:<{sender}>"
        try:
            line.putcmd(command)
            self._begun = command
        except (OSError, ValueError, smtplib.SMTPException):
            self._drop()

    def _send(self, letter: Letter, content: bytes, now: datetime, following: Following) -> Receipt:
        was_open = self._open is not None
        try:
            line = self._open or self._connected(letter.sender.rpartition("@")[2])
        except (OSError, smtplib.SMTPException) as reason:
            self._drop()
            self._away_until = now + _REST
            return Receipt(Fate.LATER, _words(reason))
        try:
            begun, self._begun = self._begun, ""
            if refusal := _address(line, letter, self._return_path(letter), begun):
                self._reset(line)
                return refusal
            # The end goes with the text: what is not handed over whole has not ended.
            line.send(content)
        except (OSError, smtplib.SMTPException) as reason:
            self._drop()
            # Servers close a connection after some letters or some silence: that is no failure.
            if was_open:
                return self._send(letter, content, now, following)
            return Receipt(Fate.LATER, _words(reason))
        self._prepare(following, now)
        receipt = self._answer(line)
        if receipt.fate is Fate.SENT:
            self._begin(line)
        return receipt

    def _answer(self, line: smtplib.SMTP) -> Receipt:
        """Return what the server says of the text."""
        try:
            code, words = line.getreply()
        except (OSError, smtplib.SMTPException) as reason:
            self._drop()
            return Receipt(Fate.UNCERTAIN, _words(reason))
        if code == 421:
            self._drop()
        return Receipt(Fate.SENT if 200 <= code < 300 else Fate.LATER, _said(code, words))

    def _connected(self, name: str) -> smtplib.SMTP:
        """Open the connection, calling ourselves `name`; raise what stands in the way."""
        server = self._server
        name = name if name.isascii() else "localhost"
        tls = None
        if server.security != "none":
            tls = server.tls or ssl.create_default_context()
        line = (
            smtplib.SMTP_SSL(local_hostname=name, timeout=server.timeout, context=tls)
            if server.security == "tls"
            else smtplib.SMTP(local_hostname=name, timeout=server.timeout)
        )
        self._open = line
        line._host = server.host  # type: ignore[attr-defined]  # the name that TLS verifies
        code, words = line.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        line.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            line.starttls(context=tls)
            line.ehlo_or_helo_if_needed()
        if server.user:
            line.login(server.user, server.password)
        return line

    def _cut(self) -> None:
        """Break off what is going on; called when the time for one letter is over."""
        if (line := self._open) is not None and (sock := line.sock) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _reset(self, line: smtplib.SMTP) -> None:
        """Forget the transaction; a server that cannot do even that is left."""
        try:
            line.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        line, self._open, self._begun = self._open, None, ""
        if line is not None:
            line.close()


def _address(line: smtplib.SMTP, letter: Letter, sender: str, begun: str) -> Receipt | None:
    """Name sender and reader; return what the server has against them, None where it waits.

    The server has the command `begun` already, where it is one: its answer waits to be read.
    """
    options = ""
    if not (letter.to.isascii() and sender.isascii()):
        if not line.has_extn("smtputf8"):
            if begun:
                line.getreply()
            return Receipt(Fate.REFUSED, "this server takes no address with accents")
        options = " SMTPUTF8"
        line.command_encoding = "utf-8"
    commands = (f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{letter.to}>", "DATA")
    if begun and begun != commands[0]:
        line.getreply()
        line.rset()
    for command in commands:
        code, words = line.getreply() if command == begun else line.docmd(command)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_said(code, words))
        if not 200 <= code < 400:
            # Before and after the address is named, a refusal is about ourselves or the letter.
            is_the_reader = command.startswith("RCPT") and _is_about_the_address(code, words)
            return Receipt(Fate.REFUSED if is_the_reader else Fate.LATER, _said(code, words))
    return None


def _ended(content: bytes) -> bytes:
    """Return a message as it travels: the first dot of a line doubled, a dot alone as its end.

    Its first line is a header, which begins with no dot.

    Source: RFC 5321, section 4.5.2.
    """
    return content.replace(b"\n.", b"\n..") + b".\r\n"


def _is_about_the_address(code: int, words: bytes) -> bool:
    """Return whether a server that refuses a reader says that the address is no good.

    Only this stops letters to an address for good, so what is unclear is not.
    """
    said = words.decode("ascii", "replace")
    if _ENHANCED.search(said):
        return code >= 500 and bool(_THE_ADDRESS.match(said))
    return code in _PERHAPS_THE_ADDRESS and not _OF_US.search(said)


def _said(code: int, words: bytes) -> str:
    return as_line(f"{code} {words.decode('utf-8', 'replace')}")


def _words(reason: Exception) -> str:
    return as_line(f"{type(reason).__name__}: {reason}")
