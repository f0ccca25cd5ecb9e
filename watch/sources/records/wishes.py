"""What officers write as options: lists of words and codes, taken apart, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable

from watch.domain import Perimeter

__all__ = [
    "LANGUAGES",
    "THREE_LETTERS",
    "codes",
    "held",
    "parts",
    "wrong_countries",
    "wrong_cpc",
    "wrong_cpv",
    "wrong_departments",
    "wrong_sirens",
    "wrong_whole_cpv",
    "wrong_words",
]

LANGUAGES = ("fr", "en")
_MOST_LETTERS = 1_000
_MOST_PARTS = 40
_MOST_SIRENS = 50

_CPV = re.compile(r"\d{8}|\d{2,7}\*")
_CPC = re.compile(r"[A-HY]\d{2}[A-Z](?:\d{1,4}(?:/\d{1,6})?)?")
_DEPARTMENT = re.compile(r"\d{2,3}|2[AB]")

THREE_LETTERS = {
    "AT": "AUT", "BE": "BEL", "BG": "BGR", "CA": "CAN", "CH": "CHE", "CN": "CHN", "CY": "CYP",
    "CZ": "CZE", "DE": "DEU", "DK": "DNK", "EE": "EST", "ES": "ESP", "FI": "FIN", "FR": "FRA",
    "GB": "GBR", "GR": "GRC", "HR": "HRV", "HU": "HUN", "IE": "IRL", "IS": "ISL", "IT": "ITA",
    "LI": "LIE", "LT": "LTU", "LU": "LUX", "LV": "LVA", "MT": "MLT", "NL": "NLD", "NO": "NOR",
    "PL": "POL", "PT": "PRT", "RO": "ROU", "SE": "SWE", "SI": "SVN", "SK": "SVK", "UA": "UKR",
    "US": "USA",
}  # fmt: skip
"""Countries whose buyers publish in TED, and how TED writes them (ISO 3166)."""


def parts(written: str) -> tuple[str, ...]:
    """Return what stands between commas, semicolons and line ends, each once.

    >>> parts("lidar, fibre laser;lidar")
    ('lidar', 'fibre laser')
    """
    each = (" ".join(part.split()) for part in re.split(r"[,;\n]", written))
    return tuple(dict.fromkeys(part for part in each if part))


def codes(perimeter: Perimeter, scheme: str, most: int) -> tuple[str, ...]:
    """Return a perimeter's codes of one scheme, the topics taking turns, at most so many."""
    lists = [topic.codes.get(scheme, ()) for topic in perimeter.topics]
    longest = max(map(len, lists), default=0)
    turns = (each[turn] for turn in range(longest) for each in lists if turn < len(each))
    return tuple(dict.fromkeys("".join(code.split()) for code in turns))[:most]


def held(**schemes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the codes of a record by scheme, without a scheme that has none.

    >>> held(cpv=("38636100",), naf=())
    {'cpv': ('38636100',)}
    """
    return {scheme: found for scheme, found in schemes.items() if found}


# -- complaints -----------------------------------------------------------------------------


def wrong_words(written: str) -> str:
    """Return what is wrong with a list of words, or "".

    >>> wrong_words('camera"')
    'no quotes inside a term: separate terms by commas'
    """
    if re.search(r"[\"“”«»\\]", written):
        return "no quotes inside a term: separate terms by commas"
    return _too_much(written)


def wrong_cpv(written: str) -> str:
    """Return what is wrong with a list of CPV codes, or "".

    >>> wrong_cpv("38600000, 316*"), wrong_cpv("3860")
    ('', 'no CPV code: write eight digits, or the first ones and a star: 386*')
    """
    form = "no CPV code: write eight digits, or the first ones and a star: 386*"
    return _too_much(written) or _first_wrong(parts(written), _CPV, form)


def wrong_whole_cpv(written: str) -> str:
    """Return what is wrong with a list of CPV codes, where a part of one cannot be looked for."""
    form = "no CPV code: write eight digits"
    return _too_much(written) or _first_wrong(parts(written), re.compile(r"\d{8}"), form)


def wrong_cpc(written: str) -> str:
    """Return what is wrong with a list of CPC codes, or "".

    >>> wrong_cpc("G01S 17/931"), wrong_cpc("17/931")
    ('', 'no CPC code: write for example G01S17/931')
    """
    form = "no CPC code: write for example G01S17/931"
    each = ("".join(part.split()) for part in parts(written))
    return _too_much(written) or _first_wrong(each, _CPC, form)


def wrong_countries(written: str) -> str:
    """Return what is wrong with a list of countries, or ""."""
    if any(country.upper() not in THREE_LETTERS for country in parts(written)):
        return "no country known here: write two letters: FR, DE, BE"
    return _too_much(written)


def wrong_departments(written: str) -> str:
    """Return what is wrong with a list of French departments, or ""."""
    form = "no department: write its number: 91, 2A, 971"
    return _too_much(written) or _first_wrong(parts(written), _DEPARTMENT, form)


def wrong_sirens(written: str) -> str:
    """Return what is wrong with a list of SIREN numbers, or "".

    >>> wrong_sirens("552 059 024"), wrong_sirens("552059025")
    ('', 'no SIREN number: the check digit of one does not fit')
    """
    numbers = parts(written)
    if len(numbers) > _MOST_SIRENS:
        return "too many numbers: at most 50 for one source"
    for number in numbers:
        digits = "".join(number.split())
        if not re.fullmatch(r"\d{9}", digits, re.ASCII):
            return "no SIREN number: write nine digits"
        if not _checks(digits):
            return "no SIREN number: the check digit of one does not fit"
    return ""


def _checks(digits: str) -> bool:
    """Return whether the last digit fits the others (ISO/IEC 7812, Luhn)."""
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _too_much(written: str) -> str:
    if len(written) > _MOST_LETTERS:
        return "too long: at most 1,000 characters"
    if len(parts(written)) > _MOST_PARTS:
        return "too many entries: at most 40"
    return ""


def _first_wrong(each: Iterable[str], form: re.Pattern[str], complaint: str) -> str:
    return "" if all(form.fullmatch(one.upper()) for one in each) else complaint
