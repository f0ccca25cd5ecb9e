"""`doctor mail` says each record, what is missing, and what no record shows."""

from __future__ import annotations

from tests.deliver.test_trust import SERVER, Written
from watch.cli.trust import advice
from watch.deliver.trust import Outgoing, look
from watch.domain import Cluster

CLUSTER = Cluster("pole", "Pôle", sender_address="veille@pole.example")


def test_e06_the_advice_names_each_record_and_what_to_publish() -> None:
    outgoing = Outgoing("pole.example", "pole.example", (SERVER,))
    names = Written({("_dmarc.pole.example", "TXT"): ()})

    told = "\n".join(advice(CLUSTER, outgoing, look(outgoing, names)))

    for record in ("SPF", "DKIM", "DMARC", "MX", "PTR", "List-Unsubscribe-Post", "https"):
        assert record in told
    assert '_dmarc.pole.example. TXT "v=DMARC1; p=none' in told


def test_e06_a_server_whose_address_is_unknown_is_said_to_be() -> None:
    outgoing = Outgoing("pole.example", "pole.example")

    told = advice(CLUSTER, outgoing, look(outgoing, Written({})))

    assert any(line.startswith("PTR") and "sends_from" in line for line in told)
