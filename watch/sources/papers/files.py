"""Files that an officer has on disk (CSV, XLSX, RIS, BibTeX, EML) -> entries, and a report by line.

The good lines are kept; each line that gives nothing, or less than it seems to, is named with what
is the matter. People's names stay in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from watch.domain import KINDS_OF_ITEM, NO_RECORD, Manners, Record, Visit
from watch.errors import ImportRefused, Problem
from watch.sources.kind import Kind
from watch.sources.papers.letter import entries_of, read_letter
from watch.sources.papers.references import Reference, read_bibtex, read_ris
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import arxiv_of, doi_of, language_of
from watch.text.dates import read_date
from watch.text.tables import decode, folded, rows, tidy
from watch.text.translate import speaker
from watch.text.urls import canonical
from watch.text.workbook import MOST_ROWS, NoWorkbook, workbook_rows

__all__ = ["FILES", "Sheaf", "files_address", "read_file"]

_MOST_BYTES = 20_000_000
# An open quote swallows the lines after it; an abstract in one cell spans this many at most.
_MOST_LINES_OF_ONE = 60

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "titre", "headline", "article title", "document title", "intitule", "objet"),
    "url": ("url", "link", "lien", "address", "adresse", "adresse web", "source url", "uri"),
    "text": ("text", "texte", "abstract", "resume", "summary", "description", "contenu", "extrait"),
    "date": ("date", "published", "publication date", "date de publication", "publie le", "year",
             "annee", "publication year"),
    "language": ("language", "langue"),
    "categories": ("keywords", "mots-cles", "mots cles", "tags", "categories", "author keywords"),
    "organisations": ("organisations", "organizations", "organisation", "organisme", "entreprise",
                      "applicant", "deposant", "affiliations"),
    "doi": ("doi",),
    "patent": ("patent", "brevet", "publication number", "numero de publication"),
    "kind": ("kind", "genre", "type", "document type"),
}  # fmt: skip
_KINDS = {
    "article": "publication", "preprint": "preprint", "prepublication": "preprint",
    "these": "thesis", "brevet": "patent", "appel d'offres": "tender", "appel a projets": "call",
    "projet": "project", "norme": "standard", "communique": "press_release",
    "evenement": "event", "actualite": "news",
}  # fmt: skip
_RIS_KINDS = {
    "THES": "thesis", "PAT": "patent", "DATA": "dataset", "STAND": "standard", "NEWS": "news",
    "MGZN": "news", "BLOG": "post", "UNPB": "preprint", "PRESS": "press_release", "VIDEO": "video",
}  # fmt: skip
_BIBTEX_KINDS = {
    "phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis", "patent": "patent",
    "dataset": "dataset", "unpublished": "preprint", "standard": "standard",
}  # fmt: skip

_Said = Callable[[Reference], Mapping[str, str]]
"""Returns what a reference says, by the names of our columns."""


@dataclass(frozen=True, slots=True)
class Sheaf:
    """What a file gave: its entries, and the problems by line."""

    entries: tuple[RawEntry, ...]
    problems: tuple[Problem, ...]
    refused_count: int = 0
    """Lines that gave no entry."""


def files_address(cluster: str) -> str:
    """Return the address of the source under which a cluster's own files are kept."""
    return f"files:{cluster}"


def read_file(name: str, body: bytes, language: str) -> Sheaf:
    """Return the entries of a file by the ending of its name; messages are in `language`.

    Raises ImportRefused where the file is too large, of a kind that is not read, or holds
    nothing that could be used.
    """
    reader = _Reader(name, language)
    if len(body) > _MOST_BYTES:
        raise reader.refusal(reader.say("the file is too large: at most 20 MB"))
    ending = name.lower().rpartition(".")[2]
    try:
        match ending:
            case "csv" | "tsv" | "txt":
                entries = list(reader.table(reader.lines(decode(body))))
            case "xlsx" | "xlsm":
                entries = list(reader.table(workbook_rows(body)))
            case "ris":
                entries = list(reader.references(read_ris(decode(body)), _from_ris))
            case "bib" | "bibtex":
                entries = list(reader.references(read_bibtex(decode(body)), _from_bibtex))
            case "eml":
                entries = reader.letter(body)
            case _:
                raise reader.refusal(
                    reader.say("this kind of file is not read"),
                    reader.say("save it as CSV, XLSX, RIS, BibTeX or EML"),
                )
    except NoWorkbook as failure:
        raise reader.refusal(
            reader.say("the file is built in a way that is used to attack its readers")
            if failure.reason == "dangerous"
            else reader.say("this is no workbook that could be read"),
            reader.say("open it in your spreadsheet and save it as CSV"),
        ) from failure
    if not entries and not reader.problems:
        raise reader.refusal(reader.say("the file holds nothing that could be used"))
    return Sheaf(tuple(entries), tuple(reader.problems), reader.refused_count)


class _Reader:
    """One file under reading, with the problems noted so far."""

    def __init__(self, name: str, language: str) -> None:
        self.name = tidy(name)
        self.say = speaker(language)
        self.problems: list[Problem] = []
        self.refused_count = 0

    def refusal(self, what: str, instead: str = "") -> ImportRefused:
        return ImportRefused(Problem(self.name, what, instead))

    def note(self, line: int, what: str, instead: str = "") -> None:
        where = self.say("{name}, line {line}").format(name=self.name, line=line)
        self.problems.append(Problem(where, what, instead))

    def refuse(self, line: int, what: str, instead: str = "") -> None:
        self.refused_count += 1
        self.note(line, what, instead)

    # -- tables

    def lines(self, text: str) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the lines of a CSV with their cells."""
        for row in rows(text, lambda cell: bool(_column(cell))):
            if row.is_broken:
                self.refuse(row.line, self.say("a cell is too long; the file was read up to here"))
                return
            if row.lines > _MOST_LINES_OF_ONE:
                what = self.say("a quote is opened here and not closed on the same line")
                self.refuse(row.line, what, self.say("close it, or delete it"))
                continue
            yield row.line, row.cells

    def table(self, lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[RawEntry]:
        """Yield the entries of a table; the first row with a known header is the header."""
        header: list[str] = []
        for count, (line, cells) in enumerate(lines, start=1):
            if not header:
                named = [_column(cell) for cell in cells]
                if {"title", "url"} & set(named):
                    header = named
                elif count >= 10:
                    break
                continue
            if count > MOST_ROWS:
                what = self.say("only the first {count} lines were read")
                self.note(line, what.format(count=MOST_ROWS))
                break
            said: dict[str, str] = {}
            for column, cell in zip(header, cells, strict=False):
                if column and cell.strip():
                    said.setdefault(column, cell.strip())
            if entry := self.entry(line, said):
                yield entry
        if not header:
            raise self.refusal(
                self.say("no column with titles or addresses was found"),
                self.say("name one column “title” or “url” in the first line"),
            )

    def entry(self, line: int, said: Mapping[str, str]) -> RawEntry | None:
        """Return the entry of what a line says; None, noted, where that is nothing."""
        url, day = canonical(said.get("url", "")), said.get("date", "")
        doi = doi_of(said.get("doi", "") or said.get("url", ""))
        if said.get("url") and not url:
            self.note(line, self.say("this is not the address of a page on the web"))
        title = said.get("title", "")
        if not (title or url or doi):
            self.refuse(line, self.say("neither a title nor an address"))
            return None
        if day and read_date(day) is None:
            self.note(line, self.say("this date was not understood; today counts"))
        identifiers = {"doi": doi, "arxiv": arxiv_of(doi), "patent": said.get("patent", "")}
        kept = {scheme: text for scheme, text in identifiers.items() if text}
        organisations = _listed(said.get("organisations", ""))
        return RawEntry(
            guid=f"doi:{doi}" if doi else "",
            url=url or (f"https://doi.org/{doi}" if doi else ""),
            title=title or (url or doi),
            text=said.get("text", ""),
            published=day,
            language=language_of(said.get("language", "")),
            categories=_listed(said.get("categories", "")),
            kind=_kind(said.get("kind", "")),
            record=Record(kept, {}, organisations) if kept or organisations else NO_RECORD,
        )

    # -- references and letters

    def references(self, found: Iterable[Reference], said: _Said) -> Iterator[RawEntry]:
        """Yield the entries of a file of references."""
        for count, one in enumerate(found):
            if count >= MOST_ROWS:
                what = self.say("only the first {count} lines were read")
                self.note(one.line, what.format(count=MOST_ROWS))
                return
            if not one.is_whole:
                self.note(one.line, self.say("this reference ends early; what it says was kept"))
            if entry := self.entry(one.line, said(one)):
                yield entry

    def letter(self, body: bytes) -> list[RawEntry]:
        found = read_letter(body)
        if found is None:
            raise self.refusal(self.say("an automatic answer, or no letter at all"))
        return entries_of(found)


def _from_ris(one: Reference) -> dict[str, str]:
    return {
        "title": one.said("TI", "T1", "CT", "BT"),
        "url": one.said("UR", "L2", "LK"),
        "text": one.said("AB", "N2"),
        "date": one.said("DA", "Y1", "PY").strip("/ ").replace("/", "-"),
        "language": one.said("LA"),
        "categories": ";".join(one.fields.get("KW", ())),
        "doi": one.said("DO", "M3"),
        "kind": _RIS_KINDS.get(one.kind, "publication"),
    }


def _from_bibtex(one: Reference) -> dict[str, str]:
    month = _month(one.said("month"))
    year = one.said("year")
    return {
        "title": one.said("title"),
        "url": one.said("url", "link", "howpublished"),
        "text": one.said("abstract", "summary"),
        "date": one.said("date") or (f"{year}-{month}" if year and month else year),
        "language": one.said("language", "langid"),
        "categories": one.said("keywords"),
        "doi": one.said("doi"),
        "kind": _BIBTEX_KINDS.get(one.kind, "publication"),
    }


def _month(written: str) -> str:
    """Return two digits for "nov", "November" or "11"; "" for anything else."""
    if written.isdigit() and 1 <= int(written[:3]) <= 12:
        return f"{int(written):02}"
    at = read_date(f"1 {written} 2000") if written else None
    return f"{at.month:02}" if at else ""


def _column(cell: str) -> str:
    name = folded(cell.strip("\ufeff"))
    return next((column for column, names in _COLUMNS.items() if name in names), "")


def _kind(written: str) -> str:
    name = folded(written)
    known = name.replace(" ", "_")
    return known if known in KINDS_OF_ITEM else _KINDS.get(name, "")


def _listed(written: str) -> tuple[str, ...]:
    """Return the names of a cell: between semicolons or bars, else between commas."""
    parts = re.split(r"[;|]", written)
    parts = parts if len(parts) > 1 else written.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _nothing(visit: Visit, manners: Manners, now: object) -> RawFeed:
    """Return nothing: files come by an officer's hand, and no visit brings any."""
    del visit, manners, now
    return RawFeed()


FILES = Kind(
    "files",
    "Files that your cluster keeps itself: CSV, XLSX, RIS, BibTeX, EML",
    fetch=_nothing,
    is_conditional=False,
)
