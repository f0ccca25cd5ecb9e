"""The house rules that a machine can hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
WATCH = ROOT / "watch"
MODULES = sorted(
    path for path in WATCH.rglob("*.py") if path.parent.name not in {"migrations", "generated"}
)
TEMPLATES = sorted(
    path
    for path in WATCH.rglob("templates/**/*")
    if path.suffix in {".html", ".txt", ".jinja", ".css"}
)

OUTWARD = {
    "aiohttp", "dns.resolver", "ftplib", "http.client", "httptools", "httpx", "imaplib", "poplib",
    "requests", "smtplib", "telnetlib", "urllib.request", "urllib3", "uvloop",
}  # fmt: skip
"""Modules that open connections."""

CLOCKS = {
    "datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time",
    "time.localtime", "time.gmtime", "timezone.now",
}  # fmt: skip
FACES = ("watch/cli/", "watch/schedule.py", "watch/web/", "watch/demo/")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imported(path: Path) -> set[str]:
    """Return the full names of all modules that a file imports, and of what it takes from them."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with its dotted name."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_every_floor_imports_only_from_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    code = lint_imports(no_cache=True)

    assert code == 0, capsys.readouterr().out


def test_nothing_is_loaded_that_could_run_code_of_others() -> None:
    dangerous = {"pickle", "joblib", "shelve", "marshal", "dill", "cloudpickle"}

    assert not {name_of(path) for path in MODULES if imported(path) & dangerous}


def test_feedparser_reads_bytes_alone_and_only_among_the_sources() -> None:
    # Given a text, feedparser takes it for an address or a file and opens it.
    wrong = [
        f"{name_of(path)}:{call.lineno}"
        for path in MODULES
        for name, call in calls(path)
        if name == "feedparser.parse"
        and not (
            name_of(path).startswith("watch/sources/")
            and ast.unparse(call.args[0]).startswith(("BytesIO(", "io.BytesIO("))
        )
    ]

    assert not wrong


def test_only_sources_and_deliver_open_connections() -> None:
    doors = ("watch/sources/", "watch/deliver/")

    wrong = {
        name_of(path): imported(path) & OUTWARD
        for path in MODULES
        if not name_of(path).startswith(doors) and imported(path) & OUTWARD
    }

    assert not wrong


@pytest.mark.parametrize("path", [*TEMPLATES, *MODULES], ids=name_of)
def test_no_page_lets_foreign_text_through_unescaped(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape\s*=\s*False|autoescape\s+false", text)


def test_nobody_below_the_faces_asks_what_time_it_is() -> None:
    wrong = [
        f"{name_of(path)}:{call.lineno}: {name}"
        for path in MODULES
        if not name_of(path).startswith(FACES)
        for name, call in calls(path)
        if ".".join(name.split(".")[-2:]) in CLOCKS
    ]

    assert not wrong


def test_no_file_is_longer_than_one_sitting() -> None:
    long = {
        name_of(path): count
        for path in MODULES
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
        # The words of the house: one place for all of them is worth the length.
        and name_of(path) != "watch/domain.py"
    }

    assert not long
