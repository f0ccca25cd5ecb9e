"""What a new perimeter would change of the last items, and what reviews call for, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from watch.cli.desk import LANGUAGE, _, counted_in, engine, now, progress, say
from watch.cli.lines import cut
from watch.domain import Axis, Cluster, Perimeter
from watch.report.lines import name_of

if TYPE_CHECKING:
    from watch.perimeter.trial import Turn

__all__ = ["say_words_from_reviews", "try_and_say"]

_EXAMPLES = 3
# A title on one line of the narrowest terminal, with the sign before it.
_WIDE = 74


def try_and_say(cluster: Cluster, new: Perimeter, days: int) -> None:
    """Read the items of so many days under both versions; say what is gained and lost."""
    from watch.rounds.trial import try_perimeter

    with engine() as pool, progress(_("Trying")) as said:
        trial = try_perimeter(pool, cluster.slug, new.written, now() - timedelta(days=days), said)
    read = counted_in(trial.items, _("{count} item"), _("{count} items"))
    say()
    say(_("In the last {days} days ({items}):").format(days=days, items=read))
    for turn in trial.turns:
        _say_turn(turn, trial.titles, new)
    if not trial.turns:
        say("  " + _("no item is gained or lost"))
    for topics, sentence in (
        (trial.never, _("{topic}: no item at all; add terms or examples, or drop it.")),
        (trial.always, _("{topic}: more than half of the items; it tells nothing apart.")),
    ):
        for topic in topics:
            say("  " + sentence.format(topic=_spoken(new, *topic)))


def _say_turn(turn: Turn, titles: Mapping[str, str], new: Perimeter) -> None:
    told = _("{topic}: {before} → {after} (gained {gained}, lost {lost})")
    say("  " + told.format(
        topic=_spoken(new, turn.axis, turn.topic), before=turn.before, after=turn.after,
        gained=len(turn.gained), lost=len(turn.lost),
    ))  # fmt: skip
    _say_titles("+", turn.gained, titles)
    _say_titles("−", turn.lost, titles)


def _say_titles(sign: str, items: Sequence[str], titles: Mapping[str, str]) -> None:
    for item in items[:_EXAMPLES]:
        title = titles[item] or _("(without title)")
        say(f"    {sign} {cut(title, _WIDE)}")


def say_words_from_reviews(cluster: Cluster, new: Perimeter) -> None:
    """Say which terms and exclusions the reviews call for, as lines to paste."""
    from watch.rounds.trial import words_from_reviews

    found = words_from_reviews(cluster.slug, new.written)
    if found:
        say()
        say(_("Reviews call for these words; paste the line in place of the one that is there:"))
    for one in found:
        words = ", ".join(_("“{word}”").format(word=word) for word in one.words)
        told = (
            _("{topic}, terms: {words}, in texts that people accept")
            if one.kind == "terms"
            else _("{topic}, exclusions: {words}, in texts that people reject")
        )
        say("  " + told.format(topic=_spoken(new, one.axis, one.topic), words=words))
        say(f"    {one.kind}: {one.line}")


def _spoken(perimeter: Perimeter, axis: Axis, id: str) -> str:
    spoken = _("Market “{name}”") if axis is Axis.MARKET else _("Technology “{name}”")
    return spoken.format(name=name_of(perimeter, axis, id, LANGUAGE))
