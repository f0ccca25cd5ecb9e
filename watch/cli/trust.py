"""`doctor mail`: which records of DNS the letters need, what stands there, what to write."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import NoReturn
from urllib.parse import urlsplit

from watch import settings
from watch.cli.desk import _, as_json, chosen_cluster, open_store, say
from watch.deliver.names import Names, Resolver
from watch.deliver.trust import Finding, Grade, Outgoing, look
from watch.domain import Cluster
from watch.errors import Problem, WatchError

__all__ = ["advice", "look_at_mail", "outgoing_of"]


def look_at_mail(slug: str, is_json: bool, names: Names | None = None) -> NoReturn:
    """Say what DNS says of a cluster's sender; exit with 1 where something is missing."""
    open_store()
    cluster = chosen_cluster(slug)
    if not cluster.sender_address:
        raise WatchError(
            Problem(cluster.slug, _("letters have no sender"), _("run `zoom-marche cluster set`"))
        )
    outgoing = outgoing_of(cluster)
    found = look(outgoing, names or Resolver())
    if is_json:
        as_json(found)
    else:
        for line in advice(cluster, outgoing, found):
            say(line)
    raise SystemExit(0 if all(one.grade is Grade.GOOD for one in found) else 1)


def outgoing_of(cluster: Cluster) -> Outgoing:
    """Return how the letters of a cluster leave, as far as the settings tell."""
    post, mailbox = settings.WATCH["post"], settings.WATCH["bounces"]["address"]
    domain = cluster.sender_address.rpartition("@")[2].lower()
    return Outgoing(
        domain,
        mailbox.rpartition("@")[2].lower() or domain,
        tuple(post["sends_from"]) or _own(post["host"]),
        post["dkim_selector"],
    )


def _own(host: str) -> tuple[str, ...]:
    """Return the public addresses of a mail server of one's own: it sends from where it listens."""
    found: set[str] = set()
    with suppress(OSError):
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, 25)}
    return tuple(sorted(one for one in found if ip_address(one).is_global))


def advice(cluster: Cluster, outgoing: Outgoing, found: list[Finding]) -> list[str]:
    """Return the findings as lines to read, and what no record shows."""
    words = _words()
    grades = {
        Grade.GOOD: _("good"), Grade.MISSING: _("missing"),
        Grade.WRONG: _("to be mended"), Grade.UNKNOWN: _("nobody answered"),
    }  # fmt: skip
    lines = [_("Letters of {cluster} come from {domain}.").format(
        cluster=cluster.name, domain=outgoing.domain
    )]  # fmt: skip
    for one in found:
        lines.append(f"{one.record:6}{grades[one.grade]}  {one.name}")
        lines += [f"      {_('there now')}  {one.found}"] if one.found else []
        lines += [f"      {words[one.why]}"] if one.why else []
        lines += [f"      {_('publish')}  {one.wanted}"] if one.wanted else []
    if not outgoing.addresses:
        lines.append(_(
            "PTR: from which address your mail server sends is not known here. With a provider it "
            "is his to see to; else name it in [post] sends_from."
        ))  # fmt: skip
    lines.append(_(
        "DKIM: ask whoever signs your mail that the signature also covers List-Unsubscribe and "
        "List-Unsubscribe-Post, else large mailboxes show no button to unsubscribe."
    ))  # fmt: skip
    if urlsplit(cluster.base_url).scheme != "https":
        lines.append(_(
            "One-click unsubscribing needs an https address of the web app: "
            "`zoom-marche cluster set --base-url https://…`."
        ))  # fmt: skip
    return lines


def _words() -> dict[str, str]:
    return {
        "none": _("there is none"),
        "several": _("there are several, which counts as none: keep one"),
        "open": _("it ends in “all” alone, so anybody may send in your name: write -all"),
        "many_lookups": _("it leads to more than 10 further questions, which counts as broken"),
        "other_server": _("it does not name the server that sends your letters"),
        "no_key": _("the key has been taken back: publish the one in use"),
        "no_policy": _("it says no policy: p=none, quarantine or reject"),
        "not_aligned": _("letters come back to another domain: SPF does not count for yours"),
        "no_name": _("the server’s address has no name: ask whoever lent you the address"),
        "other_name": _("the name does not lead back to the address"),
    }
