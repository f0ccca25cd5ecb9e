"""The members' file: in comes a CSV from any spreadsheet, out come readers and a report by line.

One line is one person with one address. What cannot be used is reported with its line and what
to write; the good lines are kept. No address stands in a report, so that it may be logged.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from watch.domain import Axis, Basis, Interest, Perimeter, Subscriber
from watch.errors import ImportRefused, Problem
from watch.text.translate import LANGUAGES, speaker

__all__ = ["COLUMNS", "Members", "read_members", "write_members"]

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
}
"""Each column with the headers under which it may stand; accents and case do not matter."""

_GROUNDS = {
    "member": ("member", "adherent", "adherente", "membre"),
    "consent": ("consent", "consentement", "opt-in"),
    "legitimate_interest": ("legitimate_interest", "legitimate interest", "interet legitime"),
}
_TONGUES = {
    "fr": ("fr", "francais", "french", "fr-fr"),
    "en": ("en", "anglais", "english", "en-gb", "en-us"),
}
_MOST_BYTES = 5_000_000
_MOST_LINES = 50_000
# An open quote swallows the lines after it; no honest cell of ours spans more than a few.
_MOST_LINES_OF_ONE = 3
_ADDRESS = re.compile(
    r"(?![=+@-])[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{2,59})"
)
# A spreadsheet runs a cell that begins with one of these, also in their wide forms.
_FORMULA = "=+-@\t\r＝＋－＠"


@dataclass(frozen=True, slots=True)
class Members:
    """What a file gave: readers, each with the id 0, and the problems by line."""

    subscribers: tuple[Subscriber, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_members(
    raw: bytes, perimeter: Perimeter, cluster: str, today: date, language: str = "fr"
) -> Members:
    """Return the readers of a CSV file, and a problem for each thing that was wrong.

    Delimiter (comma, semicolon, tab) and encoding are found out. Topics are ids or labels of the
    perimeter, separated by "|", ";" or ","; `lidar*2` counts twice. A person without a basis is
    kept with `basis=None`: nobody writes to them. A basis without a day holds since `today`.
    An address that stands twice is one reader with the interests of both lines. Messages are in
    `language`. Raises ImportRefused where no column with addresses is found.
    """
    reader = _Reader(perimeter, cluster, today, speaker(language))
    if len(raw) > _MOST_BYTES:
        raise ImportRefused(reader.say("the file is too large to be a list of members"))
    found: dict[str, Subscriber] = {}
    first: dict[str, int] = {}
    for line, cells in reader.rows(_decode(raw).replace("\0", "")):
        subscriber = reader.subscriber(line, cells)
        if subscriber is None:
            continue
        key = subscriber.email.lower()
        if key in found:
            what = reader.say("this address already stands at line {line}; both are one reader")
            reader.note(line, what.format(line=first[key]))
            subscriber = _joined(found[key], subscriber)
        found[key] = subscriber
        first.setdefault(key, line)
    return Members(tuple(found.values()), tuple(reader.problems))


class _Reader:
    """One file under reading, with the problems noted so far."""

    def __init__(
        self, perimeter: Perimeter, cluster: str, today: date, say: Callable[[str], str]
    ) -> None:
        self.perimeter = perimeter
        self.cluster = cluster
        self.today = today
        self.say = say
        self.problems: list[Problem] = []
        self.names = {axis: _names(perimeter, axis) for axis in Axis}

    def note(self, line: int, what: str, instead: str = "") -> None:
        where = self.say("line {line}").format(line=line)
        self.problems.append(Problem(where, what, instead))

    # -- lines

    def rows(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the number of each line with its cells by column; the header comes first."""
        text = re.sub(r"\Asep=.\r?\n", "\n", text)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        header: list[str] = []
        line, count = 1, 0
        while True:
            try:
                row = next(rows, None)
            except csv.Error as reason:
                self._stop(line, header, reason)
                return
            if row is None:
                break
            if any(cell.strip() for cell in row):
                count += bool(header)
                if count > _MOST_LINES:
                    what = self.say("only the first {count} lines were read")
                    self.note(line, what.format(count=_MOST_LINES))
                    return
                if header and rows.line_num - line >= _MOST_LINES_OF_ONE:
                    what = self.say("a quote is opened here and not closed on the same line")
                    self.note(line, what, self.say("close it, or delete it"))
                elif header:
                    self._note_surplus(line, row[len(header) :])
                    cells = zip(header, row, strict=False)  # a short line ends early
                    yield line, {name: cell for name, cell in cells if name}
                else:
                    header = self._header(row)
            line = rows.line_num + 1
        if not header:
            self._header([])

    def _stop(self, line: int, header: list[str], reason: csv.Error) -> None:
        if not header:
            raise ImportRefused(self.say("the file is not a readable table")) from reason
        what = self.say("a cell is far too long; nothing was read from here on")
        self.note(line, what, self.say("is a quote opened here and never closed?"))

    def _note_surplus(self, line: int, surplus: Sequence[str]) -> None:
        if any(cell.strip() for cell in surplus):
            what = self.say("the line has more cells than the header; the last ones are left out")
            self.note(line, what, self.say("put a cell that holds the delimiter between quotes"))

    def _header(self, row: Sequence[str]) -> list[str]:
        """Return the name of each column, "" for one that we do not know."""
        header = [_column(cell) for cell in row]
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
                self.note(1, what.format(name=_tidy(cell)))
        return [name if name not in header[:i] else "" for i, name in enumerate(header)]

    # -- cells

    def subscriber(self, line: int, cells: Mapping[str, str]) -> Subscriber | None:
        """Return the reader that a line describes, None where it has no usable address."""
        email = self._email(line, cells.get("email", ""))
        if not email:
            return None
        interests = [
            *self._interests(line, cells.get("markets", ""), (Axis.MARKET,)),
            *self._interests(line, cells.get("technologies", ""), (Axis.TECHNOLOGY,)),
            *self._interests(line, cells.get("topics", ""), tuple(Axis)),
        ]
        if not interests:
            self.note(
                line,
                self.say("no market and no technology: there is nothing to choose a letter by"),
                self.say("write at least one, for example {example}").format(
                    example=next((topic.id for topic in self.perimeter.topics), "lidar")
                ),
            )
        return Subscriber(
            id=0,
            cluster=self.cluster,
            email=email,
            name=_tidy(cells.get("name", "")),
            firm=_tidy(cells.get("firm", "")),
            language=self._language(line, cells.get("language", "")),
            interests=_once(interests),
            basis=self._basis(line, cells),
            quota=self._quota(line, cells.get("quota", "")),
            is_active=_folded(cells.get("active", "")) not in ("no", "non", "0", "false", "faux"),
        )

    def _email(self, line: int, cell: str) -> str:
        written = cell.strip(" \u00a0")
        example = self.say("write one address alone, such as {example}").format(
            example="prenom.nom@example.org"
        )
        if not written:
            self.note(line, self.say("there is no address"), example)
        elif written.count("@") > 1:
            self.note(line, self.say("the cell holds several addresses"), example)
        elif not _ADDRESS.fullmatch(written) or len(written) > 254 or written.index("@") > 64:
            self.note(line, self.say("the cell is not an e-mail address"), example)
        else:
            local, _at, domain = written.partition("@")
            return f"{local}@{domain.lower()}"
        return ""

    def _language(self, line: int, cell: str) -> str:
        spoken = next((code for code in self.perimeter.languages if code in LANGUAGES), "fr")
        if not cell.strip():
            return spoken
        for code, names in _TONGUES.items():
            if _folded(cell) in names:
                return code
        self.note(
            line,
            self.say("no letters are written in the language “{language}”").format(
                language=_tidy(cell)
            ),
            self.say("write one of: {words}").format(words=", ".join(LANGUAGES)),
        )
        return spoken

    def _quota(self, line: int, cell: str) -> int:
        written = cell.strip()
        if not written:
            return 6
        number = int(written) if re.fullmatch("[0-9]{1,4}", written) else 6
        if str(number) != written.lstrip("0") or not 3 <= number <= 10:
            self.note(
                line,
                self.say("the quota “{quota}” is not a number from 3 to 10").format(
                    quota=_tidy(written)
                ),
                self.say("write how many lines a letter may have"),
            )
        return min(max(number, 3), 10)

    def _basis(self, line: int, cells: Mapping[str, str]) -> Basis | None:
        written = _folded(cells.get("basis", ""))
        ground = next((ground for ground, names in _GROUNDS.items() if written in names), "")
        if not ground:
            what = (
                self.say("the basis “{basis}” is not known: this person will not be written to")
                if written
                else self.say("there is no basis: this person will not be written to")
            )
            instead = self.say("write member, consent or legitimate_interest, and since when")
            self.note(line, what.format(basis=_tidy(written)), instead)
            return None
        since = self._since(line, cells.get("since", ""))
        origin = _tidy(cells.get("origin", "")) or self.say("list imported on {day}").format(
            day=self.today.isoformat()
        )
        return Basis(ground, origin, since)

    def _since(self, line: int, cell: str) -> date:
        if not cell.strip():
            return self.today
        day = _day(cell.strip())
        if day is None or day > self.today:
            self.note(
                line,
                self.say("“{day}” is not a day of the past; today is taken").format(
                    day=_tidy(cell)
                ),
                self.say("write for example {example}").format(example="2026-01-31"),
            )
            return self.today
        return day

    def _interests(self, line: int, cell: str, axes: tuple[Axis, ...]) -> Iterator[Interest]:
        known = {name for axis in axes for name in self.names[axis]}
        for written in _pieces(cell, known):
            name, weight = _weighed(written)
            found = [(axis, self.names[axis][name]) for axis in axes if name in self.names[axis]]
            if weight is None:
                what = self.say("“{word}” has a weight that is not between 0 and 5; 1 is taken")
                self.note(line, what.format(word=_tidy(written)))
            if not found:
                near = get_close_matches(name, known, 1) or [
                    known_name for known_name in sorted(known) if name and name in known_name
                ]
                self.note(
                    line,
                    self.say("“{topic}” is not a topic of the perimeter and is left out").format(
                        topic=_tidy(written)
                    ),
                    self.say("did you mean “{topic}”?").format(topic=self._label(near[0], axes))
                    if near
                    else self.say("write the id or the label of a topic"),
                )
            for axis, topic in found:
                yield Interest(axis, topic, 1.0 if weight is None else weight)

    def _label(self, name: str, axes: tuple[Axis, ...]) -> str:
        for axis in axes:
            topic = self.perimeter.topic(axis, self.names[axis].get(name, ""))
            if topic is not None:
                return next((t for t in topic.label.values() if _spoken(t) == name), topic.id)
        return name


def _names(perimeter: Perimeter, axis: Axis) -> dict[str, str]:
    """Return the id of each topic under its id and its labels, as compared; an id goes first."""
    names = {
        _spoken(label): topic.id
        for topic in reversed(perimeter.on(axis))
        for label in topic.label.values()
    }
    return names | {_spoken(topic.id): topic.id for topic in perimeter.on(axis)}


def _pieces(cell: str, known: set[str]) -> Iterator[str]:
    """Yield the topics of a cell; a comma inside a known label does not separate."""
    for part in re.split("[|;]", cell):
        words = part.split(",")
        while words:
            ends = range(min(len(words), 6), 1, -1)
            end = next((end for end in ends if _is_known(",".join(words[:end]), known)), 1)
            if piece := ",".join(words[:end]).strip():
                yield piece
            words = words[end:]


def _is_known(written: str, known: set[str]) -> bool:
    name, weight = _weighed(written)
    return name in known and weight is not None


def _weighed(written: str) -> tuple[str, float | None]:
    """Return a name as compared, and its weight: 1 where none is written, None out of bounds."""
    name, star, weight = re.sub("[×x](?= *[0-9.,]+ *$)", "*", written).rpartition("*")
    if not star:
        return _spoken(written), 1.0
    weight = weight.strip().replace(",", ".")
    if re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", weight) and 0 < float(weight) <= 5:
        return _spoken(name), float(weight)
    return _spoken(name), None


def _once(interests: Iterable[Interest]) -> tuple[Interest, ...]:
    """Return each topic once, with its greatest weight."""
    found: dict[tuple[Axis, str], Interest] = {}
    for interest in interests:
        key = (interest.axis, interest.topic)
        if key not in found or found[key].weight < interest.weight:
            found[key] = interest
    return tuple(found.values())


def _joined(before: Subscriber, after: Subscriber) -> Subscriber:
    """Return one reader for two lines: the first line's words, the interests of both."""
    return replace(
        before,
        name=before.name or after.name,
        firm=before.firm or after.firm,
        interests=_once((*before.interests, *after.interests)),
        basis=before.basis or after.basis,
        is_active=before.is_active and after.is_active,
    )


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    # Every second byte empty: UTF-16 without its mark, as some exports write it.
    if raw[:200].count(0) * 3 > len(raw[:200]):
        order = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
        return raw.decode(order, errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Return the sign that cuts the first full line into the most columns that we know."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=lambda sign: sum(map(bool, map(_column, header.split(sign)))))


def _column(cell: str) -> str:
    written = _folded(cell.strip('" \ufeff').replace("_", " "))
    return next((name for name, headers in COLUMNS.items() if written in headers), "")


def _folded(text: str) -> str:
    """Return a text without accents, case and doubled blanks."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def _spoken(topic: str) -> str:
    """Return a topic's name as it is compared: "Seconde main" is `seconde-main`."""
    return _folded(re.sub("[-_]", " ", topic))


def _tidy(text: str) -> str:
    """Return a cell on one line, without hidden signs and without a formula's beginning."""
    shown = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    line = " ".join(shown.split())[:120]
    return re.sub(rf"\A(?:'?[{re.escape(_FORMULA)}]+\s*)+", "", line).strip()


def _day(written: str) -> date | None:
    """Return a day written as 2026-01-31 or 31/01/2026."""
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", written)
    turned = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", written)
    numbers = parts.groups() if parts else turned.groups()[::-1] if turned else ()
    try:
        return date(*map(int, numbers)) if numbers else None
    except ValueError:
        return None


def write_members(subscribers: Iterable[Subscriber]) -> str:
    """Return the readers as CSV with semicolons; `read_members` of it gives them back, ids apart.

    A cell that a spreadsheet would run begins with an apostrophe instead.
    """
    columns = [name for name in COLUMNS if name != "topics"]
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(columns)
    for subscriber in subscribers:
        basis = subscriber.basis
        cells = {
            "email": subscriber.email,
            "name": subscriber.name,
            "firm": subscriber.firm,
            "language": subscriber.language,
            "markets": _written(subscriber.interests, Axis.MARKET),
            "technologies": _written(subscriber.interests, Axis.TECHNOLOGY),
            "quota": str(subscriber.quota),
            "basis": basis.ground if basis else "",
            "origin": basis.origin if basis else "",
            "since": basis.since_on.isoformat() if basis else "",
            "active": "yes" if subscriber.is_active else "no",
        }
        table.writerow([_unrun(cells[name]) for name in columns])
    return out.getvalue()


def _written(interests: Iterable[Interest], axis: Axis) -> str:
    return " | ".join(
        i.topic if i.weight == 1 else f"{i.topic}*{i.weight:g}" for i in interests if i.axis is axis
    )


def _unrun(cell: str) -> str:
    return f"'{cell}" if cell.lstrip()[:1] in tuple(_FORMULA) and cell.strip() else cell
