"""A letter as the bytes that travel: RFC 5322, a text part first, then HTML."""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime, quote
from functools import lru_cache
from unicodedata import category

from watch.domain import Letter
from watch.errors import PostError, Problem

__all__ = ["check", "from_of", "headers_of", "to_bytes", "to_of"]

# One address and nothing else: no list, no comment, no quoted local part, no second header.
_ATOMS = r"[^\s\x00-\x20\x7f-\x9f\"(),:;<>@\[\\\]]+"
_ADDRESS = re.compile(f"{_ATOMS}@{_ATOMS}")

# 42 bytes are 56 letters, 68 with their marks: with the name of its header a line has less than
# the 76 that RFC 2047 allows one with an encoded word.
_MOST_OF_A_WORD = 42


def to_bytes(letter: Letter, sent_at: datetime) -> bytes:
    """Return the message: equal letters of one instant give equal bytes.

    Lines end in CRLF; those of the parts have at most 76 characters. Names and the subject lose
    line ends, control, invisible and direction characters. Raises ValueError where the reader's
    address is not exactly one, PostError where the sender's is not: no letter can go out then.
    """
    check(letter)
    # Written by hand, for the library folds a List-Unsubscribe of 78 characters into an encoded
    # word, which mail clients ignore, and loses spaces between the encoded words of a subject.
    headers = (
        ("From", _mailbox(letter.sender_name, letter.sender)),
        ("To", _mailbox(letter.to_name, letter.to)),
        ("Subject", _encoded(letter.subject)),
        ("Date", format_datetime(sent_at)),
        ("Message-ID", _one_line(letter.message_id)),
        ("Content-Language", letter.language),
        *((_one_line(name), _encoded(value)) for name, value in letter.headers),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="=_{letter.key}"'),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    cut = f"--=_{letter.key}".encode()
    parts = (_part("plain", letter.text), _part("html", letter.html))
    body = b"".join(b"\r\n" + cut + b"\r\n" + part for part in parts)
    return head.encode(errors="replace") + body + cut + b"--\r\n"


def check(letter: Letter) -> None:
    """Raise what `to_bytes` raises where an address is not exactly one."""
    if not _is_address(letter.sender):
        raise PostError(Problem("sender_address", f"“{letter.sender}” is not one e-mail address"))
    if not _is_address(letter.to):
        raise ValueError("this is not one e-mail address")


def from_of(letter: Letter) -> str:
    """Return name and address of the sender, for a provider that writes the message itself."""
    return _plain_mailbox(letter.sender_name, letter.sender)


def to_of(letter: Letter) -> str:
    """Return name and address of the one reader, likewise."""
    return _plain_mailbox(letter.to_name, letter.to)


def headers_of(letter: Letter) -> dict[str, str]:
    """Return the letter's own headers, each value on one line and as it is to be read."""
    return {_one_line(name): _one_line(value) for name, value in letter.headers}


def _plain_mailbox(name: str, address: str) -> str:
    name = _one_line(name)
    return f'"{quote(name)}" <{address}>' if name else address


def _part(subtype: str, text: str) -> bytes:
    """Return one part with its own headers, its accents as quoted-printable."""
    head = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + b"".join(map(_line, text.splitlines()))


@lru_cache(4096)  # most lines of a letter come from its template, and are those of all others
def _line(text: str) -> bytes:
    """Return one line as it travels; a long one takes several (RFC 2045, section 6.7)."""
    encoded = b2a_qp(text.encode(errors="replace"), istext=True)
    return encoded.replace(b"\n", b"\r\n") + b"\r\n"


def _is_address(address: str) -> bool:
    return bool(_ADDRESS.fullmatch(address)) and _one_line(address) == address


def _mailbox(name: str, address: str) -> str:
    """Return name and address as the one mailbox of a header."""
    name = _one_line(name)
    written = _encoded(name)
    if written != name:
        return f"{written}\r\n <{address}>"
    return f'"{quote(name)}" <{address}>' if name else address


@lru_cache(4096)  # all letters of a cluster have one sender, many of them one subject
def _encoded(text: str) -> str:
    """Return a header's value on one line, or in encoded words (RFC 2047) where it must be."""
    text = _one_line(text)
    if text.isascii() and "=?" not in text:
        return text
    words = (b64encode(piece).decode() for piece in _pieces(text))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _pieces(text: str) -> Iterator[bytes]:
    """Yield the text in UTF-8 in pieces that fill an encoded word, no sign cut in two."""
    raw, start = text.encode(errors="replace"), 0
    while start < len(raw):
        end = start + _MOST_OF_A_WORD
        while raw[end : end + 1] and raw[end] & 0b1100_0000 == 0b1000_0000:
            end -= 1  # the second, third or fourth byte of a sign
        yield raw[start:end]
        start = end


def _one_line(text: str) -> str:
    """Return the text as one line that shows all that it holds."""
    if text.isprintable():
        return text
    seen = "".join(sign for sign in text if sign.isspace() or category(sign)[0] != "C")
    return " ".join(seen.split())
