"""Return paths that name their letter: what comes back is known for whose it is, and as ours.

A mail server that cannot deliver answers to the return path. Ours holds the letter's key and a
signature, so that nobody can have a reader barred by inventing such an answer.

    bounces@cluster.example  ->  bounces+4mqt…@cluster.example

Source: D. J. Bernstein, Variable Envelope Return Paths, 1997.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode

__all__ = ["return_path", "returned"]

# Small letters and digits alone: some servers change the case of what they answer to.
_KEY_LETTERS = 26
_SIGNATURE_BYTES = 10  # 80 bits; each guess is a mail, and a good one bars one reader
_KEY = re.compile(r"[0-9a-f]{32}")


def return_path(secret: bytes, mailbox: str, key: str) -> str:
    """Return the address to which a letter that cannot be delivered comes back.

    `mailbox` is the address of the mailbox that takes them, `key` the letter's: 32 hexadecimal
    digits; a letter with another key comes back to the mailbox itself. The part before the @
    has 43 letters more than the mailbox's own; RFC 5321 allows 64.

    >>> return_path(b"secret", "bounces@pole.example", "0" * 32)[:34]
    'bounces+aaaaaaaaaaaaaaaaaaaaaaaaaa'
    """
    if not _KEY.fullmatch(key):
        return mailbox
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{_letters(bytes.fromhex(key))}{_signature(secret, key)}@{domain}"


def returned(secret: bytes, mailbox: str, address: str) -> str:
    """Return the key of the letter that an address names, "" where we did not make it."""
    local, _, domain = mailbox.lower().rpartition("@")
    tag = address.strip().lower().removeprefix(f"{local}+").removesuffix(f"@{domain}")
    try:
        key = b32decode(f"{tag[:_KEY_LETTERS].upper()}======").hex()
    except ValueError:
        return ""
    expected = return_path(secret, mailbox, key).lower()
    is_ours = len(key) == 32 and hmac.compare_digest(
        expected.encode(), address.strip().lower().encode()
    )
    return key if is_ours else ""


def _signature(secret: bytes, key: str) -> str:
    digest = hmac.digest(secret, b"bounce\0" + key.encode(), "sha256")
    return _letters(digest[:_SIGNATURE_BYTES])


def _letters(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()
