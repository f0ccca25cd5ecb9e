"""A proposed reader sees the profile that is proposed, changes and tries it, says yes or no.

Nothing happens by opening the page. A yes is kept with its time and the sentence agreed to; a no
bars the address as unsubscribing does. What was answered stays.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.domain import Cluster, Subscriber
from watch.rounds.calendar import today
from watch.rounds.links import INVITATION
from watch.store import invitations
from watch.text.translate import LANGUAGES, speaker
from watch.web import choices
from watch.web.own import answer, reader_of
from watch.web.pages import language_of, speak_unless_chosen
from watch.web.preferences import perimeter_of, profile

__all__ = ["ask", "consent", "decide"]


def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is proposed, and what the last weeks would have brought."""
    return _page(request, token)


@csrf_exempt
def decide(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a yes with the choices made, or a no; or show what choices would bring."""
    found = reader_of(INVITATION, token)
    if not found or not invitations.of(found[1].id):
        return answer(request, None, "invitation.html")
    (holder, reader), now = found, timezone.now()
    chosen = choices.chosen(request.POST, reader, perimeter_of(holder))
    match request.POST.get("do"):
        case "try":
            return _page(request, token, chosen)
        case "confirm":
            spoken = request.POST.get("spoken", "")
            language = spoken if spoken in LANGUAGES else reader.language
            day = today(now, holder.cluster.timezone)
            invitations.confirm(chosen, consent(holder.cluster, language), now, day)
        case "refuse":
            invitations.refuse(reader, now)
        case _:
            pass
    return _page(request, token)


def consent(cluster: Cluster, language: str) -> str:
    """Return the sentence that a reader agrees to: shown on his page, kept with his yes."""
    sentence = speaker(language)(
        "I would like to receive the watch letters of {cluster} by e-mail, chosen by this "
        "profile. I can change my choices or stop the letters at any time, in one step, from "
        "any of them."
    )
    return sentence.format(cluster=cluster.name)


def _page(request: HttpRequest, token: str, tried: Subscriber | None = None) -> HttpResponse:
    found = reader_of(INVITATION, token)
    record = invitations.of(found[1].id) if found else None
    if not found or not record:
        return answer(request, None, "invitation.html")
    holder, reader = found
    if record.answer or not reader.is_active:
        return answer(request, holder, "invitation_done.html", record=record, terms=_terms())
    speak_unless_chosen(request, reader.language)
    return answer(
        request,
        holder,
        "invitation.html",
        record=record,
        terms=_terms(),
        done="try" if tried else "",
        consent=consent(holder.cluster, language_of(request)),
        **profile(holder, tried or reader),
    )


def _terms() -> dict[str, int]:
    """Return after how many days what is kept."""
    return dict(settings.WATCH["privacy"])
