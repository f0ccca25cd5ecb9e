"""A page's own title: what it says of itself, without the name of its site."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from watch.domain import WebUrl
from watch.sources.pages.markup import Page
from watch.text.clean import one_line
from watch.text.urls import host, without_www

__all__ = ["page_title", "site_name", "site_names", "without_site"]

_MOST: Final = 500
_SEPARATOR = re.compile(r"\s+[|·•–—»\-:\\/]+\s+|\s*[|»]\s*|\s+::\s+")
_LETTERS = re.compile(r"[\W_]+")
_FEWEST_WORDS: Final = 4
_MOST_HEADINGS: Final = 3
_LONGEST_RATIO: Final = 2
_METAS: Final = (
    "dc:title", "dcterm:title", "dcterms.title", "dc.title", "parsely-title", "og:title",
    "twitter:title",
)  # fmt: skip


def page_title(page: Page) -> str:
    """Return the title as the page states it, one line of safe text; "" where it has none.

    What is stated for machines comes first (a JSON-LD headline, half of whose words are shown,
    then metas): there a part is cut off only where another statement or a long heading stands
    without it. Then comes <title>, without the site's name, and without its last part where
    that leaves a sentence; then the first heading. `without_site` cuts further.
    """
    shown = _lines(_shown(page))
    title = _lines([page.tree.findtext(".//title") or ""])
    known = {word for line in title + shown for word in _words(line)}
    headlines = [line for line in _lines(_headlines(page)) if _is_of(known, _words(line))]
    stated = headlines + _lines(page.metas.get(name, "") for name in _METAS)
    if stated:
        return without_site(stated[0], (), [*stated, *filter(_is_sentence, shown)])
    if title:
        chosen = without_site(title[0], site_names(page), shown)
        return chosen if chosen != title[0] else _head(chosen)
    return next(iter(shown), "")


def site_name(page: Page) -> str:
    """Return what the site calls itself, or ""."""
    stated = (_name(one.get("publisher")) for one in page.stated)
    name = page.meta("og:site_name", "application-name") or next(filter(None, stated), "")
    return one_line(name, 200)


def without_site(title: str, names: tuple[str, ...] = (), others: Iterable[str] = ()) -> str:
    """Return a title without the site's name at its end or beginning.

    `names` are what the site is called (its host too); `others` are further titles of the page,
    headings among them: a part that stands alone there, and is a sentence, is the title.

    >>> without_site("Un lidar voit loin | Le Photon", ("Le Photon",))
    'Un lidar voit loin'
    >>> without_site("Lidar - une histoire", ("Le Photon",))
    'Lidar - une histoire'
    """
    known = {_plain(name) for name in names} - {""}
    # Another line with all the title's letters, but not its signs, says of no part that it is one.
    alone = {_plain(other) for other in others} - {"", _plain(title)}
    for mark in _SEPARATOR.finditer(title):
        head, tail = title[: mark.start()].strip(), title[mark.end() :].strip()
        if head and (_plain(tail) in known or _plain(head) in alone):
            return head
        if tail and (_plain(head) in known or _plain(tail) in alone):
            return tail
    return title


def _head(title: str) -> str:
    """Return a <title> without its last part, where that leaves a sentence."""
    marks = list(_SEPARATOR.finditer(title))
    head = title[: marks[-1].start()].strip() if marks else title
    return head if _is_sentence(head) and len(title) < _LONGEST_RATIO * len(head) else title


def _is_sentence(line: str) -> bool:
    return len(line.split()) > _FEWEST_WORDS


def _headlines(page: Page) -> Iterator[str]:
    for one in page.stated:
        headline = one.get("headline")
        if _is_article(one) and isinstance(headline, str):
            yield headline


def _shown(page: Page) -> Iterator[str]:
    for heading in list(page.tree.iter("h1"))[:_MOST_HEADINGS]:
        yield " ".join("".join(heading.itertext())[:2_000].split())


def _lines(raw: Iterable[str]) -> list[str]:
    return [line for line in (one_line(one, _MOST) for one in raw if one) if line]


def _words(line: str) -> list[str]:
    return re.findall(r"\w{3,}|[^\W\d_a-zA-Z]", line.casefold())


def _is_of(known: Collection[str], words: Sequence[str]) -> bool:
    """Return whether at least half of a line's words are known: a site may describe its pages."""
    return bool(words) and 2 * sum(word in known for word in words) >= len(words)


def _is_article(stated: object) -> bool:
    kind = stated.get("@type") if isinstance(stated, dict) else None
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(k, str) and k.endswith(("Article", "Posting", "Report")) for k in kinds)


def site_names(page: Page) -> tuple[str, ...]:
    """Return what the site may be called: by itself, in parts of its name, by its host."""
    name = site_name(page)
    address = page.url or page.meta("og:url")
    words = without_www(host(WebUrl(address))) if address else ""
    parts = words.split(".")
    return (name, *_SEPARATOR.split(name), words, parts[0], *parts[-2:-1])


def _name(stated: object) -> str:
    name = stated.get("name") if isinstance(stated, dict) else None
    return name if isinstance(name, str) else ""


def _plain(text: str) -> str:
    """Return letters and digits alone: "Le Monde.fr" and "lemonde.fr" are one name."""
    return _LETTERS.sub("", text).casefold()
