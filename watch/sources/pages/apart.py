"""A heavy page is read in a process of its own, which ends when it takes too long or too much.

What extractors do with a page has no bound that we could compute beforehand. Nothing but text
goes in and comes out: whatever a page may do to its reader, it cannot do it to the house.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from watch.sources.health import VisitFailed
from watch.sources.pages.article import Article, read_article

__all__ = ["read_apart"]

# Seconds of CPU: one to begin; the slowest of 1,450 measured pages is read in another two.
MOST_SECONDS: Final = 4
# Of address space, of which the interpreter and its libraries take 230 MB.
MOST_MEMORY: Final = 768 * 2**20
# Seconds on the wall, for a machine that is so busy that the child hardly runs.
_LONGEST: Final = 60.0


def read_apart(
    body: bytes, url: str, until: datetime, content_type: str = "", seconds: int = MOST_SECONDS
) -> Article | None:
    """Return what `read_article` returns, read in a process of its own.

    Raises `VisitFailed` (too_heavy) where that process went beyond its time or its memory.
    """
    asked = json.dumps([seconds, url, until.isoformat(), content_type]).encode() + b"\n" + body
    try:
        # Our own interpreter and our own module: nothing of the page is in the command.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", __name__],
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST,
            check=True,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise VisitFailed("too_heavy", type(error).__name__) from error
    return _told(done.stdout)


def _told(written: bytes) -> Article | None:
    said = json.loads(written)
    if said is None:
        return None
    day = said.pop("published_on")
    return Article(**said, published_on=date.fromisoformat(day) if day else None)


def _answer() -> None:
    """Read a page from the standard input, and write its article on the standard output."""
    seconds, url, until, content_type = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    body = sys.stdin.buffer.read()
    article = read_article(body, url, datetime.fromisoformat(until), content_type)
    json.dump(asdict(article) if article else None, sys.stdout, default=date.isoformat)


if __name__ == "__main__":
    _answer()
