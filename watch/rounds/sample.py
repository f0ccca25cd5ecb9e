"""Samples: this week's letters as their readers would get them -> the officer's own mailbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from watch.deliver import Post
from watch.domain import Letter, Period, Report
from watch.errors import PostError, Problem
from watch.rounds.tell import drafts
from watch.store import clusters, subscribers

__all__ = ["sample_round"]

_MARK = {"fr": "[Essai]", "en": "[Sample]"}


def sample_round(
    post: Post, cluster: str, to: str, period: Period, now: datetime, allowed: Collection[str] = ()
) -> Report:
    """Send what each reader would get to one address of the cluster; keep nothing of it.

    No link in a sample does anything to its reader. Raises PostError for an address that is a
    reader's, or of another domain than the sender's and those `allowed`: a sample that strays
    would be a letter.
    """
    home = clusters.get(cluster)
    domain = to.rpartition("@")[2].lower()
    own = {home.sender_address.rpartition("@")[2].lower(), *(one.lower() for one in allowed)}
    if not domain or not own & {domain, to.lower()}:
        what = "samples go to addresses of the cluster alone"
        raise PostError(Problem(to, what, "see sender_address of the cluster, or [post] only_to"))
    if subscribers.has(to):
        raise PostError(Problem(to, "this is a reader's address", "give one that gets no letters"))
    counts: Counter[str] = Counter(sent=0, silent=0)
    problems = []
    for draft in drafts(cluster, period, now):
        if draft.letter is None:
            counts["silent"] += 1
            continue
        receipt = post.send(_sample(draft.letter, to), now)
        counts[receipt.fate.value] += 1
        if receipt.detail and receipt.fate.value != "sent":
            problems.append(receipt.detail)
    return Report("sample", counts, tuple(dict.fromkeys(problems)))


def _sample(letter: Letter, to: str) -> Letter:
    """Return a letter as a sample: to somebody else, under its own number, marked as such."""
    mark = _MARK.get(letter.language, _MARK["en"])
    return replace(
        letter,
        message_id=f"<sample.{letter.message_id[1:]}",
        to=to,
        subject=f"{mark} {letter.subject}",
        headers=tuple(one for one in letter.headers if not one[0].startswith("List-Unsubscribe")),
    )
