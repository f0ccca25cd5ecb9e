"""Every sentence that a person reads has its French, and the French says the same."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from watch.report import wording
from watch.rounds import send
from watch.sources.discover import WAYS
from watch.sources.health import REASONS
from watch.sources.registry import KINDS
from watch.store import letters

ROOT = Path(__file__).resolve().parent.parent
FRENCH = sorted((ROOT / "watch" / "locale" / "fr" / "LC_MESSAGES").glob("*.po"))

METHODS = [
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("templates/**.txt", "jinja2.ext:babel_extract"),
    ("**.py", "python"),
]
OPTIONS = {name: {"silent": "false"} for name, _ in METHODS if "templates" in name}
KEYWORDS: Mapping[str, tuple[int, ...] | None] = {"_": None, "say": None, "ngettext": (1, 2)}
IN_REPORTS = {**KEYWORDS, "count": (1, 2)}
IN_TERMINAL = {name: places for name, places in KEYWORDS.items() if name != "say"}
"""How the house asks for a sentence, or for one of a sentence and its plural. In the terminal `say`
prints a line: what it is given is translated already."""

PLACE = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)[sd]")


def sentence(message: str | Sequence[str]) -> str:
    """Return the msgid under which a catalogue keeps a message."""
    return message if isinstance(message, str) else message[0]


def asked() -> Iterator[tuple[str, str]]:
    """Yield every sentence that the program asks for, with the file that does."""
    for folder in sorted(path for path in (ROOT / "watch").iterdir() if path.is_dir()):
        keywords = {"report": IN_REPORTS, "cli": IN_TERMINAL}.get(folder.name, KEYWORDS)
        for file, _line, message, _comments, _context in extract_from_dir(
            folder, METHODS, OPTIONS, keywords
        ):
            if message:
                yield sentence(message), f"{folder.name}/{file}"
    for detail in (*letters.DETAILS, *send.DETAILS):
        yield detail, "the outbox"
    for cause, remedy in REASONS.values():
        yield cause, "sources/health.py"
        yield remedy, "sources/health.py"
    for kind in KINDS.values():
        yield kind.meaning, f"kind {kind.name}"
        for option in kind.options:
            yield option.meaning, f"kind {kind.name}"
    for way in WAYS.values():
        yield way, "sources/discover.py"
    for table in (wording.LEVELS, wording.COLLEGES, wording.LANGUAGE_NAMES):
        for text in table.values():
            yield text, "report/wording.py"


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def forms(message: Message) -> tuple[str, ...]:
    """Return the French of a message, each of its plural forms."""
    said = message.string or ""
    return (said,) if isinstance(said, str) else tuple(said)


@pytest.fixture(scope="module")
def french() -> dict[str, dict[str, Message]]:
    """Every catalogue with its messages by sentence."""
    return {path.stem: {sentence(m.id): m for m in read(path) if m.id} for path in FRENCH}


def test_every_sentence_has_its_french(french: dict[str, dict[str, Message]]) -> None:
    known = {
        text
        for catalogue in french.values()
        for text, message in catalogue.items()
        if all(forms(message))
    }

    missing = sorted({f"{file}: {text!r}" for text, file in asked() if text not in known})

    assert not missing, "\n".join(missing)


def test_the_french_fills_the_same_places(french: dict[str, dict[str, Message]]) -> None:
    wrong = []
    for name, catalogue in french.items():
        for message in catalogue.values():
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            places = {place for text in ids for place in PLACE.findall(text)}
            for form in forms(message):
                held = set(PLACE.findall(form))
                # "one item" may leave out its number; nothing else may be left out or added.
                if held - places or (isinstance(message.id, str) and held != places):
                    wrong.append(f"{name}.po: {ids[0]!r}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", FRENCH, ids=lambda path: path.name)
def test_the_compiled_catalogue_is_that_of_its_source(path: Path) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, read(path))
    fresh.seek(0)

    with path.with_suffix(".mo").open("rb") as file:
        kept = GNUTranslations(file)._catalog  # type: ignore[attr-defined]

    wanted = GNUTranslations(fresh)._catalog  # type: ignore[attr-defined]
    assert {k: v for k, v in kept.items() if k} == {k: v for k, v in wanted.items() if k}, (
        "run `make locale`"
    )


@pytest.mark.parametrize("path", FRENCH, ids=lambda path: path.name)
def test_the_french_is_set_as_french(path: Path, french: dict[str, dict[str, Message]]) -> None:
    text = "\n".join(form for m in french[path.stem].values() for form in forms(m))

    # A plain blank before a double sign may end a line there; so may one inside the quotes.
    assert not re.findall(r".{0,20}(?: [:;!?»](?![\w-])|\d %).{0,10}|« .{0,20}", text)
