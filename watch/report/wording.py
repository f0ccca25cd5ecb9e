"""How a report speaks one language: sentences, counts, days, lists and names of languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from watch.domain import Texts
from watch.text.translate import catalogue

__all__ = ["COLLEGES", "LANGUAGE_NAMES", "LEVELS", "MONTHS", "Words"]

MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip

LEVELS = {
    "public": "public",
    "members": "members of the cluster only",
    "restricted": "restricted: do not pass on",
}
"""How far a report may go: the machine's word and ours."""

COLLEGES = {
    "industry": "confirmed by an expert from industry",
    "academia": "confirmed by an expert from research",
    "staff": "confirmed by the watch team",
}

LANGUAGE_NAMES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "en": "English",
    "es": "Spanish", "fi": "Finnish", "fr": "French", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "zh": "Chinese",
}  # fmt: skip
"""The languages that publications are most often in; any other is shown by its code."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language, with its ways to write a number and a day."""

    language: str
    number: Callable[[int], str]
    day: Callable[[date], str]

    def say(self, sentence: str, **values: str) -> str:
        """Return the English `sentence` in this language, with its {named} places filled."""
        return catalogue(self.language).gettext(sentence).format(**values)

    def count(self, one: str, many: str, n: int, **values: str) -> str:
        """Return the sentence for `n` things; it writes the number where it says {n}."""
        sentence = catalogue(self.language).ngettext(one, many, n)
        return sentence.format(n=self.number(n), **values)

    def text(self, texts: Texts) -> str:
        """Return an officer's text in this language, else in French, else in any, else ""."""
        return texts.get(self.language) or texts.get("fr") or next(iter(texts.values()), "")

    def listed(self, names: Sequence[str]) -> str:
        """Return the names as one enumeration.

        >>> Words("en", str, str).listed(["a", "b", "c"])
        'a, b and c'
        """
        if len(names) < 2:
            return "".join(names)
        return self.say("{most} and {last}", most=", ".join(names[:-1]), last=names[-1])

    def chained(self, parts: Iterable[str]) -> str:
        """Return the parts of one sentence with semicolons between them."""
        return ("\u00a0; " if self.language == "fr" else "; ").join(parts)

    def pair(self, name: str, n: int, before: int | None = None) -> str:
        """Return a name with its count, and with the one before where there is one."""
        if before is None:
            return self.say("{name}: {n}", name=name, n=self.number(n))
        return self.say(
            "{name}: {n}, before: {before}",
            name=name,
            n=self.number(n),
            before=self.number(before),
        )

    def tongue(self, code: str) -> str:
        """Return the name of a language, its code where it has none here."""
        return self.say(LANGUAGE_NAMES[code]) if code in LANGUAGE_NAMES else code

    def brief(self, day: date) -> str:
        """Return day and month as they stand under a column."""
        return f"{day.day} {self.say(MONTHS[day.month - 1])}"

    def change(self, n: int) -> str:
        """Return a difference with its sign."""
        return f"{'+' if n > 0 else '−'}{self.number(abs(n))}" if n else "="

    def share(self, part: int, whole: int) -> str:
        """Return `part` of `whole` in per cent, with one decimal and never above 100."""
        percent = f"{100 * part / max(whole, part, 1):.1f}"
        return f"{percent.replace('.', ',')}\u00a0%" if self.language == "fr" else f"{percent}%"

    def quoted(self, words: Sequence[str]) -> str:
        """Return words as they stood in a text, each between this language's quotation marks."""
        return ", ".join(self.say("“{word}”", word=word) for word in words)

    def level(self, level: str) -> str:
        """Return how far the report may go, in words."""
        return self.say(LEVELS[level]) if level in LEVELS else level

    def confirmed(self, colleges: Sequence[str]) -> str:
        """Return who confirmed a subject, in words."""
        return ", ".join(
            self.say(COLLEGES.get(name, "confirmed by an expert")) for name in colleges
        )
