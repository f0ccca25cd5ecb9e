"""Who may open which route: every route names its rule, and nothing opens without one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from watch.domain import Axis, Cluster, Perimeter
from watch.errors import StoreError
from watch.rounds.tasks import perimeter_of
from watch.store import people, perimeters
from watch.store.people import Member, Role
from watch.web import wording
from watch.web.pages import language_of, page, speak_unless_chosen

__all__ = ["Desk", "Rule", "route"]

log = logging.getLogger(__name__)


class Rule(Enum):
    """Whom a route lets in."""

    ANYBODY = "anybody"
    PERSON = "whoever is signed in"
    READER = Role.READER
    EXPERT = Role.EXPERT
    OFFICER = Role.OFFICER


@dataclass(frozen=True)
class Desk:
    """What a page of a cluster works with: who asks, in which language, and when."""

    member: Member
    language: str
    now: datetime

    @property
    def cluster(self) -> Cluster:
        """Return the cluster that the page belongs to."""
        return self.member.cluster

    @property
    def slug(self) -> str:
        """Return the cluster's short name, which every query takes."""
        return self.member.cluster.slug

    @cached_property
    def perimeter(self) -> Perimeter:
        """Return the cluster's current perimeter; `StoreError` where it has none."""
        return perimeter_of(perimeters.current(self.slug).text)

    def may(self, role: str) -> bool:
        """Return whether the person may do what this role may."""
        return self.member.role.may(Role(role))

    def topic(self, axis: str, id: str) -> str:
        """Return a topic's name; its id where this version does not know it."""
        found = self.perimeter.topic(Axis(axis), id)
        return wording.text(found.label, self.language) if found else id

    def day(self, moment: datetime) -> str:
        """Return the local day of an instant, in words."""
        return wording.day(wording.local(moment, self.cluster.timezone).date(), self.language)

    def moment(self, moment: datetime) -> str:
        """Return the local day and time of an instant, in words."""
        local = wording.local(moment, self.cluster.timezone)
        return f"{wording.day(local.date(), self.language)}, {local:%H:%M}"


View = Callable[..., HttpResponse]


def route(
    address: str, name: str, rule: Rule, get: View | None = None, post: View | None = None
) -> URLPattern:
    """Return a route that lets in whom its rule names, by the methods that have a view.

    Views of a cluster's pages get `(request, desk, **rest)`, all others `(request, **rest)`. To a
    stranger a cluster's page does not exist: the answer is that of an unknown one.
    """
    views = {"GET": get, "HEAD": get, "POST": post}
    allowed = {method: view for method, view in views.items() if view}

    def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
        if rule is not Rule.ANYBODY and not request.user.is_authenticated:
            return _to_sign_in(request)
        arguments: list[object] = [request]
        if isinstance(rule.value, Role):
            arguments.append(_desk(request, parts.pop("slug"), rule.value))
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        try:
            return allowed[request.method](*arguments, **parts)
        except StoreError as reason:
            log.warning("could not show a page, route=%s: %s", name, reason)
            return page(request, "unavailable.html", 503)

    answer.rule = rule  # type: ignore[attr-defined]
    answer.methods = frozenset(allowed)  # type: ignore[attr-defined]
    answer.csrf_exempt = bool(getattr(post, "csrf_exempt", False))  # type: ignore[attr-defined]
    return path(address, answer, name=name)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    where: Mapping[str, str] = {"next": request.get_full_path()} if request.method == "GET" else {}
    address = reverse("sign-in")
    return redirect(f"{address}?{urlencode(where)}" if where else address)


def _desk(request: HttpRequest, slug: str, role: Role) -> Desk:
    found = people.member(request.user.pk or 0, slug)
    if found is None or not found.role.may(role):
        raise Http404
    speak_unless_chosen(request, found.cluster.language)
    return Desk(found, language_of(request), timezone.now())
