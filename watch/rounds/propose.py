"""A profile is proposed: a firm's lines of text -> what it does in its own words, and its topics.

Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from watch.classify.phrases import Phrases
from watch.classify.settle import settle
from watch.report.places import COUNTRIES
from watch.rounds.readers import as_item
from watch.rounds.tasks import Jury, perimeter_of, tag_items
from watch.routing import proposal
from watch.routing.proposal import Proposal
from watch.text.language import language
from watch.text.translate import LANGUAGES, speaker

__all__ = ["propose"]

_MOST_SENTENCES = 300


def propose(
    lines: Sequence[str], firm: str, jury: Jury, spoken: str = "", is_own: bool = False
) -> Proposal | None:
    """Return what a firm's profile could be; None where its words say nothing of what it does.

    `spoken` is the language that its pages state. With `is_own` somebody wrote the lines to
    describe the firm: where no sentence stands out, the first ones are its words.
    """
    said = proposal.sentences(lines)[:_MOST_SENTENCES]
    tongue = language(" ".join(said), spoken) if said else ""
    items = [as_item(str(place), one, tongue) for place, one in enumerate(said)]
    met = Phrases().tag(items, perimeter_of(jury.perimeter))
    is_about = {tag.item for tag in met}
    about = proposal.own_words(said, [item.key in is_about for item in items])
    about = about or (said[: proposal.MOST_SENTENCES] if is_own else [])
    if not about:
        return None
    whole = as_item("", " ".join(about), tongue)
    each = [as_item(str(place), one, tongue) for place, one in enumerate(about)]
    tags = tag_items([whole, *each], jury)
    evidence = [word for tag in tags if not tag.item and tag.by == Phrases.name for word in tag.why]
    countries = {speaker(one)(name): code for code, name in COUNTRIES.items() for one in LANGUAGES}
    return Proposal(
        about=tuple(about),
        language=tongue,
        topics=proposal.topics(about, settle(tags)),
        words=proposal.names(about, evidence, firm),
        places=proposal.places(said, countries),
        actors=proposal.actors(said, [*countries, firm]),
    )
