"""Which learner serves a cluster, and what stands in the way of a better one.

Nothing that computes is loaded for it: a question at the terminal must not pay for that.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from watch.domain import Certificate
from watch.errors import LearnerRefused
from watch.store import learners
from watch.store.perimeters import Version
from watch.text.encoders import installed
from watch.text.translate import speaker

__all__ = ["file_of", "serving", "unchanged"]

Check = Callable[[bytes, str], object]
"""Looks at what a file holds, and at its digest on record; raises LearnerRefused."""


def file_of(folder: Path, cluster: str, number: int) -> Path:
    """Return where a learner is kept."""
    return folder / cluster / f"{number}.npz"


def unchanged(kept: bytes, digest: str) -> None:
    """Refuse the bytes of a file that are not those of the digest."""
    if sha256(kept).hexdigest() != digest:
        raise LearnerRefused("its file was changed since it was written")


def serving(
    cluster: str, version: Version, folder: Path, language: str, check: Check = unchanged
) -> tuple[tuple[Certificate, bytes] | None, list[str]]:
    """Return the learner that serves with its file's bytes, and what stands in a learner's way.

    A learner reads under the version of the perimeter, and with the encoder, that it learned
    with; where its file is gone, changed or foreign, the last good one before it serves.
    """
    _ = speaker(language)
    problems: list[str] = []
    what = _("learner {number} does not read: {reason}")
    for one in _candidates(cluster):
        reason = _unfit(one, version.number, language)
        if not reason:
            try:
                kept = file_of(folder, cluster, one.number).read_bytes()
                check(kept, one.digest)
            except OSError:
                reason = _("its file is gone; the last good one reads")
            except LearnerRefused:
                reason = _("its file is damaged or foreign; the last good one reads")
            else:
                return (one, kept), problems
        problems.append(what.format(number=one.number, reason=reason))
        if one.perimeter != version.number:
            break  # those before it are of no newer version
    return None, problems


def _candidates(cluster: str) -> list[Certificate]:
    """Return the learner that serves, then the good ones before it, newest first."""
    every = learners.every(cluster)
    first = next((one for one in every if one.is_serving), None)
    if first is None:
        return []
    return [first, *(o for o in every if o.number < first.number and not o.reason)]


def _unfit(one: Certificate, perimeter: int, language: str) -> str:
    _ = speaker(language)
    if one.perimeter != perimeter:
        return _("it learned under another version of the specification; run `zoom-marche learn`")
    if one.model != installed():
        return _("it learned with another encoder than is installed; run `zoom-marche learn`")
    return ""
