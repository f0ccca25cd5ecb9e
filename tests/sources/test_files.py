"""Files from an officer's disk: what they hold comes in, what cannot be used is named by line."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from tests.shared import shared
from tests.sources.test_letter import HTML, mail
from watch.domain import Entry, Source, WebUrl
from watch.errors import ImportRefused
from watch.sources.papers.files import Sheaf, read_file
from watch.sources.raw import RawFeed, to_reading

SOURCE = Source(WebUrl("files:essai"), "Nos fichiers", "files")

CSV = """Titre;Lien;Date de publication;Résumé;Mots-clés;DOI;Auteur
Un lidar sans miroir;https://revue.example/12;02/11/2026;Texte inventé.;Lidar, Optique;;Inès Exemple
Un laser;pas une adresse;hier peut-être;;;10.1234/ABC;
;;;Rien que du texte;;;
"""
RIS = """TY  - THES
TI  - Une thèse sur
      les lidars
AU  - Exemple, Inès
AB  - Résumé inventé.
KW  - Lidar
KW  - Optique
DA  - 2026/06/30/
DO  - 10.1234/T.1
UR  - https://archive.example/1
ER  -

TY  - PAT
T1  - Un brevet
PY  - 2026
"""
BIBTEX = r"""@comment{rien, x}
@article{cle2026,
  title = {Un {Lidar} d'{\'e}t{\'e} \& d'hiver -- essai},
  author = {Exemple, In{\`e}s},
  year = 2026, month = nov,
  abstract = "Texte {invent{\'e}}.",
  doi = {10.1234/B.1},
}
@phdthesis{these, title = "Une th\`ese", year = {2025}, url = {https://archive.example/2}}
@misc{coupee, title = {Un titre qui ne finit
"""


def read(name: str, body: str | bytes, language: str = "fr") -> tuple[Sheaf, tuple[Entry, ...]]:
    sheaf = read_file(name, body.encode() if isinstance(body, str) else body, language)
    return sheaf, to_reading(RawFeed(entries=list(sheaf.entries)), SOURCE).entries


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return out.getvalue()


def test_a_table_of_any_spreadsheet_is_read_by_the_names_of_its_columns() -> None:
    for body in (CSV, CSV.encode("cp1252"), CSV.encode("utf-16"), CSV.replace(";", "\t")):
        _, (lidar, laser) = read("veille.csv", body)

        assert (lidar.title, lidar.url) == ("Un lidar sans miroir", "https://revue.example/12")
        assert lidar.published_at
        assert lidar.published_at.date() == date(2026, 11, 2)
        assert lidar.categories == ("Lidar", "Optique")
        assert (laser.url, dict(laser.record.identifiers)) == (
            "https://doi.org/10.1234/abc",
            {"doi": "10.1234/abc"},
        )


def test_each_line_that_gives_less_than_it_seems_to_is_named() -> None:
    sheaf, _ = read("veille.csv", CSV)
    english, _ = read("veille.csv", CSV, "en")

    assert [str(problem) for problem in sheaf.problems] == [
        "veille.csv, ligne 3: ce n’est pas l’adresse d’une page du web",
        "veille.csv, ligne 3: cette date n’a pas été comprise\N{NO-BREAK SPACE}; c’est aujourd’hui"
        " qui compte",
        "veille.csv, ligne 4: ni titre ni adresse",
    ]
    assert sheaf.refused_count == 1
    assert str(english.problems[2]) == "veille.csv, line 4: neither a title nor an address"


def test_nobodys_name_is_taken_from_a_file() -> None:
    for name, body in (("a.csv", CSV), ("a.ris", RIS), ("a.bib", BIBTEX)):
        assert "Exemple" not in repr(read(name, body)[1])


def test_a_workbook_is_read_without_computing_its_formulas() -> None:
    body = workbook(
        ("Veille de novembre",),
        ("title", "url", "date", "abstract"),
        ("A lidar", "https://review.example/1", date(2026, 11, 2), "Invented."),
        ('=HYPERLINK("http://x.example")', "https://review.example/2", 2026, None),
    )

    _, (first, second) = read("watch.xlsx", body)

    assert (first.title, first.text) == ("A lidar", "Invented.")
    assert first.published_at
    assert first.published_at.date() == date(2026, 11, 2)
    assert second.title == second.url == "https://review.example/2"


def test_references_are_read_as_their_managers_write_them() -> None:
    sheaf, (thesis, patent) = read("fonds.ris", RIS)

    assert (thesis.title, thesis.kind) == ("Une thèse sur les lidars", "thesis")
    assert thesis.url == "https://archive.example/1"
    assert thesis.categories == ("Lidar", "Optique")
    assert dict(thesis.record.identifiers) == {"doi": "10.1234/t.1"}
    assert (patent.title, patent.kind) == ("Un brevet", "patent")
    assert [problem.where for problem in sheaf.problems] == ["fonds.ris, ligne 13"]


def test_bibtex_is_read_with_its_accents() -> None:
    sheaf, (article, thesis, cut) = read("fonds.bib", BIBTEX)

    assert article.title == "Un Lidar d'été & d'hiver – essai"
    assert (article.text, article.kind) == ("Texte inventé.", "publication")
    assert article.published_at
    assert (article.published_at.year, article.published_at.month) == (2026, 11)
    assert (thesis.title, thesis.kind) == ("Une thèse", "thesis")
    assert cut.title == "Un titre qui ne finit"
    assert len(sheaf.problems) == 1


def test_a_letter_that_was_saved_gives_its_articles() -> None:
    _, found = read("lettre.eml", mail(HTML))

    assert [entry.title for entry in found] == [
        "Un lidar voit à deux kilomètres",
        "Le laser à fibre coupe mieux",
    ]


BOMB = packed(("xl/worksheets/sheet1.xml", b"\0" * 120_000_000))
ENTITIES = packed(("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.xlsx", b"no workbook"),
        ("a.xlsx", packed(("hello.txt", b"x"))),
        ("a.xlsx", BOMB),
        ("a.xlsx", ENTITIES),
        ("a.xlsx", packed(("../../etc/passwd", b"x"))),
        ("a.csv", b""),
        ("a.csv", b"couleur;taille\nrouge;2\n"),
        ("a.ris", b"nothing"),
        ("a.bib", b"@article{"),
        ("a.eml", b"Auto-Submitted: auto-replied\nSubject: x\nDate: y\n\nAbsent."),
        ("a.exe", b"MZ"),
    ],
    # A body's own name would hold the hour at which it was packed: another in each process.
    ids=[
        "no workbook", "another archive", "bomb", "entities", "path", "empty table",
        "foreign columns", "no RIS", "no BibTeX", "automatic reply", "program",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(name: str, body: bytes) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_file(name, body, "fr")

    assert str(refusal.value).startswith(name)


def test_the_hostile_archive_is_refused() -> None:
    with pytest.raises(ImportRefused):
        read_file("a.xlsx", shared("hostile", "archives", "zip_slip.zip").read_bytes(), "fr")
