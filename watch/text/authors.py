"""Who signed a publication, without the names of those who oppose being kept."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import pairwise

from watch.text.words import fold, words

__all__ = ["name_print", "signed"]

_BETWEEN = re.compile(r"\s*[,;&/|]\s*|\s+(?:et|and|und|e|y)\s+", re.IGNORECASE)
_BEFORE = frozenset({"par", "by", "von", "di", "por"})


def name_print(name: str) -> str:
    """Return 64 hexadecimal digits that are the same however a name is written, "" for none.

    Case, accents, marks and the order of first and last name do not count.

    >>> name_print("Zoé ÉCLAIR") == name_print("par Eclair, Zoé")
    True
    """
    parts = sorted(fold(word) for word in words(name))
    if len(parts) > 1:
        parts = [part for part in parts if part not in _BEFORE]
    return sha256(" ".join(parts).encode()).hexdigest() if parts else ""


def signed(author: str, opposed: frozenset[str]) -> str:
    """Return what may be kept of an author's line; `opposed` holds prints of names.

    Of several names the others stay. A mail address is no name: a line that is one is "".

    >>> signed("Zoé Éclair and Max Prisme", frozenset({name_print("Eclair Zoe")}))
    'Max Prisme'
    >>> signed("redaction@journal.example", frozenset())
    ''
    """
    if "@" in author and " " not in author.strip():
        return ""
    if not opposed or not author:
        return author
    if name_print(author) in opposed:
        return ""
    names = [name for name in _BETWEEN.split(author) if name]
    kept = [name for name, stays in zip(names, _staying(names, opposed), strict=True) if stays]
    return author if len(kept) == len(names) else ", ".join(kept)


def _staying(names: list[str], opposed: frozenset[str]) -> list[bool]:
    """Return of each name whether it stays; two neighbours may be one ("Éclair, Zoé")."""
    stays = [name_print(name) not in opposed for name in names]
    for place, pair in enumerate(pairwise(names)):
        if name_print(" ".join(pair)) in opposed:
            stays[place] = stays[place + 1] = False
    return stays
