"""The door to the team: a reader asks about a line, and an officer sees by when to answer."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.rounds.calendar import today
from watch.store import mail, requests
from watch.web.access import Desk
from watch.web.own import answer, reader_of
from watch.web.pages import page

__all__ = ["ask", "close", "keep", "listed", "promise"]

WORKING_DAYS = 3
"""In which a reader is promised an answer."""


def promise(day: date) -> date:
    """Return by when a request of this day is answered: three working days later.

    >>> promise(date(2026, 11, 26))
    datetime.date(2026, 12, 1)
    """
    left = WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def ask(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Show the line and by when an answer would come; nothing is kept yet."""
    return _page(request, token, number, "asking.html")


@csrf_exempt
def keep(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Keep the request, and name the day that is promised."""
    return _page(request, token, number, "asking_done.html", is_kept=True)


def _page(
    request: HttpRequest, token: str, number: int, template: str, is_kept: bool = False
) -> HttpResponse:
    found = reader_of("f", token)
    item = found and mail.line(found[0].cluster.slug, found[1].id, found[0].letter, number)
    if not found or not item:
        return answer(request, None, template)
    now = timezone.now()
    on = promise(today(now, found[0].cluster.timezone))
    if is_kept:
        on = requests.ask(found[1].id, item.key, request.POST.get("words", "").strip(), now, on)
    return answer(request, found[0], template, item=item, promised_on=on)


def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what readers asked and nobody has answered, the earliest promise first."""
    day = today(desk.now, desk.cluster.timezone)
    found = requests.open_ones(desk.slug)
    return page(request, "requests.html", desk=desk, requests=found, today=day)


def close(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Record that a request has its answer."""
    raw = request.POST.get("id", "")
    if not (raw.isdecimal() and len(raw) < 10):
        return listed(request, desk)
    requests.answered(desk.slug, int(raw), desk.now)
    return redirect("requests", slug=desk.slug)
