"""How large, how deep and how crowded a page may be, and when it is heavy to read.

Pages beyond the bounds are not read: what an honest page says is within them.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MOST_BYTES", "MOST_DEPTH", "MOST_TAGS", "has_crowded_tag", "is_heavy"]

# The largest of 1,450 measured pages has 1.6 MB, 10,106 tags and 43 levels.
MOST_BYTES: Final = 3_000_000
MOST_TAGS: Final = 25_000
MOST_DEPTH: Final = 100
# Reading one element is quadratic in its attributes: 60,000 take the parser 6 s.
MOST_ATTRIBUTES: Final = 1_000
# Two in a hundred measured pages go beyond these; within them no page that we made took 3 s.
MOST_LIGHT_BYTES: Final = 750_000
MOST_LIGHT_TAGS: Final = 4_000

# As the parser reads: a quote holds a value only right after "=", a script holds no tags.
_TAG = re.compile(rb"<[A-Za-z](?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+")
_VALUE = re.compile(rb"=\s*+(?:\"[^\"]*+\"|'[^']*+')")
_SCRIPT = re.compile(rb"<(script|style)\b", re.IGNORECASE)


def is_heavy(body: bytes) -> bool:
    """Return whether a page is so large that reading it might take long; see `apart`."""
    return len(body) > MOST_LIGHT_BYTES or body.count(b"<") > 2 * MOST_LIGHT_TAGS


def has_crowded_tag(written: bytes) -> bool:
    """Return whether any tag has more attributes than a page can mean."""
    for tag in _TAG.finditer(_without_scripts(written)):
        if tag.end() - tag.start() > MOST_ATTRIBUTES:
            bare = _VALUE.sub(b"= ", tag[0])
            if max(len(bare.split()), bare.count(b"="), bare.count(b"/")) > MOST_ATTRIBUTES:
                return True
    return False


def _without_scripts(written: bytes) -> bytes:
    """Return the text without what stands in scripts and styles; one that never ends is cut."""
    lower, parts, at = written.lower(), [], 0
    while begin := _SCRIPT.search(written, at):
        opened = written.find(b">", begin.end())
        parts.append(written[at : opened + 1] if opened >= 0 else written[at:])
        at = lower.find(b"</" + begin[1].lower(), opened + 1) if opened >= 0 else -1
        if at < 0:
            return b"".join(parts)
    return b"".join(parts) + written[at:]
