"""A Zoom-Marché is written: a `Zoom` comes in, one self-contained document goes out."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from watch.domain import Pages, Zoom
from watch.report.cited import KEY_FACTS, citations, day, groups, strongest
from watch.report.pages import environment
from watch.report.sections import SECTIONS, Desk
from watch.report.wording import Words

__all__ = ["readable", "write_zoom"]

_INK = "#0b5c7a"
"""The accent as it stands in zoom.css, and where a cluster's own is not #rrggbb."""
_CSS = (Path(__file__).parent / "templates" / "zoom.css").read_text(encoding="utf-8")


def write_zoom(zoom: Zoom, language: str) -> Pages:
    """Return the report in one language; titles and excerpts stay as they were published.

    The document loads nothing and runs nothing: the only addresses in it are those of links.
    """
    page = environment(language)
    words = Words(language, page.filters["number"], page.filters["day"])
    accent = readable(zoom.cluster.accent)
    facts, found = strongest(zoom.stories, KEY_FACTS), groups(zoom)
    desk = Desk(zoom, words, accent, facts, found, citations(facts, found))
    css = _CSS.replace(_INK, accent)
    title = f"Zoom-Marché · {words.text(zoom.market.label) or zoom.market.id}"
    html = page.get_template("zoom.html").render(
        zoom=zoom,
        words=words,
        say=words.say,
        count=words.count,
        title=title,
        made_on=day(zoom.made_at, zoom),
        tallies=_tallies(desk),
        css=Markup(css),  # our own file and a colour that was checked
        css_digest=b64encode(sha256(css.encode()).digest()).decode(),
        sections=[section for write in SECTIONS if (section := write(desk)) is not None],
    )
    return Pages(title, language, html)


def _tallies(desk: Desk) -> list[tuple[str, str]]:
    """Return the three figures of the cover, each with its name; what is none is left out."""
    words, records = desk.words, desk.zoom.collection.records
    figures = (
        ("story", "stories", len(desk.zoom.stories)),
        ("technology", "technologies", sum(group.topic is not None for group in desk.groups)),
        ("source visited", "sources visited", sum(record.visits > 0 for record in records)),
    )
    return [(words.number(n), words.count(one, many, n)) for one, many, n in figures if n]


def readable(colour: str) -> str:
    """Return the colour, as dark as it must be to be read on white (4.5 to 1 at least).

    Source: WCAG 2.1, success criterion 1.4.3, relative luminance and contrast ratio.

    >>> readable("#0b5c7a"), readable("#ffcc00"), readable("url(x)")
    ('#0b5c7a', '#8d7000', '#0b5c7a')
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return _INK
    parts = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    while 1.05 / (_luminance(parts) + 0.05) < 4.5:
        parts = [int(part * 0.95) for part in parts]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(parts: list[int]) -> float:
    shares = [part / 255 for part in parts]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
