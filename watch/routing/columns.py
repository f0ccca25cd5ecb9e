"""The words of a members' file: its columns under every header, and what stands in their cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from watch.domain import Alert, Rhythm
from watch.text.tables import folded, tidy

__all__ = [
    "COLUMNS",
    "GROUNDS",
    "WEEKDAYS",
    "alerts_of",
    "column_of",
    "day_of",
    "ground_of",
    "hour_of",
    "is_no",
    "is_yes",
    "listed",
    "rhythm_of",
    "tongue_of",
    "weekday_of",
]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "mail", "courriel", "adresse", "adresse e-mail", "adresse mail"),
    "name": ("name", "nom", "nom complet", "contact"),
    "firm": ("firm", "company", "entreprise", "societe", "organisation"),
    "language": ("language", "langue"),
    "markets": ("markets", "market", "marches", "marche"),
    "technologies": ("technologies", "technology", "technologie", "technos"),
    "topics": ("topics", "interests", "themes", "interets", "groupes", "groups"),
    "quota": ("quota", "lines", "lignes"),
    "basis": ("basis", "base legale", "base", "fondement"),
    "origin": ("origin", "origine", "provenance"),
    "since": ("since", "depuis", "date"),
    "active": ("active", "actif"),
    "about": ("about", "description", "activite", "presentation"),
    "watch_words": ("watch words", "mots a surveiller", "mots suivis", "mots cles", "keywords"),
    "exclusions": ("exclusions", "excluded", "mots exclus"),
    "actors": ("actors", "acteurs", "acteurs suivis"),
    "competitors": ("competitors", "concurrents"),
    "places": ("places", "pays", "countries", "lieux", "territoires"),
    "reads": ("reads", "lit", "langues lues", "languages read"),
    "rhythm": ("rhythm", "rythme", "frequence", "frequency"),
    "weekday": ("weekday", "jour", "jour de la lettre"),
    "hour": ("hour", "heure", "heure de la lettre"),
    "alerts": ("alerts", "alertes"),
}
"""Each column with the headers under which it may stand; accents and case do not matter."""

_GROUNDS = {
    "member": ("member", "adherent", "adherente", "membre"),
    "consent": ("consent", "consentement", "opt-in"),
    "legitimate_interest": ("legitimate_interest", "legitimate interest", "interet legitime"),
}
GROUNDS = tuple(_GROUNDS)
"""What may stand as the reason why somebody is written to."""

_TONGUES = {
    "fr": ("fr", "francais", "french", "fr-fr"),
    "en": ("en", "anglais", "english", "en-gb", "en-us"),
}
_RHYTHMS: Mapping[str, tuple[str, ...]] = {
    Rhythm.WEEKLY: ("weekly", "hebdomadaire", "hebdo", "semaine"),
    Rhythm.FORTNIGHTLY: ("fortnightly", "biweekly", "bimensuel", "bimensuelle", "quinzaine"),
    Rhythm.MONTHLY: ("monthly", "mensuel", "mensuelle", "mois"),
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ALERTS: Mapping[str, tuple[str, ...]] = {
    Alert.DEADLINE: ("deadline", "deadlines", "echeance", "echeances"),
    Alert.COMPETITOR: ("competitor", "competitors", "concurrent", "concurrents"),
}
_NO, _YES = ("no", "non", "0", "false", "faux"), ("yes", "oui", "1", "true", "vrai", "x")
_MOST_LISTED = 50


def column_of(cell: str) -> str:
    """Return the name of the column that stands under a header, "" for one that is not known."""
    written = folded(cell.strip('" \ufeff').replace("_", " "))
    return next((name for name, headers in COLUMNS.items() if written in headers), "")


def listed(cell: str) -> tuple[str, ...]:
    """Return the words and phrases of a cell, each once, separated by "|", ";" or ","."""
    words = (tidy(part) for part in re.split("[|;,]", cell))
    return tuple(dict.fromkeys(word for word in words if word))[:_MOST_LISTED]


def day_of(written: str) -> date | None:
    """Return a day written as 2026-01-31 or 31/01/2026."""
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", written)
    turned = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", written)
    numbers = parts.groups() if parts else turned.groups()[::-1] if turned else ()
    try:
        return date(*map(int, numbers)) if numbers else None
    except ValueError:
        return None


def ground_of(cell: str) -> str:
    """Return the ground in law that a cell names, "" for none."""
    return _named(cell, _GROUNDS)


def tongue_of(cell: str) -> str:
    """Return the language of letters that a cell names, "" for none."""
    return _named(cell, _TONGUES)


def rhythm_of(cell: str) -> Rhythm | None:
    """Return the rhythm that a cell names, None for none."""
    found = _named(cell, _RHYTHMS)
    return Rhythm(found) if found else None


def weekday_of(cell: str) -> int | None:
    """Return the day of the week that a cell names, 0 is Monday; None for none."""
    written = folded(cell)
    days = (*WEEKDAYS, *_WEEKDAYS)
    return days.index(written) % len(WEEKDAYS) if written in days else None


def hour_of(cell: str) -> int | None:
    """Return the full hour that a cell names, as 8, 8h, 8:00 or 08h00; None for none.

    >>> hour_of("08h00"), hour_of("25")
    (8, None)
    """
    found = re.fullmatch(r"([0-9]{1,2})(?:\.0)? ?(?:h|h00|:00(?::00)?)?", folded(cell))
    return int(found[1]) if found and int(found[1]) < 24 else None


def alerts_of(cell: str) -> tuple[Alert, ...] | None:
    """Return what may come between two letters: kinds by name, all (yes), none (no); else None.

    >>> alerts_of("échéances"), alerts_of("no"), alerts_of("perhaps")
    ((<Alert.DEADLINE: 'deadline'>,), (), None)
    """
    if is_yes(cell):
        return tuple(Alert)
    named = () if is_no(cell) else tuple(_named(word, _ALERTS) for word in listed(cell))
    return None if "" in named else tuple(Alert(name) for name in dict.fromkeys(named))


def is_no(cell: str) -> bool:
    """Return whether a cell says no."""
    return folded(cell) in _NO


def is_yes(cell: str) -> bool:
    """Return whether a cell says yes."""
    return folded(cell) in _YES


def _named(cell: str, names: Mapping[str, tuple[str, ...]]) -> str:
    written = folded(cell)
    return next((key for key, some in names.items() if written in some), "")
