"""What a reader thinks of a line of his letter: asked on a page, kept when he confirms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.domain import Say, Vote
from watch.store import mail, votes
from watch.web.own import answer, reader_of

__all__ = ["REASONS", "ask", "say"]

REASONS = ("topic", "place", "technical")


def ask(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Show the line and what may be said of it; what the letter's link said is marked."""
    return _page(request, token, number, "feedback.html", _said(request.GET.get("say", "")))


@csrf_exempt
def say(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Keep what was said, and tell in one line what it will change."""
    said = _said(request.POST.get("say", ""))
    found = reader_of("f", token)
    item = found and mail.line(found[0].cluster.slug, found[1].id, found[0].letter, number)
    if not found or not item or said is None:
        return _page(request, token, number, "feedback.html", said)
    reason = request.POST.get("reason", "")
    kept = reason if said is Say.NOT_FOR_ME and reason in REASONS else ""
    votes.keep(found[1].id, Vote(item.key, said, timezone.now(), kept))
    return _page(request, token, number, "feedback_done.html", said)


def _said(written: str) -> Say | None:
    return next((one for one in Say if one.value == written), None)


def _page(
    request: HttpRequest, token: str, number: int, template: str, said: Say | None
) -> HttpResponse:
    found = reader_of("f", token)
    item = found and mail.line(found[0].cluster.slug, found[1].id, found[0].letter, number)
    if not found or not item:
        return answer(request, None, template)
    return answer(
        request, found[0], template, item=item, said=said.value if said else "",
        says=[one.value for one in Say], reasons=REASONS,
    )  # fmt: skip
