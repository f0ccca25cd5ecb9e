"""One contract for every engine: what is submitted is done, what fails says so."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import pytest

from watch.engine.cluster import workers_at
from watch.engine.local import Here, processes
from watch.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(params=["here", "processes", "cluster"])
def engine(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "here":
        yield Here()
    elif request.param == "processes":
        with processes(2) as pool:
            yield pool
    else:
        distributed = pytest.importorskip("distributed", reason="the extra `cluster` is missing")
        with (
            distributed.LocalCluster(
                n_workers=1, threads_per_worker=1, processes=False, protocol="tcp",
                host="127.0.0.1", dashboard_address=None,
            ) as cluster,
            workers_at(cluster.scheduler_address) as workers,
        ):  # fmt: skip
            yield workers


def test_what_is_submitted_is_done(engine: Executor) -> None:
    futures = [engine.submit(pow, base, 2) for base in range(5)]
    assert [future.result() for future in futures] == [0, 1, 4, 9, 16]


def test_what_fails_says_so_and_stops_nobody(engine: Executor) -> None:
    wrong, right = engine.submit(int, "no number"), engine.submit(int, "7")
    assert isinstance(wrong.exception(), ValueError)
    assert right.result() == 7


def test_a_scheduler_that_is_not_there_is_refused_in_a_sentence() -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is missing")
    with (
        pytest.raises(SettingsError, match="no scheduler answers there"),
        workers_at("tcp://127.0.0.1:9", timeout=0.5),
    ):
        pass


ORPHANS = """
import os, time
from watch.engine.local import processes
if __name__ == "__main__":
    with processes(2) as pool:
        print(*sorted({pool.submit(os.getpid).result() for _ in range(9)}), flush=True)
        time.sleep(60)
"""


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert parent.stdout is not None
    workers = [int(word) for word in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()

    for _ in range(100):
        if not any(Path(f"/proc/{worker}").exists() for worker in workers):
            break
        time.sleep(0.1)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
