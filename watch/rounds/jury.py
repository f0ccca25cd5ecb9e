"""Who reads a cluster's items: its perimeter, and the learner that serves or the last good one."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from watch.classify.kept import from_bytes, to_bytes
from watch.classify.nearness import Nearness
from watch.errors import LearnerRefused, Problem, StoreError
from watch.rounds.serving import serving
from watch.rounds.tasks import Jury, perimeter_of
from watch.store import clusters
from watch.store.perimeters import Version
from watch.text.meaning import Counted, embedder

__all__ = ["jury_of", "taught", "write_file"]


def jury_of(
    cluster: str, version: Version, folder: Path | None, language: str
) -> tuple[Jury, list[str]]:
    """Return who reads a cluster's items now, and in sentences what stands in a learner's way.

    Where no learner serves, and without a folder, nearness does.
    """
    jury = Jury(version.text, clusters.get(cluster).precision)
    if folder is None:
        return jury, []
    found, problems = serving(cluster, version, folder, language, from_bytes)
    if found is None:
        return jury, problems
    one, kept = found
    return replace(jury, learner=one.name, kept=kept, digest=one.digest), problems


def taught(jury: Jury, folder: Path | None) -> Jury:
    """Return the jury with what the perimeter itself teaches, worked out once for all rounds.

    To say where thousands of example sentences lie takes seconds, so ask only before something is
    read. The file in the folder is named after all that it follows from, and serves every cluster
    with this perimeter; one that is damaged, or of another version, is written anew.
    """
    model = embedder()
    # What only counts words is faster asked than looked up.
    if folder is None or jury.names[-1] != Nearness.name or isinstance(model, Counted):
        return jury
    source = f"{Nearness.name} {model.id} {jury.precision} {jury.perimeter}"
    file = folder / "first" / f"{sha256(source.encode()).hexdigest()[:32]}.npz"
    with suppress(OSError, LearnerRefused):
        kept = file.read_bytes()
        digest = sha256(kept).hexdigest()
        from_bytes(kept, digest)
        return replace(jury, kept=kept, digest=digest)
    learner = Nearness(model, jury.precision).learner(perimeter_of(jury.perimeter))
    kept, digest = to_bytes(learner)
    write_file(file, kept)
    return replace(jury, kept=kept, digest=digest)


def write_file(path: Path, kept: bytes) -> None:
    """Write a learner's file whole or not at all; raises StoreError where it cannot be."""
    part = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(kept)
        part.replace(path)
    except OSError as reason:
        part.unlink(missing_ok=True)
        raise StoreError(
            Problem(str(path), f"cannot be written ({reason})", "see that the disk has room")
        ) from reason
