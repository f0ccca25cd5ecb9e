"""A reader's letters to look back at, and the feed of what he was told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from watch.report.atom import write_feed
from watch.store import mail
from watch.web.middleware import policy
from watch.web.own import answer, reader_of, unlisted

__all__ = ["feed", "letter", "listed"]

LINES_IN_A_FEED = 50


def listed(request: HttpRequest, token: str) -> HttpResponse:
    """List the letters that he has had."""
    found = reader_of("a", token)
    if not found:
        return answer(request, None, "archive.html")
    holder, reader = found
    sent = mail.sent(holder.cluster.slug, reader.id)
    return answer(request, holder, "archive.html", sent=sent, token=token)


def letter(request: HttpRequest, token: str, id: int) -> HttpResponse:
    """Show one of his letters as it was sent."""
    found = reader_of("a", token)
    html = mail.html_of(found[0].cluster.slug, found[1].id, id) if found else None
    if html is None:
        return answer(request, None, "archive.html")
    response = unlisted(HttpResponse(html))
    response.headers["Content-Security-Policy"] = policy(
        style_src="'unsafe-inline'", img_src="data:", form_action="'none'"
    )
    return response


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return what he was told as a feed, for a program that reads feeds."""
    found = reader_of("feed", token)
    if not found:
        return answer(request, None, "archive.html")
    holder, reader = found
    told = mail.lines(holder.cluster.slug, reader.id, LINES_IN_A_FEED)
    content = write_feed(holder.cluster.name, holder.feed, reader.language, told)
    return unlisted(HttpResponse(content, content_type="application/atom+xml; charset=utf-8"))
