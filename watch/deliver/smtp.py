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


@dataclass(slots=True)
class _Begun:
    """A transaction that was begun: how many of its commands the server has, and its answers."""

    commands: tuple[str, ...]
    told: int = 0
    heard: list[tuple[int, bytes]] = field(default_factory=list)

    def tell_next(self, line: smtplib.SMTP) -> None:
        line.putcmd(self.commands[self.told])
        self.told += 1

    def hear(self, line: smtplib.SMTP) -> tuple[int, bytes]:
        self.heard.append(line.getreply())
        return self.heard[-1]

    def hear_all(self, line: smtplib.SMTP) -> None:
        while len(self.heard) < self.told:
            self.hear(line)

    def answer(self, line: smtplib.SMTP, place: int) -> tuple[int, bytes]:
        """Return the answer to one of the commands, told now if it was not yet."""
        if place == self.told:
            self.tell_next(line)
        return self.heard[place] if place < len(self.heard) else self.hear(line)


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
        self._begun: _Begun | None = None
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
                    self._begun.hear_all(line)
                line.quit()
            self._begun = None
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
        self._begun = _Begun(_commands(letter, sender))
        try:
            self._begun.tell_next(line)
        except (OSError, ValueError, smtplib.SMTPException):
            self._drop()

    def proceed(self) -> None:
        """Name the next letter's reader, where the server has already accepted the sender."""
        line, begun = self._open, self._begun
        if line is None or begun is None or begun.told > 1:
            return
        try:
            if _has_answered(line) and 200 <= begun.hear(line)[0] < 300:
                begun.tell_next(line)
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
            begun, self._begun = self._begun, None
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
        # To load what this machine trusts takes longer than a dozen letters.
        tls = None if server.security == "none" else server.tls or ssl.create_default_context()
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
        line, self._open, self._begun = self._open, None, None
        if line is not None:
            line.close()


def _commands(letter: Letter, sender: str, options: str = "") -> tuple[str, ...]:
    return f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{letter.to}>", "DATA"


def _address(
    line: smtplib.SMTP, letter: Letter, sender: str, begun: _Begun | None
) -> Receipt | None:
    """Name sender and reader; return what the server has against them, None where it waits."""
    options = ""
    if not (letter.to.isascii() and sender.isascii()):
        if not line.has_extn("smtputf8"):
            if begun:
                begun.hear_all(line)
            return Receipt(Fate.REFUSED, "this server takes no address with accents")
        options = " SMTPUTF8"
        line.command_encoding = "utf-8"
    commands = _commands(letter, sender, options)
    if begun and begun.commands != commands:
        begun.hear_all(line)
        line.rset()
        begun = None
    begun = begun or _Begun(commands)
    for place, command in enumerate(commands):
        code, words = begun.answer(line, place)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_said(code, words))
        if not 200 <= code < 400:
            # Before and after the address is named, a refusal is about ourselves or the letter.
            is_the_reader = command.startswith("RCPT") and _is_about_the_address(code, words)
            return Receipt(Fate.REFUSED if is_the_reader else Fate.LATER, _said(code, words))
    return None


def _has_answered(line: smtplib.SMTP) -> bool:
    """Return whether a whole answer is there to be read; False where nobody can look ahead."""
    sock = line.sock
    if sock is None or isinstance(sock, ssl.SSLSocket):
        return False
    try:
        seen = sock.recv(512, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    # Not a line of several, which a dripping server could let us wait for.
    return seen.endswith(b"\n") and seen[3:4] != b"-"


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
