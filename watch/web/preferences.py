"""What a reader follows, in which language, how many lines, and a pause: chosen by himself."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.domain import Axis, Interest, Perimeter, Subscriber, Topic
from watch.errors import StoreError
from watch.rounds.calendar import last_days, today
from watch.rounds.tasks import perimeter_of
from watch.rounds.tell import Draft, drafts
from watch.store import perimeters, subscribers
from watch.text.translate import LANGUAGES
from watch.web.own import Holder, answer, reader_of

__all__ = ["ask", "choose"]

PAUSE = timedelta(days=30)
QUOTAS = range(3, 11)
# What he would have had of a month tells more than this week alone.
LOOK_BACK_DAYS = 28


def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show what he chose, and what the last weeks would have brought him."""
    return _page(request, token, "")


@csrf_exempt
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Keep new choices, or begin or end a pause."""
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
            language, interests, quota = _chosen(request, reader, _perimeter(holder))
            subscribers.choose(holder.cluster.slug, reader.id, language, interests, quota, now)
        case _:
            return _page(request, token, "")
    return _page(request, token, str(request.POST["do"]))


def _chosen(
    request: HttpRequest, reader: Subscriber, perimeter: Perimeter | None
) -> tuple[str, list[Interest], int]:
    """Return language, interests and lines as asked; what is no choice stays as it was."""
    weights = {(one.axis, one.topic): one.weight for one in reader.interests}
    asked = {axis: set(request.POST.getlist(axis.value)) for axis in Axis}
    interests = [
        Interest(axis, topic.id, weights.get((axis, topic.id), 1.0))
        for axis in Axis
        for topic in _topics(perimeter, axis)
        if topic.id in asked[axis]
    ]
    language = request.POST.get("language", "")
    quota = request.POST.get("quota", "")
    return (
        language if language in LANGUAGES else reader.language,
        interests or list(reader.interests),
        int(quota) if quota.isdecimal() and len(quota) < 3 and int(quota) in QUOTAS
        else reader.quota,
    )  # fmt: skip


def _page(request: HttpRequest, token: str, done: str) -> HttpResponse:
    found = reader_of("p", token)
    if not found:
        return answer(request, None, "preferences.html")
    holder, reader = found
    now = timezone.now()
    perimeter = _perimeter(holder)
    return answer(
        request,
        holder,
        "preferences.html",
        reader=reader,
        done=done,
        axes=[(axis.value, _topics(perimeter, axis), _ids(reader, axis)) for axis in Axis],
        quotas=QUOTAS,
        is_pausing=_is_pausing(reader, today(now, holder.cluster.timezone)),
        draft=_draft(holder, reader) if perimeter else None,
    )


def _is_pausing(reader: Subscriber, day: date) -> bool:
    return reader.paused_until is not None and reader.paused_until > day


def _topics(perimeter: Perimeter | None, axis: Axis) -> list[Topic]:
    return [one for one in perimeter.topics if one.axis is axis] if perimeter else []


def _ids(reader: Subscriber, axis: Axis) -> set[str]:
    return {one.topic for one in reader.interests if one.axis is axis}


def _perimeter(holder: Holder) -> Perimeter | None:
    try:
        return perimeter_of(perimeters.current(holder.cluster.slug).text)
    except StoreError:
        return None


def _draft(holder: Holder, reader: Subscriber) -> Draft | None:
    now = timezone.now()
    period = last_days(today(now, holder.cluster.timezone), LOOK_BACK_DAYS)
    found = drafts(holder.cluster.slug, period, now, reader.id, is_anew=True)
    return found[0] if found else None
