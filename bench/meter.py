"""What a piece of work costs: wall time, processor time, memory, of this process and its children.

The children's clocks are read while they live, so that what they spent on starting can be told
from what the work took. This needs Linux.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

__all__ = ["Cost", "measure"]

_MEGABYTE = 1_000_000
# Seconds between two looks at the memory; one look takes about a thousandth of it.
_PERIOD = 0.5


@dataclass(frozen=True)
class Cost:
    """What one phase of one contestant took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor time, children included."""
    start: float
    """The same, before the work began: imports, workers, opening the store."""
    peak: float
    """Megabytes of memory, the sum of each process's own peak: shared pages count many times."""
    largest: float
    """Megabytes of the largest process."""
    shared: float
    """Megabytes really taken at the worst moment seen: shared pages count once (PSS)."""


def measure(work: Callable[[], object]) -> Cost:
    """Do the work once and return what it cost."""
    start, began = _cpu(), time.perf_counter()
    with _watching() as taken:
        work()
        wall, cpu = time.perf_counter() - began, _cpu() - start
    peaks = [_peak(pid) for pid in _family()]
    return Cost(wall, cpu, start, sum(peaks), max(peaks), max(taken))


@contextmanager
def _watching() -> Iterator[list[float]]:
    """Look at the family's memory now and then, and once more at the end."""
    taken: list[float] = []
    is_over = Event()

    def look() -> None:
        while not is_over.wait(_PERIOD):
            taken.append(_shared())

    watcher = Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield taken
    finally:
        is_over.set()
        watcher.join()
        taken.append(_shared())


def _family() -> list[int]:
    """Return this process and all that descend from it, whoever started them."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(
                path.read_text("utf-8").rpartition(")")[2].split()[1]
            )
        except (OSError, ValueError):
            continue
    family = [os.getpid()]
    for one in family:
        family.extend(child for child, parent in parents.items() if parent == one)
    return family


def _cpu() -> float:
    """Return the processor seconds of the family, to the nanosecond; see clock_getcpuclockid(3)."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in _family())


def _shared() -> float:
    """Return the memory of the family in megabytes, every shared page counted once."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in _family()) * 1024 / _MEGABYTE


def _peak(pid: int) -> float:
    """Return the peak of a process's resident memory, in megabytes.

    `ru_maxrss` would not do: a process inherits it from the one that started it.
    """
    return _kilobytes(pid, "status", "VmHWM:") * 1024 / _MEGABYTE


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text("ascii", "replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
