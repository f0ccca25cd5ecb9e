"""Why an item stands in its story, as a sentence for readers."""

from __future__ import annotations

import re

from watch.domain import Act, ActKind
from watch.text.translate import speaker

__all__ = ["act_in_words", "tie_in_words"]

_SHARE = re.compile(r"(?P<share>[01]\.\d\d) of the (?P<what>words|title)")


def tie_in_words(why: str, language: str) -> str:
    """Return what the watch found to tie an item to its story; "" for nothing.

    `why` is a `Placement`'s.

    >>> tie_in_words("0.82 of the words", "en")
    'words in common: 82%'
    >>> tie_in_words("Optralis, Grenoble", "en")
    'both name: Optralis, Grenoble'
    """
    _ = speaker(language)
    if found := _SHARE.fullmatch(why):
        said = {
            "words": _("words in common: {share}%"),
            "title": _("words of the title in common: {share}%"),
        }[found["what"]]
        return said.format(share=round(float(found["share"]) * 100))
    fixed = {
        "": "",
        "same text": _("the same text"),
        "same title": _("the same title"),
        "near in meaning": _("near in meaning"),
    }
    return fixed[why] if why in fixed else _("both name: {words}").format(words=why)


def act_in_words(act: Act, other: str, day: str, language: str) -> str:
    """Return what a person did to an item; `other` is the title of the other item concerned."""
    _ = speaker(language)
    said = {
        (ActKind.JOIN, True): _("joined with “{other}” by {name} on {day}"),
        (ActKind.JOIN, False): _("joined with “{other}” on {day}"),
        (ActKind.PART, True): _("parted from “{other}” by {name} on {day}"),
        (ActKind.PART, False): _("parted from “{other}” on {day}"),
    }[act.kind, bool(act.by)].format(other=other, name=act.by, day=day)
    return f"{said} ({act.remark})" if act.remark else said
