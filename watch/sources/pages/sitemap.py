"""A site's own list of its pages: what is new on it becomes entries.

A news sitemap says titles and dates itself. Of other new addresses the pages are asked, newest
first and a few a visit; what is left over is not yet known, and so is found again by the next
visit. Lists of an index that have not changed since are not asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Final

from watch.domain import Source, Visit, WebUrl
from watch.sources.door.robots import matches, plain
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.pages.course import (
    FAR_PAST,
    LISTS_A_VISIT,
    MOST_TRIES,
    PAGES_A_VISIT,
    Course,
    Memory,
    Place,
    begun,
    course_in,
    memory_in,
)  # fmt: skip
from watch.sources.pages.head import read_head
from watch.sources.pages.listing import Listed, Listing, read_listing
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.request import Reply
from watch.text.urls import canonical, host, without_www

__all__ = ["SITEMAP", "is_listed"]

FIRST_PAGES: Final = 50
"""Of what a site has published before we came, so many pages are asked, newest first."""
WINDOW: Final = timedelta(days=30)
"""What changed last before that is old, and is not asked."""
_MOST_LEVELS: Final = 3  # robots.txt, an index, an index that it names against the protocol
# Prints that an index keeps, 8 bytes each. Past it some are forgotten at random; of these only
# what is still listed, and changed within the window, is asked once more, and stored once.
_MOST_KNOWN: Final = 200_000

# Lists of what is no publication, as content managers name them; and addresses of no page.
_ASIDE = re.compile(
    r"(?:category|tag|taxonom\w*|author|users?|product_cat|image|video|rubriques?|auteurs?|mots)"
    r"[-_\w]*?(?:sitemap|\d*\.xml)|sitemap[-_](?:categor|tag|tax|author|user|image|video)",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|mp[34]|zip|docx?|xlsx?|pptx?|xml|gz|css|js)$", re.IGNORECASE
)


def read(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    """Return what one answer of a visit holds: of a sitemap, of an index, or of a page.

    Raises `VisitFailed` for the source's own address alone: empty, not_a_sitemap, dangerous,
    too_large, bad_encoding.
    """
    memory = memory_in(visit.mark)
    is_own = not reply.request.step
    course = begun(visit.source.url, memory) if is_own else course_in(reply.request.step)
    course.heed(reply)
    if course.lists:
        feed = _read_list(course, reply, visit, memory, most_entries)
    else:
        feed = _read_page(course, reply)
    feed.next = course.following()
    feed.mark = course.mark(memory)
    feed.skipped_count += course.passed + (0 if feed.next else course.waiting())
    if is_own and course.done.keys() == {visit.source.url}:
        feed.asks_again = course.waiting() > 0
    elif is_own:
        # Lists that are not asked today say nothing of what we know of them.
        feed.known |= frozenset(islice(visit.seen, _MOST_KNOWN))
        feed.asks_again = True
    return feed


def is_listed(url: str, options: Mapping[str, str]) -> bool:
    """Return whether an officer's path patterns let an address through.

    >>> is_listed("https://a.example/actu/lidar", {"only": "/actu/ /blog/"})
    True
    >>> is_listed("https://a.example/actu/lidar.pdf", {"without": "*.pdf$"})
    False
    """
    only, without = _patterns(options.get("only", "")), _patterns(options.get("without", ""))
    path = plain("/" + url.partition("://")[2].partition("/")[2])
    is_in = not only or any(matches(pattern, path) for pattern in only)
    return is_in and not any(matches(pattern, path) for pattern in without)


@lru_cache(maxsize=64)
def _patterns(written: str) -> tuple[str, ...]:
    return tuple(plain(pattern) for pattern in re.split(r"[\s,]+", written) if pattern)


def _wrong_patterns(written: str) -> str:
    is_good = all(pattern.startswith(("/", "*")) for pattern in _patterns(written))
    return "" if is_good else "each path begins with / or *, such as /news/ or *-press-"


# -- lists ---------------------------------------------------------------------------------


def _read_list(
    course: Course, reply: Reply, visit: Visit, memory: Memory, most_entries: int
) -> RawFeed:
    here = course.lists.pop(0)
    course.asked.append(here.url)
    try:
        if reply.reason:
            raise VisitFailed(reply.reason)
        listing = read_listing(reply.body, reply.content_type)
    except VisitFailed:
        if not reply.request.step:
            raise
        if not course.is_worth_another_try(here.url, reply.reason):
            course.done[here.url] = here.changed
        return RawFeed(flaw="cut_short")
    course.tried.pop(here.url, None)
    course.passed += listing.skipped_count
    if listing.is_index:
        _open(course, here, listing, reply, visit, memory)
        return RawFeed(flaw=listing.flaw)
    if not listing.flaw:
        course.done[here.url] = here.changed
    return _sorted_in(course, here, listing, reply, visit, most_entries)


def _open(
    course: Course, here: Place, listing: Listing, reply: Reply, visit: Visit, memory: Memory
) -> None:
    """Put the lists of an index into the course: the unread first, then the changed."""
    if here.level >= _MOST_LEVELS - 1:
        return
    # What an officer wants alone is a path of pages; what is not wanted may be a whole list.
    without = {"without": visit.source.options.get("without", "")}
    met = {place.url for place in course.lists} | course.done.keys() | set(course.asked)
    for one in listing.addresses:
        url = canonical(one.url, reply.url)
        if not _is_own(url, visit.source):
            course.passed += 1
        elif url not in met and not _ASIDE.search(url) and is_listed(url, without):
            met.add(url)
            if one.changed and memory.lists.get(url) == one.changed:
                course.done[url] = one.changed
            else:
                course.lists.append(Place(url, one.changed, level=here.level + 1))
    places = {url: place for place, url in enumerate(memory.lists)}
    course.lists.sort(
        key=lambda one: (
            one.url in places,
            not one.changed,
            places.get(one.url, 0),
            FAR_PAST - one.changed_at,
        )
    )
    room = max(LISTS_A_VISIT - len(course.asked), 0)
    course.is_unread |= any(one.url not in places for one in course.lists[room:])
    del course.lists[room:]


def _sorted_in(
    course: Course, here: Place, listing: Listing, reply: Reply, visit: Visit, most: int
) -> RawFeed:
    """Return the entries that a list tells itself; put its other new pages into the course."""
    feed = RawFeed(flaw=listing.flaw)
    known: set[int] = set()
    fresh: list[Place] = []
    for one in listing.addresses:
        url = canonical(one.url, reply.url)
        if not _is_own(url, visit.source):
            course.passed += 1
        elif is_listed(url, visit.source.options):
            place, print = Place(url, one.changed, here.url), _print(url)
            if one.title:
                feed.entries.append(_entry(url, one))
                feed.title = feed.title or one.outlet
                known.add(print)
            elif print in visit.seen or not _is_wanted(place, course, reply):
                known.add(print)
            else:
                fresh.append(place)
    feed.skipped_count = len(feed.entries[most:])
    del feed.entries[most:]
    told = {entry.url for entry in feed.entries}
    course.pages = [page for page in course.pages if page.url not in told]
    known |= _wait(course, [page for page in fresh if page.url not in told])
    feed.known = frozenset(known)
    return feed


def _wait(course: Course, fresh: list[Place]) -> set[int]:
    """Let pages wait their turn; return the prints of those that are passed over for good."""
    met = {page.url for page in course.pages}
    fresh = list({page.url: page for page in fresh if page.url not in met}.values())
    passed: list[Place] = []
    if course.is_first:
        fresh.sort(key=lambda page: page.changed_at, reverse=True)
        room = max(FIRST_PAGES - course.waiting(), 0)
        fresh, passed = fresh[:room], fresh[room:]
    course.pages += fresh
    course.pages.sort(key=lambda page: page.changed_at, reverse=True)
    course.pages.sort(key=lambda page: course.tried.get(page.url, 0))
    course.leave(course.pages[PAGES_A_VISIT:])
    del course.pages[PAGES_A_VISIT:]
    return {_print(page.url) for page in passed}


def _entry(url: WebUrl, one: Listed) -> RawEntry:
    keywords = tuple(word.strip() for word in one.keywords.split(",") if word.strip())
    return RawEntry(
        guid=url,
        url=url,
        title=one.title,
        published=one.published or one.changed,
        language=one.language,
        categories=keywords,
    )


def _is_own(url: str, source: Source) -> bool:
    """Return whether an address lies on the source's own host, with www or without."""
    mine, its = host(source.url), host(WebUrl(url))
    return bool(url) and without_www(mine) == without_www(its)


def _is_wanted(page: Place, course: Course, reply: Reply) -> bool:
    """Return whether a page may be a new publication: no document, not old, not tried in vain."""
    path = page.url.partition("://")[2].partition("/")[2]
    is_old = bool(page.changed) and page.changed_at < reply.asked_at - WINDOW
    is_given_up = course.tried.get(page.url, 0) >= MOST_TRIES
    return bool(path) and not (is_old or is_given_up or _NO_PAGE.search(path))


def _print(url: str) -> int:
    """Return 64 bits that stand for the address of a page; with www or without, it is one."""
    place = without_www(url.partition("://")[2])
    return int.from_bytes(blake2b(b"page " + place.encode(), digest_size=8).digest())


# -- pages ---------------------------------------------------------------------------------


def _read_page(course: Course, reply: Reply) -> RawFeed:
    page = course.pages.pop(0)
    course.page_count += 1
    if reply.reason and course.is_worth_another_try(page.url, reply.reason):
        course.leave([page])
        return RawFeed()
    course.tried.pop(page.url, None)
    feed = RawFeed(known=frozenset({_print(page.url)}))
    # A page that has gone often leads to the site's first page instead.
    is_first_page = canonical(reply.url) == "/".join([*reply.url.split("/")[:3], ""])
    if not reply.reason and not is_first_page:
        found = read_head(reply, WebUrl(page.url), page.changed)
        if found:
            entry, feed.title = found
            feed.entries.append(entry)
    return feed


# -- kind ----------------------------------------------------------------------------------


def _spot(reply: Reply) -> Iterable[Source]:
    """Yield the address itself where it is a sitemap, an index, or a robots.txt that names some."""
    try:
        is_one = bool(reply.body) and bool(read_listing(reply.body, reply.content_type).addresses)
    except VisitFailed:
        is_one = False
    url = canonical(reply.url)
    return [Source(url, host(url), SITEMAP.name)] if is_one else []


SITEMAP = Kind(
    "sitemap",
    "The list of its pages that a site keeps for search engines (sitemap)",
    read=read,
    options=(
        Option(
            "only",
            "Only addresses whose path begins so, * for anything: /news/ *-press-",
            complaint=_wrong_patterns,
        ),
        Option(
            "without",
            "No addresses whose path begins so, * for anything: /shop/ *.html$",
            complaint=_wrong_patterns,
        ),
    ),
    spot=_spot,
    most_requests=LISTS_A_VISIT + PAGES_A_VISIT + 1,
    example={"url": "https://journal.example/sitemap.xml", "only": "/news/"},
)
