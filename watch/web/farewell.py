"""Leaving: who holds the link of a letter stops his letters, in one step and without signing in.

A GET shows a page and changes nothing, for scanners open every link; a POST with the body
`List-Unsubscribe=One-Click` (RFC 8058, or the page's own button) stops the letters.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.domain import Cluster, Subscriber
from watch.store import clusters, subscribers
from watch.text.seal import unseal
from watch.web.pages import page, speak_unless_chosen

__all__ = ["ask", "stop"]


def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page with the one button."""
    return _page(request, _holder(token), "farewell.html")


@csrf_exempt
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the letters, however often it is asked."""
    holder = _holder(token)
    if request.POST.get("List-Unsubscribe") != "One-Click":
        # Not an error's status: its log line would hold the token.
        return _page(request, holder, "farewell.html")
    if holder and holder.reader:
        reader = holder.reader
        subscribers.suppress(reader.cluster, reader.email, "unsubscribed", timezone.now())
    return _page(request, holder, "farewell_done.html")


class Holder(NamedTuple):
    """Whose token it is; no reader where he has been forgotten since."""

    cluster: Cluster
    reader: Subscriber | None


def _holder(token: str) -> Holder | None:
    parts = unseal(settings.SECRET_KEY.encode(), "unsubscribe", token)
    if parts is None or len(parts) != 2 or not parts[1].isdecimal():
        return None
    cluster = clusters.find(parts[0])
    return Holder(cluster, subscribers.find(cluster.slug, int(parts[1]))) if cluster else None


def _page(request: HttpRequest, holder: Holder | None, template: str) -> HttpResponse:
    """Return a page in the reader's language; the same one for every token that is none."""
    if holder is None:
        response = page(request, "farewell_unknown.html", 404)
    else:
        own = holder.reader.language if holder.reader else holder.cluster.language
        speak_unless_chosen(request, own)
        response = page(request, template, cluster=holder.cluster)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
