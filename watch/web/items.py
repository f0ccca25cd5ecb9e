"""Items: the list by market and technology, one item, and what an expert says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from watch.domain import Axis, Review, Source, Tag, Tagged, Verdict
from watch.enrich.told import tie_in_words
from watch.errors import ActRefused
from watch.rounds.meet import review_item
from watch.rounds.stories import told
from watch.store import items as store
from watch.store import shelves, sources, tags
from watch.store.shelves import Asked, State
from watch.text.translate import LANGUAGES, speaker
from watch.web import marks, stories, wording
from watch.web.access import Desk
from watch.web.pages import own_path, page

__all__ = ["DAYS", "decide", "listed", "review", "said_of", "shown", "without_said"]

ITEMS_ON_A_PAGE = 30

COUNTED = 1000
"""Nobody pages through more: past it a list says "1000+", and the count stays quick."""

DAYS = (7, 30, 90, 365, 0)
"""How far back a list may look, in days; 0 is without end."""
USUAL_DAYS = 30

T = TypeVar("T")


# -- the list ------------------------------------------------------------------------------


def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the items that somebody asked for, newest first, a page at a time."""
    held = sources.held(desk.slug)
    asked, days = _asked(request.GET, desk, held)
    before = _place(request.GET.get("before", ""))
    found = shelves.page(desk.slug, asked, ITEMS_ON_A_PAGE + 1, before)
    some = found[:ITEMS_ON_A_PAGE]
    return page(
        request,
        "items.html",
        desk=desk,
        asked=asked,
        days=days,
        choices=DAYS,
        found=some,
        counts={
            state: shelves.count(desk.slug, replace(asked, state=state), COUNTED)
            for state in _states(desk)
        },
        counted=COUNTED,
        state_names=_state_names(desk.language),
        held=held,
        tongues=LANGUAGES,
        query=_query(asked, days),
        is_first=before is None,
        following=_written(some[-1]) if len(found) > len(some) else "",
        back=without_said(request),
        said=said_of(request.GET.get("said", ""), desk.language),
    )


def _states(desk: Desk) -> tuple[State, ...]:
    """Return the states that the person has a use for: a reader gets facts, or everything."""
    return tuple(State) if desk.may("expert") else (State.SERVED, State.ALL)


def _asked(query: QueryDict, desk: Desk, held: Iterable[Source]) -> tuple[Asked, int]:
    """Return what a query asks for, and for how many days; what nobody knows is passed over."""
    days = _one_of(query.get("days", ""), DAYS, USUAL_DAYS, int)
    ids = {str(source.id): source.id for source in held}
    asked = Asked(
        market=_topic(desk, Axis.MARKET, query.get("market", "")),
        technology=_topic(desk, Axis.TECHNOLOGY, query.get("technology", "")),
        state=_one_of(query.get("state", ""), _states(desk), State.SERVED, State),
        words=query.get("words", "")[:200].strip(),
        language=_one_of(query.get("language", ""), LANGUAGES, "", str),
        source=ids.get(query.get("source", ""), 0),
        since=desk.now - timedelta(days=days) if days else None,
    )
    return asked, days


def _one_of(raw: str, known: tuple[T, ...], otherwise: T, read: Callable[[str], T]) -> T:
    try:
        value = read(raw)
    except ValueError:
        return otherwise
    return value if value in known else otherwise


def _topic(desk: Desk, axis: Axis, id: str) -> str:
    return id if desk.perimeter.topic(axis, id) else ""


def _query(asked: Asked, days: int) -> dict[str, object]:
    """Return the query that asks for this again; what is usual is left out."""
    full = {
        "market": asked.market,
        "technology": asked.technology,
        "words": asked.words,
        "state": "" if asked.state is State.SERVED else asked.state.value,
        "language": asked.language,
        "source": asked.source or "",
        "days": "" if days == USUAL_DAYS else str(days),
    }
    return {name: value for name, value in full.items() if value}


def _written(last: Tagged) -> str:
    """Return the place of an item in the list, as `_place` reads it."""
    return f"{last.item.published_at.isoformat()}_{last.item.key}"


def _place(raw: str) -> tuple[datetime, str] | None:
    at, mark, key = raw.rpartition("_")
    try:
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment, key) if mark and key.isalnum() else None


def _state_names(language: str) -> Mapping[State, str]:
    _ = speaker(language)
    return {
        State.SERVED: _("Kept items"),
        State.DOUBTFUL: _("To review"),
        State.UNTAGGED: _("Without tag"),
        State.ALL: _("All"),
    }


# -- one item ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A settled tag as the page shows it: with the words that any classifier found for it."""

    tag: Tag
    evidence: tuple[str, ...]


def shown(request: HttpRequest, desk: Desk, key: str, refusal: str = "") -> HttpResponse:
    """Show an item with its evidence marked, its tags, its history and the rest of its story.

    `refusal` says why a form was not obeyed.
    """
    tagged, story = _found(desk, key), told(desk.slug, key)
    lines = _lines(desk, tagged)
    evidence = [word for line in lines for word in line.evidence]
    return page(
        request,
        "item.html",
        422 if refusal else 200,
        desk=desk,
        item=tagged.item,
        lines=lines,
        title=marks.marked(tagged.item.title, evidence),
        paragraphs=marks.paragraphs(tagged.item.text, evidence),
        missing=_missing(desk, tagged),
        reviews=tags.reviews(desk.slug, key),
        revisions=store.revisions(desk.slug, key),
        others=[
            (one.item, tie_in_words(one.why, desk.language)) for one in story if one.item.key != key
        ],
        decisions=stories.decisions(story, key, desk),
        said=refusal or said_of(request.GET.get("said", ""), desk.language),
    )


def _found(desk: Desk, key: str) -> Tagged:
    found = shelves.find(desk.slug, key)
    if found is None:
        raise Http404
    return found


def _lines(desk: Desk, tagged: Tagged) -> list[Line]:
    """Return the settled tags; an expert's tag keeps the words that a classifier had found."""
    opinions = tags.opinions(desk.slug, [tagged.item.key]).get(tagged.item.key, [])
    words: dict[tuple[Axis, str], dict[str, None]] = {}
    for opinion in opinions:
        if not wording.by_expert(opinion):
            words.setdefault((opinion.axis, opinion.topic), {}).update(dict.fromkeys(opinion.why))
    return [Line(tag, tuple(words.get((tag.axis, tag.topic), ()))) for tag in tagged.tags]


def _missing(desk: Desk, tagged: Tagged) -> dict[Axis, list[str]]:
    """Return the topics of each axis that the item does not have yet."""
    had = {(tag.axis, tag.topic) for tag in tagged.tags}
    return {
        axis: [topic.id for topic in desk.perimeter.on(axis) if (axis, topic.id) not in had]
        for axis in Axis
    }


# -- what an officer decides of its story --------------------------------------------------


def decide(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Join the item's story to another, part the item from it, or take that back."""
    _found(desk, key)
    try:
        done = stories.decide(desk, key, request.POST.dict())
    except ActRefused as reason:
        return shown(request, desk, key, stories.refusal(reason, desk.language))
    address = reverse("item", kwargs={"slug": desk.slug, "key": key})
    return HttpResponse(status=303, headers={"Location": f"{address}?said={done}"})


# -- what an expert says -------------------------------------------------------------------


def review(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Keep what an expert says of an item's topic, then go back to where he came from."""
    tagged = _found(desk, key)
    asked = _review(request.POST, desk, tagged)
    if asked is not None:
        review_item(desk.slug, asked)
    said = asked.verdict.value if asked else "unclear"
    back = own_path(
        request.POST.get("back", ""), reverse("item", kwargs={"slug": desk.slug, "key": key})
    )
    address = f"{back}{'&' if '?' in back else '?'}said={said}"
    return HttpResponse(status=303, headers={"Location": address})


def _review(form: QueryDict, desk: Desk, tagged: Tagged) -> Review | None:
    """Return the review that a form means; None where it names no topic that can be meant."""
    axis, mark, topic = form.get("topic", "").partition("/")
    try:
        verdict = Verdict(form.get("verdict", ""))
        named = Axis.MARKET if verdict is Verdict.DONE else Axis(axis)
    except ValueError:
        return None
    known = {(tag.axis, tag.topic) for tag in tagged.tags}
    known |= {(one.axis, one.id) for one in desk.perimeter.topics}
    instead = form.get("instead", "") if verdict is Verdict.CORRECT else ""
    if verdict is Verdict.DONE:
        topic = ""
    elif not mark or (named, topic) not in known:
        return None
    if verdict is Verdict.CORRECT and (instead == topic or (named, instead) not in known):
        return None
    return Review(
        item=tagged.item.key,
        axis=named,
        topic=topic,
        verdict=verdict,
        reviewer=desk.member.user,
        college=desk.member.college,
        said_at=desk.now,
        instead=instead,
    )


def said_of(code: str, language: str) -> str:
    """Return the sentence that tells what a form did; "" for no such thing."""
    _ = speaker(language)
    return {
        "confirm": _("Confirmed. Your opinion counts from now on."),
        "reject": _("Rejected. Your opinion counts from now on."),
        "correct": _("Corrected. Your opinion counts from now on."),
        "join": _("Joined. It stays so, whatever is read later."),
        "part": _("Parted. It stays so, whatever is read later."),
        "undo": _("Taken back."),
        "nothing": _("Nothing was changed."),
        "done": _("Done. This item is off your agenda."),
        "unclear": _("Nothing was changed: choose a topic first."),
    }.get(code, "")


def without_said(request: HttpRequest) -> str:
    """Return the address that was asked for, without what the last form did."""
    query = request.GET.copy()
    query.pop("said", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
