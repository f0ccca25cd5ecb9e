"""A reader's own pages: addresses that open without signing in, each for one purpose."""

from __future__ import annotations

from watch.domain import Cluster, Links
from watch.text.seal import seal, unseal

__all__ = [
    "FEED", "INVITATION", "LETTER_DIGITS", "invitation_of", "links_of", "preview_of", "token_of",
    "unsealed",
]  # fmt: skip

# The purposes, by the first letter of the address that they open.
_PURPOSES = {
    "u": "unsubscribe",
    "f": "feedback",
    "p": "preferences",
    "a": "letters",
    "d": "data",
}
FEED = "feed"
"""The purpose of the one address that a reader gives to a program, which shows nothing private."""
INVITATION = "invitation"
"""The purpose of the address where a proposed reader confirms or refuses."""

LETTER_DIGITS = 12
"""Of a letter's key, in the token of its feedback: enough to tell one reader's letters apart."""


def links_of(secret: bytes, cluster: Cluster, reader: int, letter: str) -> Links:
    """Return the addresses that stand in one letter; `letter` is its key."""

    def address(door: str, *more: str) -> str:
        return f"{cluster.base_url}/{door}/{token_of(secret, door, cluster.slug, reader, *more)}"

    return Links(
        unsubscribe=address("u"),
        feedback=address("f", letter[:LETTER_DIGITS]),
        preferences=address("p"),
        letters=address("a"),
        data=address("d"),
    )


def invitation_of(secret: bytes, cluster: Cluster, reader: int) -> str:
    """Return the address where a proposed reader confirms or refuses."""
    return f"{cluster.base_url}/i/{token_of(secret, INVITATION, cluster.slug, reader)}"


def token_of(secret: bytes, door: str, cluster: str, reader: int, *more: str) -> str:
    """Return the token that opens a door (u, f, p, a, d) for one reader."""
    return seal(secret, _PURPOSES.get(door, door), cluster, str(reader), *more)


def unsealed(secret: bytes, door: str, token: str) -> tuple[str, ...] | None:
    """Return cluster, number of the reader, and what more a token of this door holds; else None."""
    parts = unseal(secret, _PURPOSES.get(door, door), token)
    wanted = 3 if door == "f" else 2
    is_whole = parts is not None and len(parts) == wanted and parts[1].isdecimal()
    return parts if is_whole and parts and len(parts[1]) < 19 else None


def preview_of(cluster: Cluster) -> Links:
    """Return addresses as long as true ones that open nothing: of a letter that others look at."""
    return Links(**{name: f"{cluster.base_url}/{door}/preview" for door, name in _PURPOSES.items()})
