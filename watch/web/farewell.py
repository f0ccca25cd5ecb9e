"""Leaving: who holds the link of a letter stops his letters, in one step and without signing in.

A GET shows a page and changes nothing, for scanners open every link; a POST with the body
`List-Unsubscribe=One-Click` (RFC 8058, or the page's own button) stops the letters.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.store import subscribers
from watch.web.own import answer, holder_of

__all__ = ["ask", "stop"]


def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page with the one button."""
    return answer(request, holder_of("u", token), "farewell.html")


@csrf_exempt
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the letters, however often it is asked."""
    holder = holder_of("u", token)
    if request.POST.get("List-Unsubscribe") != "One-Click":
        # Not an error's status: its log line would hold the token.
        return answer(request, holder, "farewell.html")
    if holder and holder.reader:
        reader = holder.reader
        subscribers.suppress(reader.cluster, reader.email, "unsubscribed", timezone.now())
    return answer(request, holder, "farewell_done.html")
