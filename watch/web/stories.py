"""An item's story on its page: what people decided of it, and what an officer decides now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watch.domain import Act
from watch.enrich.told import act_in_words
from watch.errors import ActRefused
from watch.rounds.stories import Told
from watch.store import acts
from watch.text.translate import speaker
from watch.web.access import Desk

__all__ = ["Decision", "decide", "decisions", "refusal"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody did to an item's story, as the page shows it."""

    act: Act
    key: str
    title: str
    said: str


def decisions(story: Iterable[Told], key: str, desk: Desk) -> list[Decision]:
    """Return the acts in force on a story, each once, newest first, as the item `key` sees them."""
    found: dict[int, Decision] = {}
    for one in sorted(story, key=lambda one: one.item.key != key):
        for act, other in one.acts:
            said = act_in_words(act, other, desk.day(act.done_at), desk.language)
            found.setdefault(act.id, Decision(act, one.item.key, one.item.title, said))
    return [found[id] for id in sorted(found, reverse=True)]


def decide(desk: Desk, key: str, form: Mapping[str, str]) -> str:
    """Do what a form asks of an item's story; return the word for what was done.

    Raises `ActRefused` where it cannot be done.
    """
    hand = acts.Hand(desk.now, desk.member.user, form.get("remark", ""))
    number = form.get("act", "")
    match form.get("do", ""):
        case "part":
            acts.part(desk.slug, key, hand)
            return "part"
        case "join":
            acts.join(desk.slug, key, acts.find(desk.slug, form.get("other", "")).key, hand)
            return "join"
        case "undo" if number.isdecimal() and len(number) < 10:
            acts.undo(desk.slug, hand, int(number))
            return "undo"
        case _:
            return "nothing"


def refusal(reason: ActRefused, language: str) -> str:
    """Return why an act was refused, in the reader's language."""
    _ = speaker(language)
    [problem] = reason.problems
    told = _(problem.what) if not problem.where else f"{problem.where} – {_(problem.what)}"
    return f"{told}. {_(problem.instead).capitalize()}." if problem.instead else f"{told}."
