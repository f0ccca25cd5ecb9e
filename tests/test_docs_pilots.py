"""What the guides tell a new officer to type works as written: the first hour, the first month.

The demonstration's home stands in for one that has collected for a month.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from shutil import copy, copytree

import pytest

from tests.cli.terminal import ROOT, Answer, typed

GUIDES = {
    "fr": ("docs/guide-fr.md", "## 15. Commencer avec dix lecteurs pilotes", "pole.example"),
    "en": ("docs/guide-en.md", "## 15. Start with ten pilot readers", "cluster.example"),
}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that knows what was published for a month."""
    home = tmp_path_factory.mktemp("collected") / "home"
    assert typed(home, ["demo"])[0].code == 0
    return home


def lines(language: str) -> list[list[str]]:
    """Return the chapter's commands, each as its words."""
    page, title, _domain = GUIDES[language]
    chapter = (ROOT / page).read_text("utf-8").partition(title)[2].partition("\n## ")[0]
    blocks = "".join(re.findall(r"(?ms)^```sh\n(.*?)^```$", chapter))
    return [shlex.split(line, comments=True) for line in blocks.splitlines()]


@pytest.mark.parametrize("language", GUIDES)
def test_the_first_hour_works_as_written_short_of_visiting_the_sites(
    language: str, tmp_path: Path
) -> None:
    text = (ROOT / GUIDES[language][0]).read_text("utf-8").partition("\n## 2. ")[0]
    block = re.findall(r"(?ms)^```sh\n(.*?)^```$", text)[1].replace("\\\n", " ")
    typed_out = [shlex.split(line, comments=True) for line in block.splitlines()]
    asked = [words[1:] for words in typed_out if words[0] == "zoom-marche" and words[1:] != ["run"]]

    *answers, doctor = typed(tmp_path / "home", *asked, language=language)

    assert [asked[0], asked[-1]] == [["init"], ["doctor"]]
    assert [one.err for one in answers if one.code] == []
    assert "zoom-marche collect" in doctor.out


@pytest.mark.slow
@pytest.mark.parametrize("language", GUIDES)
def test_the_chapter_on_ten_pilot_readers_works_as_written(
    language: str, collected: Path, tmp_path: Path
) -> None:
    home, written = copytree(collected, tmp_path / "home"), lines(language)
    copied, *commands = written
    assert copied[0] == "cp"
    pilots = copy(ROOT / copied[1], tmp_path / copied[2])
    sender = ["cluster", "set", "--sender-address", f"veille@{GUIDES[language][2]}"]

    # Both lists, of the pilots and of all, are the same invented one here.
    asked = [
        [str(pilots) if word.endswith(".csv") else word for word in words[1:]] for words in commands
    ]
    assert {words[0] for words in commands} == {"zoom-marche"}
    _, *answers = typed(home, sender, *asked, language=language)

    assert [one.err for one in answers if one.code] == []
    said: dict[str, Answer] = {}
    for words, answer in zip(commands, answers, strict=True):
        said.setdefault(" ".join(words[1:3]), answer)
    expected = {"fr": "ajoutés\u00a0: 10, modifiés\u00a0: 0, lignes avec une remarque\u00a0: 0",
                "en": "10 added, 0 changed, 0 lines with a remark"}  # fmt: skip
    assert said["subscriber import"].out.strip() == expected[language]
    assert_letters(home, said)


def assert_letters(home: Path, said: dict[str, Answer]) -> None:
    """Nine of the ten have a letter: the tenth shows what silence looks like."""
    lanternfold = said["tell --dry-run"].out.partition("Lanternfold")[2].splitlines()[1]
    assert lanternfold.startswith(("pas de lettre", "no letter"))
    got = {path.name.partition("-")[0] for path in (home / "letters").glob("*.eml")}
    assert len(got & {"c.marchal", "t.bonnard", "s.keller", "y.lebrun", "i.costa", "p.nguyen",
                      "l.perrin", "m.haddad", "r.okafor", "e.whitby"}) == 9  # fmt: skip
