"""Evidence shown where it stands: a text and words of it -> safe HTML with the words marked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

__all__ = ["marked", "paragraphs"]


def marked(text: str, evidence: Iterable[str]) -> Markup:
    """Return the text as HTML, everything escaped, with each piece of evidence in <mark>.

    Pieces are looked for as they are written, as whole words; of two that overlap the longer
    one is marked.

    >>> str(marked("Un lidar <b>", ["lidar"]))
    'Un <mark>lidar</mark> &lt;b&gt;'
    """
    pieces = sorted({piece for piece in evidence if piece.strip()}, key=len, reverse=True)
    if not pieces:
        return escape(text)
    pattern = "|".join(re.escape(piece) for piece in pieces)
    shown = Markup()
    last = 0
    for found in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text):
        shown += escape(text[last : found.start()])
        shown += Markup("<mark>{}</mark>").format(found[0])
        last = found.end()
    return shown + escape(text[last:])


def paragraphs(text: str, evidence: Iterable[str]) -> list[Markup]:
    """Return the lines of a text that are not empty, each marked."""
    pieces = list(evidence)
    return [marked(line, pieces) for line in text.splitlines() if line.strip()]
