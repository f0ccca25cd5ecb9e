"""Why a visit failed, in words for an officer: what is the matter, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from watch.text.translate import speaker

LONGEST_WAIT = timedelta(days=1)
OF_THE_HOST = frozenset({"certificate", "dns", "timeout", "too_many", "unreachable"})
"""Reasons that are the host's own: its other addresses would fare no better now."""

_ASK = "Open the address in a browser; if it has moved, enter the new one."
_WAIT = "Nothing to do now: we try again later. If it lasts for days, look for another source."
_WRITE = "Write to the site and ask for a well-formed feed, or look for another source."

REASONS: Mapping[str, tuple[str, str]] = {
    "bad_address": (
        "The address cannot be used: it is not a plain http or https address.",
        "Correct the address of the source.",
    ),
    "bad_answer": ("The site answers against the rules of the web.", _WAIT),
    "bad_encoding": ("The answer is packed in a way that we did not ask for.", _WAIT),
    "bad_options": (
        "What is set for this source does not fit its kind.",
        "Look at its settings: `zoom-marche source check` says which.",
    ),
    "blocked": (
        "The address leads to a machine inside a private network.",
        "If this source is really inside, ask your administrator to open its exact address.",
    ),
    "broken": ("What the source sent could not be read.", _WRITE),
    "certificate": (
        "The site cannot prove who it is: its certificate is wrong or has expired.",
        "Tell the site; we come back once its certificate is right.",
    ),
    "cut_short": (
        "The answer ended early; the complete entries were kept.",
        "Nothing to do now: we ask for the whole again at the next visit.",
    ),
    "dangerous": (
        "The feed is built in a way that is used to attack its readers; it was not read.",
        _WRITE,
    ),
    "dns": (
        "Nobody knows a site of this name.",
        "Check the spelling of the address; the site may have closed.",
    ),
    "empty": ("The answer is empty.", _WAIT),
    "gone": (
        "The site says that this feed is closed for good.",
        "Look for its successor, or remove the source.",
    ),
    "malformed": (
        "The feed is badly written; what could be read was kept.",
        "Nothing to do, unless entries are missing: then write to the site.",
    ),
    "missing": ("There is nothing at this address any more.", _ASK),
    "no_key": (
        "The service wants a key that is not set here.",
        "Ask the service for a key; your administrator sets it, as the guide says under Secrets.",
    ),
    "no_recipe": (
        "Nobody has said yet which parts of this page are its articles.",
        "See what `zoom-marche source check` proposes for it, and keep it with `source add`.",
    ),
    "not_a_feed": ("The answer is a page or another document, not a feed.", _ASK),
    "not_a_sitemap": ("The answer is a page or another document, not a sitemap.", _ASK),
    "not_records": (
        "The service answered with a page or a message instead of records.",
        _WAIT,
    ),
    "refused": (
        "The site refuses to let us in.",
        "Ask the site for access, or look for another source.",
    ),
    "robots": (
        "The site asks robots, and so us, not to visit this address.",
        "Ask the site for permission, or look for another source.",
    ),
    "shape_changed": (
        "The page has changed its looks: where its items stood there is nothing, or other things.",
        "See where `zoom-marche source check` finds its items now, and keep it with `source add`.",
    ),
    "server_error": ("The site has an internal fault.", _WAIT),
    "timeout": ("The site did not answer in time.", _WAIT),
    "too_heavy": (
        "The page takes more time or memory to read than any page is worth; it was given up.",
        "Nothing to do: what the feed itself says of it is kept.",
    ),
    "too_large": (
        "The answer is larger than we let in.",
        "Look for a shorter feed on the site, for instance one by topic.",
    ),
    "too_many": ("The site finds that we come too often.", "Choose a longer time between visits."),
    "too_many_redirects": ("The address sends us from one place to the next without end.", _ASK),
    "unknown_kind": (
        "This kind of source is not known here.",
        "Choose one of the kinds that the list offers.",
    ),
    "unreachable": ("The site does not accept the connection, or breaks it off.", _WAIT),
}
"""Machine word -> (what is the matter, what to do), both English sentences to be translated."""


class VisitFailed(Exception):
    """A visit cannot go on; `travel` makes a failed `Harvest` of it. Known to this craft alone."""

    def __init__(
        self, reason: str, detail: str = "", status: int = 0, wait: timedelta | None = None
    ) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.wait = wait


def explain(reason: str, language: str) -> tuple[str, str]:
    """Return what is the matter and what to do, as two sentences in `language`.

    >>> explain("empty", "en")[0]
    'The answer is empty.'
    """
    cause, remedy = REASONS.get(reason, REASONS["broken"])
    _ = speaker(language)
    return _(cause), _(remedy)
