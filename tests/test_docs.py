"""What is written about the product is true of it."""

from __future__ import annotations

import doctest
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from watch import settings
from watch.cli.commands import zoom_marche
from watch.sources.registry import KINDS

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [ROOT / "docs" / f"guide-{language}.md" for language in ("fr", "en")]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

EVERYWHERE = {"--cluster", "--json", "--help", "--version"}
"""Options that the guides explain once for all commands."""


def commands(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with the words to type."""
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from commands(below, (*words, name))


COMMANDS = dict(commands(zoom_marche, ("zoom-marche",)))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_every_command_and_option_stands_in_the_guide(guide: Path) -> None:
    rows = [line for line in guide.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]

    missing = []
    for words, command in COMMANDS.items():
        row = next((row for row in rows if row.startswith(f"| `{words}` |")), None)
        options = {
            long
            for option in command.params
            if isinstance(option, click.Option)
            for long in (*option.opts, *option.secondary_opts)
            if long.startswith("--")
        }
        missing += [words] if row is None else []
        missing += [
            f"{words} {o}" for o in sorted(options - EVERYWHERE) if f"`{o}`" not in f"{row}"
        ]

    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_command_or_an_option_that_is_not_there(page: Path) -> None:
    text = re.sub(r"\\\n\s*", " ", page.read_text(encoding="utf-8"))
    known = {o for c in COMMANDS.values() for p in c.params for o in (*p.opts, *p.secondary_opts)}
    known |= EVERYWHERE | {"--home"}

    wrong = []
    for said in re.findall(r"zoom-marche(?: [^\n`#|]+)?", text):
        words = said.split()
        fits = any(said.startswith(command) for command in COMMANDS) or len(words) == 1
        is_command = bool(re.match(r"zoom-marche [a-z]+( |$)", said.strip() + " "))
        wrong += [said] if is_command and not fits else []
        wrong += [f"{said}: {w}" for w in words if re.match("--[a-z]", w) and w not in known]

    assert not wrong


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_every_setting_and_every_variable_stands_in_the_guide(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    keys = {key for table in settings._DEFAULTS.values() for key in table}
    sources = [ROOT / "watch" / "settings.py", *sorted((ROOT / "watch" / "cli").glob("*.py"))]
    variables = {
        name
        for source in sources
        for name in re.findall(r"ZOOM_MARCHE_[A-Z_]+", source.read_text(encoding="utf-8"))
        if "TEST" not in name and not name.endswith("_")
    }

    assert {key for key in keys if f"`{key}`" not in text} == set()
    assert {table for table in settings._DEFAULTS if f"**[{table}]**" not in text} == set()
    assert {name for name in variables if f"`{name}`" not in text} == set()


def test_the_sample_settings_show_every_setting_with_its_default() -> None:
    sample = tomllib.loads((ROOT / "config" / "watch.toml").read_text(encoding="utf-8"))

    assert sample == settings._DEFAULTS


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_every_kind_of_source_stands_in_the_guide(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")

    assert {kind for kind in KINDS if f"`{kind}`" not in text} == set()
    assert {kind for kind in KINDS if not has_example(text, kind)} == set()


def has_example(text: str, kind: str) -> bool:
    """Return whether a guide shows a command that adds a source of a kind."""
    # The commonest needs no --kind, and files are dropped.
    own = {"feed": r"source add https://[^ ]+\.xml$", "files": r"source drop .+"}
    command = own.get(kind, rf"source add .*--kind {kind}\b")
    return re.search(rf"(?m)^zoom-marche {command}", text) is not None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_command_exists(page: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))

    named = set(re.findall(r"(?m)(?:^|`|\s)make ([a-z]+)(?=`|\s+#|$)", page.read_text("utf-8")))

    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_page_that_is_linked_exists_with_its_heading(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)]+)\)", page.read_text("utf-8")):
        path, _, heading = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists() or linked.suffix == ".png", target
        if heading:
            titles = re.findall(r"(?m)^#+ (.+)$", linked.read_text(encoding="utf-8"))
            assert heading in {anchor(title) for title in titles}, target


def anchor(title: str) -> str:
    """Return the name by which a heading is linked."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "watch").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_every_example_in_a_docstring_comes_out_as_written(module: str) -> None:
    outcome = doctest.testmod(import_module(module), optionflags=doctest.ELLIPSIS)

    assert outcome.attempted > 0
    assert outcome.failed == 0
