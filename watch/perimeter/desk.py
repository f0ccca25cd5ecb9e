"""The desk on which a file is read: nodes come in, typed values go out, each problem is noted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from watch.errors import Problem
from watch.text.plain_yaml import Fault, Node
from watch.text.translate import speaker

__all__ = ["Desk"]

_IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LONGEST_TERM = 120
_LONGEST_TEXT = 5_000
# Signs that turn the reading direction or hide: they make two words look alike that are not.
_HIDDEN = frozenset("\u200b\u200e\u200f\u2028\u2029\u2060\ufeff") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


@dataclass
class Desk:
    """One file under reading: its name, the user's language, the problems noted so far."""

    name: str
    language: str
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.say: Callable[[str], str] = speaker(self.language)

    def note(self, line: int, place: str, what: str, instead: str = "") -> None:
        """Note one problem; `place` is a topic or question in words, or ""."""
        where = self.say("{name}, line {line}").format(name=self.name, line=line)
        where = f"{where}, {place}" if place else where
        self.problems.append((line, Problem(where, what, instead)))

    def note_faults(self, faults: Iterable[Fault]) -> None:
        """Note what breaks the form of the file."""
        for fault in faults:
            self.note(fault.line, "", fault.what, fault.instead)

    def in_order(self) -> list[Problem]:
        """Return every problem once, in the order of the lines."""
        return list(dict.fromkeys(p for _, p in sorted(self.problems, key=lambda pair: pair[0])))

    # -- shapes

    def fields(self, node: Node, place: str, known: Collection[str], needed: Iterable[str]) -> None:
        """Note unknown keys, with the nearest known one, and missing keys."""
        _ = self.say
        for key, (name, _value) in node.pairs.items():
            if key not in known:
                near = get_close_matches(key, known, 1)
                instead = _("did you mean “{key}”?").format(key=near[0]) if near else ""
                self.note(
                    name.line,
                    place,
                    _("“{key}” is not a known key").format(key=key),
                    instead or _("known here: {keys}").format(keys=", ".join(known)),
                )
        for key in needed:
            if key not in node.pairs:
                self.note(
                    node.line,
                    place,
                    _("“{key}” is missing").format(key=key),
                    _("add a line “{key}: ...”").format(key=key),
                )

    def is_pairs(self, node: Node | None, place: str, key: str, example: str = "") -> bool:
        """Return whether the value is a set of pairs; note it where it is something else."""
        if node is not None and node.kind != "pairs":
            self.note(
                node.line,
                place,
                self.say("“{key}” should hold names with their values").format(key=key),
                self.say("write for example {example}").format(
                    example=example or f"{key}: {{fr: ..., en: ...}}"
                ),
            )
        return node is not None and node.kind == "pairs"

    def elements(self, node: Node | None, place: str, key: str) -> list[Node]:
        """Return the elements of a list; note it where it is something else."""
        if node is None:
            return []
        if node.kind != "list":
            words = node.text.replace(";", ",") if node.kind == "words" else ""
            self.note(
                node.line,
                place,
                self.say("“{key}” should be a list").format(key=key),
                self.say("write for example {example}").format(
                    example=f"{key.split(', ')[-1]}: [{words.strip() or '..., ...'}]"
                ),
            )
            return []
        return node.items

    # -- words

    def text(self, node: Node | None, place: str, key: str, longest: int = _LONGEST_TEXT) -> str:
        """Return one text, blanks joined; "" after noting why there is none."""
        _ = self.say
        if node is None:
            return ""
        if node.kind != "words":
            self.note(
                node.line,
                place,
                _("“{key}” should be a text").format(key=key),
                _("put the whole text between double quotes"),
            )
            return ""
        text = re.sub(r"[ \t\r\n]+", " ", node.text).strip(" ")
        if not text.strip():
            self.note(
                node.line,
                place,
                _("“{key}” is empty").format(key=key),
                _("write it, or delete the line"),
            )
        elif any(sign in _HIDDEN or unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
            self.note(
                node.line,
                place,
                _("“{key}” holds an invisible or forbidden sign").format(key=key),
                _("type the words again by hand"),
            )
        elif len(text) > longest:
            self.note(
                node.line,
                place,
                _("“{text}...” is too long: {count} characters").format(
                    text=text[:40], count=len(text)
                ),
                _("write at most {count}; is a comma missing?").format(count=longest),
            )
        else:
            return text
        return ""

    def identifier(self, node: Node | None, place: str) -> str:
        """Return an id; note a spelling that could not stand in an address."""
        name = self.text(node, place, "id")
        if node is not None and name and not (_IDENTIFIER.fullmatch(name) and len(name) <= 64):
            self.note(
                node.line,
                place,
                self.say("the id “{id}” holds signs that an id may not have").format(id=name),
                self.say("write for example {example}").format(example=f"id: {_slug(name)}"),
            )
        return name

    def words(self, node: Node | None, place: str, key: str) -> tuple[str, ...]:
        """Return a list of words or phrases, without those that had a problem."""
        found = []
        for element in self.elements(node, place, key):
            word = self.text(element, place, key, _LONGEST_TERM)
            if word:
                found.append(word)
        return tuple(found)

    def choice(self, node: Node | None, place: str, key: str, allowed: Collection[str]) -> str:
        """Return a word out of a short list."""
        word = self.text(node, place, key)
        if node is not None and word and word not in allowed:
            self.note(
                node.line,
                place,
                self.say("“{word}” is not one of the words allowed for “{key}”").format(
                    word=word, key=key
                ),
                self.say("write one of: {words}").format(words=", ".join(allowed)),
            )
        return word

    def number(self, node: Node | None, place: str, key: str, low: int, high: int) -> int:
        """Return a whole number between two bounds, `low` after noting that there is none."""
        text = self.text(node, place, key)
        # At most nine plain digits: other scripts' digits and endless numbers are no months.
        number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else low - 1
        if node is not None and text and not low <= number <= high:
            self.note(
                node.line,
                place,
                self.say("“{key}” should be a whole number, not “{text}”").format(
                    key=key, text=text
                ),
                self.say("write a number from {low} to {high}").format(low=low, high=high),
            )
        return max(number, low)

    # -- languages

    def languages(self, node: Node | None) -> tuple[str, ...]:
        """Return the languages that the file declares."""
        found: list[str] = []
        for element in self.elements(node, "", "languages"):
            language = self.text(element, "", "languages")
            if language and self.is_language(language, element.line, ""):
                if language in found:
                    self.note(
                        element.line,
                        "",
                        self.say("“{word}” stands twice in “{key}”").format(
                            word=language, key="languages"
                        ),
                        self.say("delete one of the two"),
                    )
                else:
                    found.append(language)
        return tuple(found)

    def is_language(self, code: str, line: int, place: str) -> bool:
        """Return whether a code has the form of a language; note it where it has not."""
        if _LANGUAGE.fullmatch(code):
            return True
        self.note(
            line,
            place,
            self.say("“{code}” is not a language code").format(code=code),
            self.say("write two small letters: fr, en, de..."),
        )
        return False

    def texts(
        self, node: Node | None, place: str, key: str, needed: Iterable[str] = ()
    ) -> dict[str, str]:
        """Return one text for each language; note those of `needed` that are missing."""
        if node is None or not self.is_pairs(node, place, key):
            return {}
        found: dict[str, str] = {}
        for code, (name, value) in node.pairs.items():
            if self.is_language(code, name.line, place):
                text = self.text(value, place, f"{key}, {code}")
                found |= {code: text} if text else {}
        self._note_missing(node, place, key, needed, "...")
        return found

    def terms(
        self, node: Node | None, place: str, key: str, needed: Iterable[str] = ()
    ) -> dict[str, tuple[str, ...]]:
        """Return words by language; note those of `needed` that are missing."""
        if node is None or not self.is_pairs(node, place, key):
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for code, (name, value) in node.pairs.items():
            if self.is_language(code, name.line, place):
                words = self.words(value, place, f"{key}, {code}")
                found |= {code: words} if words else {}
                if not value.items and value.kind == "list" and code in set(needed):
                    self._note_missing(value, place, key, [code], "[..., ...]")
        self._note_missing(
            node, place, key, [c for c in needed if c not in node.pairs], "[..., ...]"
        )
        return found

    def _note_missing(
        self, node: Node, place: str, key: str, needed: Iterable[str], blank: str
    ) -> None:
        for code in needed:
            if code not in node.pairs:
                self.note(
                    node.line,
                    place,
                    self.say("“{key}” has nothing in the language “{code}”").format(
                        key=key, code=code
                    ),
                    self.say("add {example} to “{key}”").format(
                        example=f"{code}: {blank}", key=key
                    ),
                )


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or "..."
