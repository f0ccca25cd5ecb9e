"""What is watched: the coverage of the perimeter, the perimeter itself, the sources."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from watch.domain import Axis
from watch.sources.status import status
from watch.store import perimeters, tags
from watch.store import sources as store
from watch.web.access import Desk
from watch.web.colours import stylesheet
from watch.web.items import DAYS, USUAL_DAYS
from watch.web.pages import page

__all__ = ["accent", "coverage", "perimeter", "sources"]

# A cell is as dark as its count, in steps that grow: 1, 3, 10, 30 items and more.
_STEPS = (1, 3, 10, 30)


def coverage(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show how many items each market has with each technology."""
    raw = request.GET.get("days", "")
    days = next((known for known in DAYS if str(known) == raw), USUAL_DAYS)
    since = desk.now - timedelta(days=days) if days else None
    counts = tags.pair_counts(desk.slug, since)
    return page(
        request,
        "coverage.html",
        desk=desk,
        days=days,
        choices=DAYS,
        counts=counts,
        depths={pair: sum(count >= step for step in _STEPS) for pair, count in counts.items()},
        markets=desk.perimeter.on(Axis.MARKET),
        technologies=desk.perimeter.on(Axis.TECHNOLOGY),
    )


def sources(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show how every source does, the troubled ones first, each with cause and remedy."""
    health = store.health(desk.slug)
    states = {one.source.id: status(one, desk.language) for one in health}
    return page(
        request,
        "sources.html",
        desk=desk,
        health=health,
        troubled=sum(said.state not in {"good", "slow", "never"} for said in states.values()),
        unvisited=sum(1 for one in health if one.visited_at is None),
        states=states,
    )


def perimeter(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the perimeter in force, its topics with their words, and its versions."""
    return page(
        request,
        "perimeter.html",
        desk=desk,
        perimeter=desk.perimeter,
        axes=tuple(Axis),
        versions=perimeters.versions(desk.slug),
    )


def accent(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Return the rules that give the pages the cluster's colour."""
    return HttpResponse(stylesheet(desk.cluster.accent), content_type="text/css; charset=utf-8")
