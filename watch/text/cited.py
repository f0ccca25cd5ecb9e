"""Whose sites a text cites: untrusted HTML -> the names of the hosts that it links to."""

from __future__ import annotations

import re
from itertools import islice

__all__ = ["cited_hosts"]

_MOST_HOSTS = 20
_MOST_MARKUP = 300_000
# In an attribute, however often the feed has escaped its quotes. `href` in lower case alone: a
# pattern that ignores its case looks at every letter, this one leaps from href to href.
_LINK = re.compile(
    r"""href\s{0,9}=\s{0,9}(?:["']|&(?:amp;)?(?:quot|apos|#0?39|#34);)?\s{0,9}[hH][tT]{2}[pP][sS]?://"""
    r"([A-Za-z0-9.-]{3,253}+)(?=[:/?#\"'&>\s]|$)"
)
# A name with a dot, and no number at its end: no address of a machine.
_NAME = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]*")


def cited_hosts(html: str) -> tuple[str, ...]:
    """Return the hosts that a text links to, each once, in its order, twenty at most.

    >>> cited_hosts('<a href="https://Lab.example/x">un labo</a> <a href=/y>ici</a>')
    ('lab.example',)
    """
    if "href" not in html:
        return ()
    found = dict.fromkeys(map(str.lower, _LINK.findall(html[:_MOST_MARKUP])))
    return tuple(islice(filter(_NAME.fullmatch, found), _MOST_HOSTS))
