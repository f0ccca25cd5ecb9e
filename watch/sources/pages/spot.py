"""What a page without a feed offers: its list of articles, and itself as something to watch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from watch.domain import Entry, Source, WebUrl
from watch.sources.health import VisitFailed
from watch.sources.pages.propose import propose
from watch.sources.pages.tree import read_tree, without_frame, words_of
from watch.sources.request import Reply
from watch.sources.spot import page_title
from watch.text.urls import canonical, host

__all__ = ["lists_of", "page_itself"]

# A list is shown to an officer from so many articles on; fewer are teasers below a text.
_FEWEST_ARTICLES = 6
_MOST_LISTS = 2
_FEWEST_WORDS = 4
# Less than this is an error message, a door, or a page that scripts have still to fill.
_FEWEST_LETTERS = 300


def lists_of(reply: Reply) -> Iterator[Source]:
    """Yield the lists of articles that a page holds, each with its recipe, the best first."""
    whole = _page(reply, "page")
    found = propose(reply, whole, _MOST_LISTS) if whole else []
    for proposal in found:
        if whole and _is_convincing(proposal.entries):
            yield replace(whole, options=dict(proposal.options))


def page_itself(reply: Reply) -> Iterator[Source]:
    """Yield the page as one to watch, where it says anything."""
    whole = _page(reply, "watch")
    if whole is None:
        return
    try:
        words = words_of(without_frame(read_tree(reply)))
    except VisitFailed:
        return
    if len(words) >= _FEWEST_LETTERS:
        yield whole


def _page(reply: Reply, kind: str) -> Source | None:
    """Return the page as a source; None for what is no page of HTML."""
    head = reply.body[:2_000].lower()
    url: WebUrl = canonical(reply.url)
    if not url or not (b"<html" in head or b"<!doctype html" in head):
        return None
    return Source(url, page_title(reply) or host(url), kind)


def _is_convincing(entries: tuple[Entry, ...]) -> bool:
    """Return whether entries look like articles: enough of them, most with titles of words."""
    titled = [entry for entry in entries if entry.title.count(" ") >= _FEWEST_WORDS - 1]
    return len(titled) >= max(_FEWEST_ARTICLES, 0.6 * len(entries))
