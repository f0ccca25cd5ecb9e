"""Published Zoom-Marché editions: the list, and one in one language."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from watch.domain import Axis
from watch.store import zooms as store
from watch.store.zooms import Edition
from watch.web.access import Desk
from watch.web.middleware import policy
from watch.web.pages import page

__all__ = ["listed", "shown"]


def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the editions that the person may read, newest first."""
    editions = [one for one in store.editions(desk.slug) if _is_for(desk, one)]
    return page(request, "zooms.html", desk=desk, editions=editions, market=Axis.MARKET)


def shown(request: HttpRequest, desk: Desk, id: int, tongue: str) -> HttpResponse:
    """Return an edition as it was published: one document with its own styles and pictures."""
    edition = store.find(desk.slug, id)
    if edition is None or tongue not in edition.pages or not _is_for(desk, edition):
        raise Http404
    response = HttpResponse(edition.pages[tongue].html)
    response.headers["Content-Security-Policy"] = policy(
        style_src="'unsafe-inline'", img_src="data:", form_action="'none'"
    )
    response.headers["Content-Language"] = tongue
    return response


def _is_for(desk: Desk, edition: Edition) -> bool:
    """Return whether an edition's level lets this person read it."""
    return edition.level != "restricted" or desk.may("expert")
