"""What an officer is told of a source, once when it begins and once when it is over.

An outage is told at the third failure in a row, or once it has lasted a day; a source that has
never answered yet, at once. It is over after a calm day, three where it had come back and failed
again: a source that flaps is one trouble. A silence, a source that says that it is gone, and a
move are told when they are seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watch.domain import Harvest, Outcome, Trouble, Visit, WebUrl
from watch.sources.health import explain
from watch.sources.rhythm import Rhythm
from watch.sources.status import STATES
from watch.text.translate import catalogue, speaker
from watch.text.urls import without_www

__all__ = ["follow", "is_same_site", "over", "told"]

FAILURES = 3
LASTING = timedelta(days=1)
CALM = timedelta(days=1)
CALM_AFTER_RELAPSE = timedelta(days=3)


def follow(
    known: Sequence[Trouble], visit: Visit, harvest: Harvest, rhythm: Rhythm, now: datetime
) -> list[Trouble]:
    """Return the troubles of a source that begin, change or end with a visit.

    `known` are its open ones, and its moves that were followed. Those with `told_at` or
    `ended_at` of this instant are to be told; an ended one that never was told, forgotten.
    """
    open_by = {one.what: one for one in known if one.ended_at is None}
    if harvest.outcome is Outcome.FAILED:
        return _failed(open_by.get("gone"), open_by.get("outage"), visit, harvest, now)
    changed = [
        _calmer(one, now) for what in ("outage", "gone") if (one := open_by.get(what)) is not None
    ]
    changed += _silence(open_by.get("silence"), visit, rhythm, now)
    changed += _move(known, open_by.get("move"), visit, harvest, now)
    return changed


def _failed(
    gone: Trouble | None, outage: Trouble | None, visit: Visit, harvest: Harvest, now: datetime
) -> list[Trouble]:
    if gone is not None:
        return [replace(gone, better_at=None)] if gone.better_at else []
    if outage is None:
        outage = Trouble(visit.source.id, "outage", now)
    relapses = outage.relapses + (outage.better_at is not None)
    outage = replace(outage, reason=harvest.reason, better_at=None, relapses=relapses)
    if harvest.reason == "gone":
        return [replace(outage, what="gone", told_at=now)]
    is_lasting = visit.failures + 1 >= FAILURES or now - outage.began_at >= LASTING
    if outage.told_at is None and (is_lasting or visit.good_at is None):
        outage = replace(outage, told_at=now)
    return [outage]


def _calmer(one: Trouble, now: datetime) -> Trouble:
    """Return a failure's trouble after a visit that went well."""
    if one.better_at is None:
        return replace(one, better_at=now)
    calm = CALM_AFTER_RELAPSE if one.relapses else CALM
    return replace(one, ended_at=now) if now - one.better_at >= calm else one


def _silence(one: Trouble | None, visit: Visit, rhythm: Rhythm, now: datetime) -> list[Trouble]:
    if not rhythm.instants or rhythm.silent_after is None:
        return []
    last_at = datetime.fromtimestamp(rhythm.instants[-1], UTC)
    if one is not None:
        return [replace(one, ended_at=now)] if last_at > one.began_at else []
    if now - last_at <= rhythm.silent_after:
        return []
    return [Trouble(visit.source.id, "silence", last_at, told_at=now)]


def _move(
    known: Sequence[Trouble], one: Trouble | None, visit: Visit, harvest: Harvest, now: datetime
) -> list[Trouble]:
    """Follow a move inside one site, once; propose every other to the officer."""
    if not harvest.moved_to:
        return [replace(one, ended_at=now)] if one is not None else []
    if one is not None:
        return [replace(one, reason=harvest.moved_to)] if one.reason != harvest.moved_to else []
    is_first = all(other.what != "followed" for other in known)
    if is_first and is_same_site(visit.source.url, harvest.moved_to):
        return [Trouble(visit.source.id, "followed", now, harvest.moved_to, now, ended_at=now)]
    return [Trouble(visit.source.id, "move", now, harvest.moved_to, now)]


def is_same_site(one: WebUrl, other: WebUrl) -> bool:
    """Return whether an address may take another's place unasked: same host, and no less safe.

    >>> is_same_site(WebUrl("http://site.example/a"), WebUrl("https://www.site.example/b"))
    True
    >>> is_same_site(WebUrl("https://site.example/a"), WebUrl("http://site.example/b"))
    False
    """
    (scheme, host), (other_scheme, other_host) = _parts(one), _parts(other)
    return host == other_host and (scheme == other_scheme or other_scheme == "https")


def _parts(url: WebUrl) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    return scheme, without_www(rest.partition("/")[0])


# -- words ---------------------------------------------------------------------------------


def told(trouble: Trouble, name: str, language: str) -> str:
    """Return the sentences that say that a source's trouble has begun."""
    _ = speaker(language)
    match trouble.what:
        case "silence":
            _word, _cause, remedy = STATES["silent"]
            said = _("Nothing new since {day}: that is long for this source.") + " " + _(remedy)
        case "move":
            _word, cause, remedy = STATES["moved"]
            said = _(cause) + " " + _(remedy)
        case "followed":
            said = _("It has moved within its site; we now visit {address}.")
        case _:
            said = " ".join(explain(trouble.reason, language))
    said = said.format(day=trouble.began_at.date().isoformat(), address=trouble.reason)
    return _("{name}: {said}").format(name=name, said=said)


def over(trouble: Trouble, name: str, language: str) -> str:
    """Return the sentence that says that a source's trouble is over."""
    _ = speaker(language)
    ngettext = catalogue(language).ngettext
    if trouble.what == "silence":
        said = _("It publishes again.")
    elif trouble.what == "move":
        said = _("It answers at its own address again.")
    else:
        end = trouble.better_at or trouble.ended_at or trouble.began_at
        hours = max(round((end - trouble.began_at) / timedelta(hours=1)), 1)
        if hours < 48:
            said = ngettext(
                "It works again, after an hour.", "It works again, after {n} hours.", hours
            )
            said = said.format(n=hours)
        else:
            said = _("It works again, after {n} days.").format(n=round(hours / 24))
    return _("{name}: {said}").format(name=name, said=said)
