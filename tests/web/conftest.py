"""A published edition and the address of every route, for the tests of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from django.conf import settings
from django.utils import timezone

from tests.conftest import PERIMETER, Town
from watch.domain import Axis, Collection, Pages, Period, Zoom
from watch.perimeter.read import read
from watch.store import zooms
from watch.text.seal import seal


def published(town: Town, level: str = "members") -> int:
    """Publish an edition of two pages; return its id."""
    perimeter = read(PERIMETER)
    market = perimeter.topic(Axis.MARKET, "sante")
    assert market is not None
    zoom = Zoom(
        cluster=town.cluster,
        perimeter=perimeter,
        revision=1,
        loaded_on=date(2026, 1, 1),
        market=market,
        period=Period(date(2026, 7, 1), date(2026, 9, 30)),
        edition=1,
        authors=(),
        approver="Approbatrice d'essai",
        level=level,
        made_at=timezone.now(),
        stories=(),
        before=(),
        weeks=(),
        collection=Collection((), 0, 0, 0, 0, ()),
    )
    pages = {code: Pages("Zoom", code, f"<p>Zoom {code}</p>") for code in ("fr", "en")}
    return zooms.keep(zoom, pages)


def token(town: Town) -> str:
    """Return the reader's unsubscribe token."""
    secret = settings.SECRET_KEY.encode()
    return seal(secret, "unsubscribe", town.cluster.slug, str(town.reader.id))


@pytest.fixture
def addresses(town: Town) -> Mapping[str, str]:
    """Return an address for every route, by its name, each of something that exists."""
    home = f"/c/{town.cluster.slug}"
    return {
        "start": "/",
        "sign-in": "/sign-in",
        "sign-out": "/sign-out",
        "language": "/language",
        "accessibility": "/accessibility",
        "robots": "/robots.txt",
        "farewell": f"/u/{token(town)}",
        "items": f"{home}/",
        "item": f"{home}/items/{town.first.key}",
        "review": f"{home}/items/{town.first.key}/review",
        "coverage": f"{home}/coverage",
        "sources": f"{home}/sources",
        "perimeter": f"{home}/perimeter",
        "accent": f"{home}/accent.css",
        "zooms": f"{home}/zooms",
        "zoom": f"{home}/zooms/{published(town)}/fr",
        "previews": f"{home}/preview",
        "preview": f"{home}/preview/{town.reader.id}",
        "letter": f"{home}/preview/{town.reader.id}/letter",
        "letters": f"{home}/letters",
    }
