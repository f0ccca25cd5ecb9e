"""Tokens that only this installation can have made, each good for one purpose."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

__all__ = ["seal", "unseal"]

# 120 bits of the signature: out of reach of guessing, and exactly 20 letters.
_SIGNATURE_BYTES = 15
_SIGNATURE_LETTERS = 20
_END = "\0"


def seal(secret: bytes, purpose: str, *parts: str) -> str:
    """Return a token for a web address that holds the parts, readable by all, made by none but us.

    Letters, digits, `-` and `_` only; 20 letters and 4 for each 3 bytes of the parts, so that
    short ids stay below 60. Without a date: it is good until the secret changes. Raises
    ValueError where a purpose or a part holds a zero character, by which they are told apart.

    >>> len(seal(b"secret", "unsubscribe", "photonique", "1204"))
    42
    """
    if any(_END in word for word in (purpose, *parts)):
        raise ValueError("a sealed word holds a zero character")
    held = "".join(part + _END for part in parts).encode()
    signature = hmac.digest(secret, purpose.encode() + _END.encode() + held, "sha256")
    return _letters(signature[:_SIGNATURE_BYTES]) + _letters(held)


def unseal(secret: bytes, purpose: str, token: str) -> tuple[str, ...] | None:
    """Return the parts of a token, or None where it was not sealed by us for this purpose."""
    if not token.isascii():
        return None
    held = token[_SIGNATURE_LETTERS:]
    try:
        parts = tuple(urlsafe_b64decode(held + "=" * (-len(held) % 4)).decode().split(_END)[:-1])
    except (Error, UnicodeDecodeError):
        return None
    # Sealed anew and compared as a whole: no second spelling of a good token is good.
    return parts if hmac.compare_digest(seal(secret, purpose, *parts), token) else None


def _letters(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
