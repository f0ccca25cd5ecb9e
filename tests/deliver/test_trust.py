"""What DNS must say of the sender, asked of a written stand-in (E06)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from watch.deliver.trust import Finding, Grade, Outgoing, look

SERVER = "203.0.113.7"
GOOD: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("pole.example", "TXT"): ("google-site=1", "v=spf1 include:provider.example -all"),
    ("provider.example", "TXT"): ("v=spf1 ip4:203.0.113.0/24 mx ~all",),
    ("provider.example", "MX"): ("10 mx.provider.example",),
    ("mx.provider.example", "A"): ("203.0.113.9",),
    ("s1._domainkey.pole.example", "TXT"): ("v=DKIM1; k=rsa; p=MIGfMA0",),
    ("_dmarc.pole.example", "TXT"): ("v=DMARC1; p=none; rua=mailto:x@pole.example",),
    ("pole.example", "MX"): ("10 mx.pole.example",),
    (SERVER, "PTR"): ("out.provider.example",),
    ("out.provider.example", "A"): (SERVER,),
}


class Written:
    """Names as they are written down here; None stands for a server that does not answer."""

    def __init__(self, changes: Mapping[tuple[str, str], tuple[str, ...] | None]) -> None:
        self._known = {**GOOD, **changes}

    def records(self, name: str, kind: str) -> tuple[str, ...]:
        found = self._known.get((name, kind), ())
        if found is None:
            raise TimeoutError(f"{name} {kind}")
        return found


def seen(changes: Mapping[tuple[str, str], tuple[str, ...] | None]) -> dict[str, Finding]:
    outgoing = Outgoing("pole.example", "pole.example", (SERVER,))
    return {one.record: one for one in look(outgoing, Written(changes))}


def test_e06_where_all_is_there_all_is_good() -> None:
    assert {one.grade for one in seen({}).values()} == {Grade.GOOD}
    assert set(seen({})) == {"SPF", "DKIM", "DMARC", "MX", "PTR"}


@pytest.mark.parametrize(
    ("record", "name", "kind", "there", "why"),
    [
        ("SPF", "pole.example", "TXT", (), "none"),
        ("SPF", "pole.example", "TXT", ("v=spf1 -all", "v=spf1 ~all"), "several"),
        ("SPF", "pole.example", "TXT", ("v=spf1 ip4:203.0.113.7 +all",), "open"),
        ("SPF", "pole.example", "TXT", ("v=spf1 ip4:198.51.100.1 -all",), "other_server"),
        ("SPF", "provider.example", "TXT", ("v=spf1 include:provider.example",), "many_lookups"),
        ("DKIM", "s1._domainkey.pole.example", "TXT", (), "none"),
        ("DKIM", "s1._domainkey.pole.example", "TXT", ("v=DKIM1; p=",), "no_key"),
        ("DMARC", "_dmarc.pole.example", "TXT", (), "none"),
        ("DMARC", "_dmarc.pole.example", "TXT", ("v=DMARC1; rua=x",), "no_policy"),
        ("MX", "pole.example", "MX", (), "none"),
        ("PTR", SERVER, "PTR", (), "no_name"),
        ("PTR", "out.provider.example", "A", ("203.0.113.8",), "other_name"),
    ],
)
def test_e06_what_is_missing_is_named_with_the_record_to_write(
    record: str, name: str, kind: str, there: tuple[str, ...], why: str
) -> None:
    found = seen({(name, kind): there})[record]

    assert found.why == why
    assert found.grade in {Grade.MISSING, Grade.WRONG}
    assert found.wanted or why == "no_key"


def test_e06_the_record_to_write_names_the_server_and_keeps_what_was_there() -> None:
    found = seen({("pole.example", "TXT"): ("v=spf1 ip4:198.51.100.1 -all",)})["SPF"]

    assert found.wanted == f'pole.example. TXT "v=spf1 ip4:{SERVER} ip4:198.51.100.1 -all"'


def test_e06_a_policy_of_the_domain_above_counts() -> None:
    outgoing = Outgoing("news.pole.example", "news.pole.example")

    found = {one.record: one for one in look(outgoing, Written({}))}

    assert (found["DMARC"].grade, found["DMARC"].name) == (Grade.GOOD, "_dmarc.pole.example")


def test_e06_a_return_path_elsewhere_does_not_count_for_the_sender() -> None:
    outgoing = Outgoing("pole.example", "provider.example", (SERVER,))

    found = {(one.record, one.name): one for one in look(outgoing, Written({}))}

    assert found["DMARC", "_dmarc.pole.example"].why == "not_aligned"
    assert found["SPF", "provider.example"].grade is Grade.GOOD


def test_e06_a_name_server_that_is_silent_is_no_missing_record() -> None:
    found = seen({("pole.example", "TXT"): None, ("_dmarc.pole.example", "TXT"): None})

    assert found["SPF"].grade is found["DMARC"].grade is Grade.UNKNOWN
