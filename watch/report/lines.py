"""The lines of a letter in words: a pick comes in, what its reader reads comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from watch.domain import Axis, Cause, Digest, Item, Line, Perimeter, Pick, Record, Tag
from watch.report.pages import day
from watch.text.clean import one_line, shorten
from watch.text.translate import catalogue, speaker
from watch.text.urls import canonical

__all__ = ["closing", "name_of", "to_line"]

_MOST_TITLE = 90
_MOST_OUTLETS = 4
_MOST_WORDS = 3
_MOST_TOPICS = 2

# What the law calls a very short extract has no number; this is ours where a source has none.
_EXCERPT = 160
# Two or three lines on a phone, however much a source's rights would let us quote.
_MOST_EXCERPT = 280


def to_line(pick: Pick, digest: Digest, language: str) -> Line:
    """Return one pick in the words of `language`."""
    item = pick.tagged.item
    kind = _kind(item.kind, language)
    is_reminder = any(reason.cause is Cause.TOLD for reason in pick.reasons)
    if is_reminder:
        kind = f"{speaker(language)('Reminder')} · {kind}"
    if pick.is_beside:
        kind = f"{speaker(language)('Beside your perimeter')} · {kind}"
        why = _why_beside(pick, digest, language)
    else:
        why = _chained(_whys(pick, digest, language), language)
    return Line(
        item=item.key,
        story=pick.tagged.story.key,
        kind=kind,
        title=one_line(item.title, _MOST_TITLE),
        url=canonical(item.url),
        language=item.language or language,
        excerpt=_excerpt(item, digest.excerpt_lengths.get(item.source, _EXCERPT)),
        source=_source(item, digest.cluster.timezone, language),
        also=_also(pick, language),
        why=why,
        is_beside=pick.is_beside,
        closes_on=_closes_on(item, digest.cluster.timezone),
        amount=_amount(item.record, language),
        is_reminder=is_reminder,
    )


def name_of(perimeter: Perimeter, axis: Axis, id: str, language: str) -> str:
    """Return a topic's name, its id where this version of the perimeter no longer knows it."""
    topic = perimeter.topic(axis, id)
    return topic.name(language) if topic else id


@cache
def _kind(kind: str, language: str) -> str:
    _ = speaker(language)
    return {
        "tender": _("Call for tenders"),
        "call": _("Call for projects"),
        "funding": _("Funding"),
        "patent": _("Patent"),
        "competitor": _("Competitor"),
        "research": _("Research"),
        "publication": _("Research"),
        "standard": _("Standard"),
        "event": _("Event"),
        "project": _("Project"),
        "company": _("Company"),
    }.get(kind, _("News"))


def _excerpt(item: Item, most: int) -> str:
    """Return the first of the source's own words that its rights let us quote, "" for none."""
    words = one_line(item.text[:2000], 1000)
    title = one_line(item.title)
    words = words.removeprefix(title).lstrip(" .:–—-") if title else words
    return shorten(words, min(most, _MOST_EXCERPT)) if most > 0 else ""


def _source(item: Item, timezone: str, language: str) -> str:
    """Return outlet, day and, where it is another one, the language of an item."""
    on = item.published_at.astimezone(ZoneInfo(timezone)).date()
    parts = [one_line(item.outlet, 80), day(on, language)]
    if item.language and item.language != language:
        parts.append(_tongue(item.language, language))
    return " · ".join(part for part in parts if part)


@cache
def _tongue(code: str, language: str) -> str:
    _ = speaker(language)
    return {
        "de": _("in German"),
        "en": _("in English"),
        "es": _("in Spanish"),
        "fr": _("in French"),
        "it": _("in Italian"),
        "nl": _("in Dutch"),
        "pt": _("in Portuguese"),
    }.get(code, _("language: {code}").format(code=code))


def _also(pick: Pick, language: str) -> str:
    """Return where else the story is told, "" where it is told once."""
    own = pick.tagged.item.outlet
    others = [one_line(name, 60) for name in pick.tagged.story.outlets if name and name != own]
    if not others:
        return ""
    sentence = speaker(language)("Also seen in {outlets}").format(
        outlets=", ".join(others[:_MOST_OUTLETS])
    )
    rest = len(others) - _MOST_OUTLETS
    if rest <= 0:
        return sentence
    more = catalogue(language).ngettext("and {n} other", "and {n} others", rest).format(n=rest)
    return f"{sentence} {more}"


def closing(on: date, language: str) -> str:
    """Return until when one can answer, in the few signs that a subject has room for.

    >>> closing(date(2026, 12, 5), "en")
    'closes 5 Dec'
    """
    _ = speaker(language)
    if language == "fr":
        return _("closes {day}").format(day=f"{on:%d/%m}")
    return _("closes {day}").format(day=f"{on.day} {day(on, language).split()[1][:3]}")


def _closes_on(item: Item, timezone: str) -> date | None:
    at = item.record.deadline_at
    return at.astimezone(ZoneInfo(timezone)).date() if at else None


def _amount(record: Record, language: str) -> str:
    """Return how much money it is about, rounded to two digits after its unit, "" if unknown."""
    if not record.amount or record.amount < 1:
        return ""
    steps = ((1e9, speaker(language)("bn")), (1e6, "M"), (1e3, "k"), (1, ""))
    step, unit = next(one for one in steps if record.amount >= one[0] * 0.9995)
    count = record.amount / step
    written = f"{count:.0f}" if count >= 100 or step == 1 else f"{count:.1f}".removesuffix(".0")
    sign = _SIGNS.get(record.currency, one_line(record.currency, 3))
    if language == "fr":
        return f"{written.replace('.', ',')}\N{NO-BREAK SPACE}{unit}{sign}"
    return f"{sign}{written}{unit}" if len(sign) == 1 else f"{sign} {written}{unit}"


_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


def _whys(pick: Pick, digest: Digest, language: str) -> list[str]:
    """Return what speaks for a line, the most telling first, each in a few words."""
    said = {reason.cause: reason.evidence for reason in pick.reasons}
    parts = [_of_reader(cause, said[cause], digest, language) for cause in _FIRST if cause in said]
    # The watch words are the reader's own: they say more than the words that made a topic.
    parts += _of_topics(pick.why, digest.perimeter, language, has_words=Cause.WORD not in said)
    if not parts or Cause.LIKED in said:
        rest = [cause for cause in said if cause in _LAST]
        parts += [_of_reader(cause, said[cause], digest, language) for cause in rest]
    return parts


_FIRST = (Cause.SOON, Cause.TOLD, Cause.ACTOR, Cause.WORD)
_LAST = (Cause.LIKED, Cause.ABOUT)


def _of_reader(cause: Cause, evidence: Sequence[str], digest: Digest, language: str) -> str:
    """Return what of a line is the reader's own: his words, his actors, what he liked."""
    _, plural = speaker(language), catalogue(language).ngettext
    shown = evidence[:_MOST_WORDS]
    if cause is Cause.SOON:
        left = int(evidence[0])
        return plural("closes in {n} day", "closes in {n} days", left).format(n=left)
    if cause is Cause.TOLD:
        on = day(date.fromisoformat(evidence[0]), language)
        return _("reminder of your letter of {day}").format(day=on)
    quoted = ", ".join(_("“{word}”").format(word=one_line(one, 60)) for one in shown)
    if cause is Cause.ACTOR:
        named = ", ".join(one_line(one, 60) for one in shown)
        sentence = plural(
            "you follow this actor: {names}", "you follow these actors: {names}", len(shown)
        )
        return sentence.format(names=named)
    if cause is Cause.WORD:
        return plural("your watch word: {words}", "your watch words: {words}", len(shown)).format(
            words=quoted
        )
    if cause is Cause.LIKED:
        return _("because you found {title} useful").format(title=quoted)
    firm = one_line(digest.subscriber.firm, 60) or _("your firm")
    return _("near to what {firm} says it does").format(firm=firm)


def _of_topics(
    met: Sequence[Tag], perimeter: Perimeter, language: str, has_words: bool
) -> list[str]:
    """Return which of the reader's topics were met, and by what."""
    _ = speaker(language)
    shown = [tag for axis in _ORDER for tag in _first(met, axis, _MOST_TOPICS)]
    if not shown:
        return []
    sides = (
        ", ".join(name_of(perimeter, axis, t.topic, language) for t in shown if t.axis is axis)
        for axis in _ORDER
    )
    reasons = [_("You follow {topics}").format(topics=" × ".join(side for side in sides if side))]
    judged = [tag for tag in shown if not tag.by.startswith("expert/")]
    # What an expert wrote beside his vote is for his colleagues.
    words = _apart(one_line(word, 40) for tag in judged for word in tag.why) if has_words else []
    if words:
        found = catalogue(language).ngettext(
            "word found: {words}", "words found: {words}", min(len(words), _MOST_WORDS)
        )
        quoted = (_("“{word}”").format(word=word) for word in words[:_MOST_WORDS])
        reasons.append(found.format(words=", ".join(quoted)))
    if len(judged) < len(shown):
        reasons.append(_("tagged by an expert"))
    return reasons


def _apart(words: Iterable[str]) -> list[str]:
    """Return the words of which none holds another, in their order."""
    kept: list[str] = []
    for word in words:
        if word and not any(word.casefold() in other.casefold() for other in kept):
            kept = [other for other in kept if other.casefold() not in word.casefold()] + [word]
    return kept


def _why_beside(pick: Pick, digest: Digest, language: str) -> str:
    """Return what ties an item to a reader who does not follow it."""
    _ = speaker(language)
    followed = {(interest.axis, interest.topic) for interest in digest.subscriber.interests}
    tags = sorted(pick.tagged.tags, key=lambda tag: -tag.score)
    kin = next((tag for tag in tags if (tag.axis, tag.topic) in followed), None)
    if kin is None:
        return _("A subject next to those that you follow")
    other = next((tag for tag in tags if tag.axis is not kin.axis), None)
    reasons = [
        _("You follow {topics}").format(
            topics=name_of(digest.perimeter, kin.axis, kin.topic, language)
        )
    ]
    if other is not None:
        sentence = (
            _("here in another market: {topic}")
            if other.axis is Axis.MARKET
            else _("here with another technology: {topic}")
        )
        name = name_of(digest.perimeter, other.axis, other.topic, language)
        reasons.append(sentence.format(topic=name))
    return _chained(reasons, language)


_ORDER = (Axis.TECHNOLOGY, Axis.MARKET)


def _first(tags: Iterable[Tag], axis: Axis, most: int) -> list[Tag]:
    return [tag for tag in tags if tag.axis is axis][:most]


def _chained(parts: Iterable[str], language: str) -> str:
    """Return the parts of one sentence with semicolons between them."""
    first, *rest = parts
    parts = (first[:1].upper() + first[1:], *(one[:1].lower() + one[1:] for one in rest))
    return ("\u00a0; " if language == "fr" else "; ").join(parts)
