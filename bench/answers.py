"""How long a question at the terminal takes, side by side: `python -m bench.answers`.

Each command runs in a process of its own, in turn with bare Python and with Python that has
imported Django's models, on the home of a demonstration that is made first.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

_MAIN = "from watch.cli import main; main()"
_PEERS = {"bare Python": "pass", "Python with Django's models": "import django.db.models"}
_ASKED = (("status",), ("source", "list"), ("subscriber", "list"), ("--help",))


def answers(home: str, rounds: int) -> None:
    """Print the median seconds of each command, and of the peers."""
    runs = {name: ("-c", code) for name, code in _PEERS.items()}
    runs |= {" ".join(words): ("-c", _MAIN, "--home", home, *words) for words in _ASKED}
    found: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, words in runs.items():
            began = perf_counter()
            _run(words)
            if turn:  # the first compiles what was not compiled yet
                found[name].append(perf_counter() - began)
    for name, seconds in found.items():
        print(f"{name:28} {median(seconds):.2f} s (fastest {min(seconds):.2f})")


def _run(words: Sequence[str]) -> None:
    # Whoever installs the program has its bytecode kept.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, env=kept)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a demonstration, then ask."""
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="(%(default)s)")
    asked = parser.parse_args(arguments)
    with TemporaryDirectory() as home:
        _run(("-c", _MAIN, "--home", home, "demo"))
        answers(home, asked.rounds)


if __name__ == "__main__":
    main()
