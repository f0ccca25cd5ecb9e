"""A question at the terminal does not pay for what reads the web."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.terminal import ROOT, typed

HEAVY = [
    "aiohttp", "bs4", "feedparser", "htmldate", "openpyxl", "soupsieve",
    "trafilatura", "watch.sources.discover", "weasyprint",
]  # fmt: skip
ASKED = """
import contextlib, sys
from watch.cli import main

heavy = sys.argv[1:]
for line in (["--help"], ["status"]):
    sys.argv = ["zoom-marche", *line]
    with contextlib.redirect_stdout(sys.stderr), contextlib.suppress(SystemExit):
        main()
print(*(name for name in heavy if name in sys.modules))
"""


def test_status_and_help_load_nothing_that_reads_the_web(tmp_path: Path) -> None:
    home = tmp_path / "home"
    typed(home, ["init"], ["perimeter", "load", str(ROOT / "config/perimeters/photonique.yaml")])

    told = subprocess.run(
        [sys.executable, "-c", ASKED, *HEAVY],
        env={**os.environ, "ZOOM_MARCHE_HOME": str(home), "ZOOM_MARCHE_LANGUAGE": "en"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "sources 0" in told.stderr
    assert told.stdout.split() == []
