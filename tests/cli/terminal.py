"""A terminal for tests: several command lines, one after the other, in one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# One process for many lines: each would spend half a second on starting.
_TYPIST = """
import contextlib, io, json, sys
from watch.cli import main

answers = []
for words in json.load(sys.stdin):
    out, err, code = io.StringIO(), io.StringIO(), 0
    sys.argv = ["zoom-marche", *words]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    answers.append([code, out.getvalue(), err.getvalue()])
json.dump(answers, sys.stdout)
"""


@dataclass(frozen=True)
class Answer:
    """What the terminal says to one line."""

    code: int
    out: str
    err: str


def said(answer: Answer) -> str:
    """Return what was said on one line, however wide the terminal."""
    return " ".join((answer.out + answer.err).split())


def typed(home: Path, *lines: Sequence[str], language: str = "en", **more: str) -> list[Answer]:
    """Return the answers to command lines, each a list of words, typed for one home."""
    wished = {"ZOOM_MARCHE_HOME": str(home), "ZOOM_MARCHE_LANGUAGE": language, **more}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ZOOM_MARCHE_")}
    run = subprocess.run(
        [sys.executable, "-c", _TYPIST],
        input=json.dumps(lines),
        env={**kept, **wished},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return [Answer(*answer) for answer in json.loads(run.stdout)]
