"""Processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread
from time import sleep
from typing import Any, ParamSpec, TypeVar

__all__ = ["Here", "processes"]

P = ParamSpec("P")
R = TypeVar("R")


class Here(Executor):
    """An engine that runs each task at once, in this very process: for tests and one worker."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the task; its result or its exception stands in the future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as reason:  # noqa: BLE001 - as every executor: the future raises it
            future.set_exception(reason)
        return future


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Open an engine of so many processes; with one worker, tasks run in this process.

    Workers are started afresh, not forked: they inherit no database connection and no lock.
    """
    if workers <= 1:
        yield Here()
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(os.getpid(),)
    ) as pool:
        yield pool


def _begin(parent: int) -> None:
    """Leave Ctrl-C to the parent, and stop when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    # A parent that was killed cannot tell its workers; an orphan would go on visiting hosts.
    while os.getppid() == parent:
        sleep(0.5)
    os._exit(1)
