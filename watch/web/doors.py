"""Coming in, going out, and the pages that belong to no cluster."""

from __future__ import annotations

from math import ceil

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from watch.store import people
from watch.text.translate import LANGUAGES
from watch.web.middleware import LANGUAGE_COOKIE
from watch.web.pages import own_path, page
from watch.web.patience import Patience

__all__ = [
    "PATIENCE", "accessibility", "ask", "choose_language", "robots", "sign_in", "sign_out", "start",
]  # fmt: skip

PATIENCE = Patience()
"""Of this process: with several, an attacker has as many first tries in each of them."""

SPRAYED = Patience(free=50)
"""By address alone: one machine that tries many accounts. An office behind one address fits in."""

_YEAR = 365 * 24 * 3600


def start(request: HttpRequest) -> HttpResponse:
    """Go to a person's only cluster, or list them."""
    mine = people.memberships(request.user.pk or 0)
    if len(mine) == 1:
        return redirect("items", slug=mine[0].cluster.slug)
    return page(request, "start.html", memberships=mine)


def ask(request: HttpRequest) -> HttpResponse:
    """Show the page that asks for name and password."""
    return page(request, "sign_in.html", next=request.GET.get("next", ""), wait=0, failed=False)


def sign_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in, or say that name and password do not go together: never which is wrong."""
    name = request.POST.get("username", "").replace("\x00", "").strip().casefold()[:150]
    wanted = request.POST.get("next", "")
    now = timezone.now().timestamp()
    address = str(request.META.get("REMOTE_ADDR", ""))
    key = f"{name} {address}"
    wait = max(PATIENCE.wait(key, now), SPRAYED.wait(address, now))
    if wait:
        return page(request, "sign_in.html", 429, next=wanted, wait=ceil(wait), failed=False)
    # An unknown name costs as long as a known one: Django hashes the password all the same.
    user = auth.authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        PATIENCE.failed(key, now)
        SPRAYED.failed(address, now)
        return page(request, "sign_in.html", 403, next=wanted, wait=0, failed=True)
    PATIENCE.forget(key)
    auth.login(request, user)
    return redirect(own_path(wanted, settings.LOGIN_REDIRECT_URL))


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    return redirect("sign-in")


def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember a language in a cookie and go back."""
    response = redirect(own_path(request.POST.get("back", ""), "/"))
    chosen = request.POST.get("language", "")
    if chosen in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the declaration of accessibility."""
    mine = people.memberships(request.user.pk) if request.user.pk else []
    addresses = [member.cluster.sender_address for member in mine if member.cluster.sender_address]
    return page(
        request,
        "accessibility.html",
        addresses=addresses,
        contact=settings.WATCH["installation"]["contact"],
    )


def robots(request: HttpRequest) -> HttpResponse:
    """Ask robots to stay out: nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
