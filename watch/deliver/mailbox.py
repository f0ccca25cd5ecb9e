"""The mailbox into which letters come back, over IMAP: what nobody has read yet, one by one."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from watch.errors import PostError, Problem

__all__ = ["Mailbox", "unread"]

_MOST_MESSAGES = 500
"""In one visit; the next one reads on."""
_MOST_BYTES = 200_000
"""Of one message: a report says what it has to say at its beginning."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where to sign in, always over TLS; `timeout` is in seconds, for one answer."""

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 993
    folder: str = "INBOX"
    timeout: float = 60.0
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    """Whom to trust; by default the authorities that this machine trusts."""


def unread(mailbox: Mailbox) -> Iterator[bytes]:
    """Yield each unread message, oldest first; it counts as read once the next one is asked for.

    So whoever is stopped in the middle reads that message again. Raises PostError where the
    mailbox cannot be opened.
    """
    try:
        line = imaplib.IMAP4_SSL(
            mailbox.host,
            mailbox.port,
            ssl_context=mailbox.tls or ssl.create_default_context(),
            timeout=mailbox.timeout,
        )
    except (OSError, imaplib.IMAP4.error) as reason:
        raise _closed(mailbox, reason) from reason
    try:
        line.authenticate("PLAIN", lambda _: f"\0{mailbox.user}\0{mailbox.password}".encode())
        status, said = line.select(f'"{mailbox.folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(str(said[0]))
        _, found = line.uid("SEARCH", "UNSEEN")
        numbers = b" ".join(one for one in found if isinstance(one, bytes)).split()
        for number in numbers[:_MOST_MESSAGES]:
            name = number.decode("ascii")
            _, parts = line.uid("FETCH", name, f"(BODY.PEEK[]<0.{_MOST_BYTES}>)")
            yield next((bytes(one[1]) for one in parts if isinstance(one, tuple)), b"")
            line.uid("STORE", name, "+FLAGS.SILENT", r"(\Seen)")
    except (OSError, imaplib.IMAP4.error) as reason:
        raise _closed(mailbox, reason) from reason
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            line.logout()


def _closed(mailbox: Mailbox, reason: Exception) -> PostError:
    what = f"the mailbox of {mailbox.user} cannot be read ({str(reason)[:200]})"
    return PostError(Problem("[bounces]", what, "see host, user and folder in watch.toml"))
