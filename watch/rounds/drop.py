"""Dropping: an officer's files -> items of a source that the cluster has for itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from watch.domain import Harvest, Outcome, Report, Source, Visit, WebUrl
from watch.errors import ImportRefused
from watch.rounds.collect import keep_gathered
from watch.rounds.visiting import gathered
from watch.sources.papers.files import files_address, read_file
from watch.sources.raw import RawEntry, RawFeed, to_reading
from watch.store import sources

__all__ = ["drop_round"]

# Nobody goes there: the next appointment lies beyond everybody's.
_NEVER = timedelta(days=3_650)


def drop_round(
    cluster: str, name: str, files: Sequence[tuple[str, bytes]], now: datetime, language: str
) -> Report:
    """Store what files hold, each given as its name and bytes; return what became of them.

    The same file a second time stores nothing. A file that cannot be used is a problem, and the
    others are stored. `name` is what readers see as the source.
    """
    counts: Counter[str] = Counter(files=len(files), items=0, revised=0, failed=0)
    problems: list[str] = []
    entries: list[RawEntry] = []
    for file, body in files:
        try:
            found = read_file(file, body, language)
        except ImportRefused as refusal:
            problems += [str(problem) for problem in refusal.problems]
            counts["failed"] += 1
            continue
        entries += found.entries
        problems += [str(problem) for problem in found.problems]
        counts["left_out"] += found.refused_count
    if entries:
        _store(cluster, name, entries, now, counts, language)
    return Report("drop", counts, tuple(problems))


def _store(
    cluster: str,
    name: str,
    entries: Sequence[RawEntry],
    now: datetime,
    counts: Counter[str],
    language: str,
) -> None:
    address = files_address(cluster)
    wished = Source(WebUrl(address), name, "files", every=_NEVER)
    source, _ = sources.add(cluster, wished, now)
    named = [replace(one, guid=one.guid or _guid(one, address)) for one in entries]
    reading = to_reading(RawFeed(entries=named), source)
    harvest = Harvest(source, now, Outcome.NEWS, entries=reading.entries)
    keep_gathered([gathered(harvest)], {source.id: Visit(source)}, now, counts, language)


def _guid(entry: RawEntry, address: str) -> str:
    """Return a name for what has none: of this cluster alone, the same at every drop."""
    written = "\0".join((address, entry.title or entry.text, str(entry.published)))
    return blake2b(written.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
