"""What all letters look like: one set of rules, and the cluster's colour."""

from __future__ import annotations

from functools import cache

from css_inline import CSSInliner
from jinja2 import Template

from watch.domain import Cluster
from watch.report.pages import environment
from watch.text.colours import readable

__all__ = ["accents", "template_of"]

# Colours of the template: those of the accent are replaced by the cluster's own.
_ACCENT, _ACCENT_IN_THE_DARK = "#0b5c7a", "#7cc4e0"
_PAPER, _NIGHT = "#f3f6f7", "#222a2f"
"""The grounds on which the accent has least contrast, by day and in the dark."""


@cache
def template_of(name: str, language: str) -> Template:
    """Return a page with its rules written into each element, as mail clients need them.

    Inlining costs more than rendering: it is done once, with the places still to be filled. All
    letters share one set of rules; `accent` and `accent_in_the_dark` are the cluster's colour.
    """
    page = environment(language)
    assert page.loader is not None
    source, rules = (page.loader.get_source(page, one)[0] for one in (name, "letter.css"))
    inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    inlined = inliner.inline(source.replace('{% include "letter.css" %}', rules))
    inlined = inlined.replace(_ACCENT, "{{ accent }}")
    return page.from_string(inlined.replace(_ACCENT_IN_THE_DARK, "{{ accent_in_the_dark }}"))


def accents(cluster: Cluster) -> dict[str, str]:
    """Return the cluster's colour as it can be read by day and in the dark."""
    return {
        "accent": readable(cluster.accent, _PAPER, _ACCENT),
        "accent_in_the_dark": readable(cluster.accent, _NIGHT, _ACCENT),
    }
