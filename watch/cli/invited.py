"""Keeping a proposed reader: who he is, why he may be asked, and where he answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from watch.cli.desk import _, say, secret
from watch.domain import Basis, Cluster, Subscriber
from watch.errors import Problem, WatchError
from watch.routing.columns import GROUNDS
from watch.text.clean import one_line
from watch.text.translate import LANGUAGES

if TYPE_CHECKING:
    from watch.routing.proposal import Proposal

__all__ = ["basis_of", "keep", "profile", "reader_of"]


def basis_of(cluster: Cluster, ground: str | None, origin: str, now: datetime) -> Basis:
    """Return why somebody may be written to; refuse where it is not said."""
    from watch.rounds.calendar import today

    if not ground or not origin.strip():
        raise WatchError(
            Problem(
                "--email",
                _("nobody is kept without a legal basis and where his address is from"),
                _("add --basis with one of {names}, and --source, as “fair of March”").format(
                    names=", ".join(GROUNDS)
                ),
            )
        )
    return Basis(ground, one_line(origin, 200), today(now, cluster.timezone))


def reader_of(cluster: Cluster, email: str, name: str) -> Subscriber:
    """Return a reader of this address; refuse one that is none, is known, or is barred."""
    from watch.routing.members import address_of
    from watch.store import subscribers

    address = address_of(email)
    if not address:
        raise WatchError(
            Problem(
                email, _("this is no e-mail address"), _("write for example watch@cluster.example")
            )
        )
    if subscribers.is_suppressed(cluster.slug, address):
        raise WatchError(Problem(address, _("this address asked not to be written to"), ""))
    if subscribers.find_by_address(cluster.slug, address):
        raise WatchError(
            Problem(
                address,
                _("this is a reader already"),
                _("see `zoom-marche subscriber list`; `subscriber remove` forgets him"),
            )
        )
    return Subscriber(0, cluster.slug, address, name, "", cluster.language, (), None)


def profile(reader: Subscriber, firm: str, made: Proposal) -> Subscriber:
    """Return a reader with the profile that is proposed."""
    return replace(
        reader,
        firm=firm,
        language=made.language if made.language in LANGUAGES else reader.language,
        interests=tuple(one.what for one in made.topics),
        about=" ".join(made.about),
        watch_words=tuple(one.what for one in made.words),
        actors=tuple(one.what for one in made.actors),
    )


def keep(cluster: Cluster, reader: Subscriber, basis: Basis, now: datetime, is_json: bool) -> None:
    """Keep a proposed reader: to be asked first, or at once where the cluster trusts proposals."""
    from watch.rounds.invite import invite
    from watch.store import subscribers

    if not cluster.confirms_proposed:
        subscribers.save(cluster.slug, [replace(reader, basis=basis)])
        told = [_("Kept: {email} gets letters from now on.").format(email=reader.email)]
    else:
        address = invite(reader, basis, now, secret())
        told = [
            _("Kept: {email} gets no letter before he has said yes here:").format(
                email=reader.email
            ),
            address,
            _("His invitation goes with the next letters; `zoom-marche send` sends it now."),
        ]
    if not is_json:
        say("")
        for line in told:
            say(line)
