"""The terminal: what an officer types, what it answers, with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.terminal import ROOT, Answer, typed
from tests.test_docs import COMMANDS

FASHION = str(ROOT / "config" / "perimeters" / "mode.yaml")
PHOTONICS = str(ROOT / "config" / "perimeters" / "photonique.yaml")
FEED = "https://journal.example/feed.xml"
OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Invented</title></head><body>
<outline text="Journal d’essai" type="rss" xmlUrl="https://journal.example/feed.xml"/>
<outline text="Nowhere" type="rss" xmlUrl="mailto:nobody"/>
</body></opml>
"""
MEMBERS = """\
email;entreprise;langue;marches;base;depuis
lectrice@pme.example;PME inventée;fr;luxe;membre;2025-01-31
lecteur@atelier.example;Atelier inventé;fr;chaussure;;
"""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the cluster `mode`; each test works on its own copy."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    assert codes(typed(home, ["init"], ["perimeter", "load", FASHION])) == [0, 0]
    return home


@pytest.fixture
def home(furnished: Path, tmp_path: Path) -> Path:
    return copytree(furnished, tmp_path / "home")


def codes(answers: list[Answer]) -> list[int]:
    return [answer.code for answer in answers]


def test_init_prepares_a_home_and_again_leaves_it_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"

    first = typed(home, ["init"])[0]
    (home / "watch.toml").write_text('[installation]\nlanguage = "en"\n', encoding="utf-8")
    second = typed(home, ["init"])[0]

    assert (first.code, second.code) == (0, 0)
    assert str(home) in first.out
    assert (home / "watch.toml").read_text(encoding="utf-8").startswith("[installation]")
    assert {path.name for path in home.iterdir()} >= {"watch.sqlite3", "letters", "reports"}


def test_where_nothing_is_installed_the_remedy_is_named(tmp_path: Path) -> None:
    answer, doctor = typed(tmp_path / "nowhere", ["status"], ["doctor"], language="fr")

    assert answer.code == 2
    assert "rien n’est installé ici" in " ".join(answer.err.split())
    assert "zoom-marche init" in " ".join(answer.err.split())
    assert doctor.code == 1
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_folder_is_no_home(tmp_path: Path) -> None:
    answer = typed(tmp_path, ["status"])[0]

    assert answer.code == 2
    assert "nothing is installed here" in " ".join(answer.err.split())


def test_a_perimeter_is_checked_loaded_compared_saved_and_listed(
    home: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.yaml"
    changed = tmp_path / "changed.yaml"
    text = Path(FASHION).read_text(encoding="utf-8")
    changed.write_text(text.replace('version: "1.0"', 'version: "1.1"', 1), encoding="utf-8")

    check, same, load, save, unsaved, versions = typed(
        home,
        ["perimeter", "check", FASHION],
        ["perimeter", "diff", FASHION],
        ["perimeter", "load", str(changed)],
        ["perimeter", "save", str(saved), "--number", "1"],
        ["perimeter", "save", str(tmp_path / "no" / "folder.yaml")],
        ["perimeter", "list", "--json"],
    )

    assert codes([check, same, load, save, versions]) == [0] * 5
    assert "4 markets, 5 technologies" in check.out
    assert same.out == "Nothing changes.\n"
    assert "number 2" in load.out
    assert saved.read_text(encoding="utf-8") == text
    assert unsaved.code == 2
    assert "cannot be written" in unsaved.err
    assert [version["number"] for version in json.loads(versions.out)] == [2, 1]


def test_a_perimeter_with_a_fault_is_refused_with_its_line(home: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("schema: perimeter/1\nid: essai\nversions: 1\n", encoding="utf-8")

    answer = typed(home, ["perimeter", "load", str(faulty)], language="fr")[0]

    assert answer.code == 2
    assert "faulty.yaml" in answer.err
    assert "3" in answer.err


def test_a_cluster_is_changed_and_listed(home: Path) -> None:
    change, found = typed(
        home,
        ["cluster", "set", "--sender-name", "Camille", "--sender-address", "veille@pole.example"],
        ["cluster", "list", "--json"],
    )

    assert change.code == 0
    assert json.loads(found.out)[0]["sender_address"] == "veille@pole.example"
    assert json.loads(found.out)[0]["accent"] == "#0b5c7a"


def test_a_cluster_takes_nothing_that_would_break_its_letters(home: Path) -> None:
    answer, found = typed(
        home,
        ["cluster", "set", "--timezone", "Mars/Phobos", "--accent", "red;}", "--base-url", "x/"],
        ["cluster", "list", "--json"],
    )

    assert answer.code == 2
    assert [
        line.partition(":")[0] for line in answer.err.splitlines() if line.startswith("--")
    ] == [
        "--timezone",
        "--accent",
        "--base-url",
    ]
    assert json.loads(found.out)[0]["timezone"] == "Europe/Paris"


def test_sources_are_added_listed_exported_imported_and_removed(home: Path, tmp_path: Path) -> None:
    given, written = tmp_path / "given.opml", tmp_path / "written.opml"
    given.write_text(OPML, encoding="utf-8")

    first, again, bare, listed, imported, exported, removed, absent, nonsense = typed(
        home,
        ["source", "add", "--no-check", FEED, "--name", "Journal", "--every", "12"],
        ["source", "add", "--no-check", FEED],
        ["source", "add", "--no-check", "https://revue.example/flux?page=3&tri=date"],
        ["source", "list"],
        ["source", "import", str(given)],
        ["source", "export", str(written)],
        ["source", "remove", FEED],
        ["source", "remove", FEED],
        ["source", "add", "--no-check", "journal"],
    )

    assert "added: Journal" in first.out
    assert "was there already: Journal" in again.out
    assert "added: revue.example" in bare.out
    assert "never visited" in listed.out
    assert "0 added, 1 known already, 1 left out" in imported.out
    assert "given.opml, line 4, Nowhere" in imported.err
    assert FEED in written.read_text(encoding="utf-8")
    assert codes([first, again, listed, imported, exported, removed]) == [0] * 6
    assert codes([absent, nonsense]) == [2, 2]
    assert "not among the sources" in absent.err
    assert "“journal” is not the address of a page on the web" in nonsense.err


def test_readers_are_imported_listed_and_forgotten_for_good(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text(MEMBERS, encoding="utf-8")

    imported, listed, forgotten, again, unknown, rest = typed(
        home,
        ["subscriber", "import", str(file)],
        ["subscriber", "list"],
        ["subscriber", "remove", "lectrice@pme.example", "--for-good"],
        ["subscriber", "import", str(file)],
        ["subscriber", "remove", "nobody@pme.example"],
        ["subscriber", "list", "--json"],
        language="fr",
    )

    assert codes([imported, listed, forgotten, again, unknown]) == [0, 0, 0, 0, 2]
    assert "ajoutés : 2" in imported.out.replace("\u00a0", " ")
    assert "ligne 3" in imported.err
    assert "(ne reçoit rien)" in listed.out
    assert "lectrice@pme.example : à ne plus contacter" in again.err.replace("\u00a0", " ")
    assert "cet abonné n’existe pas" in unknown.err
    assert [one["email"] for one in json.loads(rest.out)] == ["lecteur@atelier.example"]


def test_a_reader_gets_the_alerts_that_he_told_the_officer(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text(MEMBERS, encoding="utf-8")
    wish = ["subscriber", "wish", "lectrice@pme.example", "--alerts"]

    _, one, none, wrong, shown, listed = typed(
        home,
        ["subscriber", "import", str(file)],
        [*wish, "deadline"],
        [*wish, "no"],
        [*wish, "horoscope"],
        ["tell", "--dry-run", "--json"],
        ["subscriber", "list", "--json"],
        language="en",
    )

    assert codes([one, none, wrong, shown]) == [0, 0, 2, 0]
    assert "alerts: deadline" in one.out
    assert "alerts: none" in none.out
    assert "this is no kind of alert" in wrong.err
    assert {draft["alert"] for draft in json.loads(shown.out)} == {False}
    assert {tuple(reader["alerts"]) for reader in json.loads(listed.out)} == {()}


def test_a_person_may_sign_in_with_a_password_that_is_worth_the_name(home: Path) -> None:
    weak, good, shown = typed(
        home,
        ["person", "add", "expert@pme.example", "--role", "expert", "--password", "court"],
        ["person", "add", "expert@pme.example", "--role", "expert", "--password", "quatre mots la"],
        ["status"],
        language="fr",
    )

    assert codes([weak, good, shown]) == [2, 0, 0]
    assert "au moins 10 caractères" in " ".join(weak.err.split("\n"))
    assert "expert@pme.example" in good.out


def test_status_and_doctor_tell_how_things_are(home: Path) -> None:
    said, figures, doctor, troubles = typed(
        home, ["status"], ["status", "--json"], ["doctor"], ["doctor", "--json"], language="fr"
    )

    assert "cahier des charges 1.0" in said.out
    assert json.loads(figures.out)["cluster"] == "mode"
    assert json.loads(figures.out)["items"] == 0
    assert doctor.code == troubles.code == 1
    assert "zoom-marche cluster set" in doctor.out
    assert "zoom-marche source add" in doctor.out
    assert len(json.loads(troubles.out)) == doctor.out.count("  - ")


def test_with_several_clusters_one_has_to_be_named(home: Path) -> None:
    _, unnamed, named, unknown, french = (
        *typed(
            home,
            ["perimeter", "load", PHOTONICS],
            ["status"],
            ["status", "--cluster", "photonique"],
            ["status", "--cluster", "nowhere"],
        ),
        *typed(home, ["status", "--cluster", "ailleurs"], language="fr"),
    )

    assert unnamed.code == 2
    assert "add --cluster with one of mode, photonique" in unnamed.err
    assert named.code == 0
    assert unknown.code == 2
    assert "there is no cluster “nowhere”" in unknown.err
    assert french.code == 2
    assert "mode, photonique" in french.err


def test_a_zoom_without_an_approver_is_refused(home: Path) -> None:
    answer = typed(home, ["publish", "--market", "luxe"], language="fr")[0]

    assert answer.code == 2
    assert "personne n’en répond" in answer.err


def test_a_faulty_setting_is_named_without_a_trace(home: Path) -> None:
    (home / "watch.toml").write_text("[post]\nkind = 3\ncolour = 1\n", encoding="utf-8")

    answer = typed(home, ["status"])[0]

    assert answer.code == 2
    assert "[post] kind" in answer.err
    assert "[post] colour" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("language", "usage", "words"),
    [("fr", "Usage\u00a0: zoom-marche", "Commandes"), ("en", "Usage: zoom-marche", "Commands")],
)
def test_help_speaks_the_officers_language_throughout(
    tmp_path: Path, language: str, usage: str, words: str
) -> None:
    whole, one, slip = typed(
        tmp_path, ["--help"], ["source", "add", "-h"], ["sorce"], language=language
    )

    assert codes([whole, one, slip]) == [0, 0, 2]
    assert whole.out.startswith(usage)
    assert words in whole.out
    # No sentence of the list is cut short.
    assert "..." not in whole.out.partition("\n")[2]
    assert ("Show this message" in one.out) == (language == "en")
    assert "sorce" in slip.err


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_line_of_a_group_s_help_is_cut_short(tmp_path: Path, language: str) -> None:
    groups = sorted({words.split()[1] for words in COMMANDS if len(words.split()) > 2})

    answers = typed(tmp_path, *([one, "--help"] for one in groups), language=language)

    assert {"channel", "subscriber"} <= set(groups)
    listed = [line for answer in answers for line in answer.out.splitlines()[1:]]
    assert [line for line in listed if line.endswith("...")] == []
