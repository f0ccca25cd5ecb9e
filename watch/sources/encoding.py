"""The characters of a body, whatever it says of its own encoding, as UTF-8."""

from __future__ import annotations

import codecs
import re
from email.message import Message

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE
)
_STRAY = re.compile("[\udc80-\udcff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Encodings of text. Python has others (idna, unicode_escape) that no publisher means.
_FAMILIES = (
    "ascii", "big5", "cp", "euc", "gb", "hz", "iso2022", "iso8859", "johab", "koi8", "mac", "shift",
    "tis",
)  # fmt: skip
# Web pages in "latin-1" are written on Windows; the two differ only where latin-1 has no letters.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252"}


def to_utf8(body: bytes, content_type: str = "") -> bytes:
    """Return the body in UTF-8, without a byte order mark.

    What is valid UTF-8 is taken for UTF-8 whatever is declared: other encodings look like it by
    accident in no text longer than a title. Then come the declaration of the document or of a
    page's meta, the charset of the answer, and last UTF-8 with each stray byte read as
    Windows-1252. UTF-7 is never read: its only use today is to smuggle markup.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    claims = [_codec(claim) for claim in (_declared(body), _charset(content_type))]
    if not any(claim.startswith(("iso2022", "hz")) for claim in claims):
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return body
    for claim in claims:
        if claim:
            try:
                return body.decode(claim).encode("utf-8", "replace")
            except UnicodeDecodeError:
                continue
    text = body.decode("utf-8", "surrogateescape")
    return _STRAY.sub(lambda byte: _windows(ord(byte[0]) - 0xDC00), text).encode("utf-8", "replace")


def _windows(byte: int) -> str:
    return bytes((byte,)).decode("cp1252", "replace")


def _declared(body: bytes) -> str:
    found = _DECLARED.search(body, 0, 300) or _META.search(body, 0, 4_096)
    return found[1].decode("ascii") if found else ""


def _charset(content_type: str) -> str:
    if "charset" not in content_type.lower():
        return ""
    header = Message()
    header["content-type"] = content_type
    return str(header.get_content_charset() or "")


def _codec(name: str) -> str:
    """Return the name of a codec of `_FAMILIES`, or "" for any other."""
    try:
        known = codecs.lookup(name).name if name and name.isascii() else ""
    except (LookupError, ValueError):
        return ""
    return _MEANT.get(known, known) if known.startswith(_FAMILIES) else ""
