"""The one letter that asks a proposed reader: his profile's page goes in, a `Letter` comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from watch.domain import Basis, Cluster, Item, Letter, Subscriber
from watch.report.sheet import RULE, addressed, as_text, html_of, post_of, sender_of, spoken
from watch.text.clean import one_line, shorten
from watch.text.translate import speaker

__all__ = ["write_invitation"]

_MOST_EXAMPLES = 3
_MOST_TITLE = 90


@dataclass(frozen=True, slots=True)
class _Page:
    """All that the letter says, in the order in which it says it."""

    cluster: str
    subject: str
    question: str
    offer: str
    before: str
    examples: tuple[tuple[str, str, str], ...]
    """Title, outlet and language of what the last weeks would have brought."""
    how: str
    see: str
    address: str
    reason: str
    privacy: str
    refuse: str
    leave: str
    post: str
    sender: str


def write_invitation(
    cluster: Cluster,
    reader: Subscriber,
    basis: Basis,
    address: str,
    leave: str,
    examples: Sequence[Item] = (),
) -> Letter:
    """Return the letter in the reader's language; one reader's is the same letter for ever.

    `basis` says why he may be asked, `address` is his page, `leave` the one-click way to refuse;
    `examples` are what his letters would have told.
    """
    language = spoken(reader, cluster)
    page = _page(cluster, reader, basis, address, leave, examples, language)
    key = sha256(f"invitation\0{cluster.slug}\0{reader.id}".encode()).hexdigest()[:32]
    html = html_of("invitation.html", cluster, language, page=page, preheader=page.offer)
    return addressed(cluster, reader, key, page.subject, html, _text(page), leave)


def _page(
    cluster: Cluster,
    reader: Subscriber,
    basis: Basis,
    address: str,
    leave: str,
    examples: Sequence[Item],
    language: str,
) -> _Page:
    _ = speaker(language)
    name, firm = one_line(cluster.name, 80), shorten(one_line(reader.firm, 200), 60)
    question = (
        _("A watch letter for {firm}?").format(firm=firm)
        if firm
        else _("A watch letter for your firm?")
    )
    grounds = {
        "member": _("You receive this message because your firm is a member of {cluster}"),
        "consent": _("You receive this message because you agreed to be asked by {cluster}"),
    }
    other = _("You receive this message because what {cluster} watches concerns your work")
    ground = grounds.get(basis.ground, other).format(cluster=name)
    return _Page(
        cluster=name,
        subject=f"{question} · {name}",
        question=question,
        offer=_(
            "{cluster} can send you, on a day that you choose, the few publications that concern "
            "your firm, and say why each is there."
        ).format(cluster=name),
        before=_("What the last four weeks would have brought"),
        examples=tuple(
            (shorten(one.title, _MOST_TITLE), one_line(one.outlet, 80), one.language)
            for one in examples[:_MOST_EXAMPLES]
        ),
        how=_(
            "We drew a profile from what your firm says of itself. See it, correct it, and say yes "
            "or no: a minute, without a password. Without your yes you get no letter."
        ),
        see=_("See the profile and answer"),
        address=address,
        reason=ground
        + " "
        + _("(origin of your address: {origin}). We ask this once and do not insist.").format(
            origin=one_line(basis.origin, 120)
        ),
        privacy=_(
            "This message holds no picture and no tracker: nobody knows whether you open it or "
            "what you click on."
        ),
        refuse=_("No, never write to me again"),
        leave=leave,
        post=post_of(cluster),
        sender=sender_of(cluster),
    )


def _text(page: _Page) -> str:
    """Return the same letter as plain text, 72 columns wide; addresses stay whole."""
    told = [line for title, outlet, _ in page.examples for line in (f"- {title}", f"  {outlet}")]
    blocks = [
        [page.cluster],
        [page.question],
        [page.offer],
        [page.before, *told] if told else [],
        [page.how],
        [page.see, page.address],
        [RULE],
        [page.reason],
        [page.privacy],
        [page.refuse, page.leave],
        [page.post, page.sender],
    ]
    return as_text(blocks)
