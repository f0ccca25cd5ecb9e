"""What a reader follows, when his letters come, and a pause: tried, and chosen by himself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.domain import Alert, Axis, Perimeter, Rhythm, Subscriber
from watch.errors import StoreError
from watch.rounds import tasks
from watch.rounds.calendar import last_days, today
from watch.rounds.tell import Draft, rehearse
from watch.store import perimeters, subscribers
from watch.web import choices
from watch.web.choices import topics
from watch.web.own import Holder, answer, reader_of

__all__ = ["ask", "choose", "perimeter_of", "profile"]

PAUSE = timedelta(days=30)
# What he would have had of a month tells more than this week alone.
LOOK_BACK_DAYS = 28


def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show what he chose, and what the last weeks would have brought him."""
    return _page(request, token, "")


@csrf_exempt
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Keep new choices, show what they would bring, or begin or end a pause."""
    found = reader_of("p", token)
    if not found:
        return answer(request, None, "preferences.html")
    (holder, reader), now = found, timezone.now()
    match request.POST.get("do"):
        case "pause":
            until = today(now, holder.cluster.timezone) + PAUSE
            subscribers.pause(holder.cluster.slug, reader.id, until, now)
        case "resume":
            subscribers.pause(holder.cluster.slug, reader.id, None, now)
        case "keep":
            subscribers.choose(choices.chosen(request.POST, reader, perimeter_of(holder)), now)
        case "try":
            tried = choices.chosen(request.POST, reader, perimeter_of(holder))
            return _page(request, token, "try", tried)
        case _:
            return _page(request, token, "")
    return _page(request, token, str(request.POST["do"]))


def _page(
    request: HttpRequest, token: str, done: str, tried: Subscriber | None = None
) -> HttpResponse:
    """Show the choices of a reader, or those that he tries."""
    found = reader_of("p", token)
    if not found:
        return answer(request, None, "preferences.html")
    holder, reader = found
    return answer(
        request,
        holder,
        "preferences.html",
        done=done,
        is_pausing=_is_pausing(reader, today(timezone.now(), holder.cluster.timezone)),
        **profile(holder, tried or reader),
    )


def profile(holder: Holder, shown: Subscriber) -> dict[str, Any]:
    """Return what a page shows of a reader's choices, and what the last weeks had for them."""
    perimeter = perimeter_of(holder)
    return {
        "reader": shown,
        "axes": [(axis.value, topics(perimeter, axis), _ids(shown, axis)) for axis in Axis],
        "choices": choices,
        "rhythms": list(Rhythm),
        "alerts": list(Alert),
        "draft": _draft(holder, shown) if perimeter else None,
    }


def _is_pausing(reader: Subscriber, day: date) -> bool:
    return reader.paused_until is not None and reader.paused_until > day


def _ids(reader: Subscriber, axis: Axis) -> set[str]:
    return {one.topic for one in reader.interests if one.axis is axis}


def perimeter_of(holder: Holder) -> Perimeter | None:
    """Return what the reader's cluster looks for, None where it has not said so yet."""
    try:
        return tasks.perimeter_of(perimeters.current(holder.cluster.slug).text)
    except StoreError:
        return None


def _draft(holder: Holder, reader: Subscriber) -> Draft:
    now = timezone.now()
    return rehearse(reader, last_days(today(now, holder.cluster.timezone), LOOK_BACK_DAYS), now)
