"""The members' file: in comes a table from any spreadsheet, out come readers and a report by line.

One line is one person with one address. What cannot be used is reported with its line and what
to write; the good lines are kept. No address stands in a report, so that it may be logged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from watch.domain import Alert, Axis, Basis, Interest, Perimeter, Rhythm, Subscriber
from watch.errors import ImportRefused, Problem
from watch.routing.columns import (
    WEEKDAYS,
    alerts_of,
    column_of,
    day_of,
    ground_of,
    hour_of,
    is_no,
    listed,
    rhythm_of,
    tongue_of,
    weekday_of,
)
from watch.routing.joined import both, joined, once
from watch.routing.topics import Topics
from watch.text.clean import one_line
from watch.text.tables import Row, decode, rows, tidy
from watch.text.translate import LANGUAGES, speaker
from watch.text.workbook import NoWorkbook, is_workbook, workbook_rows

__all__ = ["Members", "address_of", "read_members"]

Wish = TypeVar("Wish")

_MOST_BYTES = 5_000_000
_MOST_LINES = 50_000
# An open quote swallows the lines after it; no honest cell of ours spans more than a few.
_MOST_LINES_OF_ONE = 3
_MOST_ABOUT = 2_000
# ISO 3166-1 and 3166-2; ISO 639-1.
_PLACE, _TONGUE = re.compile("[A-Z]{2}(-[A-Z0-9]{1,3})?"), re.compile("[a-z]{2}")
_ADDRESS = re.compile(
    r"(?![=+@-])[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{2,59})"
)


@dataclass(frozen=True, slots=True)
class Members:
    """What a file gave: readers, each with the id 0, and the problems by line."""

    subscribers: tuple[Subscriber, ...] = ()
    problems: tuple[Problem, ...] = ()


def address_of(written: str) -> str:
    """Return one e-mail address, its domain in small letters; "" for what is none.

    >>> address_of("Lea@PME.example"), address_of("lea@pme"), address_of("=lea@pme.example")
    ('Lea@pme.example', '', '')
    """
    if not _ADDRESS.fullmatch(written) or len(written) > 254 or written.index("@") > 64:
        return ""
    local, _at, domain = written.partition("@")
    return f"{local}@{domain.lower()}"


def read_members(
    raw: bytes,
    perimeter: Perimeter,
    cluster: str,
    today: date,
    language: str = "fr",
    known: Iterable[Subscriber] = (),
) -> Members:
    """Return the readers of a CSV or XLSX file, and a problem for each thing that was wrong.

    Of a workbook its first sheet is read; of a CSV delimiter (comma, semicolon, tab) and encoding
    are found out. Topics are ids or labels of the perimeter, separated by "|", ";" or ",";
    `lidar*2` counts twice. A person without a basis is kept with `basis=None`: nobody writes to
    them. A basis without a day holds since `today`.
    An address that stands twice is one reader with the interests of both lines. What a line says
    is laid over what is `known` of its reader: an empty cell, and a column that is not there, take
    nothing back. Messages are in `language`. Raises ImportRefused where no column with addresses
    is found.
    """
    reader = _Reader(perimeter, cluster, today, speaker(language), known)
    if len(raw) > _MOST_BYTES:
        raise ImportRefused(reader.say("the file is too large to be a list of members"))
    found: dict[str, Subscriber] = {}
    first: dict[str, int] = {}
    for line, cells in reader.rows(raw):
        subscriber = reader.subscriber(line, cells)
        if subscriber is None:
            continue
        key = subscriber.email.lower()
        if key in found:
            what = reader.say("this address already stands at line {line}; both are one reader")
            reader.note(line, what.format(line=first[key]))
            subscriber = joined(found[key], subscriber)
        found[key] = subscriber
        first.setdefault(key, line)
    return Members(tuple(found.values()), tuple(reader.problems))


class _Reader:
    """One file under reading, with the problems noted so far."""

    def __init__(
        self,
        perimeter: Perimeter,
        cluster: str,
        today: date,
        say: Callable[[str], str],
        known: Iterable[Subscriber],
    ) -> None:
        self.perimeter = perimeter
        self.cluster = cluster
        self.today = today
        self.say = say
        self.problems: list[Problem] = []
        self.topics = Topics(perimeter)
        # One mailbox in two spellings is one reader.
        self.known = {one.email.lower(): one for one in known}

    def note(self, line: int, what: str, instead: str = "") -> None:
        where = self.say("line {line}").format(line=line)
        self.problems.append(Problem(where, what, instead))

    # -- lines

    def rows(self, raw: bytes) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the number of each line with its cells by column; the header comes first."""
        header: list[str] = []
        count = 0
        for row in self._table(raw):
            if row.is_broken:
                self._stop(row.line, header)
                return
            if not header:
                header = self._header(row.cells)
                continue
            count += 1
            if count > _MOST_LINES:
                what = self.say("only the first {count} lines were read")
                self.note(row.line, what.format(count=_MOST_LINES))
                return
            if row.lines > _MOST_LINES_OF_ONE:
                what = self.say("a quote is opened here and not closed on the same line")
                self.note(row.line, what, self.say("close it, or delete it"))
                continue
            self._note_surplus(row.line, row.cells[len(header) :])
            cells = zip(header, row.cells, strict=False)  # a short line ends early
            yield row.line, {name: cell for name, cell in cells if name}
        if not header:
            self._header([])

    def _table(self, raw: bytes) -> Iterator[Row]:
        if not is_workbook(raw):
            yield from rows(decode(raw), lambda cell: bool(column_of(cell)))
            return
        try:
            for line, cells in workbook_rows(raw):
                yield Row(line, cells=cells)
        except NoWorkbook as reason:
            raise ImportRefused(
                Problem(
                    self.say("the file"),
                    self.say("this is no workbook that could be read"),
                    self.say("open it in your spreadsheet and save it as CSV"),
                )
            ) from reason

    def _stop(self, line: int, header: list[str]) -> None:
        if not header:
            raise ImportRefused(self.say("the file is not a readable table"))
        what = self.say("a cell is far too long; nothing was read from here on")
        self.note(line, what, self.say("is a quote opened here and never closed?"))

    def _note_surplus(self, line: int, surplus: Sequence[str]) -> None:
        if any(cell.strip() for cell in surplus):
            what = self.say("the line has more cells than the header; the last ones are left out")
            self.note(line, what, self.say("put a cell that holds the delimiter between quotes"))

    def _header(self, row: Sequence[str]) -> list[str]:
        """Return the name of each column, "" for one that we do not know."""
        header = [column_of(cell) for cell in row]
        if "email" not in header:
            raise ImportRefused(
                Problem(
                    self.say("first line"),
                    self.say("no column with e-mail addresses was found"),
                    self.say("begin the file with a header such as: {columns}").format(
                        columns=self.say(
                            "email;name;firm;language;markets;technologies;basis;origin;since"
                        )
                    ),
                )
            )
        for cell, name in zip(row, header, strict=True):
            if not name and cell.strip():
                what = self.say("the column “{name}” is not known and is left out")
                self.note(1, what.format(name=tidy(cell)))
        return [name if name not in header[:i] else "" for i, name in enumerate(header)]

    # -- cells

    def subscriber(self, line: int, cells: Mapping[str, str]) -> Subscriber | None:
        """Return the reader that a line describes, None where it has no usable address."""
        email = self._email(line, cells.get("email", ""))
        if not email:
            return None
        before = self.known.get(email.lower()) or self._nobody(email)
        interests = [
            *self._interests(line, cells.get("markets", ""), (Axis.MARKET,)),
            *self._interests(line, cells.get("technologies", ""), (Axis.TECHNOLOGY,)),
            *self._interests(line, cells.get("topics", ""), tuple(Axis)),
        ]
        if not interests and not before.interests:
            self.note(
                line,
                self.say("no market and no technology: there is nothing to choose a letter by"),
                self.say("write at least one, for example {example}").format(
                    example=next((topic.id for topic in self.perimeter.topics), "lidar")
                ),
            )
        competitors = listed(cells.get("competitors", "")) or before.competitors
        actors = listed(cells.get("actors", "")) or before.actors
        active = cells.get("active", "").strip()
        about = one_line(cells.get("about", "").lstrip("'=+-@ "), _MOST_ABOUT)
        return Subscriber(
            id=0,
            cluster=self.cluster,
            email=email,
            name=tidy(cells.get("name", "")) or before.name,
            firm=tidy(cells.get("firm", "")) or before.firm,
            language=self._language(line, cells.get("language", "")) or before.language,
            interests=once(interests) or before.interests,
            basis=self._basis(line, cells, before.basis),
            quota=self._quota(line, cells.get("quota", ""), before.quota),
            is_active=not is_no(active) if active else before.is_active,
            about=about or before.about,
            watch_words=listed(cells.get("watch_words", "")) or before.watch_words,
            exclusions=listed(cells.get("exclusions", "")) or before.exclusions,
            actors=both(actors, competitors),
            places=self._codes(line, cells.get("places", ""), _PLACE) or before.places,
            reads=self._codes(line, cells.get("reads", "").lower(), _TONGUE) or before.reads,
            competitors=competitors,
            rhythm=self._wish(line, cells, "rhythm", rhythm_of, Rhythm, before.rhythm),
            weekday=self._wish(line, cells, "weekday", weekday_of, WEEKDAYS, before.weekday),
            hour=self._wish(line, cells, "hour", hour_of, ("8", "8:00", "8h"), before.hour),
            alerts=self._wish(
                line, cells, "alerts", alerts_of, ("yes", "no", *Alert), before.alerts
            ),
        )

    def _nobody(self, email: str) -> Subscriber:
        """Return a reader of whom nothing is known."""
        spoken = next((code for code in self.perimeter.languages if code in LANGUAGES), "fr")
        return Subscriber(0, self.cluster, email, "", "", spoken, (), None)

    def _wish(
        self,
        line: int,
        cells: Mapping[str, str],
        column: str,
        read: Callable[[str], Wish | None],
        words: Iterable[str],
        before: Wish,
    ) -> Wish:
        """Return what a reader wishes; what is not understood is reported and changes nothing."""
        cell = cells.get(column, "")
        if not cell.strip():
            return before
        found = read(cell)
        if found is not None:
            return found
        what = self.say("the {column} “{word}” is not known and is left out")
        self.note(
            line,
            what.format(column=self.say(column), word=tidy(cell)),
            self.say("write one of: {words}").format(words=", ".join(words)),
        )
        return before

    def _codes(self, line: int, cell: str, form: re.Pattern[str]) -> tuple[str, ...]:
        """Return codes of countries, regions or languages; what is none is reported."""
        written = listed(cell)
        for one in written:
            if not form.fullmatch(one):
                self.note(
                    line,
                    self.say("“{word}” is no code of a country or language; left out").format(
                        word=one
                    ),
                    self.say("write for example {example}").format(example="FR | FR-BRE | DE"),
                )
        return tuple(one for one in written if form.fullmatch(one))

    def _email(self, line: int, cell: str) -> str:
        written = cell.strip(" \u00a0")
        example = self.say("write one address alone, such as {example}").format(
            example="prenom.nom@example.org"
        )
        if not written:
            self.note(line, self.say("there is no address"), example)
        elif written.count("@") > 1:
            self.note(line, self.say("the cell holds several addresses"), example)
        elif address := address_of(written):
            return address
        else:
            self.note(line, self.say("the cell is not an e-mail address"), example)
        return ""

    def _language(self, line: int, cell: str) -> str:
        code = tongue_of(cell)
        if code or not cell.strip():
            return code
        self.note(
            line,
            self.say("no letters are written in the language “{language}”").format(
                language=tidy(cell)
            ),
            self.say("write one of: {words}").format(words=", ".join(LANGUAGES)),
        )
        return ""

    def _quota(self, line: int, cell: str, before: int) -> int:
        written = cell.strip()
        if not written:
            return before
        number = int(written) if re.fullmatch("[0-9]{1,4}", written) else 6
        if str(number) != written.lstrip("0") or not 3 <= number <= 10:
            self.note(
                line,
                self.say("the quota “{quota}” is not a number from 3 to 10").format(
                    quota=tidy(written)
                ),
                self.say("write how many lines a letter may have"),
            )
        return min(max(number, 3), 10)

    def _basis(self, line: int, cells: Mapping[str, str], before: Basis | None) -> Basis | None:
        written = cells.get("basis", "").strip()
        if before and not written:
            return before
        ground = ground_of(written)
        if not ground:
            what = (
                self.say("the basis “{basis}” is not known: this person will not be written to")
                if written
                else self.say("there is no basis: this person will not be written to")
            )
            instead = self.say("write member, consent or legitimate_interest, and since when")
            self.note(line, what.format(basis=tidy(written)), instead)
            return None
        since = self._since(line, cells.get("since", ""))
        origin = tidy(cells.get("origin", "")) or self.say("list imported on {day}").format(
            day=self.today.isoformat()
        )
        return Basis(ground, origin, since)

    def _since(self, line: int, cell: str) -> date:
        if not cell.strip():
            return self.today
        day = day_of(cell.strip())
        if day is None or day > self.today:
            self.note(
                line,
                self.say("“{day}” is not a day of the past; today is taken").format(day=tidy(cell)),
                self.say("write for example {example}").format(example="2026-01-31"),
            )
            return self.today
        return day

    def _interests(self, line: int, cell: str, axes: tuple[Axis, ...]) -> Iterator[Interest]:
        for named in self.topics.named(cell, axes):
            if named.weight is None:
                what = self.say("“{word}” has a weight that is not between 0 and 5; 1 is taken")
                self.note(line, what.format(word=tidy(named.written)))
            if not named.topics:
                self.note(
                    line,
                    self.say("“{topic}” is not a topic of the perimeter and is left out").format(
                        topic=tidy(named.written)
                    ),
                    self.say("did you mean “{topic}”?").format(topic=named.near)
                    if named.near
                    else self.say("write the id or the label of a topic"),
                )
            for axis, topic in named.topics:
                yield Interest(axis, topic, 1.0 if named.weight is None else named.weight)
