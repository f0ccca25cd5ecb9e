"""A members' file from any spreadsheet gives readers, and a report of each line."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.shared import shared
from watch.domain import Alert, Axis, Basis, Interest, Rhythm, Subscriber
from watch.errors import ImportRefused
from watch.perimeter.read import read
from watch.routing.members import Members, read_members
from watch.routing.roster import write_members

ROOT = Path(__file__).resolve().parents[2]
FASHION = read((ROOT / "config/perimeters/mode.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 2)
FRENCH = (
    "Courriel;Nom;Société;Langue;Marchés;Technologies;Quota;Base légale;Origine;Depuis\r\n"
    "zoe@Atelier.example;Zoé;L'Atelier;anglais;Luxe|Seconde main*2;conception-3d;4;"
    "Adhérente;salon;03/02/2025\r\n"
)


def members(raw: bytes | str, language: str = "en") -> Members:
    raw = raw.encode() if isinstance(raw, str) else raw
    return read_members(raw, FASHION, "mode", TODAY, language)


def told(found: Members) -> list[str]:
    return [str(problem) for problem in found.problems]


def line(cells: str, header: str = "email;name;markets;basis") -> Members:
    return members(f"{header}\n{cells}\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_french_file_is_read_in_every_usual_encoding(encoding: str) -> None:
    found = members(FRENCH.encode(encoding))

    assert told(found) == []
    assert found.subscribers == (
        Subscriber(
            id=0,
            cluster="mode",
            email="zoe@atelier.example",
            name="Zoé",
            firm="L'Atelier",
            language="en",
            interests=(
                Interest(Axis.MARKET, "luxe"),
                Interest(Axis.MARKET, "seconde-main", 2.0),
                Interest(Axis.TECHNOLOGY, "conception-3d"),
            ),
            basis=Basis("member", "salon", date(2025, 2, 3)),
            quota=4,
        ),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_delimiter_is_found_out(delimiter: str) -> None:
    text = delimiter.join(["email", "name", "markets", "basis"]) + "\n"
    text += delimiter.join(["a@b.example", "A", "luxe", "member"]) + "\n"

    found = members(f"sep={delimiter}\n{text}")

    assert told(found) == []
    assert found.subscribers[0].interests == (Interest(Axis.MARKET, "luxe"),)


@pytest.mark.parametrize(
    "cell",
    [
        '"a@b.example\nBcc: v@example.org"',
        '"a@b.example\n"',
        '"a@b.example,c@d.example"',
        '"""A"" <a@b.example>"',
        "=cmd|x!A0",
        "-oQ@b.example",
        "a@localhost",
        "a..b@c.example",
        "zoé@exemple.example",
        "a b@c.example",
        "a@b.example\u2028",
        "",
    ],
)
def test_one_line_is_one_plain_address_or_is_refused(cell: str) -> None:
    found = line(f"{cell};A;luxe;member")

    assert found.subscribers == ()
    assert told(found)[0].startswith("line 2: ")
    assert "@" not in told(found)[0].split(";")[0]


def test_a_person_without_a_basis_is_kept_and_not_written_to() -> None:
    found = line("a@b.example;A;luxe;\nc@d.example;C;luxe;friend")

    assert [subscriber.basis for subscriber in found.subscribers] == [None, None]
    assert told(found) == [
        "line 2: there is no basis: this person will not be written to; "
        "write member, consent or legitimate_interest, and since when",
        "line 3: the basis “friend” is not known: this person will not be written to; "
        "write member, consent or legitimate_interest, and since when",
    ]


def test_an_unknown_topic_is_told_with_the_nearest_and_the_line_is_kept() -> None:
    found = line("a@b.example;A;luxxe|luxe;consent")

    assert found.subscribers[0].interests == (Interest(Axis.MARKET, "luxe"),)
    assert told(found) == [
        "line 2: “luxxe” is not a topic of the perimeter and is left out; did you mean “luxe”?"
    ]


@pytest.mark.parametrize(
    ("cell", "interests"),
    [
        ("LUXE", [("luxe", 1)]),
        ("Pret a porter", [("pret-a-porter", 1)]),
        ("Fast fashion, Luxe", [("luxe", 1)]),
        (
            "Luxe, cuir et accessoires, Seconde main, location et réparation*2,luxe",
            [("luxe", 1), ("seconde-main", 2)],
        ),
        ("luxe*0,5 | seconde-main × 3", [("luxe", 0.5), ("seconde-main", 3)]),
        ("luxe*9", [("luxe", 1)]),
    ],
)
def test_topics_are_ids_or_labels_in_any_language(
    cell: str, interests: list[tuple[str, float]]
) -> None:
    (reader,) = line(f'a@b.example;A;"{cell}";member').subscribers

    assert [(i.topic, i.weight) for i in reader.interests] == interests


def test_an_address_that_stands_twice_is_one_reader_with_both_interests() -> None:
    found = line("Dup@B.example;A;luxe;\ndup@b.example;;pret-a-porter;member")

    (reader,) = found.subscribers
    assert reader.email == "Dup@b.example"
    assert [interest.topic for interest in reader.interests] == ["luxe", "pret-a-porter"]
    assert reader.basis == Basis("member", "list imported on 2026-03-02", TODAY)
    assert "line 3: this address already stands at line 2" in told(found)[-1]


def test_formulas_and_hidden_signs_leave_the_names() -> None:
    found = line('a@b.example;"=+@-\'=SUM(A1)\u202e\0x";luxe;member')

    assert found.subscribers[0].name == "SUM(A1)x"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2025-12-31", date(2025, 12, 31)),
        ("31.12.2025", date(2025, 12, 31)),
        ("2030-01-01", TODAY),
        ("31/02/2025", TODAY),
        ("soon", TODAY),
    ],
)
def test_the_day_of_the_basis_is_a_day_of_the_past(cell: str, day: date) -> None:
    (reader,) = line(f"a@b.example;member;{cell}", "email;basis;since").subscribers

    assert reader.basis is not None
    assert reader.basis.since_on == day


def test_a_quota_out_of_bounds_and_a_language_without_letters_are_told() -> None:
    found = line("a@b.example;luxe;member;25;de", "email;markets;basis;quota;language")

    assert (found.subscribers[0].quota, found.subscribers[0].language) == (10, "fr")
    assert [problem.what for problem in found.problems] == [
        "no letters are written in the language “de”",
        "the quota “25” is not a number from 3 to 10",
    ]


@pytest.mark.parametrize("raw", [b"", b"nom,prenom\nA,B\n", b"\x00\xff\xfe", b"x" * 5_000_001])
def test_a_file_without_addresses_is_refused_with_the_header_to_write(raw: bytes) -> None:
    with pytest.raises(ImportRefused) as caught:
        members(raw)

    assert str(caught.value)


def test_a_cell_far_too_long_ends_the_reading_and_keeps_what_came_before() -> None:
    found = line(f'a@b.example;A;luxe;member\nb@b.example;"{"x" * 200_000}";luxe;member')

    assert [reader.email for reader in found.subscribers] == ["a@b.example"]
    assert told(found) == [
        "line 3: a cell is far too long; nothing was read from here on; "
        "is a quote opened here and never closed?"
    ]


def test_an_open_quote_that_swallows_lines_is_told() -> None:
    found = line('a@b.example;"A;luxe;member\nb@b.example;B\nc@b.example;C\nd@b.example;D')

    assert found.subscribers == ()
    assert told(found)[0].startswith("line 2: a quote is opened here")


def test_the_hostile_file_gives_one_reader_and_tells_every_other_line() -> None:
    found = members(shared("hostile", "csv", "recipients_hostile.csv").read_bytes())

    assert [reader.email for reader in found.subscribers] == ["DUP@example.org"]
    refused = {problem.where for problem in found.problems}
    assert {f"line {n}" for n in (2, 4, 5, 6, 8, 9, 10)} <= refused


def test_reading_twice_gives_the_same() -> None:
    assert members(FRENCH) == members(FRENCH)


def test_the_report_is_in_the_language_of_the_user() -> None:
    found = members("courriel;base légale;marchés\na@b.example;adhérent;", "fr")

    assert told(found) == [
        "ligne 2: ni marché ni technologie\u00a0: rien ne permet de choisir le contenu "
        "d’une lettre; écrivez-en au moins un, par exemple pret-a-porter"
    ]


def profile(cells: str) -> Members:
    header = "email;markets;basis;description;mots clés;exclusions;concurrents;pays"
    header += ";langues lues;rythme;alertes"
    return members(f"{header}\na@b.example;luxe;member;{cells}\n")


def test_what_a_firm_says_of_itself_is_read() -> None:
    found = profile("Nous tissons.;soie | lin;golf;Maison X, Y;FR|FR-ARA;fr|EN;mensuel;oui")

    assert told(found) == []
    [reader] = found.subscribers
    assert (reader.about, reader.watch_words) == ("Nous tissons.", ("soie", "lin"))
    assert (reader.exclusions, reader.actors) == (("golf",), ("Maison X", "Y"))
    assert (reader.places, reader.reads) == (("FR", "FR-ARA"), ("fr", "en"))
    assert (reader.rhythm, reader.alerts) == (Rhythm.MONTHLY, tuple(Alert))
    assert reader.competitors == reader.actors


def test_a_rhythm_or_a_code_that_is_none_is_reported_and_left_out() -> None:
    found = profile(";;;;France;fr;daily;")

    assert told(found) == [
        "line 2: “France” is no code of a country or language; left out; "
        "write for example FR | FR-BRE | DE",
        "line 2: the rhythm “daily” is not known and is left out; "
        "write one of: weekly, fortnightly, monthly",
    ]
    assert found.subscribers[0].places == ()
    assert found.subscribers[0].rhythm is Rhythm.WEEKLY


def test_the_day_and_the_hour_of_a_letter_are_read() -> None:
    found = members(
        "email;markets;basis;jour;heure;alertes\n"
        "a@b.example;luxe;member;Mardi;8h;échéances\n"
        "b@b.example;luxe;member;friday;17:00;non\n"
        "c@b.example;luxe;member;demain;25;peut-être\n"
    )

    a, b, c = found.subscribers
    assert (a.weekday, a.hour, a.alerts) == (1, 8, (Alert.DEADLINE,))
    assert (b.weekday, b.hour, b.alerts) == (4, 17, ())
    assert (c.weekday, c.hour, c.alerts) == (None, None, ())
    assert [problem.where for problem in found.problems] == ["line 4"] * 3


def test_a_workbook_is_read_like_a_table() -> None:
    book = Workbook()
    book.active.append(["Courriel", "Marchés", "Base légale", "Depuis"])
    book.active.append(["a@b.example", "luxe", "adhérent", date(2025, 2, 3)])
    book.active.append(["pas une adresse", "luxe", "adhérent", None])
    raw = io.BytesIO()
    book.save(raw)

    found = members(raw.getvalue())

    assert [reader.email for reader in found.subscribers] == ["a@b.example"]
    assert found.subscribers[0].basis == Basis(
        "member", "list imported on 2026-03-02", date(2025, 2, 3)
    )
    assert told(found) == [
        "line 3: the cell is not an e-mail address; "
        "write one address alone, such as prenom.nom@example.org"
    ]


def test_a_broken_workbook_is_refused_with_what_to_do() -> None:
    with pytest.raises(ImportRefused, match="save it as CSV"):
        members(b"PK\x03\x04 and then nothing")


def test_a_written_cell_never_begins_a_formula() -> None:
    reader = members(FRENCH).subscribers[0]
    risky = Subscriber(0, "mode", reader.email, "=1+1", "＝cmd", "fr", (), reader.basis)

    written = write_members([risky]).splitlines()[1]

    assert ";'=1+1;'＝cmd;" in written


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=20).filter(
    lambda text: text[:1] not in ("=", "+", "-", "@", "'", "＝", "＋", "－", "＠")
)
INTERESTS = st.lists(
    st.builds(
        Interest,
        st.just(Axis.MARKET),
        st.sampled_from([topic.id for topic in FASHION.on(Axis.MARKET)]),
        st.sampled_from([1.0, 2.0, 0.5]),
    ),
    unique_by=lambda interest: interest.topic,
).map(tuple)
READERS = st.builds(
    Subscriber,
    id=st.just(0),
    cluster=st.just("mode"),
    email=st.from_regex(r"[a-z]{1,9}\.[a-z]{1,5}@[a-z]{1,9}\.example", fullmatch=True),
    name=NAMES,
    firm=NAMES,
    language=st.sampled_from(["fr", "en"]),
    interests=INTERESTS,
    basis=st.none()
    | st.builds(
        Basis,
        st.sampled_from(["member", "consent"]),
        st.just("salon"),
        st.dates(date(2000, 1, 1), TODAY),
    ),
    quota=st.integers(3, 10),
    is_active=st.booleans(),
    watch_words=st.sampled_from([(), ("soie",), ("soie", "lin tissé")]),
    places=st.sampled_from([(), ("FR", "FR-ARA")]),
    rhythm=st.sampled_from(list(Rhythm)),
    competitors=st.just(()),
    weekday=st.none() | st.integers(0, 6),
    hour=st.none() | st.integers(0, 23),
    alerts=st.sampled_from([(), (Alert.DEADLINE,), (Alert.COMPETITOR,), tuple(Alert)]),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(READERS, max_size=5, unique_by=lambda reader: reader.email))
def test_a_list_of_addresses_takes_nothing_back(readers: list[Subscriber]) -> None:
    bare = "".join(f"{reader.email.upper()}\n" for reader in readers)

    found = read_members(f"email\n{bare}".encode(), FASHION, "mode", TODAY, "en", readers)

    pairs = zip(found.subscribers, readers, strict=True)
    assert [replace(one, email=known.email) for one, known in pairs] == readers


def test_a_file_is_laid_over_what_is_known_cell_by_cell() -> None:
    [known] = profile("Nous tissons.;soie;golf;Maison X;FR;fr;mensuel;oui").subscribers

    found = read_members(
        b"email;company;rhythm;alerts;weekday;basis;active\n"
        b"a@b.example;Atelier;;no;daily;;\n",
        FASHION, "mode", TODAY, "en", [replace(known, weekday=0, is_active=False)],
    )  # fmt: skip

    assert found.subscribers == (
        replace(known, firm="Atelier", alerts=(), weekday=0, is_active=False),
    )
    assert [problem.where for problem in found.problems] == ["line 2"]


@settings(max_examples=50, deadline=None)
@given(st.lists(READERS, max_size=5, unique_by=lambda reader: reader.email))
def test_written_readers_are_read_back(readers: list[Subscriber]) -> None:
    assert list(members(write_members(readers)).subscribers) == readers


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_after_a_header_give_a_report(raw: bytes) -> None:
    assert isinstance(members(b"email;name\n" + raw), Members)
