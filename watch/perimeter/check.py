"""A perimeter is checked: in come its words, out come what must be put right and what might be.

`note_words` is what stops the loading of a file; `check` gives remarks on one that loads.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from watch.domain import Axis, Perimeter, Topic
from watch.errors import Problem
from watch.perimeter.desk import Desk
from watch.text.plain_yaml import Node
from watch.text.translate import catalogue

__all__ = ["check", "folded", "note_words"]

# Below this many strong terms a topic misses more than it finds: the seven perimeters that
# officers use hold 10 to 20 for each language.
_FEW_TERMS = 5

# From here on Unicode holds Chinese and Japanese signs, of which one is a word by itself.
_FIRST_WORD_SIGN = 0x2E80


def folded(word: str) -> str:
    """Return a word as it is compared: composed letters, no case.

    >>> folded("LIDAR") == folded("lidar")
    True
    """
    return unicodedata.normalize("NFC", word).casefold()


def check(perimeter: Perimeter, language: str = "fr") -> list[Problem]:
    """Return remarks on a perimeter that loads; none of them stops anything."""
    _ = catalogue(language).gettext
    remarks: list[Problem] = []
    if not perimeter.purpose:
        remarks.append(
            Problem("", _("no purpose is written"), _("say in two lines what the watch is for"))
        )
    if not perimeter.questions:
        remarks.append(
            Problem("", _("no question is asked"), _("write what a Zoom-Marché has to answer"))
        )
    for topic in perimeter.topics:
        remarks += _remarks(topic, perimeter, language)
    return remarks


def _remarks(topic: Topic, perimeter: Perimeter, language: str) -> Iterator[Problem]:
    _, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    spoken = _("market “{id}”") if topic.axis is Axis.MARKET else _("technology “{id}”")
    where = spoken.format(id=topic.id)
    for code in perimeter.languages:
        count = len(topic.terms.get(code, ()))
        if count < _FEW_TERMS:
            yield Problem(
                where,
                ngettext(
                    "only {count} term in the language “{code}”",
                    "only {count} terms in the language “{code}”",
                    count,
                ).format(count=count, code=code),
                _("{count} to 20 find more").format(count=_FEW_TERMS),
            )
    if not topic.examples_for:
        yield Problem(
            where,
            _("no example sentence"),
            _("add two sentences that belong to it, and one that does not"),
        )
    others = {
        code
        for words in (topic.label, topic.definition, topic.terms, topic.weak, topic.exclude)
        for code in words
        if code not in perimeter.languages
    }
    for code in sorted(others):
        yield Problem(
            where,
            _("words in the language “{code}”, which the perimeter does not declare").format(
                code=code
            ),
            _("add it to “languages”, or delete them"),
        )


def note_words(node: Node, topic: Topic, place: str, desk: Desk) -> None:
    """Note on the desk the words of a topic that contradict one another or find everything."""
    for code in {**topic.terms, **topic.weak, **topic.exclude}:
        _note_doubles(node, code, place, desk)
    held = {word for words in (*topic.terms.values(), *topic.weak.values()) for word in words}
    for element in _elements(node, "case_sensitive"):
        if element.text not in held:
            what = desk.say("“{word}” in “case_sensitive” is not among the terms")
            instead = desk.say("add it to “terms” in exactly this case, or delete it here")
            desk.note(element.line, place, what.format(word=element.text), instead)


def _note_doubles(node: Node, code: str, place: str, desk: Desk) -> None:
    """Note the words of one language that stand twice, and those that are no words."""
    first: dict[str, str] = {}
    for key in ("terms", "weak", "exclude"):
        for element in _elements(node, key, code):
            word = element.text
            if folded(word) in first:
                what = _double(first[folded(word)], key, desk).format(word=word, key=key)
                desk.note(element.line, place, what, desk.say("delete one of the two"))
            first.setdefault(folded(word), key)
            if (len(word) < 2 and ord(word) < _FIRST_WORD_SIGN) or not any(map(str.isalnum, word)):
                what = desk.say("the term “{word}” is too short").format(word=word)
                desk.note(
                    element.line, place, what, desk.say("write a word of two letters or more")
                )


def _double(before: str, key: str, desk: Desk) -> str:
    if before == key:
        return desk.say("“{word}” stands twice in “{key}”")
    if key == "exclude":
        return desk.say("“{word}” is both a term and an exclusion")
    return desk.say("“{word}” is both a strong and a weak term")


def _elements(node: Node, key: str, code: str = "") -> list[Node]:
    """Return the words under a key, and under a language in it, with their lines."""
    held = node.get(key)
    held = held.get(code) if held is not None and code else held
    return [element for element in held.items if element.text.strip()] if held is not None else []
