"""Pages for what went wrong: they say what to do, and nothing of the inside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from watch.web.pages import page

__all__ = ["broken", "forbidden", "not_found"]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the one answer for what is unknown and for what is another's."""
    return page(request, "404.html", 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the answer to a request that may not be served."""
    return page(request, "403.html", 403)


def broken(request: HttpRequest) -> HttpResponse:
    """Return the answer where the program failed; the trace is in the log."""
    return page(request, "500.html", 500)
