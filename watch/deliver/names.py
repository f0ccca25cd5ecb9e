"""What the domain name system says: the one file that asks it."""

from __future__ import annotations

from typing import Protocol

import dns.exception
import dns.resolver
import dns.reversename

__all__ = ["Names", "Resolver"]


class Names(Protocol):
    """Whoever answers questions about names."""

    def records(self, name: str, kind: str) -> tuple[str, ...]:
        """Return the records of a kind (TXT, A, AAAA, MX, PTR) as text; none where there is none.

        The name of a PTR question is the address itself. Raises TimeoutError where nobody answers.
        """
        ...


class Resolver:
    """The resolver that this machine uses."""

    def __init__(self, seconds: float = 5.0) -> None:
        self._resolver = dns.resolver.Resolver()
        self._resolver.lifetime = seconds

    def records(self, name: str, kind: str) -> tuple[str, ...]:
        """Ask for the records of a name."""
        try:
            asked = dns.reversename.from_address(name) if kind == "PTR" else name
            found = self._resolver.resolve(asked, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.DNSException as reason:
            raise TimeoutError(f"{name} {kind}: {reason}") from reason
        return tuple(_text(record, kind) for record in found)


def _text(record: object, kind: str) -> str:
    if kind == "TXT":
        # One record may come in several strings, which are one.
        return b"".join(getattr(record, "strings", ())).decode("utf-8", "replace")
    return str(record).rstrip(".")
