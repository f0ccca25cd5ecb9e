"""The letter of one reader: a `Digest` comes in, a `Letter` ready to send goes out.

It is an editorial page for a phone: no picture, no script, nothing that is loaded from anywhere,
and no address in it but those of the articles, of the officer and of the way out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil

from watch.domain import Alert, Basis, Cluster, Digest, Letter, Line, Links, Say
from watch.report.lines import closing, name_of, to_line
from watch.report.pages import day
from watch.report.sheet import (
    RULE,
    addressed,
    as_text,
    html_of,
    post_of,
    sender_of,
    spoken,
)
from watch.text.clean import one_line, shorten
from watch.text.translate import catalogue, speaker

__all__ = ["letter_key", "lines_of", "write_letter"]

# A subject is cut by phones after some 40 to 60 characters: the fact stands first.
_MOST_SUBJECT = 55
_MOST_LEADING = 3
_MOST_LINES = 10
_WORDS_A_MINUTE = 200


@dataclass(frozen=True, slots=True)
class _Foot:
    """What stands under the last line, one sentence each."""

    answer: str
    reason: str
    topics: str
    privacy: str
    ways: tuple[tuple[str, str], ...]
    """What the reader may do himself, and where; to leave is the last."""
    post: str
    sender: str


@dataclass(frozen=True, slots=True)
class _Page:
    """All that a letter says, in the order in which it says it."""

    name: str
    subject: str
    when: str
    greeting: str
    opening: str
    lines: tuple[Line, ...]
    rest: int
    """Lines for which there was no room."""
    foot: _Foot
    links: Links


def lines_of(digest: Digest) -> tuple[Line, ...]:
    """Return the lines of a letter in its language, as many as a letter holds."""
    language = spoken(digest.subscriber, digest.cluster)
    return tuple(to_line(pick, digest, language) for pick in digest.picks[:_MOST_LINES])


def write_letter(digest: Digest, lines: Sequence[Line] | None = None, greeting: str = "") -> Letter:
    """Return the letter in the reader's language, else in the cluster's.

    `lines` are those that an officer left, else the digest's own; `greeting` is his sentence above
    them. The key depends on cluster, reader, period and whether it is an alert: a letter written
    twice is one letter, however it was edited. The subject is the first fact that is told in the
    letter's language, the preheader the next. Raises ValueError where there is no line, or no basis
    on which the reader may be written to.
    """
    reader, cluster = digest.subscriber, digest.cluster
    if reader.basis is None:
        raise ValueError(f"subscriber {reader.id}: no legal basis is recorded")
    shown = list(lines_of(digest) if lines is None else lines)
    if not shown and not digest.is_quiet:
        raise ValueError(f"subscriber {reader.id}: a letter without a line")
    language = spoken(reader, cluster)
    name = one_line(cluster.name, 80)
    fact = (
        _fact(_leading(shown, language)[0], language)
        if shown
        else speaker(language)("Nothing new for you in four weeks")
    )
    page = _Page(
        name=name,
        subject=f"{fact} · {name}",
        when=_when(digest, language),
        greeting=one_line(greeting, 300),
        opening=_opening(shown, digest, language) if shown else _quiet(language),
        lines=tuple(shown),
        rest=len(digest.picks) - len(shown) if lines is None else 0,
        foot=_foot(digest, reader.basis, language),
        links=digest.links,
    )
    return addressed(
        cluster,
        reader,
        letter_key(digest),
        page.subject,
        _html(page, cluster, language),
        _text(page, language),
        digest.links.unsubscribe,
    )


def _leading(lines: Sequence[Line], language: str) -> list[Line]:
    """Return the first lines, those in the letter's language before the others.

    A subject in another language is not read; what stands below the third line is no strong fact.
    """
    return sorted(lines[:_MOST_LEADING], key=lambda line: line.language != language)


def _fact(line: Line, language: str) -> str:
    """Return a line as a subject: its title, and what decides, in 55 characters."""
    if line.is_reminder:
        _ = speaker(language)
        title = f"{_('Reminder')}{_(':')} {line.title}"
        return _fact(replace(line, title=title, is_reminder=False), language)
    facts = [closing(line.closes_on, language)] if line.closes_on else []
    facts += [line.amount] if line.amount else []
    fact = shorten(line.title, _MOST_SUBJECT)
    for end in (", ".join(facts), *facts[:1]):
        room = _MOST_SUBJECT - len(end) - 2
        if end and (len(line.title) <= room or end == facts[0]):
            return f"{shorten(line.title, room)}, {end}"
    return fact


def _html(page: _Page, cluster: Cluster, language: str) -> str:
    leading = _leading(page.lines, language)
    return html_of(
        "letter.html",
        cluster,
        language,
        preheader=_fact(leading[1], language) if len(leading) > 1 else page.opening,
        page=page,
        lines=page.lines,
        foot=page.foot,
        links=page.links,
        closes={n: _closes(line, language) for n, line in enumerate(page.lines, 1)},
        more=_more(page.rest, language),
        says=_says(language),
        change=speaker(language)("Change"),
        ask=speaker(language)("Ask the watch team"),
    )


def _closes(line: Line, language: str) -> str:
    """Return until when one can answer and how much it is about, "" where neither is known."""
    _ = speaker(language)
    on = line.closes_on
    until = _("closes on {day}").format(day=day(on, language)) if on else ""
    return " · ".join(filter(None, (until, line.amount)))


def _more(rest: int, language: str) -> str:
    plural = catalogue(language).ngettext
    sentence = plural(
        "{n} more item found no room: see what you would like less of.",
        "{n} more items found no room: see what you would like less of.",
        rest,
    )
    return sentence.format(n=rest) if rest > 0 else ""


def letter_key(digest: Digest) -> str:
    """Return 32 hexadecimal digits, the same for ever for this reader and this period."""
    period = digest.period
    parts = [digest.cluster.slug, digest.subscriber.id, period.first_on, period.last_on]
    parts += ["alert"] if digest.is_alert else []
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def _opening(lines: Sequence[Line], digest: Digest, language: str) -> str:
    """Return how much there is, and how long it takes to read."""
    words = sum(
        len(text.split()) for line in lines for text in (line.title, line.excerpt, line.why)
    )
    plural, period = catalogue(language).ngettext, digest.period
    if digest.is_alert:
        return plural(
            "{n} item that cannot wait for your next letter.",
            "{n} items that cannot wait for your next letter.",
            len(lines),
        ).format(n=len(lines))
    if (period.last_on - period.first_on).days == 6:
        count = plural("{n} item this week", "{n} items this week", len(lines))
    else:
        count = plural("{n} item", "{n} items", len(lines))
    return speaker(language)("{count}, {minutes} min read.").format(
        count=count.format(n=len(lines)), minutes=max(1, ceil(words / _WORDS_A_MINUTE))
    )


def _quiet(language: str) -> str:
    """Return the one line that ends four silent weeks."""
    return speaker(language)(
        "Nothing new has matched what you follow in four weeks. Shall we widen it?"
    )


def _when(digest: Digest, language: str) -> str:
    _, period = speaker(language), digest.period
    if digest.is_alert:
        return _("alert of {day}").format(day=day(period.first_on, language))
    if (period.last_on - period.first_on).days == 6:
        return _("week of {first}").format(first=day(period.first_on, language))
    return _("{first} to {last}").format(
        first=day(period.first_on, language), last=day(period.last_on, language)
    )


def _foot(digest: Digest, basis: Basis, language: str) -> _Foot:
    _ = speaker(language)
    cluster, reader = digest.cluster, digest.subscriber
    names = dict.fromkeys(
        name_of(digest.perimeter, interest.axis, interest.topic, language)
        for interest in reader.interests
    )
    officer = one_line(cluster.sender_name or cluster.name, 80)
    return _Foot(
        answer=_(
            "A question, an item to look into together? Answer this message: {officer} reads it."
        ).format(officer=officer),
        reason=" ".join(filter(None, (_reason(basis, digest, language), _asked(digest, language)))),
        topics=_("You follow: {topics}.").format(topics=", ".join(names)),
        privacy=_(
            "This letter holds no picture and no tracker: nobody knows whether you open it or "
            "what you click on. Your address serves for this letter alone."
        ),
        ways=_ways(digest.links, language),
        post=post_of(cluster),
        sender=sender_of(cluster),
    )


def _asked(digest: Digest, language: str) -> str:
    """Return that a reader wished to hear of this between two letters, "" in a letter."""
    _ = speaker(language)
    names = {
        Alert.DEADLINE: _("deadlines that are near"),
        Alert.COMPETITOR: _("actors that you follow"),
    }
    kinds = ", ".join(names[one] for one in digest.subscriber.alerts)
    if not digest.is_alert or not kinds:
        return ""
    return _("You asked for alerts between two letters: {kinds}.").format(kinds=kinds)


def _ways(links: Links, language: str) -> tuple[tuple[str, str], ...]:
    _ = speaker(language)
    ways = (
        (_("Change my choices, or pause"), links.preferences),
        (_("My earlier letters"), links.letters),
        (_("My data"), links.data),
        (_("Stop receiving these letters"), links.unsubscribe),
    )
    return tuple((name, address) for name, address in ways if address)


def _says(language: str) -> tuple[tuple[str, str], ...]:
    """Return what a reader may say of a line, in words and as the address says it."""
    _ = speaker(language)
    return (
        (Say.USEFUL.value, _("Useful")),
        (Say.NOT_FOR_ME.value, _("Not for me")),
        (Say.SEEN.value, _("Seen already")),
        (Say.DIG.value, _("Look into it together")),
    )


def _reason(basis: Basis, digest: Digest, language: str) -> str:
    """Return why this reader may be written to: the ground, since when, and where it is from."""
    _ = speaker(language)
    sentence = {
        "member": _(
            "You receive this letter because {firm} has been a member of {cluster} since {day} "
            "(origin of your address: {origin})."
        ),
        "consent": _(
            "You receive this letter because you agreed to it on {day} "
            "(origin of your address: {origin})."
        ),
    }.get(
        basis.ground,
        _(
            "You receive this letter because it concerns your work at {firm} (legitimate "
            "interest, since {day}; origin of your address: {origin})."
        ),
    )
    return sentence.format(
        firm=one_line(digest.subscriber.firm, 80) or _("your firm"),
        cluster=one_line(digest.cluster.name, 80),
        day=day(basis.since_on, language),
        origin=one_line(basis.origin, 120) or "–",
    )


# -- the text part


def _text(page: _Page, language: str) -> str:
    """Return the same letter as plain text, 72 columns wide; addresses stay whole."""
    _ = speaker(language)
    foot, links = page.foot, page.links
    blocks = [[page.name, page.when], [page.greeting] if page.greeting else [], [page.opening]]
    for number, line in enumerate(page.lines, 1):
        head = " · ".join(filter(None, (line.kind.upper(), _closes(line, language))))
        blocks += [[RULE], [f"{number}. {head}", line.title]]
        blocks += [[line.excerpt]] if line.excerpt else []
        blocks.append([part for part in (line.source, line.also, line.why, line.url) if part])
        if links.feedback:
            address = f"{links.feedback}/{number}"
            blocks.append([_("Your opinion, in one click:"), address])
            blocks.append([f"{_('Ask the watch team')}{_(':')}", f"{address}/ask"])
    blocks.append([RULE])
    blocks.append([_more(page.rest, language), links.preferences] if page.rest > 0 else [])
    blocks += [[foot.answer], [foot.reason], [foot.topics], [foot.privacy]]
    blocks += [[name, address] for name, address in foot.ways]
    blocks.append([foot.post, foot.sender])
    return as_text(blocks)
