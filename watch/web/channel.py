"""The officer's selection for the cluster's channel: choose, look, let it go."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from watch.deliver.channel import to_text, variable
from watch.rounds.channel import MOST_LINES, choices, compose, write_bulletin
from watch.store import bulletins
from watch.web.access import Desk
from watch.web.pages import page

__all__ = ["decide", "listed"]


def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what can be chosen, and what became of the bulletins before."""
    return _page(request, desk)


def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show a bulletin before it goes, let it go, or say what becomes of a doubtful one."""
    given = request.POST
    keys, greeting = given.getlist("item")[:MOST_LINES], given.get("greeting", "")
    match given.get("do"):
        case "preview":
            bulletin = compose(desk.slug, keys, greeting, desk.now)
            text = to_text(bulletin) if bulletin else ""
            return _page(request, desk, keys, greeting, text)
        case "post" if _is_set_up(desk):
            write_bulletin(desk.slug, keys, greeting, desk.now)
        case "again" | "give_up" as way:
            bulletins.decide(desk.slug, given.get("key", ""), way == "again", desk.now)
        case _:
            return _page(request, desk)
    return redirect("channel", slug=desk.slug)


def _page(
    request: HttpRequest,
    desk: Desk,
    chosen: Sequence[str] = (),
    greeting: str = "",
    text: str = "",
) -> HttpResponse:
    return page(
        request,
        "channel.html",
        desk=desk,
        choices=choices(desk.slug, desk.now),
        rows=bulletins.rows(desk.slug),
        chosen=chosen,
        greeting=greeting,
        text=text,
        most=MOST_LINES,
        is_set_up=_is_set_up(desk),
        variable=variable(desk.slug),
    )


def _is_set_up(desk: Desk) -> bool:
    return variable(desk.slug) in settings.CHANNELS
