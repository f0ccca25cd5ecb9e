"""A reader's own pages open by a link of his letter, each link for one page (see rounds/links).

Those of his choices, letters and data lead to each other; the links to leave, to judge a line and
to the feed lead nowhere else. A GET shows and changes nothing, for scanners open every link. A
POST needs no cookie: the token is its own proof. No page names the address that letters go to.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from watch.domain import Cluster, Links, Subscriber
from watch.rounds.links import FEED, links_of, token_of, unsealed
from watch.store import clusters, subscribers
from watch.web.pages import page, speak_unless_chosen

__all__ = ["Holder", "answer", "holder_of", "reader_of", "unlisted"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is; no reader where he has been forgotten since."""

    cluster: Cluster
    reader: Subscriber | None
    letter: str = ""
    """The beginning of the key of the letter that it came in, where the token says so."""

    @property
    def links(self) -> Links:
        """Return the addresses of all his pages."""
        reader = self.reader.id if self.reader else 0
        return links_of(_secret(), self.cluster, reader, self.letter)

    @property
    def feed(self) -> str:
        """Return the address of his feed."""
        reader = self.reader.id if self.reader else 0
        token = token_of(_secret(), FEED, self.cluster.slug, reader)
        return f"{self.cluster.base_url}/s/{token}"


def holder_of(door: str, token: str) -> Holder | None:
    """Return whose token it is, None where it was not made for this door."""
    parts = unsealed(_secret(), door, token)
    cluster = clusters.find(parts[0]) if parts else None
    if not parts or cluster is None:
        return None
    reader = subscribers.find(cluster.slug, int(parts[1]))
    return Holder(cluster, reader, parts[2] if len(parts) > 2 else "")


def reader_of(door: str, token: str) -> tuple[Holder, Subscriber] | None:
    """Return whose token it is, None where it was not made for this door or he is forgotten."""
    holder = holder_of(door, token)
    return (holder, holder.reader) if holder and holder.reader else None


def answer(
    request: HttpRequest, holder: Holder | None, template: str, status: int = 200, **values: object
) -> HttpResponse:
    """Return a page in the reader's language; the same one for every token that is none."""
    if holder is None:
        return unlisted(page(request, "farewell_unknown.html", 404))
    own = holder.reader.language if holder.reader else holder.cluster.language
    speak_unless_chosen(request, own)
    return unlisted(
        page(request, template, status, cluster=holder.cluster, holder=holder, **values)
    )


def unlisted(response: HttpResponse) -> HttpResponse:
    """Return the answer as one whose address is told to nobody."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _secret() -> bytes:
    return settings.SECRET_KEY.encode()
