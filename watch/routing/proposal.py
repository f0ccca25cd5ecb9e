"""A firm's own words, and what a profile could hold that they speak of, each with its sentence.

In come lines of text and what judges say of sentences; nothing here reads a page or keeps a thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from watch.domain import Axis, Interest, Tag
from watch.text.words import fold, roots, words

__all__ = ["Hint", "Proposal", "actors", "names", "own_words", "places", "sentences", "topics"]

Thing = TypeVar("Thing")

MOST_SENTENCES = 5
MOST_TOPICS = 5
"""Of one axis."""
MOST_WORDS = 8
_SHORTEST, _LONGEST = 5, 70
_SERVED, _DOUBTED = 0.6, 0.4

_END = re.compile(r"(?<=[.!?…])\s+(?=[«“\"(]?\s?[A-ZÀ-ÖØ-Þ0-9])")
# What a firm writes of what it does, without accents and case.
_DOES = re.compile(
    r"\b(concev|concoi|fabri|develop|realis|produi|propos|specialis|expert|fourni|assembl|integr|"
    r"commercialis|usin|metier|activit|design|manufactur|make|build|built|provid|suppl|offer|"
    r"deliver|speciali[sz]|solution|engineer|ingenier|conception|produc|equip|instrument)"
)
_WE = re.compile(r"\b(nous|notre|nos|we|our|societe|entreprise|company|pme|start-?up|firm|group)\b")
_NOTICE = re.compile(
    r"cookie|rgpd|gdpr|mentions legales|legal notice|copyright|©|tous droits|all rights reserved|"
    r"newsletter|javascript|navigateur|browser|confidentialite|privacy|conditions generales|"
    r"terms (of|and)|s'inscrire|inscrivez|sign up|log ?in|connectez|panier|add to cart|contactez|"
    r"contact us|telephone|phone|horaires|opening hours|suivez|follow us|en savoir plus|"
    r"read more|cliquez|click here|recrut|we are hiring|siret|cedex"
)

# Names of techniques and materials as engineers write them: SWIR, InGaAs, 3D, VCSEL, LiNbO3.
_TECHNICAL = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z0-9])[A-Za-z][A-Za-z0-9]{2,11}\b")
_EVERYBODYS = frozenset({
    "pme", "sas", "sarl", "sasu", "eurl", "cnrs", "cea", "inria", "iso", "rgpd", "gdpr", "url",
    "http", "https", "html", "pdf", "faq", "rse", "pib", "ceo", "cto", "cfo", "usa", "usd", "eur",
    "siret", "siren", "rcs", "tva", "ape", "naf", "eti", "tpe", "gmbh", "inc", "ltd", "llc",
})  # fmt: skip
_KEEPS_COMPANY = re.compile(
    r"\b(?:clients?|partenaires?|customers?|partners?|concurrents?|competitors?|"
    r"fournisseurs? (?:de|d')|suppliers? (?:of|to)|travaill\w+ (?:avec|pour)|"
    r"work\w* (?:with|for)|confiance de|trusted by)\b(.{0,200})",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w&.’'-]*\w(?: (?:[A-ZÀ-Þ][\w&’'-]*\w|&)){0,3}")


@dataclass(frozen=True, slots=True)
class Hint(Generic[Thing]):
    """One thing that a profile could hold, and the sentence that speaks for it."""

    what: Thing
    sentence: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a profile could be, from a firm's own words."""

    about: tuple[str, ...]
    """Two to five sentences of what it does, fewer where it says less."""
    language: str
    """In which it says so, "" where nobody can tell."""
    topics: tuple[Hint[Interest], ...] = ()
    words: tuple[Hint[str], ...] = ()
    places: tuple[Hint[str], ...] = ()
    """ISO 3166 codes of countries."""
    actors: tuple[Hint[str], ...] = ()


def sentences(lines: Iterable[str]) -> list[str]:
    """Return the sentences of a text that say something, each once; notices are left out.

    >>> sentences(["Accueil", "Nous usinons des verres de précision. Ce site utilise des cookies."])
    ['Nous usinons des verres de précision.']
    """
    found = (one.strip() for line in lines for one in _END.split(line))
    return [
        one
        for one in dict.fromkeys(found)
        if _SHORTEST <= len(words(one)) <= _LONGEST and not _NOTICE.search(fold(one))
    ]


def own_words(said: Sequence[str], about_topics: Sequence[bool]) -> list[str]:
    """Return the sentences in which a firm says what it does, at most five, in their order.

    `about_topics` says of each sentence whether it uses words of the cluster's topics.
    """
    ranked = [
        (bool(_DOES.search(folded)) + 0.5 * bool(_WE.search(folded)) + 1.2 * is_about, -place)
        for place, (folded, is_about) in enumerate(zip(map(fold, said), about_topics, strict=True))
    ]
    best = sorted((one for one in ranked if one[0] >= 1), reverse=True)[:MOST_SENTENCES]
    return [said[-place] for _score, place in sorted(best, key=lambda one: -one[1])]


def topics(about: Sequence[str], tags: Iterable[Tag]) -> tuple[Hint[Interest], ...]:
    """Return the topics that a firm's words speak of, the surest first, the markets before.

    `tags` are settled: those of the whole under "", of each sentence under its place in `about`.
    One that two sentences name weighs 2; one that is doubtful, a half.
    """
    of_sentences: dict[tuple[Axis, str], list[Tag]] = {}
    whole: list[Tag] = []
    for tag in tags:
        if not tag.item:
            whole.append(tag)
        elif tag.score >= _DOUBTED:
            of_sentences.setdefault((tag.axis, tag.topic), []).append(tag)
    found: list[Hint[Interest]] = []
    for axis in Axis:
        some = sorted(
            (tag for tag in whole if tag.axis is axis and tag.score >= _DOUBTED),
            key=lambda tag: (-tag.score, tag.topic),
        )
        for tag in some[:MOST_TOPICS]:
            named = of_sentences.get((axis, tag.topic), [])
            served = sum(one.score >= _SERVED for one in named)
            weight = 0.5 if tag.score < _SERVED else 2.0 if served > 1 else 1.0
            found.append(Hint(Interest(axis, tag.topic, weight), _evidence(about, tag, named)))
    return tuple(found)


def _evidence(about: Sequence[str], tag: Tag, named: Sequence[Tag]) -> str:
    if named:
        best = max(named, key=lambda one: (one.score, -int(one.item)))
        return about[int(best.item)]
    return next((one for one in about if any(word in one for word in tag.why)), about[0])


def names(about: Sequence[str], evidence: Sequence[str], firm: str) -> tuple[Hint[str], ...]:
    """Return words of its trade: those that speak for its topics, and names of techniques."""
    own = set(roots(firm))
    written = [(word, one) for word in evidence for one in about if word in one]
    written += [(found[0], one) for one in about for found in _TECHNICAL.finditer(one)]
    hints: dict[tuple[str, ...], Hint[str]] = {}
    for word, one in written:
        if fold(word) not in _EVERYBODYS and not own & set(roots(word)):
            hints.setdefault(tuple(roots(word)), Hint(word, one))
    # "image" says less than "capteurs d'image"; FMCW is looked for by itself.
    kept = [
        hint
        for path, hint in hints.items()
        if hint.what.isupper() or not any(set(path) < set(other) for other in hints)
    ]
    return tuple(kept[:MOST_WORDS])


def places(said: Sequence[str], countries: Mapping[str, str]) -> tuple[Hint[str], ...]:
    """Return the countries that sentences name; `countries` says the code of each name."""
    found: dict[str, Hint[str]] = {}
    for one in said:
        for name, code in countries.items():
            if name in one and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", one):
                found.setdefault(code, Hint(code, one))
    return tuple(found.values())


def actors(said: Sequence[str], passed: Iterable[str]) -> tuple[Hint[str], ...]:
    """Return the firms that sentences name as customers, partners or competitors.

    `passed` are names that are none: those of countries, and the firm's own.
    """
    none = {fold(name) for name in passed}
    found: dict[str, Hint[str]] = {}
    for one in said:
        for company in _KEEPS_COMPANY.finditer(one):
            for name in _NAME.findall(company[1]):
                if fold(name) not in none and len(name) > 2:
                    found.setdefault(fold(name), Hint(name, one))
    return tuple(found.values())[:MOST_WORDS]
