"""Words of a text: where they stand, what they are without accents and endings, which say little.

One light inflection serves every language: it undoes the plurals and feminines of French and
English and the two spellings of English, and nothing more. A cluster reads both languages, a
French query must find an English page that uses its word, and Snowball's stems join words that
mean different things ("photon" and "photonique", "commune" and "communication", "organe" and
"organisation"): with them the phrases classifier loses about 0.02 of F1 on both axes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = [
    "STOP_WORDS",
    "fold",
    "is_break",
    "is_sentence_end",
    "root",
    "roots",
    "searched",
    "spans",
    "stems",
    "words",
]

# Letters, digits and the signs that live inside a word (combining accents, soft hyphens,
# zero-width joiners); a number keeps its point (4.0, 1.6T). Apostrophes and hyphens part words,
# so "l'optique" is two and "time-of-flight" three, however they are typed. No word is longer
# than 64 signs: what is longer is no word, and must not fill the caches below.
_WORD = r"\d{1,16}(?:[.,]\d{1,16}){1,4}\w{0,4}|[\w\u0300-\u036f\u00ad\u200b-\u200d\u2060]{1,64}"
_BREAK = r"[.!?…;:,()|]|\n\s*\n|(?<=\s)[-–—](?=\s)"
_WORDS = re.compile(_WORD)
_WORDS_AND_BREAKS = re.compile(f"{_WORD}|{_BREAK}")
_SENTENCE_ENDS = frozenset(".!?;")

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_MARKS = frozenset({"Mn", "Cf"})

_FRENCH = """
    a ai ainsi alors apres as au aucun aussi autre autres aux avant avec avoir c car ce ceci
    cela celle celles celui cependant ces cet cette ceux chaque chez comme d dans de depuis des
    donc dont du elle elles en encore entre est et etaient etait etant ete etre eu eux fait
    furent fut ici il ils j je jusque l la le les leur leurs lors lorsque lui m ma mais me meme
    memes mes moi moins mon n ne ni nos notre nous on ont ou par pas peu peut peuvent plus pour
    pourquoi puis qu quand que quel quelle quelles quels qui quoi s sa sans se selon sera seront
    ses si sien soit son sont sous sur t ta tandis te tes toi ton tous tout toute toutes tres tu
    un une vers voici vont vos votre vous y
"""
_ENGLISH = """
    a about after again all also am an and any are as at be because been before being both but
    by can could d did do does doing down during each few for from further had has have having
    he her here hers him his how i if in into is it its itself just ll m may me more most must
    my no nor not now of off on once only or other our out over own re s same shall she should
    so some such t than that the their them then there these they this those through to too
    under until up upon us ve very was we were what when where which while who whom why will
    with would you your
"""

STOP_WORDS = {"fr": frozenset(_FRENCH.split()), "en": frozenset(_ENGLISH.split())}
"""The words that say little, folded, by language."""


def words(text: str) -> list[str]:
    """Return the words of `text` as they stand in it, in their order.

    >>> words("L’optique, en 2D : 1.6T par micro-LED")
    ['L', 'optique', 'en', '2D', '1.6T', 'par', 'micro', 'LED']
    """
    return _WORDS.findall(text)


def roots(text: str) -> list[str]:
    """Return the root of every word of `text`, and the marks between its clauses.

    >>> roots("Réseaux optiques.")
    ['reseau', 'optiqu', '.']
    """
    return [root(word) for word in _WORDS_AND_BREAKS.findall(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Return where each of `roots(text)` stands: its first sign, and the one after its last.

    >>> spans("Réseaux optiques.")
    [(0, 7), (8, 16), (16, 17)]
    """
    return [match.span() for match in _WORDS_AND_BREAKS.finditer(text)]


def stems(text: str, language: str = "") -> list[str]:
    """Return the roots of the words of `text` that say something, in their order, doubles kept.

    `language` chooses the stop words; another than French or English drops none.

    >>> stems("Les lasers à fibre de l'usine", "fr")
    ['laser', 'fiber', 'usin']
    """
    stop = STOP_WORDS.get(language, frozenset())
    return [root(word) for word in _WORDS.findall(text) if fold(word) not in stop]


def searched(title: str, text: str, language: str) -> str:
    """Return the words by which an item is found, as the search index keeps them; never "".

    >>> searched("Les lasers", "", "fr")
    'laser'
    """
    return " ".join(stems(f"{title} {text}", language)) or "\N{EMPTY SET}"


def is_break(mark: str) -> bool:
    """Return whether this one of `roots` is a mark between clauses and no word."""
    return not mark[:1].isalnum()


def is_sentence_end(mark: str) -> bool:
    """Return whether this mark ends a sentence or a paragraph."""
    return mark[:1] in _SENTENCE_ENDS or mark.isspace()


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Return the word in lower case, without accents, ligatures and invisible signs.

    >>> fold("Œuvre"), fold("ÉTÉ"), fold("photo\\u00adnique")
    ('oeuvre', 'ete', 'photonique')
    """
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.casefold().translate(_LIGATURES))
    return "".join(sign for sign in spread if unicodedata.category(sign) not in _MARKS)


@lru_cache(maxsize=1 << 16)
def root(word: str) -> str:
    """Return the folded word without the endings of number and gender.

    A root is for comparing and not for showing. Words of three letters stay whole.

    >>> root("spatiaux") == root("spatiale") == root("Spatial")
    True
    >>> root("fibres") == root("fiber"), root("batteries") == root("battery")
    (True, True)
    >>> root("photonique") == root("photon"), root("optique") == root("option")
    (False, False)
    """
    folded = fold(word)
    return _masculine(_singular(folded)) if len(folded) > 3 else folded


def _singular(word: str) -> str:
    if word == "lens" or word.endswith("ss"):
        return word
    if word.endswith("aux"):
        return word[:-1] if word.endswith("eaux") else f"{word[:-3]}al"
    if word.endswith("sis"):
        return word[:-2]
    if word.endswith(("s", "eux", "oux")):
        return word[:-1]
    return word


def _masculine(word: str) -> str:
    if len(word) < 5:
        return word
    if word.endswith(("bre", "tre")):
        return f"{word[:-2]}er"
    if word.endswith("euse"):
        return word[:-2]
    word = word.replace("isation", "ization")
    if word.endswith("e"):
        word = word.rstrip("e")
        word = word[:-1] if word.endswith(("ell", "enn", "ett")) else word
    if word.endswith("iv"):
        return f"{word[:-1]}f"
    return f"{word[:-1]}i" if word.endswith("y") else word
