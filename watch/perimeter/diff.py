"""Two versions are compared: in come two perimeters, out come plain sentences of what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from watch.domain import Axis, Perimeter, Texts, Topic
from watch.text.translate import speaker

__all__ = ["diff"]

_Say = Callable[[str], str]


def diff(old: Perimeter, new: Perimeter, language: str = "fr") -> list[str]:
    """Return one sentence for each thing that changed from the old version to the new one.

    Topics are compared by axis and id, so a topic under another id is one removed and one added.
    Nothing changed: an empty list.
    """
    say = speaker(language)
    return [
        *_head(old, new, say),
        *(sentence for axis in Axis for sentence in _axis(axis, old, new, say, language)),
    ]


def _head(old: Perimeter, new: Perimeter, say: _Say) -> Iterator[str]:
    if old.version != new.version:
        yield say("Version: {old} → {new}.").format(old=old.version, new=new.version)
    yield from _texts(say("Name"), old.label, new.label, say)
    yield from _texts(say("Purpose"), old.purpose, new.purpose, say)
    for name, was, now in (
        (say("Languages"), old.languages, new.languages),
        (say("Regions"), old.places.regions, new.places.regions),
        (say("Neighbouring countries"), old.places.near, new.places.near),
        (say("Countries of the world"), old.places.world, new.places.world),
    ):
        yield from _words(name, was, now, say)
    if old.places.country != new.places.country:
        yield _changed(say("Home country"), old.places.country, new.places.country, say)
    if old.horizon_months != new.horizon_months:
        yield _changed(
            say("Horizon in months"), str(old.horizon_months), str(new.horizon_months), say
        )
    yield from _texts(say("Rhythm"), old.cadence, new.cadence, say)
    before = {question.id: question.text for question in old.questions}
    after = {question.id: question.text for question in new.questions}
    for asked in {**before, **after}:
        name = say("Question “{id}”").format(id=asked)
        yield from _texts(name, before.get(asked, {}), after.get(asked, {}), say)
    if list(before) != list(after) and sorted(before) == sorted(after):
        yield say("{name}: another order.").format(name=say("Questions"))
    yield from _terms(say("Out of scope"), old.out_of_scope, new.out_of_scope, say)


def _axis(axis: Axis, old: Perimeter, new: Perimeter, say: _Say, language: str) -> Iterator[str]:
    before, after = ({topic.id: topic for topic in p.on(axis)} for p in (old, new))
    spoken = say("Market “{name}”") if axis is Axis.MARKET else say("Technology “{name}”")
    for known in {**before, **after}:
        topic = after.get(known) or before[known]
        name = spoken.format(name=topic.name(language))
        if known not in before:
            yield say("{name}: added.").format(name=name)
        elif known not in after:
            yield say("{name}: removed.").format(name=name)
        else:
            yield from _topic(name, before[known], after[known], say)
    if list(before) != list(after) and sorted(before) == sorted(after):
        yield say("The order of the topics changed.")


def _topic(name: str, old: Topic, new: Topic, say: _Say) -> Iterator[str]:
    yield from _texts(say("{name}, name").format(name=name), old.label, new.label, say)
    yield from _texts(
        say("{name}, definition").format(name=name), old.definition, new.definition, say
    )
    for spoken, was, now in (
        (say("{name}, terms"), old.terms, new.terms),
        (say("{name}, weak terms"), old.weak, new.weak),
        (say("{name}, exclusions"), old.exclude, new.exclude),
        (say("{name}, codes"), old.codes, new.codes),
    ):
        yield from _terms(spoken.format(name=name), was, now, say)
    for spoken, words, now_words in (
        (say("{name}, words in exact case"), old.case_sensitive, new.case_sensitive),
        (say("{name}, examples that belong to it"), old.examples_for, new.examples_for),
        (say("{name}, examples that do not"), old.examples_against, new.examples_against),
    ):
        yield from _words(spoken.format(name=name), words, now_words, say)


def _changed(name: str, was: str, now: str, say: _Say) -> str:
    nothing = say("nothing")
    return say("{name}: “{old}” becomes “{new}”.").format(
        name=name, old=was or nothing, new=now or nothing
    )


def _texts(name: str, old: Texts, new: Texts, say: _Say) -> Iterator[str]:
    for code in {**old, **new}:
        if old.get(code) != new.get(code):
            yield _changed(f"{name} ({code})", old.get(code, ""), new.get(code, ""), say)


def _terms(
    name: str, old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]], say: _Say
) -> Iterator[str]:
    for code in {**old, **new}:
        yield from _words(f"{name} ({code})", old.get(code, ()), new.get(code, ()), say)


def _words(name: str, old: tuple[str, ...], new: tuple[str, ...], say: _Say) -> Iterator[str]:
    if gone := _quoted((word for word in old if word not in new), say):
        yield say("{name}: without {words}.").format(name=name, words=gone)
    if come := _quoted((word for word in new if word not in old), say):
        yield say("{name}: with {words} as well.").format(name=name, words=come)
    if old != new and not gone and not come:
        yield say("{name}: another order.").format(name=name)


def _quoted(words: Iterable[str], say: _Say) -> str:
    return ", ".join(say("“{word}”").format(word=word) for word in words)
