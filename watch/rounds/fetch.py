"""Fetching: items that pass the perimeter and whose source allows it get their page's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from watch.domain import HouseRules, Item, Manners, Report
from watch.engine import Engine
from watch.engine.results import results
from watch.sources.pages.article import Article
from watch.sources.pages.fetch import Fetched, Wanted, fetch_pages
from watch.sources.pages.title import without_site
from watch.store import house_rules, pages
from watch.store.pages import Attempt
from watch.store.transaction import writing
from watch.text.language import language
from watch.text.urls import host

__all__ = ["fetch_round"]

# A page takes so long to read that a task is worth its way from a few pages on.
PAGES_IN_A_TASK = 10
TASKS_AT_ONCE = 6
_FEWEST_LETTERS = 200
# A page's text stands in for the feed's where it is clearly longer.
_CLEARLY_LONGER = 1.3
# What may be otherwise another day; everything else is an answer.
_PASSING = frozenset(
    {"broken", "certificate", "cut_short", "dns", "refused", "server_error", "timeout", "too_many"}
    | {"unreachable"}
)


def fetch_round(
    engine: Engine,
    manners: Manners,
    cluster: str,
    now: datetime,
    limit: int = 300,
    most_a_host: int = 20,
) -> Report:
    """Fetch the pages that are owed, and let them revise their items.

    At most `limit` pages, and `most_a_host` of one host, newest first. Each batch is one
    transaction. Changed items owe their readings again: read after this.
    """
    owed = {item.key: item for item in pages.owed(cluster, now, limit, most_a_host)}
    counts: Counter[str] = Counter(pages=len(owed), revised=0, failed=0, reserved=0)
    problems: list[str] = []
    submitted = (
        engine.submit(fetch_pages, tours, now, manners, _known(tours, now))
        for tours in _tasks(list(owed.values()))
    )
    for fetched in results(submitted, TASKS_AT_ONCE, problems):
        with writing():
            counts["revised"] += pages.keep([_attempt(one, owed[one.item]) for one in fetched], now)
        counts["reserved"] += sum(one.reason == "reserved" for one in fetched)
        counts["failed"] += sum(one.reason not in {"", "reserved"} for one in fetched)
    return Report("fetch", counts, tuple(sorted(problems)))


def _tasks(items: Sequence[Item]) -> Iterator[list[list[Wanted]]]:
    """Yield batches of tours; a tour is all pages of one host, and stays together."""
    by_host: dict[str, list[Wanted]] = {}
    for item in items:
        by_host.setdefault(host(item.url), []).append(Wanted(item.key, item.url))
    batch: list[list[Wanted]] = []
    for tour in sorted(by_host.values(), key=len, reverse=True):
        batch.append(tour)
        if sum(map(len, batch)) >= PAGES_IN_A_TASK:
            yield batch
            batch = []
    if batch:
        yield batch


def _known(tours: Sequence[Sequence[Wanted]], now: datetime) -> list[HouseRules]:
    """Return what visits have learnt of the hosts of these tours."""
    known = house_rules.known([host(tour[0].url) for tour in tours], now)
    return [one for rules in known.values() for one in rules]


def _attempt(fetched: Fetched, item: Item) -> Attempt:
    if fetched.article is None:
        return Attempt(item.key, fetched.reason, is_final=fetched.reason not in _PASSING)
    changed = revised(item, fetched.article)
    return Attempt(item.key, changed=changed if changed != item else None)


def revised(item: Item, article: Article) -> Item:
    """Return an item as its own page tells it.

    The page's text counts where it is clearly longer than the feed's; the title loses the site's
    name; a day that the page states counts where it is before the item's: never a later one,
    and never one that was only read out of the page, such as the year of a copyright.
    """
    is_longer = len(article.text) >= max(_FEWEST_LETTERS, _CLEARLY_LONGER * len(item.text))
    text = article.text if is_longer else item.text
    title = without_site(item.title, (article.site, item.outlet, host(item.url)))
    published_at = item.published_at
    day = article.published_on if article.is_day_stated else None
    if day and day < published_at.astimezone(UTC).date():
        published_at = datetime.combine(day, time(), UTC)
    words = f"{title}\n{text}"
    return replace(
        item,
        title=title,
        text=text,
        language=language(words, article.language or item.language) if is_longer else item.language,
        published_at=published_at,
        author=item.author or article.author,
    )
