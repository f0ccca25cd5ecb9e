"""The suite of the store once more, on a PostgreSQL that is started for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest


def programs() -> Path:
    """Return the folder of PostgreSQL's programs, or skip."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = which("initdb")
    if initdb is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    return Path(initdb).parent


def as_server(*words: str) -> list[str]:
    """Return the command for the server's user: PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else list(words)


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own on a free loopback port."""
    bin = programs()
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    folder = Path("/tmp") / f"watch-postgres-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = str(folder / "cluster")
    subprocess.run(
        as_server(str(bin / "initdb"), "-D", cluster, "-A", "trust", "-U", "watch", "-E", "UTF8"),
        check=True,
        capture_output=True,
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = as_server(str(bin / "pg_ctl"), "-D", cluster, "-w", "-l", f"{cluster}.log")
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
    try:
        yield f"postgresql://watch@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
        subprocess.run(as_server("rm", "-rf", cluster, f"{cluster}.log"), check=True)
        folder.rmdir()


def test_the_store_keeps_its_promises_on_postgresql(address: str) -> None:
    here = Path(__file__)
    names = ("test_store.py", "test_acts.py", "test_opposition.py", "test_upgrade.py")
    suites = [str(here.with_name(name)) for name in names]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *suites, "-p", "no:cacheprovider", "--numprocesses=0"],
        env={**os.environ, "ZOOM_MARCHE_DATABASE": address},
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
