"""How a page is made: a template and named values -> an answer in the reader's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from watch.text.translate import LANGUAGES, catalogue
from watch.web import wording

__all__ = ["environment", "language_of", "own_path", "page", "speak_unless_chosen"]


def environment(**options: Any) -> Environment:
    """Return the Jinja2 environment: everything is escaped, and a missing name is an error."""
    made = Environment(**{**options, "autoescape": True, "undefined": StrictUndefined})  # noqa: S701 - it is True
    made.globals.update(
        language=settings.LANGUAGE_CODE,
        _=_gettext,
        ngettext=_ngettext,
        url=_url,
        static=static,
        languages=LANGUAGES,
        wording=wording,
    )
    made.filters["query"] = urlencode
    made.trim_blocks = made.lstrip_blocks = True
    return made


@pass_context
def _gettext(context: Context, sentence: str) -> str:
    return catalogue(_spoken(context)).gettext(sentence)


@pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return catalogue(_spoken(context)).ngettext(one, many, n)


def _spoken(context: Context) -> str:
    return str(context["language"])


def _url(name: str, **parts: object) -> str:
    return reverse(name, kwargs=parts)


def language_of(request: HttpRequest) -> str:
    """Return the language in which to answer: the chosen one, else the installation's."""
    return getattr(request, "language", "") or settings.LANGUAGE_CODE


def speak_unless_chosen(request: HttpRequest, language: str) -> None:
    """Answer in this language, unless the person has chosen one."""
    if not getattr(request, "language", ""):
        request.language = language  # type: ignore[attr-defined]


def own_path(raw: str, otherwise: str) -> str:
    """Return a path of this site that somebody asked to come back to, or `otherwise`.

    >>> own_path("/c/optique/", "/"), own_path("//evil.example", "/")
    ('/c/optique/', '/')
    """
    # A line break or a sign beyond ASCII has no place in the header that this goes into.
    is_plain = raw.startswith("/") and raw.isascii() and raw.isprintable() and "#" not in raw
    is_ours = is_plain and url_has_allowed_host_and_scheme(raw, allowed_hosts=None)
    return raw if is_ours else otherwise


def page(request: HttpRequest, template: str, status: int = 200, **values: object) -> HttpResponse:
    """Return the page that a template makes of these values."""
    shown = {"language": language_of(request), **values}
    return render(request, template, shown, status=status)
