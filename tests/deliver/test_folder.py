"""Letters in a folder, to be looked at."""

from __future__ import annotations

from pathlib import Path

from tests.deliver.letters import LETTER, THURSDAY, letter
from watch.deliver.folder import Folder
from watch.deliver.message import to_bytes
from watch.domain import Fate


def test_a_letter_is_a_file_with_its_very_bytes(tmp_path: Path) -> None:
    receipt = Folder(tmp_path / "letters").send(LETTER, THURSDAY)

    (file,) = (tmp_path / "letters").iterdir()
    assert receipt.fate is Fate.SENT
    assert receipt.detail == file.name
    assert file.suffix == ".eml"
    assert file.read_bytes() == to_bytes(LETTER, THURSDAY)


def test_the_same_letter_twice_is_one_file(tmp_path: Path) -> None:
    post = Folder(tmp_path)

    post.send(LETTER, THURSDAY)
    post.send(LETTER, THURSDAY)

    assert len(list(tmp_path.iterdir())) == 1


def test_two_letters_to_one_reader_are_two_files(tmp_path: Path) -> None:
    post = Folder(tmp_path)

    post.send(LETTER, THURSDAY)
    post.send(letter(key="f" * 32), THURSDAY)

    assert len(list(tmp_path.iterdir())) == 2


def test_no_name_leaves_the_folder(tmp_path: Path) -> None:
    Folder(tmp_path / "in").send(letter("../../up@firm.example", key="../../../k"), THURSDAY)

    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["up-firm.example-k.eml"]


def test_a_folder_that_cannot_be_written_means_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    receipt = Folder(tmp_path / "file").send(LETTER, THURSDAY)

    assert receipt.fate is Fate.LATER


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    receipt = Folder(tmp_path).send(letter("a@b, c@d"), THURSDAY)

    assert receipt.fate is Fate.REFUSED
    assert list(tmp_path.iterdir()) == []
