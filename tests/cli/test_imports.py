"""A question at the terminal does not pay for what reads the web, nor for what computes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import ROOT, typed

HEAVY = [
    "aiohttp", "bs4", "feedparser", "htmldate", "httptools", "jinja2", "numpy", "openpyxl",
    "soupsieve", "trafilatura", "watch.perimeter.read", "watch.sources.discover",
    "watch.sources.registry", "weasyprint",
]  # fmt: skip
ASKED = """
import contextlib, sys
from watch.cli import main

asked, *heavy = sys.argv[1:]
sys.argv = ["zoom-marche", *asked.split()]
with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(SystemExit):
    main()
print(*(name for name in heavy if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("status", "sources 0"), ("source list", "no source yet"), ("cluster list", "photon")],
)
def test_a_question_loads_nothing_that_reads_the_web_or_computes(
    home: Path, asked: str, answer: str
) -> None:
    loaded, told = _ask(home, asked, HEAVY)

    assert answer in told
    assert loaded == []


def test_the_help_loads_no_store_either(home: Path) -> None:
    # Each command's help lies in its file: that of `perimeter` reads specifications.
    heavy = [name for name in HEAVY if name != "watch.perimeter.read"]

    loaded, told = _ask(home, "--help", [*heavy, "django"])

    assert "status" in told
    assert loaded == []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with one cluster and nothing in it."""
    home = tmp_path_factory.mktemp("home") / "home"
    typed(home, ["init"], ["perimeter", "load", str(ROOT / "config/perimeters/photonique.yaml")])
    return home


def _ask(home: Path, asked: str, heavy: list[str]) -> tuple[list[str], str]:
    """Return which of the heavy modules a command has loaded, and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED, asked, *heavy],
        env={**os.environ, "ZOOM_MARCHE_HOME": str(home), "ZOOM_MARCHE_LANGUAGE": "en"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split(), done.stderr
