"""Words are proposed: in come reviewed texts, out come terms and exclusions that they call for.

A term is proposed where texts that people accepted use it far more than other reviewed texts do
and no rejected text uses it; an exclusion where rejected texts use it far more than accepted ones
and no accepted text does. Whether that is more than chance: the log-odds ratio with an informative
prior, in standard deviations.

Source: Monroe, Colaresi and Quinn, Fightin' Words, Political Analysis 16 (2008), section 3.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

from watch.domain import Axis, Perimeter, Topic
from watch.perimeter.write import line_of
from watch.text.words import STOP_WORDS, fold, root, words

__all__ = ["Judged", "Proposal", "marks", "proposals"]

# In how many texts a word stands before it is proposed, and how many standard deviations it is
# from chance: one in twenty of those that mean nothing would pass by luck, were it not for the
# support and for the texts of the other side, of which none may use it.
_SUPPORT = 3
_FAR = 1.645
_MOST = 5
_LONGEST = 600
_SILENT = frozenset().union(*STOP_WORDS.values())


@dataclass(frozen=True, slots=True)
class Judged:
    """A reviewed text, and what people said of its topics."""

    text: str
    language: str
    about: Mapping[tuple[Axis, str], bool]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Words to add to one list of a topic, in one language."""

    axis: Axis
    topic: str
    kind: str
    """terms or exclude."""
    language: str
    words: tuple[str, ...]
    line: str
    """The whole list with them, as it stands in the file."""


def proposals(perimeter: Perimeter, judged: Sequence[Judged]) -> list[Proposal]:
    """Return what reviews call for, in the order of the perimeter; nothing that it has already."""
    return [
        proposal
        for topic in perimeter.topics
        for language in perimeter.languages
        for proposal in _of(topic, language, [one for one in judged if one.language == language])
    ]


def _of(topic: Topic, language: str, judged: Sequence[Judged]) -> Iterable[Proposal]:
    key = topic.axis, topic.id
    accepted = [one.text for one in judged if one.about.get(key) is True]
    rejected = [one.text for one in judged if one.about.get(key) is False]
    others = [one.text for one in judged if one.about.get(key) is not True]
    known = {
        _path(word)
        for terms in (topic.terms, topic.weak, topic.exclude)
        for word in terms.get(language, ())
    }
    barred = {path for text in rejected for path in _grams(text)}
    for kind, lists, found in (
        ("terms", topic.terms, marks(accepted, others, known | barred)),
        ("exclude", topic.exclude, marks(rejected, accepted, known | _paths(accepted))),
    ):
        if found:
            whole = (*lists.get(language, ()), *found)
            line = line_of(language, whole)
            yield Proposal(topic.axis, topic.id, kind, language, tuple(found), line)


def marks(
    some: Sequence[str], others: Sequence[str], known: Iterable[tuple[str, ...]] = ()
) -> list[str]:
    """Return the words and pairs of words that mark some texts beside others, strongest first.

    `known` are paths of roots that are passed over. Each text counts a word once.

    >>> marks(["un lidar FMCW"] * 8, ["un radar de bateau"] * 8)
    ['lidar FMCW']
    """
    here, there = _counted(some), _counted(others)
    passed = set(known)
    whole, beside = sum(here.values()), sum(there.values())
    # What all texts together say, as much of it as the smaller side holds.
    prior = min(whole, beside) / max(1, whole + beside)
    found = {}
    for path, count in here.items():
        before = prior * (count + there[path])
        if count >= _SUPPORT and path not in passed and beside:
            odds = [
                log((n + before) / max(size + prior * (whole + beside) - n - before, 0.5))
                for n, size in ((count, whole), (there[path], beside))
            ]
            spread = sqrt(1 / (count + before) + 1 / (there[path] + before))
            strength = (odds[0] - odds[1]) / spread
            if strength >= _FAR:
                found[path] = strength
    # Of a pair and a word in it the pair says more; of equals the first in the alphabet.
    best = sorted(
        (path for path in found if _is_one(path, found)),
        key=lambda path: (-found[path], -len(path), path),
    )
    written = _written(some)
    chosen: list[tuple[str, ...]] = []
    for path in best:
        if not any(set(path) & set(other) for other in chosen):
            chosen.append(path)
    return [written[path] for path in chosen[:_MOST]]


def _is_one(path: tuple[str, ...], found: Mapping[tuple[str, ...], float]) -> bool:
    """Return whether a pair is more than a word that marks beside one that happens to follow."""
    return len(path) == 1 or len({(word,) in found for word in path}) == 1


def _counted(texts: Iterable[str]) -> Counter[tuple[str, ...]]:
    return Counter(path for text in texts for path in _grams(text))


def _paths(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return set(_counted(texts))


def _written(texts: Iterable[str]) -> dict[tuple[str, ...], str]:
    """Return how texts most often write each path."""
    forms: dict[tuple[str, ...], Counter[str]] = {}
    for text in texts:
        for path, form in _grams(text).items():
            forms.setdefault(path, Counter())[form] += 1
    return {path: min(some, key=lambda form: (-some[form], form)) for path, some in forms.items()}


def _path(term: str) -> tuple[str, ...]:
    return tuple(map(root, words(term)))


def _grams(text: str) -> dict[tuple[str, ...], str]:
    """Return the words of a text that say something and the pairs of neighbours, as written."""
    said = words(text)[:_LONGEST]
    found: dict[tuple[str, ...], str] = {}
    for word in said:
        if _speaks(word):
            found.setdefault((root(word),), word)
    for one, then in pairwise(said):
        if _speaks(one) and _speaks(then) and f"{one} {then}" in text:
            found.setdefault((root(one), root(then)), f"{one} {then}")
    return found


def _speaks(word: str) -> bool:
    return len(word) > 2 and not word.isdecimal() and fold(word) not in _SILENT
