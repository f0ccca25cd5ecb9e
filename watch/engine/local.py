"""Processes on this machine."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from threading import Thread
from typing import Any, ParamSpec, TypeVar

__all__ = ["Here", "processes"]

P = ParamSpec("P")
R = TypeVar("R")

# Batches of values come and go, and values make no circles: looking for them after every 700 new
# ones, as usual, takes a tenth of a first fetch (`python -m bench.reading`).
_SELDOM = (50_000, 20, 20)


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
def processes(workers: int, loaded: Sequence[str] = ()) -> Iterator[Executor]:
    """Open an engine of so many processes; with one worker, tasks run in this process.

    Workers are never forked from this process: they inherit no database connection and no lock.
    Where the system can, they are forked from a process that holds nothing but the modules
    `loaded`: these are read once, and their memory is shared. While the engine is open, this
    process too looks less often for circles of garbage.
    """
    if workers <= 1:
        yield Here()
        return
    usual = gc.get_threshold()
    with ProcessPoolExecutor(workers, mp_context=_context(loaded), initializer=_begin) as pool:
        gc.set_threshold(*_SELDOM)
        try:
            yield pool
        finally:
            gc.set_threshold(*usual)


def _context(loaded: Sequence[str]) -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*loaded])
    return context


def _begin() -> None:
    """Leave Ctrl-C to the parent, and stop when the parent is gone."""
    # What was loaded stays: looking through it again and again costs time, and parts its pages.
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A parent that was killed cannot tell its workers; an orphan would go on visiting hosts.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
