"""The pool of real feeds that the measurements repeat under many addresses."""

from __future__ import annotations

import os
import re
import tarfile
from pathlib import Path

__all__ = ["DEFAULT", "copy_of", "read_pool"]

_BESIDE = Path(__file__).resolve().parent.parent.parent / "shared"
DEFAULT = Path(os.environ.get("ZOOM_MARCHE_SHARED", _BESIDE)) / "data" / "feeds-bench"

# Where a feed names its entries: what follows is made another name in every copy.
_NAMES = re.compile(
    rb"""(<link\s[^>]*\bhref=["']|\brdf:about=["']"""
    rb"""|<(?:link|guid|id)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[\s*)?(?=[^<\s]))"""
    rb"(https?://)?"
)


def read_pool(place: Path) -> list[bytes]:
    """Return the feeds of a folder, or of the `data.tar.xz` in it, ordered by name.

    Raises `SystemExit` with a sentence where there are none.
    """
    archive = place / "data.tar.xz"
    if archive.is_file():
        with tarfile.open(archive) as opened:
            files = sorted((one for one in opened if one.isfile()), key=lambda one: one.name)
            pool = [content.read() for one in files if (content := opened.extractfile(one))]
    elif place.is_dir():
        pool = [path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()]
    else:
        pool = []
    if not pool:
        raise SystemExit(
            f"{place}: no feeds here. Name a folder of feed files, or one that holds a "
            "data.tar.xz of them, with --data; ZOOM_MARCHE_SHARED names the folder above `data`."
        )
    return pool


def copy_of(body: bytes, number: int) -> bytes:
    """Return a feed whose entries bear other addresses and ids than those of any other copy.

    Titles and texts stay: whoever looks for near-equal texts finds each of them in every copy.

    >>> copy_of(b"<item><link>http://a.example/1</link></item>", 7)
    b'<item><link>http://c7.a.example/1</link></item>'
    """
    return _NAMES.sub(rb"\1\2c%d." % number, body) if number else body
