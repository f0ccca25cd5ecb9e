"""Files of references (RIS, BibTeX) -> the fields of each reference, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from unicodedata import normalize

__all__ = ["Reference", "read_bibtex", "read_ris"]

_RIS = re.compile(r"([A-Z][A-Z0-9])  ?-(?: (.*))?$")
_ENTRY = re.compile(r"@(\w{1,40})\s*\{\s*([^,\s{}]{0,200})\s*,")
_NAME = re.compile(r"\s*,?\s*([A-Za-z][\w-]{0,40})\s*=\s*")
_MOST_VALUE = 100_000
# Combining marks for the accents of TeX: \'e, \`a, \^o, \"u, \~n, \c{c}.
_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "c": "\u0327",
    "v": "\u030c", "=": "\u0304", ".": "\u0307",
}  # fmt: skip
_ACCENT = re.compile(r"\\(?:(['`^\"~=.])\s*\{?\\?([A-Za-z])\}?|([cv])(?:\s+|\{)([A-Za-z])\}?)")
_LETTERS = {
    r"\ss": "ß", r"\ae": "æ", r"\oe": "œ", r"\o": "ø", r"\aa": "å", r"\l": "ł", r"\&": "&",
    r"\%": "%", r"\_": "_", r"\$": "$", r"\#": "#", "---": "—", "--": "–", "~": " ",
}  # fmt: skip


@dataclass(slots=True)
class Reference:
    """One reference: what kind it says it is, and its fields; all as written."""

    line: int
    kind: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    is_whole: bool = True
    """False where it ends early."""

    def said(self, *names: str) -> str:
        """Return the first field of these names that says something."""
        return next((value for name in names for value in self.fields.get(name, ()) if value), "")


def read_ris(text: str) -> Iterator[Reference]:
    """Yield the references of a RIS file, each from its TY to its ER.

    >>> [one.said("TI") for one in read_ris("TY  - JOUR\\nTI  - Un lidar\\nER  - ")]
    ['Un lidar']
    """
    one: Reference | None = None
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        found = _RIS.match(line.strip("\ufeff").rstrip())
        if not found:
            # What has no tag goes on with the line before.
            if one and last and line.strip() and len(one.fields[last][-1]) < _MOST_VALUE:
                one.fields[last][-1] = f"{one.fields[last][-1]} {line.strip()}"[:_MOST_VALUE]
            continue
        tag, value = found[1], (found[2] or "").strip()
        if tag == "TY":
            if one:
                one.is_whole = False
                yield one
            one, last = Reference(number, value.upper()), ""
        elif one is None:
            continue
        elif tag == "ER":
            yield one
            one, last = None, ""
        else:
            one.fields.setdefault(tag, []).append(value[:_MOST_VALUE])
            last = tag
    if one:
        one.is_whole = False
        yield one


def read_bibtex(text: str) -> Iterator[Reference]:
    """Yield the references of a BibTeX file; comments, preambles and strings are passed over.

    >>> [one.said("title") for one in read_bibtex("@misc{k, title = {Un {Lidar} d'\\\\'et\\\\'e}}")]
    ["Un Lidar d'été"]
    """
    end = line = 0
    for found in _ENTRY.finditer(text):
        # What looks like an entry inside a value is a part of it.
        if found.start() < end or found[1].lower() in {"comment", "preamble", "string"}:
            continue
        line += text.count("\n", end, found.start())
        one = Reference(line + 1, found[1].lower(), {"key": [found[2]]})
        stop = _fields(text, found.end(), one.fields)
        one.is_whole = stop < len(text) and text[stop] == "}"
        line += text.count("\n", found.start(), stop)
        end = stop
        yield one


def _fields(text: str, at: int, fields: dict[str, list[str]]) -> int:
    """Read `name = value` pairs from a place on; return the place where they end."""
    while found := _NAME.match(text, at):
        value, at = _value(text, found.end())
        fields.setdefault(found[1].lower(), []).append(_plain(value))
    rest = re.compile(r"[\s,]*").match(text, at)
    return rest.end() if rest else at


def _value(text: str, at: int) -> tuple[str, int]:
    """Return a value and the place behind it: in braces, in quotes, or a bare word."""
    if at >= len(text) or text[at] not in '{"':
        found = re.compile(r"[^,}\n]*").match(text, at)
        return (found[0].strip(), found.end()) if found else ("", at)
    depth, start, is_quoted = 0, at, text[at] == '"'
    for place in range(at, min(len(text), at + _MOST_VALUE)):
        sign = text[place]
        if sign in "{}" and text[place - 1] != "\\":
            depth += 1 if sign == "{" else -1
        is_end = depth == 0 and (
            (sign == "}") if not is_quoted else (sign == '"' and place > start)
        )
        if is_end:
            return text[start + 1 : place], place + 1
    return text[start + 1 : start + _MOST_VALUE], min(len(text), at + _MOST_VALUE)


def _plain(value: str) -> str:
    """Return a value without TeX: accents and signs as characters, braces gone."""
    text = _ACCENT.sub(_accented, value)
    for written, sign in _LETTERS.items():
        if written[-1].isalpha():
            text = re.sub(rf"{re.escape(written)}(?![A-Za-z])\s*", sign, text)
        else:
            text = text.replace(written, sign)
    text = re.sub(r"\\[A-Za-z]+\s*|[{}]", "", text)
    return normalize("NFC", " ".join(text.split()))


def _accented(found: re.Match[str]) -> str:
    mark, letter = found[1] or found[3], found[2] or found[4]
    return normalize("NFC", letter + _ACCENTS[mark])
