"""Who reads a cluster's items: its perimeter, and the learner that serves or the last good one."""

from __future__ import annotations

from pathlib import Path

from watch.classify.kept import from_bytes
from watch.domain import Certificate
from watch.errors import LearnerRefused
from watch.rounds.tasks import Jury
from watch.store import clusters, learners
from watch.store.perimeters import Version
from watch.text.meaning import embedder
from watch.text.translate import speaker

__all__ = ["file_of", "jury_of"]


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
