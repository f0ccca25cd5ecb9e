"""Every source in the guides is one that the product takes: its own checks say so, no net asked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from watch.cli import discover
from watch.domain import Source
from watch.perimeter.read import read
from watch.sources.lists import read_list
from watch.sources.registry import KINDS

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [ROOT / "docs" / f"guide-{language}.md" for language in ("fr", "en")]
PAGES = [ROOT / "README.md", *GUIDES]
PHOTONICS = read((ROOT / "config/perimeters/photonique.yaml").read_text(encoding="utf-8"))
ADD = ["zoom-marche", "source", "add"]


def name_of(path: Path) -> str:
    return path.name


def blocks(page: Path, language: str) -> Iterator[str]:
    """Yield what a page shows as code of a language."""
    text = page.read_text(encoding="utf-8")
    yield from re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


def commanded(page: Path) -> list[Source]:
    """Return the sources that a page adds by commands; one that is refused raises."""
    lines = "".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    typed = [shlex.split(line, comments=True) for line in lines]
    return [as_added(words[3:]) for words in typed if words[:3] == ADD]


def as_added(words: list[str]) -> Source:
    """Return the source that `source add` and some words spell out."""
    told = discover.add.make_context("add", words).params
    address = discover._completed(told["address"], told["kind_name"])
    settings = discover._told(told["settings"])
    return discover._spelled(address, told["kind_name"], settings, PHOTONICS)


def listed(page: Path, language: str, sign: str) -> list[Source]:
    """Return the sources of a page's lists; a line that is refused fails."""
    found = [block for block in blocks(page, language) if block.startswith(sign)]
    lists = [read_list(block, f"list.{language}", "en", PHOTONICS) for block in found]
    assert [problem for one in lists for problem in one.problems] == []
    return [source for one in lists for source in one.sources]


def asked(sources: list[Source]) -> set[tuple[str, str, frozenset[tuple[str, str]]]]:
    """Return what is asked by sources, whatever they are called."""
    return {(one.kind, one.url, frozenset(one.options.items())) for one in sources}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_source_that_a_page_adds_is_taken(page: Path) -> None:
    assert commanded(page)


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_the_guide_shows_each_kind_as_a_command_and_the_same_in_a_list(guide: Path) -> None:
    by_command, in_list = commanded(guide), listed(guide, "yaml", "schema: sources/1")

    assert {one.kind for one in in_list} == KINDS.keys() - {"files"}
    assert asked(in_list) <= asked(by_command)


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_the_table_of_sources_in_the_guide_is_taken(guide: Path) -> None:
    assert [one.kind for one in listed(guide, "csv", "name;url")] == ["feed", "page", "hal"]


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_the_guide_names_every_setting_of_every_kind(guide: Path) -> None:
    rows = [line for line in guide.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]

    missing = []
    for kind in KINDS.values():
        row = next((row for row in rows if row.startswith(f"| `{kind.name}` |")), "")
        missing += [f"{kind.name} {o.name}" for o in kind.options if f"`{o.name}`" not in row]
        missing += [f"{kind.name}: no row"] if not row else []

    assert missing == []
