"""A page's body -> its tree, within fixed bounds, without what a reader does not see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from watch.sources.encoding import to_utf8
from watch.sources.health import VisitFailed
from watch.sources.pages.bounds import MOST_BYTES, MOST_DEPTH, MOST_TAGS, has_crowded_tag
from watch.sources.request import Reply
from watch.text.urls import joined

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_UNSEEN = ("script", "style", "template", "noscript", "iframe", "svg", "select", "button")
_NO_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_APART = frozenset({"nav", "footer", "aside", "form", "menu", "dialog"})
_ROLES = frozenset({"navigation", "contentinfo", "complementary", "search", "banner", "dialog"})
_APART_WORDS = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|breadcrumbs?|footer|sidebar|cookies?|consent|rgpd|gdpr|pager"
    r"|pagination|share|social|tagcloud|widget|related|newsletter|skip|ads?|advert\w*|banner|pub"
    r"|sponsors?|carousel|slider|login|langu\w*)(?:$|[-_\s])",
    re.IGNORECASE,
)
_WHOLE = frozenset({"html", "body", "main", "article"})


def read_tree(reply: Reply) -> BeautifulSoup:
    """Return what a reader sees of a page.

    Raises `VisitFailed`: empty, too_large (more elements than any page has), dangerous (too deep,
    or too many attributes).
    """
    # A worker that visits feeds alone need not carry the parser of pages.
    from bs4 import BeautifulSoup

    if not reply.body.strip():
        raise VisitFailed("empty")
    written = to_utf8(reply.body[:MOST_BYTES], reply.content_type)
    if written.count(b"<") > 2 * MOST_TAGS:
        raise VisitFailed("too_large", "too many elements")
    if has_crowded_tag(written):
        raise VisitFailed("dangerous", "an element has too many attributes")
    html = written.decode("utf-8", "replace")
    tree = BeautifulSoup(html.replace("\0", ""), "lxml")
    _check_depth(tree)
    _take_out(tree, _is_unseen)
    return tree


def base_of(tree: Tag, url: str) -> str:
    """Return the address that completes the page's relative links."""
    base = tree.find("base", href=True)
    return joined(url, str(base["href"])) if base else url


def words_of(element: Tag) -> str:
    """Return the visible text of an element on one line."""
    return " ".join(element.get_text(" ").split())


def without_frame(tree: BeautifulSoup) -> Tag:
    """Return the page without menus, side columns, banners; the tree itself is changed."""
    _take_out(tree, _is_frame)
    return tree.find("main") or tree.find(role="main") or tree.body or tree


def inside(element: Tag, *names: str) -> Iterator[Tag]:
    """Yield the elements of some names that lie in one, in the page's order.

    The library's own search makes a rule of each question and asks it of each element: it takes
    ten times as long, and a list's blocks are asked for their links by the hundred.
    """
    # A text between elements has no name; the library's own types are not loaded here.
    for one in element.descendants:
        if one.name in names:  # type: ignore[attr-defined]
            yield one  # type: ignore[misc]


def links_in(element: Tag) -> Iterator[Tag]:
    """Yield the links that lie in an element."""
    return (one for one in inside(element, "a") if "href" in one.attrs)


def classes_of(element: Tag) -> list[str]:
    """Return the classes of an element."""
    found = element.get("class")
    return str(found).split() if isinstance(found, str) else list(found or ())


def _take_out(tree: BeautifulSoup, is_to_go: Callable[[Tag], bool]) -> None:
    """Take elements out of a tree, each with all that lies below it."""
    # Not by asking each whether it is `decomposed`: that searches all that lies below it.
    gone: set[int] = set()
    outermost: list[Tag] = []
    for element in tree.find_all(True):
        if id(element.parent) in gone:
            gone.add(id(element))
        elif is_to_go(element):
            gone.add(id(element))
            outermost.append(element)
    # The library seeks an element among its brothers from the first one on: quadratic where many
    # go, 5 s for 12,000 scripts. Alone with its parent each is found at once.
    parents = {id(one.parent): one.parent for one in outermost if one.parent is not None}
    left = {
        key: [child for child in parent.contents if id(child) not in gone]
        for key, parent in parents.items()
    }
    for element in outermost:
        if element.parent is not None:
            element.parent.contents = [element]
        element.decompose()
    for key, parent in parents.items():
        parent.contents = left[key]


def _check_depth(tree: BeautifulSoup) -> None:
    depths: dict[int, int] = {id(tree): 0}
    for element in tree.find_all(True):
        depth = depths[id(element.parent)] + 1
        if depth > MOST_DEPTH:
            raise VisitFailed("dangerous", "it nests too deep")
        depths[id(element)] = depth


def _is_unseen(element: Tag) -> bool:
    style = str(element.get("style") or "")
    return element.name in _UNSEEN or "hidden" in element.attrs or bool(_NO_DISPLAY.search(style))


def _is_frame(element: Tag) -> bool:
    if element.name in _WHOLE:
        return False
    if element.name in _APART or str(element.get("role") or "") in _ROLES:
        return element.find("main") is None
    if element.name == "header":
        return element.find_parent(["article", "main", "li"]) is None
    names = " ".join((*classes_of(element), str(element.get("id") or "")))
    return bool(names and _APART_WORDS.search(names)) and element.find(["h1", "main"]) is None
