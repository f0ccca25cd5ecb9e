"""A Zoom-Marché is written: a `Zoom` comes in, one self-contained document goes out."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from watch.domain import Pages, Zoom
from watch.report.cited import KEY_FACTS, citations, day, groups, strongest
from watch.report.pages import environment
from watch.report.sections import SECTIONS, Desk
from watch.report.wording import Words
from watch.text.colours import readable

__all__ = ["write_zoom"]

_PAPER, _INK = "#ffffff", "#0b5c7a"
"""The accent as it stands in zoom.css, and where a cluster's own is not #rrggbb."""
_CSS = (Path(__file__).parent / "templates" / "zoom.css").read_text(encoding="utf-8")


def write_zoom(zoom: Zoom, language: str) -> Pages:
    """Return the report in one language; titles and excerpts stay as they were published.

    The document loads nothing and runs nothing: the only addresses in it are those of links.
    """
    page = environment(language)
    words = Words(language, page.filters["number"], page.filters["day"])
    accent = readable(zoom.cluster.accent, _PAPER, _INK)
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
        css=Markup(css),  # noqa: S704 - our own file and a colour that was checked
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
