"""The experts' agenda in a browser: the items whose review teaches most, in that order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from watch.classify.agenda import because
from watch.rounds.meet import Planned, plan
from watch.web.access import Desk
from watch.web.items import said_of, without_said
from watch.web.pages import page

__all__ = ["MINUTES", "shown"]

MINUTES = (5, 15, 30, 60)
"""How much time a person may have."""
_USUAL = 15


def shown(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what to review in the minutes that a person has, and why each item is there."""
    asked = request.GET.get("minutes", "")
    minutes = int(asked) if asked in map(str, MINUTES) else _USUAL
    planned, seconds = plan(desk.slug, minutes, desk.now, desk.member.user)
    return page(
        request,
        "agenda.html",
        desk=desk,
        planned=[(one.tagged, _why(one, desk)) for one in planned],
        minutes=minutes,
        choices=MINUTES,
        seconds=round(seconds),
        back=without_said(request),
        said=said_of(request.GET.get("said", ""), desk.language),
    )


def _why(planned: Planned, desk: Desk) -> str:
    choice = planned.choice
    name = desk.topic(*choice.topic) if choice.topic else ""
    return because(choice.reason, name, desk.language)
