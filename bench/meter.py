"""What a piece of work costs: wall time, processor time, memory, of this process and its children.

The children's clocks are read while they live, so that what they spent on starting can be told
from what the work took. This needs Linux.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cost", "measure"]

_MEGABYTE = 1_000_000


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
    """Megabytes of memory, the sum of each process's own peak."""
    largest: float
    """Megabytes of the largest process."""


def measure(work: Callable[[], object]) -> Cost:
    """Do the work once and return what it cost."""
    start, began = _cpu(), time.perf_counter()
    work()
    wall, cpu = time.perf_counter() - began, _cpu() - start
    peaks = [_peak(pid) for pid in _family()]
    return Cost(wall, cpu, start, sum(peaks), max(peaks))


def _family() -> list[int]:
    return [os.getpid(), *(child.pid for child in multiprocessing.active_children() if child.pid)]


def _cpu() -> float:
    """Return the processor seconds of the family, to the nanosecond; see clock_getcpuclockid(3)."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in _family())


def _peak(pid: int) -> float:
    """Return the peak of a process's resident memory, in megabytes.

    `ru_maxrss` would not do: a process inherits it from the one that started it.
    """
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / _MEGABYTE
    raise ProcessLookupError(pid)
