"""The pages of the demonstration: one event told in two languages, and why a tag stands."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.cli.terminal import typed

SAID = {"fr": ("aussi vu dans", "Repéré par"), "en": ("also seen in", "Recognised by")}


@pytest.mark.slow
def test_the_zoom_shows_stories_of_two_languages_with_their_outlets_and_why_they_are_there(
    tmp_path: Path,
) -> None:
    (shown,) = typed(tmp_path, ["demo"])
    assert shown.code == 0, shown.err

    told = _told_in_two_languages(tmp_path / "watch.sqlite3")
    for language, (elsewhere, because) in SAID.items():
        (path,) = (tmp_path / "reports").glob(f"*-{language}.html")
        facts = _facts(path)
        both = [
            fact
            for fact in facts
            for outlets in told
            if elsewhere in fact and all(outlet in fact for outlet in outlets)
        ]
        assert both, f"{path.name}: no story of two languages with its outlets"
        # Each says by which words it was found, in that language.
        reasons = [fact for fact in facts if re.search(rf"{because}.*?[«“][^»”]+[»”]", fact)]
        assert reasons, f"{path.name}: no reason of a tag"


def _facts(path: Path) -> list[str]:
    """Return the stories of a page as words."""
    page = path.read_text("utf-8")
    facts = re.findall(r'<li class="fact">.*?</li>', page, flags=re.DOTALL)
    return [
        re.sub(r"<[^>]+>", "", fact).replace("&#39;", "'").replace("&amp;", "&") for fact in facts
    ]


def _told_in_two_languages(path: Path) -> list[list[str]]:
    """Return the outlets of each story that was told in French and in English."""
    with sqlite3.connect(path) as base:
        rows = base.execute("SELECT story, language, outlet FROM store_item").fetchall()
    stories: dict[str, list[tuple[str, str]]] = {}
    for story, language, outlet in rows:
        stories.setdefault(story, []).append((language, outlet))
    return [
        sorted({outlet for _language, outlet in items})
        for items in stories.values()
        if {"fr", "en"} <= {language for language, _outlet in items}
    ]
