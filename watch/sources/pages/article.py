"""A page's bytes and its address -> the article that stands there, as safe text.

No network, no clock: what a page names is never fetched. A page beyond the bounds, or without an
article, is None.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from lxml import etree
from trafilatura import extract

from watch.sources.pages import choice
from watch.sources.pages.markup import Page, blocks, parse
from watch.sources.pages.published import publication
from watch.sources.pages.title import page_title, site_name, site_names, without_site
from watch.text.clean import one_line, to_text
from watch.text.language import two_letters

__all__ = ["Article", "article_text", "is_reserved", "read_article", "safe_lines"]

# What it could not read is an answer here, not an event.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

MOST_TEXT: Final = 100_000
_MOST_NAME: Final = 200
_RESERVING: Final = frozenset({"noai", "notdm"})


@dataclass(frozen=True, slots=True)
class Article:
    """What one page says; every field is safe plain text, "" or None where it does not tell."""

    title: str
    """As the page states it; `short_title` is without the site's name."""
    text: str
    published_on: date | None = None
    is_day_stated: bool = False
    """Whether metas, JSON-LD or the address name that day; else it is a reading of the page."""
    language: str = ""
    author: str = ""
    site: str = ""
    short_title: str = ""
    is_reserved: bool = False
    """The page itself reserves text and data mining: nothing of it may be kept."""


def read_article(body: bytes, url: str, until: datetime, content_type: str = "") -> Article | None:
    """Return the article of a page; `until` is when it was fetched.

    Bounds stand in `markup`; a publication day after `until` is not believed.
    """
    page = parse(body, url, content_type)
    if page is None:
        return None
    title = page_title(page)
    if is_reserved(page):
        return Article(title="", text="", is_reserved=True)
    day, is_stated = publication(page, until)
    return Article(
        title=title,
        text=article_text(page),
        published_on=day,
        is_day_stated=is_stated,
        language=two_letters(page.tree.get("lang") or page.meta("og:locale", "content-language")),
        author=one_line(_author(page), _MOST_NAME),
        site=site_name(page),
        short_title=without_site(title, site_names(page)),
    )


def article_text(page: Page) -> str:
    """Return the article's own words, a line for each block; "" where there are none."""
    found = list(blocks(page.tree))
    headings = frozenset(choice.squeezed("".join(h.itertext())) for h in page.tree.iter("h1"))
    kept = _kept(page)
    is_kept = choice.opinions(found, kept)
    is_chosen = choice.chosen(found, is_kept, headings)
    text = "\n".join(block.text for block, so in zip(found, is_chosen, strict=True) if so)
    return safe_lines(text or kept)


def safe_lines(text: str) -> str:
    """Return text that was read from a tree as safe text: its signs are no markup any more."""
    return to_text(text.replace("&", "&amp;").replace("<", "&lt;"), MOST_TEXT)


def _kept(page: Page) -> str:
    """Return what trafilatura keeps of a page."""
    try:
        return extract(page.for_libraries(), include_comments=False, include_tables=True) or ""
    except (ValueError, TypeError, AttributeError, IndexError, RecursionError, etree.LxmlError):
        # Pages are hostile or odd, and the library has no error of its own.
        return ""


def is_reserved(page: Page) -> bool:
    """Return whether the page's own metas reserve text and data mining (TDMRep, noai)."""
    words = page.meta("robots").lower().replace(",", " ").split()
    return page.meta("tdm-reservation") == "1" or not _RESERVING.isdisjoint(words)


def _author(page: Page) -> str:
    written = page.meta("author", "article:author", "dc.creator", "parsely-author")
    if written and not written.startswith(("http:", "https:")):
        return written
    return ", ".join(dict.fromkeys(_names(page)))


def _names(page: Page) -> Iterator[str]:
    for one in page.stated:
        stated: Any = one.get("author")
        for author in stated if isinstance(stated, list) else [stated]:
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str) and not name.startswith("http"):
                yield name
