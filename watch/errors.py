"""The errors of this house.

    WatchError                 the command line prints it; exit code 2
    ├── PerimeterError         whoever loads a perimeter: holds every problem found
    ├── ImportRefused          whoever imports a file of members or sources: nothing was usable
    ├── ActRefused             whoever joins or parts stories: it cannot be done as they stand
    ├── SourceRefused          whoever adds a source: address, kind or options are wrong
    ├── SettingsError          the faces: a setting is missing or wrong
    ├── LearnerRefused         the rounds: a kept learner cannot serve; the last good one does
    ├── PublishRefused         publish_round's caller: what the report lacks
    ├── StoreError             the edge of a round: the database cannot serve now
    └── PostError              tell_round: the post cannot be used at all (not one letter's trouble)

What is daily life is a value instead: a dead site is a `Harvest`, a refused letter a `Receipt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "ActRefused",
    "ImportRefused",
    "LearnerRefused",
    "PerimeterError",
    "PostError",
    "Problem",
    "PublishRefused",
    "SettingsError",
    "SourceRefused",
    "StoreError",
    "WatchError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and what to write instead, in the user's language."""

    where: str
    what: str
    instead: str = ""

    def __str__(self) -> str:
        """Return one line: where, what; what to do."""
        sentence = f"{self.where}: {self.what}" if self.where else self.what
        return f"{sentence}; {self.instead}" if self.instead else sentence


class WatchError(Exception):
    """Something a person can put right; its text says what, where and what to do."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: Sequence[Problem] = tuple(
            p if isinstance(p, Problem) else Problem("", p) for p in problems
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PerimeterError(WatchError):
    """A perimeter cannot be read; holds every problem, in the order of its lines."""


class ImportRefused(WatchError):
    """A file to import holds nothing that could be used."""


class ActRefused(WatchError):
    """Stories cannot be joined or parted as they stand."""


class SourceRefused(WatchError):
    """An address cannot become a source."""


class SettingsError(WatchError):
    """A setting is missing or wrong."""


class LearnerRefused(WatchError):
    """A kept learner cannot be read."""


class PublishRefused(WatchError):
    """A report may not be published as it stands."""


class StoreError(WatchError):
    """The database is away, locked, full, damaged or of another version."""


class PostError(WatchError):
    """No letter can be sent: the post is not set up or does not answer."""
