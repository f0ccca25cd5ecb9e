"""Every sentence of the pages has its French."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

import watch.web
from watch.text.translate import catalogue

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


def test_every_sentence_of_the_pages_is_translated() -> None:
    folder = Path(watch.web.__file__).parent
    french = catalogue("fr")
    # Words that are the same in both languages.
    same = {"Sources", "Source", "Pages", "Technologies", "Versions", "version {version}", "expert"}
    found = extract_from_dir(folder, METHODS, keywords={"_": None, "ngettext": (1, 2)})
    messages = [message for _, _, message, _, _ in found]
    missing = [
        message
        for message in messages
        if (
            french.gettext(message) == message
            if isinstance(message, str)
            else french.ngettext(message[0], message[1], 2) == message[1]
        )
    ]

    assert len(messages) > 150
    assert {m if isinstance(m, str) else m[0] for m in missing} <= same | {"{n} source"}
