"""What all letters have in common: how they look, whom they are from, how they are left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from jinja2 import Template

from watch.domain import Cluster, Letter, Subscriber
from watch.report.pages import environment
from watch.text.clean import one_line
from watch.text.colours import readable
from watch.text.translate import LANGUAGES

__all__ = ["RULE", "addressed", "as_text", "html_of", "post_of", "sender_of", "source_of", "spoken"]

_WIDTH = 72
RULE = "-" * _WIDTH
"""The line between two parts of a text."""

# Colours of the template: those of the accent are replaced by the cluster's own.
_ACCENT, _ACCENT_IN_THE_DARK = "#0b5c7a", "#7cc4e0"
_PAPER, _NIGHT = "#f3f6f7", "#222a2f"
"""The grounds on which the accent has least contrast, by day and in the dark."""


def spoken(reader: Subscriber, cluster: Cluster) -> str:
    """Return the language of a reader's letters: his, else the cluster's."""
    wished = (reader.language, cluster.language)
    return next((code for code in wished if code in LANGUAGES), "en")


def addressed(
    cluster: Cluster, reader: Subscriber, key: str, subject: str, html: str, text: str, leave: str
) -> Letter:
    """Return a letter from a cluster to a reader; `leave` is the address that ends them all."""
    sender = sender_of(cluster)
    names = (one_line(cluster.sender_name, 80), one_line(cluster.name, 80))
    return Letter(
        key=key,
        message_id=f"<{key}@{sender.rpartition('@')[2]}>",
        to=reader.email,
        to_name=one_line(reader.name, 100),
        sender=sender,
        sender_name=" · ".join(filter(None, names)),
        subject=subject,
        html=html,
        text=text,
        language=spoken(reader, cluster),
        headers=_headers(cluster, sender, leave),
    )


def sender_of(cluster: Cluster) -> str:
    """Return the address that readers answer."""
    host = urlsplit(cluster.base_url).hostname or "localhost"
    return cluster.sender_address or f"{cluster.slug}@{host}"


def _headers(cluster: Cluster, sender: str, leave_url: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that tell mail clients what this is and how to leave it (RFC 8058)."""
    domain = sender.rpartition("@")[2]
    ways = [f"<mailto:{sender}?subject=unsubscribe>"]
    found = [
        ("Reply-To", sender),
        ("List-Id", f"<{cluster.slug}.{domain}>"),
        ("Auto-Submitted", "auto-generated"),
    ]
    if leave_url:
        ways.insert(0, f"<{leave_url}>")
    found.append(("List-Unsubscribe", ", ".join(ways)))
    if leave_url.startswith("https://"):
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return tuple(found)


def post_of(cluster: Cluster) -> str:
    """Return who writes and where he is found by post."""
    return " · ".join(
        one_line(part, 200) for part in (cluster.name, cluster.postal_address) if part
    )


# -- the page


def html_of(name: str, cluster: Cluster, language: str, **values: Any) -> str:
    """Return a letter as a page in the cluster's colour; `values` fill its places."""
    return _template(name, language).render(
        language=language,
        accent=readable(cluster.accent, _PAPER, _ACCENT),
        accent_in_the_dark=readable(cluster.accent, _NIGHT, _ACCENT),
        **values,
    )


def source_of(name: str, language: str) -> str:
    """Return the whole template of a letter: the frame and the rules that all share, around it."""
    page = environment(language)
    assert page.loader is not None
    frame, rules, letter = (
        page.loader.get_source(page, one)[0] for one in ("sheet.html", "letter.css", name)
    )
    frame = frame.replace('{% include "letter.css" %}', rules)
    return frame.replace("{% include letter %}", letter)


@cache
def _template(name: str, language: str) -> Template:
    """Return a page with its rules written into each element, as mail clients need them.

    Inlining costs more than rendering: it is done once, with the places still to be filled.
    """
    inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    inlined = inliner.inline(source_of(name, language)).replace(_ACCENT, "{{ accent }}")
    inlined = inlined.replace(_ACCENT_IN_THE_DARK, "{{ accent_in_the_dark }}")
    return environment(language).from_string(inlined)


# -- the text


def as_text(blocks: Iterable[Sequence[str]]) -> str:
    """Return blocks of lines as plain text, 72 columns wide; addresses stay whole."""
    return "\n\n".join("\n".join(map(_wrapped, block)) for block in blocks if block) + "\n"


def _wrapped(sentence: str) -> str:
    """Return the sentence in lines of at most 72 characters, cut at plain spaces only."""
    if len(sentence) <= _WIDTH:
        return sentence
    return "\n".join(_rows(sentence.split(" ")))


def _rows(words: Iterable[str]) -> Iterable[str]:
    row = ""
    for word in words:
        if row and len(row) + 1 + len(word) > _WIDTH:
            yield row
            row = word
        else:
            row = f"{row} {word}" if row else word
    yield row
