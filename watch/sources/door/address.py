"""Addresses as the door reads them: once, and in the way of `watch.text.urls`.

What is dialled, asked for, shown to the guard and looked up in robots.txt are parts of one
reading, so no second parser can disagree with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote_plus, urljoin

from watch.sources.health import VisitFailed
from watch.text.urls import escaped, place

__all__ = ["Address"]

_MOST_LETTERS = 4_096
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]")
_PARTS = re.compile(r"(https?)://([^/?#]+)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE)
_LEGAL = "/:@!$&'()*+,;=~?[]"
_PLAIN = re.compile(rf"[A-Za-z0-9._%{re.escape(_LEGAL)}-]*")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the web. A fragment is no part of it: it is never asked for."""

    origin: str
    """Scheme, host and port; no port where it is the scheme's own."""
    host: str
    """A name in ASCII, or a number without brackets."""
    port: int
    target: str
    """Path and query, percent-encoded."""

    @classmethod
    def read(cls, written: str) -> Address:
        """Return an address that may be asked; raise `VisitFailed` (bad_address) for any other."""
        _refuse_unsafe(written)
        parts = _PARTS.fullmatch(written)
        scheme = parts[1].lower() if parts else ""
        where = place(scheme, parts[2]) if parts else ""
        if parts is None or not where:
            raise VisitFailed("bad_address", "not http or https, or without a plain host")
        path, query = parts[3] or "/", parts[4] or ""
        target = path + query
        if not _PLAIN.fullmatch(target):
            target = escaped(target, _LEGAL)
        name, colon, port = where.rpartition(":")
        if not colon or port.endswith("]"):
            name, port = where, ""
        number = int(port) if port else _PORTS[scheme]
        return cls(f"{scheme}://{where}", name.strip("[]"), number, target)

    @property
    def url(self) -> str:
        """Return the whole address."""
        return self.origin + self.target

    @property
    def place(self) -> str:
        """Return host and port as a Host header has them."""
        return self.origin.partition("://")[2]

    @property
    def is_tls(self) -> bool:
        """Return whether a certificate has to prove who answers."""
        return self.origin.startswith("https:")

    def at(self, target: str) -> Address:
        """Return another address of the same site."""
        return Address(self.origin, self.host, self.port, target)

    def leading_to(self, location: str) -> Address:
        """Return where a redirect from here leads; raise `VisitFailed` (bad_address)."""
        # Before they are joined: the standard library would drop a tab, and read on.
        _refuse_unsafe(location)
        try:
            return Address.read(urljoin(self.url, location))
        except ValueError as error:
            raise VisitFailed("bad_address", "a redirect to no address") from error

    def without(self, parameters: Collection[str]) -> Address:
        """Return this address without those parameters of its query."""
        path, _, query = self.target.partition("?")
        kept = [
            part
            for part in query.split("&")
            if unquote_plus(part.partition("=")[0]) not in parameters
        ]
        return self.at(f"{path}?{'&'.join(kept)}" if any(kept) else path)


def _refuse_unsafe(written: str) -> None:
    if len(written) > _MOST_LETTERS or _UNSAFE.search(written):
        raise VisitFailed("bad_address", "too long, or with signs that no address has")
