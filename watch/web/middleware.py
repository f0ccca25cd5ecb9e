"""What every answer bears, and in which language it speaks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from watch.text.translate import LANGUAGES

__all__ = ["LANGUAGE_COOKIE", "headers", "language", "policy"]

Answer = Callable[[HttpRequest], HttpResponse]

LANGUAGE_COOKIE = "language"

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(**changes: str) -> str:
    """Return the content security policy with some rules changed; `_` stands for `-`.

    >>> policy(style_src="'unsafe-inline'").split("; ")[1]
    "style-src 'unsafe-inline'"
    """
    rules = _POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def headers(answer: Answer) -> Answer:
    """Give every answer the strict headers, unless its view has set its own."""

    def answer_with_headers(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        # Pages show what one person may see: no cache on the way, and no Back after signing out.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer_with_headers


def language(answer: Answer) -> Answer:
    """Set `request.language`: what `?lang=` or the cookie chose, else "" (the cluster's own)."""

    def answer_in_language(request: HttpRequest) -> HttpResponse:
        asked = (request.GET.get("lang", ""), request.COOKIES.get(LANGUAGE_COOKIE, ""))
        chosen = next((code for code in asked if code in LANGUAGES), "")
        request.language = chosen  # type: ignore[attr-defined]
        response = answer(request)
        spoken = getattr(request, "language", "") or settings.LANGUAGE_CODE
        response.headers.setdefault("Content-Language", spoken)
        return response

    return answer_in_language
