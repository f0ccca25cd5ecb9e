"""Letters: what each reader would get this week, and what became of those that were written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from watch.domain import Period
from watch.rounds.calendar import today, week_of
from watch.rounds.tell import Draft, drafts
from watch.store import letters as store
from watch.web.access import Desk
from watch.web.middleware import policy
from watch.web.pages import page

__all__ = ["decide", "letter", "outbox", "preview", "previews"]

LETTERS_ON_A_PAGE = 200


def previews(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show how many lines each reader would get, or why none."""
    period = _week(desk)
    return page(request, "previews.html", desk=desk, period=period, drafts=_drafts(desk, period))


def preview(request: HttpRequest, desk: Desk, id: int) -> HttpResponse:
    """Show one reader's letter as he would get it, and its text part."""
    draft = _draft(desk, id)
    text = draft.letter.text if draft.letter else ""
    topics = [desk.topic(one.axis, one.topic) for one in draft.subscriber.interests]
    response = page(request, "preview.html", desk=desk, draft=draft, topics=topics, text=text)
    response.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return response


def letter(request: HttpRequest, desk: Desk, id: int) -> HttpResponse:
    """Return the HTML of a letter alone, for the frame of its preview."""
    draft = _draft(desk, id)
    if draft.letter is None:
        raise Http404
    response = HttpResponse(draft.letter.html)
    response.headers["Content-Security-Policy"] = policy(
        style_src="'unsafe-inline'",
        img_src="data:",
        form_action="'none'",
        frame_ancestors="'self'",
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let the letters go that wait for an officer's word, or give them up."""
    match request.POST.get("do"):
        case "release":
            store.release(desk.slug, desk.now)
        case "give_up":
            store.give_up(desk.slug)
    return redirect("letters", slug=desk.slug)


def outbox(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the letters that were written and what became of them."""
    return page(
        request,
        "letters.html",
        desk=desk,
        counts=store.counts(desk.slug),
        rows=store.rows(desk.slug, LETTERS_ON_A_PAGE),
        most=LETTERS_ON_A_PAGE,
        waits=store.WAITS,
    )


def _week(desk: Desk) -> Period:
    return week_of(today(desk.now, desk.cluster.timezone))


def _drafts(desk: Desk, period: Period, only: int = 0) -> list[Draft]:
    return drafts(desk.slug, period, desk.now, only)


def _draft(desk: Desk, id: int) -> Draft:
    found = _drafts(desk, _week(desk), id) if id else []
    if not found:
        raise Http404
    return found[0]
