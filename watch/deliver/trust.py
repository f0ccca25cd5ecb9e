"""Whether mailboxes will trust our letters: SPF, DKIM, DMARC, PTR of the sender's domain.

Each finding says which record is needed, what stands there, and what to write instead. The
records are RFC 7208 (SPF), 6376 (DKIM), 7489 (DMARC) and 1912, section 2.1 (PTR).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from watch.deliver.names import Names

__all__ = ["Finding", "Grade", "Outgoing", "look"]

IPNetwork = IPv4Network | IPv6Network

_MOST_LOOKUPS = 10
"""RFC 7208, section 4.6.4: with more, the record counts as broken."""
_SELECTORS = ("default", "dkim", "mail", "selector1", "selector2", "google", "s1", "s2", "k1", "k2")
"""Under which mail services publish their keys; nothing in DNS lists them."""


class Grade(StrEnum):
    """How a record stands."""

    GOOD = "good"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It could not be looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One record: which, how it stands, what is there, and what should be."""

    record: str
    """SPF, DKIM, DMARC, PTR or MX."""
    name: str
    """Where in DNS it stands."""
    grade: Grade
    found: str = ""
    wanted: str = ""
    """A record to publish, as it is written in a zone; "" where only its owner can tell."""
    why: str = ""
    """What is wrong: none, several, open, many_lookups, other_server, no_key, no_policy,
    not_aligned, no_name, other_name, or ""."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How letters leave: the domain that readers see, that of the return path, and from where."""

    domain: str
    return_domain: str
    addresses: tuple[str, ...] = ()
    """IP addresses from which the mail server sends; none where that is not known."""
    selector: str = ""
    """Under which the DKIM key is published; "" tries the usual ones."""


def look(outgoing: Outgoing, names: Names) -> list[Finding]:
    """Return a finding for each record that the letters need, the domain's own first."""
    checks = (_spf, _dkim, _dmarc, _mx, _ptr)
    return [finding for check in checks for finding in check(outgoing, names)]


# -- SPF


def _spf(outgoing: Outgoing, names: Names) -> Iterator[Finding]:
    domain = outgoing.return_domain
    own = " ".join(f"ip{ip_address(one).version}:{one}" for one in outgoing.addresses)
    wanted = f'{domain}. TXT "v=spf1 {own or "include:YOUR-PROVIDER"} -all"'
    try:
        found = _policies(names, domain)
        if len(found) != 1:
            grade, why = (Grade.WRONG, "several") if found else (Grade.MISSING, "none")
            yield Finding("SPF", domain, grade, " | ".join(found), wanted, why)
            return
        policy = found[0]
        walk = _Walk(names)
        allowed = walk.allows(domain, policy, outgoing.addresses)
    except TimeoutError as reason:
        yield Finding("SPF", domain, Grade.UNKNOWN, str(reason))
        return
    why = ""
    if walk.lookups > _MOST_LOOKUPS:
        why = "many_lookups"
    elif re.search(r"(^|\s)\+?all(\s|$)", policy, re.IGNORECASE):
        why = "open"
    elif outgoing.addresses and not allowed:
        why = "other_server"
    if why == "other_server":
        wanted = (
            f'{domain}. TXT "{re.sub(r"^v=spf1", f"v=spf1 {own}", policy, flags=re.IGNORECASE)}"'
        )
    yield Finding("SPF", domain, Grade.WRONG if why else Grade.GOOD, policy, why and wanted, why)


def _policies(names: Names, domain: str) -> list[str]:
    texts = names.records(domain, "TXT")
    return [text for text in texts if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]


class _Walk:
    """A walk through a policy and those that it includes, counting what it asks."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.lookups = 0

    def allows(self, domain: str, policy: str, addresses: Sequence[str]) -> bool:
        """Return whether the policy lets all these addresses send."""
        nets = list(self._nets(domain, policy))
        return all(
            any(ip_address(one).version == net.version and ip_address(one) in net for net in nets)
            for one in addresses
        )

    def _nets(self, domain: str, policy: str) -> Iterator[IPNetwork]:
        for term in policy.split()[1:]:
            name, _, value = term.lower().lstrip("+").partition(":")
            if name in {"ip4", "ip6"}:
                yield from _net(value)
            elif self.lookups > _MOST_LOOKUPS:
                return
            elif name == "include":
                self.lookups += 1
                for included in _policies(self._names, value)[:1]:
                    yield from self._nets(value, included)
            elif term.lower().startswith("redirect="):
                self.lookups += 1
                target = term.partition("=")[2]
                for included in _policies(self._names, target)[:1]:
                    yield from self._nets(target, included)
            elif name.partition("/")[0] in {"a", "mx"}:
                self.lookups += 1
                yield from self._hosts(name.partition("/")[0], value.partition("/")[0] or domain)
            elif name.startswith(("exists", "ptr")):
                self.lookups += 1

    def _hosts(self, kind: str, name: str) -> Iterator[IPNetwork]:
        hosts = [name]
        if kind == "mx":
            hosts = [one.rpartition(" ")[2] for one in self._names.records(name, "MX")]
        for host in hosts:
            for record in ("A", "AAAA"):
                for address in self._names.records(host, record):
                    yield from _net(address)


def _net(written: str) -> Iterator[IPNetwork]:
    try:
        yield ip_network(written, strict=False)
    except ValueError:
        return


# -- DKIM, DMARC, MX, PTR


def _dkim(outgoing: Outgoing, names: Names) -> Iterator[Finding]:
    tried = (outgoing.selector,) if outgoing.selector else _SELECTORS
    name = f"{outgoing.selector or 'SELECTOR'}._domainkey.{outgoing.domain}"
    try:
        for selector in tried:
            place = f"{selector}._domainkey.{outgoing.domain}"
            for text in names.records(place, "TXT"):
                key = re.search(r"(?:^|;)\s*p=\s*([^;]*)", text)
                if key and key[1].strip():
                    yield Finding("DKIM", place, Grade.GOOD, f"{text[:60]}…")
                    return
                if key:
                    yield Finding("DKIM", place, Grade.WRONG, text, why="no_key")
                    return
    except TimeoutError as reason:
        yield Finding("DKIM", name, Grade.UNKNOWN, str(reason))
        return
    wanted = f'{name}. TXT "v=DKIM1; k=rsa; p=KEY-OF-YOUR-MAIL-SERVER"'
    yield Finding("DKIM", name, Grade.MISSING, "", wanted, "none")


def _dmarc(outgoing: Outgoing, names: Names) -> Iterator[Finding]:
    domain = outgoing.domain
    wanted = f'_dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
    try:
        place, found = _policy_above(names, domain)
    except TimeoutError as reason:
        yield Finding("DMARC", f"_dmarc.{domain}", Grade.UNKNOWN, str(reason))
        return
    if not found:
        yield Finding("DMARC", f"_dmarc.{domain}", Grade.MISSING, "", wanted, "none")
        return
    why = ""
    if len(found) > 1:
        why = "several"
    elif not re.search(r";\s*p\s*=\s*(none|quarantine|reject)\b", found[0], re.IGNORECASE):
        why = "no_policy"
    elif not _is_aligned(outgoing, found[0]):
        why = "not_aligned"
    grade = Grade.WRONG if why else Grade.GOOD
    yield Finding("DMARC", place, grade, " | ".join(found), wanted if why else "", why)


def _policy_above(names: Names, domain: str) -> tuple[str, list[str]]:
    """Return the nearest DMARC policy at the domain or above it (RFC 7489, section 6.6.3)."""
    labels = domain.split(".")
    for place in (".".join(labels[n:]) for n in range(max(1, len(labels) - 1))):
        texts = names.records(f"_dmarc.{place}", "TXT")
        if found := [text for text in texts if text.lower().startswith("v=dmarc1")]:
            return f"_dmarc.{place}", found
    return f"_dmarc.{domain}", []


def _is_aligned(outgoing: Outgoing, policy: str) -> bool:
    """Return whether the return path's domain counts as the sender's own."""
    own, other = outgoing.domain, outgoing.return_domain
    if re.search(r";\s*aspf\s*=\s*s\b", policy, re.IGNORECASE):
        return own == other
    return own == other or own.endswith(f".{other}") or other.endswith(f".{own}")


def _mx(outgoing: Outgoing, names: Names) -> Iterator[Finding]:
    for domain in dict.fromkeys((outgoing.domain, outgoing.return_domain)):
        wanted = f"{domain}. MX 10 YOUR-MAIL-SERVER."
        try:
            found = names.records(domain, "MX") or names.records(domain, "A")
        except TimeoutError as reason:
            yield Finding("MX", domain, Grade.UNKNOWN, str(reason))
            continue
        grade = Grade.GOOD if found else Grade.MISSING
        missing = ("", "") if found else (wanted, "none")
        yield Finding("MX", domain, grade, ", ".join(found), *missing)


def _ptr(outgoing: Outgoing, names: Names) -> Iterator[Finding]:
    for address in outgoing.addresses:
        kind = "AAAA" if ip_address(address).version == 6 else "A"
        try:
            hosts = names.records(address, "PTR")
            is_back = any(address in names.records(host, kind) for host in hosts)
        except TimeoutError as reason:
            yield Finding("PTR", address, Grade.UNKNOWN, str(reason))
            continue
        wanted = f"{address} PTR mail.{outgoing.domain}."
        if not hosts:
            yield Finding("PTR", address, Grade.MISSING, "", wanted, "no_name")
        elif not is_back:
            yield Finding("PTR", address, Grade.WRONG, ", ".join(hosts), wanted, "other_name")
        else:
            yield Finding("PTR", address, Grade.GOOD, ", ".join(hosts))
