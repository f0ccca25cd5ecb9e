"""A published edition and the address of every route, for the tests of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from django.utils import timezone

from tests.conftest import PERIMETER, Town
from watch.domain import Axis, Basis, Collection, Pages, Period, Zoom
from watch.perimeter.read import read
from watch.rounds.links import INVITATION, LETTER_DIGITS, token_of
from watch.store import invitations, letters, mail, zooms
from watch.store.mail import Sent


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


def token(town: Town, door: str = "u", *more: str) -> str:
    """Return the reader's token for one of his pages; by default the one to unsubscribe."""
    return token_of(settings.SECRET_KEY.encode(), door, town.cluster.slug, town.reader.id, *more)


def invitation(town: Town) -> str:
    """Propose a reader like the one that there is; return where he answers."""
    reader = replace(town.reader, email="proposee@pme.example", firm="PME proposée")
    basis = Basis("legitimate_interest", "Salon d'essai", date(2026, 11, 2))
    id = invitations.propose(reader, basis, timezone.now())
    secret = settings.SECRET_KEY.encode()
    return f"/i/{token_of(secret, INVITATION, town.cluster.slug, id)}"


def sent(town: Town) -> Sent:
    """Write this week's letter to the reader and send it; return it as he looks back at it."""
    from tests.rounds.outbox import ME
    from tests.rounds.test_sending import Fates
    from watch.domain import Fate
    from watch.rounds.calendar import today, week_of
    from watch.rounds.tell import tell_round

    now = timezone.now()
    week = week_of(today(now, town.cluster.timezone))
    secret = settings.SECRET_KEY.encode()
    tell_round(Fates(Fate.SENT), town.cluster.slug, week, lambda: now, secret, ME)
    return mail.sent(town.cluster.slug, town.reader.id)[0]


def vote_link(town: Town, number: int = 1) -> str:
    """Return where the reader says what he thinks of a line of his letter, which is sent first."""
    sent(town)
    key = letters.rows(town.cluster.slug)[0].letter.key
    return f"/f/{token(town, 'f', key[:LETTER_DIGITS])}/{number}"


def held_key(town: Town) -> str:
    """Return the key of a letter that waits for an officer's word, of another reader."""
    from watch.rounds.calendar import today, week_of
    from watch.rounds.tell import write_round
    from watch.store import held, subscribers

    now, slug = timezone.now(), town.cluster.slug
    other = replace(town.reader, email="autre@pme.example", firm="Autre PME d'essai")
    subscribers.save(slug, [other])
    secret = settings.SECRET_KEY.encode()
    write_round(slug, week_of(today(now, town.cluster.timezone)), now, secret, is_held=True)
    return next(one.key for one in held.held(slug) if one.firm == other.firm)


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
        "told": "/told",
        "farewell": f"/u/{token(town)}",
        "feedback": vote_link(town),
        "asking": f"{vote_link(town)}/ask",
        "preferences": f"/p/{token(town, 'p')}",
        "invitation": invitation(town),
        "archive": f"/a/{token(town, 'a')}",
        "archived": f"/a/{token(town, 'a')}/{sent(town).id}",
        "feed": f"/s/{token(town, 'feed')}",
        "data": f"/d/{token(town, 'd')}",
        "items": f"{home}/",
        "item": f"{home}/items/{town.first.key}",
        "review": f"{home}/items/{town.first.key}/review",
        "story": f"{home}/items/{town.first.key}/story",
        "agenda": f"{home}/agenda",
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
        "held": f"{home}/held",
        "held-letter": f"{home}/held/{held_key(town)}",
        "held-frame": f"{home}/held/{held_key(town)}/letter",
        "channel": f"{home}/channel",
        "requests": f"{home}/requests",
    }
