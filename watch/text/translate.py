"""Sentences for readers, in their language: gettext catalogues from `watch/locale`.

A msgid is the English sentence. Catalogues are compiled by `make locale` and kept beside
their sources, so that an installed package needs nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

__all__ = ["LANGUAGES", "catalogue", "speaker"]

LANGUAGES = ("fr", "en")

_LOCALE = Path(__file__).parent.parent / "locale"


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the sentences of one language; English, the msgids themselves, for any other."""
    path = _LOCALE / language / "LC_MESSAGES" / "messages.mo"
    if language not in LANGUAGES or not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)


def speaker(language: str) -> Callable[[str], str]:
    """Return the function that turns an English sentence into one of `language`.

    >>> speaker("en")("Sources")
    'Sources'
    """
    return catalogue(language).gettext
