"""Every route of the web, with whom it lets in: this table is the whole policy."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

from watch.web import (
    agenda,
    archive,
    asking,
    channel,
    data,
    doors,
    farewell,
    feedback,
    held,
    invitation,
    items,
    letters,
    preferences,
    told,
    watching,
    zooms,
)
from watch.web.access import Rule, route

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


class IdConverter(IntConverter):
    """A row's number: few enough digits for every database to take it."""

    regex = "[0-9]{1,9}"


register_converter(IdConverter, "id")

handler403 = "watch.web.errors.forbidden"
handler404 = "watch.web.errors.not_found"
handler500 = "watch.web.errors.broken"

CLUSTER = "c/<slug:slug>"

urlpatterns = [
    route("", "start", Rule.PERSON, get=doors.start),
    route("sign-in", "sign-in", Rule.ANYBODY, get=doors.ask, post=doors.sign_in),
    route("sign-out", "sign-out", Rule.ANYBODY, post=doors.sign_out),
    route("language", "language", Rule.ANYBODY, post=doors.choose_language),
    route("accessibility", "accessibility", Rule.ANYBODY, get=doors.accessibility),
    route("robots.txt", "robots", Rule.ANYBODY, get=doors.robots),
    # Who signs as the mail provider may tell what became of letters.
    route("told", "told", Rule.ANYBODY, post=told.take),
    # Who holds the link may stop the letters, and nothing else.
    route("u/<str:token>", "farewell", Rule.ANYBODY, get=farewell.ask, post=farewell.stop),
    # Likewise a reader's other pages: each has its own link, and no link opens another page.
    route(
        "f/<str:token>/<id:number>", "feedback", Rule.ANYBODY, get=feedback.ask, post=feedback.say
    ),
    route(
        "f/<str:token>/<id:number>/ask", "asking", Rule.ANYBODY, get=asking.ask, post=asking.keep
    ),
    route(
        "p/<str:token>",
        "preferences",
        Rule.ANYBODY,
        get=preferences.ask,
        post=preferences.choose,
    ),
    # Whom a cluster proposes to write to says yes or no, and chooses before.
    route("i/<str:token>", "invitation", Rule.ANYBODY, get=invitation.ask, post=invitation.decide),
    route("a/<str:token>", "archive", Rule.ANYBODY, get=archive.listed),
    route("a/<str:token>/<id:id>", "archived", Rule.ANYBODY, get=archive.letter),
    route("s/<str:token>", "feed", Rule.ANYBODY, get=archive.feed),
    route("d/<str:token>", "data", Rule.ANYBODY, get=data.ask, post=data.act),
    route(f"{CLUSTER}/", "items", Rule.READER, get=items.listed),
    route(f"{CLUSTER}/items/<slug:key>", "item", Rule.READER, get=items.shown),
    route(f"{CLUSTER}/items/<slug:key>/review", "review", Rule.EXPERT, post=items.review),
    route(f"{CLUSTER}/items/<slug:key>/story", "story", Rule.OFFICER, post=items.decide),
    route(f"{CLUSTER}/agenda", "agenda", Rule.EXPERT, get=agenda.shown),
    route(f"{CLUSTER}/coverage", "coverage", Rule.READER, get=watching.coverage),
    route(f"{CLUSTER}/sources", "sources", Rule.READER, get=watching.sources),
    route(f"{CLUSTER}/perimeter", "perimeter", Rule.READER, get=watching.perimeter),
    route(f"{CLUSTER}/accent.css", "accent", Rule.READER, get=watching.accent),
    route(f"{CLUSTER}/zooms", "zooms", Rule.READER, get=zooms.listed),
    route(f"{CLUSTER}/zooms/<id:id>/<slug:tongue>", "zoom", Rule.READER, get=zooms.shown),
    route(f"{CLUSTER}/preview", "previews", Rule.EXPERT, get=letters.previews),
    route(f"{CLUSTER}/preview/<id:id>", "preview", Rule.EXPERT, get=letters.preview),
    route(f"{CLUSTER}/preview/<id:id>/letter", "letter", Rule.EXPERT, get=letters.letter),
    route(f"{CLUSTER}/letters", "letters", Rule.OFFICER, get=letters.outbox, post=letters.decide),
    route(f"{CLUSTER}/held", "held", Rule.OFFICER, get=held.listed, post=held.decide),
    route(
        f"{CLUSTER}/held/<slug:key>",
        "held-letter",
        Rule.OFFICER,
        get=held.shown,
        post=held.change,
    ),
    route(f"{CLUSTER}/held/<slug:key>/letter", "held-frame", Rule.OFFICER, get=held.letter),
    route(f"{CLUSTER}/channel", "channel", Rule.OFFICER, get=channel.listed, post=channel.decide),
    route(f"{CLUSTER}/requests", "requests", Rule.OFFICER, get=asking.listed, post=asking.close),
]
