"""Which addresses of the network may be reached: the public ones, and those an operator opened.

The guard looks at the address that is about to be connected, never at a name: whatever a name
was said to be a moment ago, and however a loopback address is spelled, this is what counts.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from watch.domain import Manners

# IANA special-purpose registry plus multicast, reserved space and the retired 6to4 relays.
# `is_global` is no rule: it is True for 224.0.0.1, 192.88.99.1, 192.0.0.8 and 2002:7f00:1::.
_CLOSED_4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6 only global unicast, less its tunnels, tests and documentation. 2001::/23 holds Teredo.
_UNICAST_6 = ip_network("2000::/3")
_CLOSED_6 = tuple(
    ip_network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = ip_network("64:ff9b::/96")


class Blocked(OSError):
    """A connection was about to be opened to an address that is not open to us."""


def check(host: str, port: int, manners: Manners) -> None:
    """Raise `Blocked` unless the numeric address `host` may be connected at `port`."""
    if (host, port) not in manners.open_addresses and not is_public(host):
        raise Blocked(f"{host} port {port} is not a public address")


@lru_cache(maxsize=4096)
def is_public(host: str) -> bool:
    """Return whether a numeric address belongs to the public network.

    >>> is_public("1.1.1.1"), is_public("::ffff:127.0.0.1"), is_public("100.64.0.1")
    (True, False, False)
    """
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _CLOSED_4)
    inner = _inner(address)
    if inner is not None:
        return is_public(str(inner))
    return address in _UNICAST_6 and not any(address in block for block in _CLOSED_6)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a mapped or NAT64 address leads to."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped
