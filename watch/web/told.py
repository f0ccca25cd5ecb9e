"""What a mail provider tells of letters: it came back, its reader complained or unsubscribed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.deliver.provider import Provider, read_told
from watch.rounds.bounce import told_round

__all__ = ["take"]


@csrf_exempt
def take(request: HttpRequest) -> HttpResponse:
    """Note what is told, where it is the provider who tells it; there is nothing to see here."""
    wished = settings.WATCH["post"]
    told = None
    if wished["kind"] == "provider" and len(request.body) < 1_000_000:
        provider = Provider(wished["provider"], settings.PROVIDER_KEY, settings.PROVIDER_SIGNING)
        told = read_told(provider, request)
    if told is None:
        return HttpResponse(status=403)
    told_round(told, timezone.now())
    return HttpResponse(status=204)
