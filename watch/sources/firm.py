"""A firm's home page and a few pages beside it -> what they say, line by line.

Asked under the guard and the manners of any visit; nothing is kept. What robots may not read, and
what reserves text and data mining, is not read.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from watch.domain import NO_URL, Manners, WebUrl
from watch.sources.door import Answer, Door, run
from watch.sources.health import VisitFailed
from watch.sources.pages.article import is_reserved, safe_lines
from watch.sources.pages.bounds import MOST_BYTES
from watch.sources.pages.markup import Block, Page, blocks, parse
from watch.sources.pages.title import page_title, site_name
from watch.text.clean import one_line
from watch.text.language import two_letters
from watch.text.urls import canonical, host, without_www
from watch.text.words import fold

__all__ = ["FirmPages", "read_firm", "read_page"]

MOST_BESIDE: Final = 3
"""Pages that are read beside the first one."""
_MOST_LINES: Final = 400
_MOST_SIGNS: Final = 1_000
_MOST_NAME: Final = 120

# Where firms say what they do, best first; compared without accents and case.
_BESIDE: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"activit|metier|what we do|expertise|savoir-?faire|competence|capabilit",
        r"produit|product|solution|technolog",
        r"a propos|a-propos|about|qui sommes|presentation|entreprise|company|societe",
    )
)
_AROUND: Final = frozenset({"nav", "foot", "ad", "share", "comment", "hidden"})
_OUTSIDE: Final = frozenset({"nav", "footer", "aside", "form"})
_NOT_THERE: Final = re.compile(r"\b(404|not found|introuvable|n'existe pas|error|erreur)\b")


@dataclass(frozen=True, slots=True)
class FirmPages:
    """What a firm's pages say; safe plain text."""

    name: str = ""
    """What the site calls itself, "" where it does not say."""
    lines: tuple[str, ...] = ()
    """The blocks of text that are neither menus nor notices, in the order in which they stand."""
    language: str = ""
    """As the first page says; two letters or ""."""
    read: tuple[WebUrl, ...] = ()
    """The addresses that were read."""
    reason: str = ""
    """Why nothing was read: a reason of `health.REASONS`, "reserved", "no_page"; "" otherwise."""


def read_firm(
    address: str, now: datetime, manners: Manners, said: Callable[[str], None]
) -> FirmPages:
    """Return what a firm's site says of it; never raises for what a site does.

    The page at `address`, then at most three of the same site whose links speak of what the firm
    does, makes or is. `said` is told each address before it is asked. Runs an event loop of its
    own.
    """
    url = canonical(address)
    if url == NO_URL:
        return FirmPages(reason="bad_address")
    bounded = replace(manners, most_bytes=min(manners.most_bytes, MOST_BYTES))
    return run(_read(url, now, bounded, said))


def read_page(body: bytes, url: str = "", content_type: str = "") -> FirmPages:
    """Return what one page says, with the reason where it is no page or may not be read."""
    page = parse(body, url, content_type)
    return FirmPages(reason="no_page") if page is None else _said(page)


async def _read(
    url: WebUrl, now: datetime, manners: Manners, said: Callable[[str], None]
) -> FirmPages:
    async with Door(manners, now) as door:
        try:
            home = await _page(url, door, said)
        except VisitFailed as failure:
            return FirmPages(reason=failure.reason)
        found = _said(home)
        if found.reason:
            return found
        for beside in _beside(home):
            try:
                more = _said(await _page(beside, door, said))
            except VisitFailed:
                continue  # the first page has spoken
            lines = tuple(dict.fromkeys((*found.lines, *more.lines)))[:_MOST_LINES]
            found = replace(found, lines=lines, read=(*found.read, *more.read))
        return found


async def _page(url: WebUrl, door: Door, said: Callable[[str], None]) -> Page:
    said(url)
    answer = await door.get(url)
    if answer.is_reserved:
        raise VisitFailed("reserved")
    page = await asyncio.to_thread(_parsed, answer)
    if page is None:
        raise VisitFailed("no_page")
    return page


def _parsed(answer: Answer) -> Page | None:
    content_type = answer.headers.get("Content-Type", "")
    if content_type and "html" not in content_type.lower():
        return None
    return parse(answer.body, answer.url, content_type)


def _said(page: Page) -> FirmPages:
    if is_reserved(page):
        return FirmPages(reason="reserved")
    title = page_title(page)
    lines = [page.meta("description", "og:description"), *map(_text, blocks(page.tree))]
    kept = [line for raw in lines for line in safe_lines(raw[:_MOST_SIGNS]).splitlines() if line]
    # Many a site answers "page not found" as if all were well.
    if _NOT_THERE.search(fold(title)) and len(kept) < 20:
        return FirmPages(reason="missing")
    return FirmPages(
        name=one_line(site_name(page), _MOST_NAME),
        lines=tuple(dict.fromkeys(kept))[:_MOST_LINES],
        language=two_letters(page.tree.get("lang") or page.meta("og:locale", "content-language")),
        read=(WebUrl(page.url),),
    )


def _text(block: Block) -> str:
    """Return what a block says, "" for a menu, a notice or a form."""
    is_outside = block.around & _AROUND or block.inside & _OUTSIDE or block.linked > 0.5
    return "" if is_outside else block.text


def _beside(home: Page) -> list[WebUrl]:
    """Return the pages of the same site that say most of the firm, best first."""
    found: dict[WebUrl, int] = {}
    for url, words in _links(home):
        rank = next((i for i, one in enumerate(_BESIDE) if one.search(words)), None)
        if rank is not None and url != home.url:
            found[url] = min(rank, found.get(url, rank))
    return sorted(found, key=lambda url: found[url])[:MOST_BESIDE]


def _links(home: Page) -> Iterator[tuple[WebUrl, str]]:
    site = without_www(host(WebUrl(home.url)))
    for link in home.tree.iter("a"):
        url = canonical((link.get("href") or "")[:2_000], home.url)
        if url != NO_URL and without_www(host(url)) == site:
            path = url.partition("://")[2].partition("/")[2]
            yield WebUrl(url.partition("#")[0]), fold(f"{''.join(link.itertext())[:80]} {path}")
