"""Who reads a cluster's items: its perimeter, and the learner that serves or the last good one."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from watch.classify.kept import from_bytes, to_bytes
from watch.classify.nearness import Nearness
from watch.domain import Certificate
from watch.errors import LearnerRefused, Problem, StoreError
from watch.rounds.tasks import Jury, perimeter_of
from watch.store import clusters, learners
from watch.store.perimeters import Version
from watch.text.meaning import Counted, embedder
from watch.text.translate import speaker

__all__ = ["file_of", "jury_of", "taught", "write_file"]


def file_of(folder: Path, cluster: str, number: int) -> Path:
    """Return where a learner is kept."""
    return folder / cluster / f"{number}.npz"


def jury_of(
    cluster: str, version: Version, folder: Path | None, language: str
) -> tuple[Jury, list[str]]:
    """Return who reads a cluster's items now, and in sentences what stands in a learner's way.

    A learner reads under the version of the perimeter, and with the embedder, that it learned
    with; where its file is gone, changed or foreign, the last good one before it serves. Without
    any, and without a folder, nearness does.
    """
    _ = speaker(language)
    jury = Jury(version.text, clusters.get(cluster).precision)
    problems: list[str] = []
    if folder is None:
        return jury, problems
    what = _("learner {number} does not read: {reason}")
    for one in _candidates(cluster):
        reason = _unfit(one, version.number, language)
        if not reason:
            try:
                kept = file_of(folder, cluster, one.number).read_bytes()
                from_bytes(kept, one.digest)
            except OSError:
                reason = _("its file is gone; the last good one reads")
            except LearnerRefused:
                reason = _("its file is damaged or foreign; the last good one reads")
            else:
                return (
                    Jury(jury.perimeter, jury.precision, one.name, kept, one.digest),
                    problems,
                )
        problems.append(what.format(number=one.number, reason=reason))
        if one.perimeter != version.number:
            break  # those before it are of no newer version
    return jury, problems


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


def _candidates(cluster: str) -> list[Certificate]:
    """Return the learner that serves, then the good ones before it, newest first."""
    every = learners.every(cluster)
    serving = next((one for one in every if one.is_serving), None)
    if serving is None:
        return []
    return [serving, *(o for o in every if o.number < serving.number and not o.reason)]


def _unfit(one: Certificate, perimeter: int, language: str) -> str:
    _ = speaker(language)
    if one.perimeter != perimeter:
        return _("it learned under another version of the specification; run `zoom-marche learn`")
    if one.model != embedder().id:
        return _("it learned with another encoder than is installed; run `zoom-marche learn`")
    return ""
