"""A letter as the bytes that travel: RFC 5322, a text part first, then HTML."""

from __future__ import annotations

import re
from binascii import b2a_qp
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from unicodedata import category

from watch.domain import Letter

__all__ = ["to_bytes"]

# The default of 78 characters turns a long List-Unsubscribe into an encoded word, which mail
# clients ignore: the reader would lose the one-click way out. 998 is RFC 5322's own limit. What
# may hold accents keeps the default, for an encoded word has at most 75 (RFC 2047, section 2).
_WHOLE = SMTP.clone(max_line_length=998)
_MAY_HOLD_ACCENTS = {"From", "To", "Subject"}

# One address and nothing else: no list, no comment, no quoted local part, no second header.
_ATOMS = r"[^\s\x00-\x20\x7f-\x9f\"(),:;<>@\[\\\]]+"
_ADDRESS = re.compile(f"{_ATOMS}@{_ATOMS}")


def to_bytes(letter: Letter, sent_at: datetime) -> bytes:
    """Return the message: equal letters of one instant give equal bytes.

    Lines end in CRLF; those of the parts have at most 76 characters, headers at most 998. Names
    and the subject lose line ends, control, invisible and direction characters. Raises ValueError
    where an address is not exactly one.
    """
    is_plain = letter.to.isascii() and letter.sender.isascii()
    is_plain = letter.to.isascii() and letter.sender.isascii()
    message = EmailMessage(SMTP if is_plain else SMTPUTF8)
    message["From"] = _address(letter.sender_name, letter.sender)
    message["To"] = _address(letter.to_name, letter.to)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = sent_at
    message["Message-ID"] = letter.message_id
    message["Content-Language"] = letter.language
    for name, value in letter.headers:
        message[name] = _one_line(value)
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/alternative; boundary="=_{letter.key}"'
    head = b"".join(
        (message.policy if name in _MAY_HOLD_ACCENTS else _WHOLE).fold_binary(name, value)
        for name, value in message.items()
    )
    cut = f"--=_{letter.key}".encode()
    parts = (_part("plain", letter.text), _part("html", letter.html))
    return head + b"".join(b"\r\n" + cut + b"\r\n" + part for part in parts) + cut + b"--\r\n"


def _part(subtype: str, text: str) -> bytes:
    """Return one part with its own headers, its accents as quoted-printable."""
    # The library's own encoder would fill its lines up to the 998 characters of the headers.
    encoded = b2a_qp("\n".join(text.splitlines()).encode(), istext=True)
    head = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + encoded.replace(b"\n", b"\r\n") + b"\r\n"


def _address(name: str, address: str) -> Address:
    if not _ADDRESS.fullmatch(address) or _one_line(address) != address:
        raise ValueError("this is not one e-mail address")
    local, _, domain = address.rpartition("@")
    return Address(display_name=_one_line(name), username=local, domain=domain)


def _one_line(text: str) -> str:
    """Return the text as one line that shows all that it holds."""
    if text.isascii() and text.isprintable():
        return text
    seen = "".join(sign for sign in text if sign.isspace() or category(sign)[0] != "C")
    return " ".join(seen.split())
