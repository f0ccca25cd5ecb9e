"""Tasks are handed out a few at a time, and what they give is taken as it comes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import TypeVar

__all__ = ["results"]

log = logging.getLogger(__name__)

Result = TypeVar("Result")


def results(
    submitted: Iterable[Future[Result]], at_once: int, problems: list[str]
) -> Iterator[Result]:
    """Yield what tasks give, whichever ends first; another one is submitted as one is taken.

    `submitted` is read as far as needed: at most `at_once` tasks are under way or wait to be
    taken. One task's trouble (a worker that died) is told in `problems` and stops no other.
    """
    waiting = iter(submitted)
    under_way = set(islice(waiting, at_once))
    while under_way:
        ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        while ended:
            under_way |= set(islice(waiting, 1))
            try:
                found = ended.pop().result()
            except Exception as reason:
                log.exception("lost a task")
                problems.append(f"{type(reason).__name__}: {reason}")
                continue
            yield found
