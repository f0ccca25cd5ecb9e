"""What is kept of a reader: handed over to him, or erased, when he says which address it is.

A letter that is forwarded bears its links with it: whoever got it so does not know of the address
from this page, and without it sees and erases nothing.
"""

from __future__ import annotations

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from watch.store import privacy
from watch.web.own import answer, holder_of, reader_of, unlisted

__all__ = ["act", "ask"]


def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Say what is kept and why, and what may be done."""
    return answer(request, holder_of("d", token), "data.html", is_wrong=False)


@csrf_exempt
def act(request: HttpRequest, token: str) -> HttpResponse:
    """Hand the data over, or erase them."""
    found = reader_of("d", token)
    if not found:
        return answer(request, holder_of("d", token), "data_erased.html")
    holder, reader = found
    if request.POST.get("address", "").strip().casefold() != reader.email.casefold():
        return answer(request, holder, "data.html", is_wrong=True)
    match request.POST.get("do"):
        case "export":
            return _file(holder.cluster.slug, reader.email)
        case "erase":
            privacy.erase(holder.cluster.slug, reader.email, timezone.now())
            return answer(request, holder, "data_erased.html")
    return answer(request, holder, "data.html", is_wrong=False)


def _file(cluster: str, email: str) -> HttpResponse:
    found = privacy.export(cluster, email)
    content = json.dumps(found, cls=_Encoder, ensure_ascii=False, indent=2)
    response = unlisted(HttpResponse(content, content_type="application/json; charset=utf-8"))
    response.headers["Content-Disposition"] = f'attachment; filename="{cluster}-my-data.json"'
    return response


class _Encoder(DjangoJSONEncoder):
    """Values of the house as what they hold."""

    def default(self, o: object) -> object:
        from dataclasses import asdict, is_dataclass

        if is_dataclass(o) and not isinstance(o, type):
            return asdict(o)
        return super().default(o)
