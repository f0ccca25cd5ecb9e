"""What a field of a feed says, taken out of the way in which it is written."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Final

__all__ = ["is_packed", "person", "unpacked"]

# Atom 1.0 packs what is neither text nor XML (RFC 4287, 4.1.3.3); JSON is never packed in fact.
_READABLE: Final = re.compile(r"text/|[\w./+-]{1,60}[+/](?:xml|json)\b", re.IGNORECASE)
_MAIL: Final = re.compile(r"(?:<|\bmailto:)?[^\s<>()\"]{1,80}@[^\s<>()\"]{1,80}>?")


def is_packed(kind: str, mode: str) -> bool:
    """Return whether a text is in base64: of Atom 0.3 it is said, of Atom 1.0 it follows."""
    return mode == "base64" or (not mode and "/" in kind and not _READABLE.match(kind))


def unpacked(text: str) -> str:
    """Return the text that was packed in base64, or what is written where that is none."""
    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8")
    except ValueError:
        return text


def person(written: str) -> str:
    """Return the name of "name (address)", "address (name)" and the like; a lone address stays.

    >>> person("ada@site.example (Ada Lovelace)"), person("ada@site.example")
    ('Ada Lovelace', 'ada@site.example')
    """
    if "@" not in written or "</" in written or len(written) > 300:
        return written
    name = _MAIL.sub("", written).replace("()", "").strip(" \t\r\n,;:\"'")
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip()
    return name or written
