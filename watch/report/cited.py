"""Which stories a report cites, in what order, and the number that each of them keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from watch.domain import Axis, Item, Rights, Tag, Tagged, Topic, Zoom

__all__ = [
    "KEY_FACTS",
    "Entry",
    "Group",
    "citations",
    "counts",
    "day",
    "entry",
    "groups",
    "is_confirmed",
    "outlets",
    "strongest",
]

KEY_FACTS = 7
"""Facts on the first page: 5 to 7 fit a page with an excerpt each."""
PER_GROUP = 12
"""Stories listed under one technology. At 12 a quarter of a busy market stays a report of about
twenty pages; what is left out is counted and said."""


@dataclass(frozen=True, slots=True)
class Group:
    """The stories of one technology, newest first; `topic` is None for those without any."""

    topic: Topic | None
    count: int
    """All of them."""
    cited: tuple[Tagged, ...]
    """The strongest of them: those that the report lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One story as one place of the report shows it."""

    number: int
    """Its number among the sources."""
    item: Item
    link: str
    """Its address, or "" where that is not one to follow."""
    on: date
    """The day on which it was published, where the cluster lives."""
    seen_on: date
    """The day on which it was first collected."""
    others: tuple[str, ...]
    """The other outlets that told it."""
    words: tuple[str, ...]
    """The words by which it was recognised, as they stand in the text."""
    colleges: tuple[str, ...]
    """Which colleges of reviewers confirmed it."""
    excerpt: str
    """The beginning of its text, as long as its source's rights allow."""


def outlets(tagged: Tagged) -> tuple[str, ...]:
    """Return every outlet that told the story, that of its head item first."""
    return tuple(dict.fromkeys((tagged.item.outlet, *tagged.story.outlets)))


def day(at: datetime, zoom: Zoom) -> date:
    """Return the day of an instant, where the cluster lives."""
    return at.astimezone(ZoneInfo(zoom.cluster.timezone)).date()


def is_confirmed(tagged: Tagged) -> bool:
    """Return whether a person said that the story is about one of its subjects."""
    return any(_college(tag) for tag in tagged.tags if tag.score > 0)


def strongest(stories: Iterable[Tagged], limit: int) -> list[Tagged]:
    """Return the best supported stories, at most `limit`, strongest first.

    More outlets come first, then a person's confirmation, then the score of the technology,
    then what is newer. The order does not depend on the order of `stories`.
    """
    return sorted(stories, key=_strength, reverse=True)[:limit]


def _strength(tagged: Tagged) -> tuple[int, bool, float, datetime, str]:
    sure = [tag for tag in tagged.tags if tag.axis is Axis.TECHNOLOGY]
    return (
        len(outlets(tagged)),
        is_confirmed(tagged),
        max((tag.score for tag in sure), default=0.0),
        tagged.item.published_at,
        tagged.item.key,
    )


def groups(zoom: Zoom) -> list[Group]:
    """Return the stories by technology, the busiest first; those without any come last.

    A story stands under each of its technologies. A technology without a story has no group,
    and a tag that this version of the perimeter does not know opens none.
    """
    topics = {topic.id: topic for topic in zoom.perimeter.on(Axis.TECHNOLOGY)}
    told: dict[str, list[Tagged]] = {id: [] for id in topics}
    rest: list[Tagged] = []
    for tagged in zoom.stories:
        known = [id for id in _technologies(tagged) if id in topics]
        for id in known:
            told[id].append(tagged)
        if not known:
            rest.append(tagged)
    found = [_group(topics[id], stories) for id, stories in told.items() if stories]
    found.sort(key=lambda group: -group.count)
    return found + ([_group(None, rest)] if rest else [])


def _group(topic: Topic | None, stories: Sequence[Tagged]) -> Group:
    listed = {tagged.item.key for tagged in strongest(stories, PER_GROUP)}
    cited = tuple(tagged for tagged in stories if tagged.item.key in listed)
    return Group(topic, len(stories), cited)


def counts(stories: Iterable[Tagged]) -> dict[str, int]:
    """Return how many stories each technology has."""
    found: dict[str, int] = {}
    for tagged in stories:
        for id in _technologies(tagged):
            found[id] = found.get(id, 0) + 1
    return found


def _technologies(tagged: Tagged) -> Iterable[str]:
    return dict.fromkeys(
        tag.topic for tag in tagged.tags if tag.axis is Axis.TECHNOLOGY and tag.score > 0
    )


def citations(facts: Sequence[Tagged], listed: Sequence[Group]) -> dict[str, tuple[int, Tagged]]:
    """Return what the report cites, by item key: number and story, in the order of citation."""
    cited = chain(facts, *(group.cited for group in listed))
    once = {tagged.item.key: tagged for tagged in cited}
    return {key: (number, tagged) for number, (key, tagged) in enumerate(once.items(), 1)}


def entry(number: int, tagged: Tagged, zoom: Zoom, topic: Topic | None = None) -> Entry:
    """Return a story as it is shown; under a `topic`, with what ties it to that topic.

    Without a topic the tags of the market and of all technologies are its evidence.
    """
    item = tagged.item
    tags = [tag for tag in tagged.tags if tag.score > 0 and _concerns(tag, zoom.market, topic)]
    # What an expert wrote beside a tag is a remark to colleagues, not a word of the text.
    seen = {word.casefold(): word for tag in tags if not _college(tag) for word in tag.why}
    return Entry(
        number=number,
        item=item,
        link=item.url if item.url.startswith(("https://", "http://")) else "",
        on=day(item.published_at, zoom),
        seen_on=day(item.first_seen_at, zoom),
        others=outlets(tagged)[1:],
        words=tuple(seen.values()),
        colleges=tuple(dict.fromkeys(filter(None, map(_college, tags)))),
        excerpt=_excerpt(item, zoom.excerpt_lengths),
    )


def _concerns(tag: Tag, market: Topic, topic: Topic | None) -> bool:
    if tag.axis is Axis.MARKET:
        return tag.topic == market.id
    return topic is None or tag.topic == topic.id


def _college(tag: Tag) -> str:
    """Return the college of the person who says so, or "" where a classifier does."""
    who, _, rest = tag.by.partition("/")
    return rest.partition("/")[0] if who == "expert" else ""


def _excerpt(item: Item, lengths: Mapping[int, int]) -> str:
    """Return whole words of the text, its mark of omission included in the length."""
    length = lengths.get(item.source, Rights().excerpt_length)
    text = " ".join(item.text.removeprefix(item.title).split())
    if len(text) <= length:
        return text
    kept = text[: max(length - 1, 0)].rpartition(" ")[0].rstrip(" ,;:.!?–-")
    return f"{kept}…" if kept else ""
