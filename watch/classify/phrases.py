"""Tags from the officer's own words: which terms of a perimeter an item uses, and in what company.

Terms and texts are compared root by root (`text.words`), so accents, case, plurals, hyphens and
typographic apostrophes do not matter. All terms of a perimeter live in one tree of roots per
language; a text is walked once, whatever their number.

What counts:

- a *strong* term is evidence by itself;
- a *weak* term counts only in an item that uses a strong term of its topic or of the other axis;
- an *excluded* phrase silences the terms of its topic in its sentence;
- a term inside a longer term of its topic is no second evidence;
- a phrase that is *out of scope* halves every score of the item: at best it is to review;
- a term of several words, or a name such as LiFi or 5G, is looked for in every language, a plain
  word only in its own: "spatial" is a market in French and a resolution in English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import prod
from typing import Literal

from watch.domain import Axis, Item, Perimeter, Tag
from watch.text.words import fold, is_break, is_sentence_end, roots, spans, words

__all__ = ["Phrases"]

_Kind = Literal["strong", "weak", "exclude", "out_of_scope"]
_Key = tuple[Axis, str]

# How much each distinct term makes us believe. Beliefs join as independent witnesses do:
# 1 - product of (1 - belief). So one strong term is served (0.6), a second one or a place in
# the title makes it sure. The share of true tags on the development items, markets and
# technologies: one strong term in the body .53, .73, in the title .73, .83; two .91, .88. A weak
# one where no strong term answers its axis: body .47, .19, title .80, .60; where one does: .21,
# .10. (A technology shows the trade, and an everyday word then tells its market; beside a market
# "camera" shows little.) Change them only with `python -m tests.quality photonics`.
_STRONG, _STRONG_IN_TITLE = 0.65, 0.8
_WEAK_IN_TITLE = 0.6
_WEAK = {Axis.MARKET: 0.6, Axis.TECHNOLOGY: 0.4}
_WEAK_AND_ANSWERED = 0.2
_CERTAIN = 0.95
_OUT_OF_SCOPE = 0.5

# Words that may stand between those of a phrase: "capteur d'une image", "réseau local d'accès".
# F1 of markets and technologies on the development items: none .440, .515; one .444, .522;
# two .444, .520.
_GAP = 1
_LITTLE = frozenset(
    ("a", "an", "au", "aux", "d", "de", "des", "du", "en", "l", "la", "le", "les", "of", "the")
)
_EVIDENCE_COUNT = 5
# The first hits of a text say what it is about; the rest of an endless one only costs time.
_HIT_COUNT = 300
_SIGNS = 100_000
_LEXICON_COUNT = 64


@dataclass(frozen=True, slots=True)
class _Term:
    topic: _Key | None
    """None for a phrase that is out of the perimeter's scope."""
    kind: _Kind
    written: str
    is_exact: bool = False


@dataclass(slots=True)
class _Node:
    """A place in the tree of roots: where the next root leads, and the terms that end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[_Term] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A term found in a text: its first word, and the one after its last."""

    term: _Term
    first: int
    last: int
    evidence: str
    in_title: bool


class Phrases:
    """The classifier by phrases. It remembers the trees of the perimeters that it has read."""

    name = "phrases/1"

    def __init__(self) -> None:
        self._lexicons: dict[str, tuple[Perimeter, Mapping[str, _Node]]] = {}

    def tag(self, items: Sequence[Item], perimeter: Perimeter) -> list[Tag]:
        """Return the tags of every item, in the order of `items`, then of the perimeter's topics.

        Scores are above 0. `why` holds at most five distinct pieces of evidence as they stand
        in the text, those of the title first. `said_at` is left to the round.
        """
        lexicon = self._lexicon(perimeter)
        return [
            tag
            for item in items
            for tag in _tags(item, lexicon.get(item.language, lexicon[""]), perimeter, self.name)
        ]

    def _lexicon(self, perimeter: Perimeter) -> Mapping[str, _Node]:
        known, lexicon = self._lexicons.get(perimeter.id, (None, {}))
        if known is perimeter or known == perimeter:
            return lexicon
        lexicon = {language: _plant(perimeter, language) for language in ("", *perimeter.languages)}
        if len(self._lexicons) >= _LEXICON_COUNT:
            self._lexicons.clear()
        self._lexicons[perimeter.id] = perimeter, lexicon
        return lexicon


# -- planting the trees --------------------------------------------------------------------


def _plant(perimeter: Perimeter, language: str) -> _Node:
    """Return the tree of the terms to look for in texts of `language`; of all for ""."""
    tree = _Node()
    for written_in, term in _terms(perimeter):
        if written_in == language or not language or _is_international(term):
            for path in _paths(term.written):
                _grow(tree, path, term)
    return tree


def _terms(perimeter: Perimeter) -> Iterator[tuple[str, _Term]]:
    """Yield every phrase of a perimeter with the language it is written in."""
    for topic in perimeter.topics:
        kinds: tuple[tuple[_Kind, Mapping[str, tuple[str, ...]]], ...] = (
            ("strong", topic.terms),
            ("weak", topic.weak),
            ("exclude", topic.exclude),
        )
        for kind, phrases in kinds:
            for language, phrase in _flat(phrases):
                is_exact = phrase in topic.case_sensitive
                yield language, _Term((topic.axis, topic.id), kind, phrase, is_exact)
    for language, phrase in _flat(perimeter.out_of_scope):
        yield language, _Term(None, "out_of_scope", phrase)


def _flat(phrases: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for language, some in phrases.items():
        for phrase in some:
            yield language, phrase


def _is_international(term: _Term) -> bool:
    """Return whether the term means the same in every language: a phrase, or a name."""
    return term.kind == "strong" and (
        len(words(term.written)) > 1 or any(not sign.islower() for sign in term.written[1:])
    )


def _paths(phrase: str) -> set[tuple[str, ...]]:
    """Return the roots that make a phrase: as written, and with its hyphens closed up."""
    spellings = (phrase, phrase.replace("-", ""))
    found = map(roots, spellings)
    return {_path(some) for some in found if not all(map(is_break, some))}


def _path(found: Sequence[str]) -> tuple[str, ...]:
    """Return roots without the little words between them, which vary: qualité de l'air, d'air."""
    inner = (word for word in found[1:-1] if word not in _LITTLE)
    return (*found[:1], *inner, *found[1:][-1:])


def _grow(tree: _Node, path: Iterable[str], term: _Term) -> None:
    for step in path:
        tree = tree.next.setdefault(step, _Node())
    tree.ends.append(term)


# -- walking a text ------------------------------------------------------------------------


def _find(text: str, tree: _Node, in_title: bool) -> list[_Hit]:
    """Return the terms of the tree that the text uses and that nothing in it silences."""
    text = text[:_SIGNS]
    found, starts = roots(text), tree.next
    everywhere = (
        (term, first, last)
        for first, word in enumerate(found)
        if word in starts
        for last, terms in _walk(found, first + 1, starts[word])
        for term in terms
    )
    ends = list(islice(everywhere, _HIT_COUNT))
    if not ends:
        return []
    at = spans(text)
    hits = [
        _Hit(term, first, last, text[at[first][0] : at[last - 1][1]], in_title)
        for term, first, last in ends
    ]
    hits = [hit for hit in hits if _is_as_written(hit, text)]
    return [
        hit
        for place, hit in enumerate(hits)
        if not _is_inside_another(place, hits) and not _is_silenced(hit, hits, found)
    ]


def _is_as_written(hit: _Hit, text: str) -> bool:
    """Return whether a hit is its term and not another word of the same root.

    A case-sensitive term stands in its own case; in a text all of capitals none can. An acronym
    has lost no letter: a basketball club named ADA is no ADAS.
    """
    term = hit.term
    if term.is_exact:
        return hit.evidence.startswith(term.written) and not text.isupper()
    return not term.written.isupper() or fold(hit.evidence).startswith(fold(term.written))


def _is_inside_another(place: int, hits: Sequence[_Hit]) -> bool:
    """Return whether a longer hit of the same topic holds this one, or an earlier one equals it."""
    hit = hits[place]
    return any(
        other.term.topic == hit.term.topic
        and other.term.kind != "exclude"
        and other.first <= hit.first
        and hit.last <= other.last
        and (other.last - other.first > hit.last - hit.first or at < place)
        for at, other in enumerate(hits)
        if other is not hit
    )


def _is_silenced(hit: _Hit, hits: Iterable[_Hit], found: Sequence[str]) -> bool:
    """Return whether an excluded phrase of the hit's topic stands in its sentence."""
    return any(
        other.term.kind == "exclude"
        and other.term.topic == hit.term.topic
        and not any(
            map(is_sentence_end, found[min(hit.first, other.first) : max(hit.last, other.last)])
        )
        for other in hits
    )


def _walk(found: Sequence[str], at: int, node: _Node) -> Iterator[tuple[int, Sequence[_Term]]]:
    """Yield where terms end whose path has led to `node` just before `at`, within one clause."""
    if node.ends:
        yield at, node.ends
    passed = 0
    for place in range(at, len(found) if node.next else at):
        word = found[place]
        if word in node.next:
            yield from _walk(found, place + 1, node.next[word])
            return
        passed += word not in _LITTLE
        if passed > _GAP or is_break(word):
            return


# -- weighing ------------------------------------------------------------------------------


def _tags(item: Item, tree: _Node, perimeter: Perimeter, by: str) -> Iterator[Tag]:
    """Yield the tags of one item, in the order of the perimeter's topics."""
    hits = [*_find(item.title, tree, in_title=True), *_find(item.text, tree, in_title=False)]
    if not hits:
        return
    weight = _OUT_OF_SCOPE if any(hit.term.kind == "out_of_scope" for hit in hits) else 1.0
    heard: dict[_Key, list[_Hit]] = {}
    for hit in hits:
        if hit.term.topic and hit.term.kind != "exclude":
            heard.setdefault(hit.term.topic, []).append(hit)
    strong = {key for key, some in heard.items() if any(h.term.kind == "strong" for h in some)}
    answered = {axis for axis, _ in strong}
    for topic in perimeter.topics:
        key = topic.axis, topic.id
        if key in heard and (key in strong or answered - {topic.axis}):
            score = weight * _belief(heard[key], topic.axis, topic.axis in answered)
            why = tuple(dict.fromkeys(hit.evidence for hit in heard[key]))[:_EVIDENCE_COUNT]
            yield Tag(item.key, topic.axis, topic.id, round(score, 2), by, why)


def _belief(hits: Iterable[_Hit], axis: Axis, is_answered: bool) -> float:
    """Return how much the distinct terms among `hits`, all of one topic, make us believe it.

    `is_answered` tells whether any strong term, of this topic or another, answers the axis.
    """
    beliefs: dict[str, float] = {}
    for hit in hits:
        term = fold(hit.term.written)
        beliefs[term] = max(beliefs.get(term, 0.0), _worth(hit, axis, is_answered))
    return min(_CERTAIN, 1 - prod(1 - belief for belief in beliefs.values()))


def _worth(hit: _Hit, axis: Axis, is_answered: bool) -> float:
    if hit.term.kind == "strong":
        return _STRONG_IN_TITLE if hit.in_title else _STRONG
    if is_answered:
        return _WEAK_AND_ANSWERED
    return _WEAK_IN_TITLE if hit.in_title else _WEAK[axis]
