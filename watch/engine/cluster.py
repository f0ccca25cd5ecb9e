"""Past one machine: the workers of a Dask cluster, with the extra `cluster`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from watch.errors import Problem, SettingsError

__all__ = ["workers_at"]


@contextmanager
def workers_at(address: str, timeout: float = 10.0) -> Iterator[Executor]:
    """Open an engine of the workers behind a scheduler, such as "tls://10.0.0.5:8786".

    Whoever reaches a scheduler can run code on its workers: keep it on loopback or under TLS.
    Raises SettingsError where the extra is missing or nobody answers within `timeout` seconds.
    """
    try:
        from distributed import Client
    except ImportError as reason:
        raise SettingsError(
            Problem("[collect] cluster", "the extra `cluster` is not installed",
                    "run: pip install 'zoom-marche[cluster]'")
        ) from reason  # fmt: skip
    try:
        client: Any = Client(address, timeout=timeout, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as reason:
        raise SettingsError(
            Problem(f"[collect] cluster = {address}", "no scheduler answers there",
                    "start one, or leave the setting empty for this machine's processes")
        ) from reason  # fmt: skip
    with client:
        engine: Executor = client.get_executor()
        yield engine
