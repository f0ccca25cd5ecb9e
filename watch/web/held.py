"""The officer's word: letters that wait for it, what is in them, and every change taken back."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from watch.rounds import edit
from watch.rounds.calendar import today, week_of
from watch.rounds.tell import drafts
from watch.store import held as store
from watch.store import letters
from watch.store.held import Held
from watch.web.access import Desk
from watch.web.middleware import policy
from watch.web.pages import page

__all__ = ["change", "decide", "letter", "listed", "shown"]

SAMPLES = 3


def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show every letter that waits with its warnings, three of them whole, and who gets none."""
    found = [(one, _warnings(desk, one)) for one in store.held(desk.slug)]
    day = today(desk.now, desk.cluster.timezone)
    silent = [one for one in drafts(desk.slug, week_of(day), desk.now) if not one.letter]
    response = page(
        request,
        "held.html",
        desk=desk,
        held=found,
        samples=_samples(found),
        silent=silent,
        waits=letters.WAITS,
    )
    response.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return response


def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let the chosen letters go or give them up; or put a sentence above all."""
    keys = request.POST.getlist("key")
    match request.POST.get("do"):
        case "release":
            letters.release(desk.slug, desk.now, only=keys)
        case "give_up":
            letters.give_up(desk.slug, only=keys)
        case "greet":
            edit.greet(desk.slug, request.POST.get("greeting", ""), _secret())
        case _:
            return listed(request, desk)
    return redirect("held", slug=desk.slug)


def shown(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Show one letter that waits, line by line, and what could be added."""
    found = _found(desk, key)
    response = page(
        request,
        "held_letter.html",
        desk=desk,
        one=found,
        warnings=_warnings(desk, found),
        choices=edit.choices(desk.slug, found, desk.now),
    )
    response.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return response


def change(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Change one line, the sentence above them, or take the last change back."""
    given = request.POST
    raw = given.get("line", "")
    number = int(raw) if raw.isdecimal() and len(raw) < 3 else 0
    secret = _secret()
    _found(desk, key)
    match given.get("do"):
        case "drop" if number:
            edit.edit(desk.slug, key, lambda lines: edit.drop(lines, number), secret)
        case "up" | "down" as way:
            by = -1 if way == "up" else 1
            edit.edit(desk.slug, key, lambda lines: edit.move(lines, number, by), secret)
        case "reword":
            said = given.get("excerpt", ""), given.get("why", "")
            most = edit.quotable(desk.slug, key, number)
            edit.edit(desk.slug, key, lambda lines: edit.reword(lines, number, *said, most), secret)
        case "add":
            edit.add(desk.slug, key, given.get("item", ""), desk.now, secret)
        case "greet":
            edit.greet(desk.slug, given.get("greeting", ""), secret, key)
        case "undo":
            edit.undo(desk.slug, key, secret)
        case _:
            return shown(request, desk, key)
    return redirect("held-letter", slug=desk.slug, key=key)


def letter(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Return the HTML of a letter that waits, for a frame; its links open in no frame."""
    response = HttpResponse(_found(desk, key).html)
    response.headers["Content-Security-Policy"] = policy(
        style_src="'unsafe-inline'", form_action="'none'", frame_ancestors="'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _samples(found: Sequence[tuple[Held, list[str]]]) -> list[Held]:
    """Return three letters that differ most: one with warnings, the longest, the shortest."""
    by_need = sorted(found, key=lambda one: -len(one[1]))
    by_length = sorted((one for one, _ in found), key=lambda one: len(one.lines))
    chosen = [by_need[0][0], by_length[-1], by_length[0]] if found else []
    chosen += [one for one, _ in found]
    return list({one.key: one for one in chosen}.values())[:SAMPLES]


def _warnings(desk: Desk, one: Held) -> list[str]:
    return edit.warnings(one.lines, one.html, today(desk.now, desk.cluster.timezone), one.is_alert)


def _found(desk: Desk, key: str) -> Held:
    found = store.find(desk.slug, key)
    if found is None:
        raise Http404
    return found


def _secret() -> bytes:
    return settings.SECRET_KEY.encode()
