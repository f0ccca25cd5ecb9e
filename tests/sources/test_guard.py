from __future__ import annotations

import pytest

from watch.domain import Manners
from watch.sources.door.guard import Blocked, check, is_public

CLOSED = """
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.1
    192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 fc00::1 fd12::1
    fe80::1 fe80::1%eth0 fec0::1 ff02::1 5f00::1 localhost 127.1
"""
OPEN = "1.1.1.1 93.184.216.34 172.32.0.1 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101"


@pytest.mark.parametrize("address", CLOSED.split())
def test_addresses_that_are_not_public_are_closed(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Blocked):
        check(address, 80, Manners())


@pytest.mark.parametrize("address", OPEN.split())
def test_public_addresses_are_open(address: str) -> None:
    check(address, 80, Manners())


def test_an_operator_opens_one_port_of_one_address() -> None:
    manners = Manners(open_addresses=frozenset({("127.0.0.1", 8080)}))

    check("127.0.0.1", 8080, manners)
    with pytest.raises(Blocked):
        check("127.0.0.1", 8081, manners)
