"""A cluster's channel: a bulletin -> what Slack, Mattermost or Teams takes, and what they answered.

What others wrote is text: it makes no link, calls nobody (`@channel`) and changes no layout.
The address of a channel is a secret: whoever knows it may write there. It is never shown.

Sources: Slack, "Sending messages using incoming webhooks" and "Formatting text"; Mattermost,
"Incoming webhooks"; Microsoft, "Adaptive Cards", schema 1.4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from watch.domain import Bulletin, Fate, Line, Receipt
from watch.errors import Problem, SettingsError

__all__ = ["SHAPES", "Channel", "read_channel", "to_body", "to_receipt", "to_text", "variable"]

SHAPES = ("slack", "mattermost", "teams")

# Nothing was handed over: the way there was never open.
_NEVER_THERE = {"dns", "certificate"}
# What we, or the settings, forbid: asked again it would be forbidden again.
_FORBIDDEN = {"blocked", "bad_address", "bad_options", "too_many_redirects"}
_BUSY = {408, 425, 429}

# The address is a secret: it travels over TLS, or does not leave this machine.
_ADDRESS = re.compile(r"(?:https://|http://(?:127\.0\.0\.1|localhost)[:/])[\x21-\x7e]+")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~<>-])")
_IN_ADDRESSES = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "|": "%7C"})
_IN_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "¦"})


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a cluster's people read together."""

    shape: str
    """One of `SHAPES`."""
    url: str = field(repr=False)


def read_channel(written: str, where: str) -> Channel:
    """Return the channel that a setting names: its shape, a space, its address.

    Raises SettingsError, which names the setting (`where`) and never shows what stands in it.
    """
    shape, _, url = written.strip().partition(" ")
    url = url.strip()
    if shape not in SHAPES or not _ADDRESS.fullmatch(url):
        instead = f"write one of {', '.join(SHAPES)}, a space, and its https address"
        raise SettingsError(Problem(where, "this is no channel (it is not shown here)", instead))
    return Channel(shape, url)


def variable(cluster: str) -> str:
    """Return the name of the environment's variable that holds a cluster's channel.

    >>> variable("optique-sud")
    'ZOOM_MARCHE_CHANNEL_OPTIQUE_SUD'
    """
    return "ZOOM_MARCHE_CHANNEL_" + re.sub(r"[^A-Z0-9]", "_", cluster.upper())


def to_body(bulletin: Bulletin, shape: str) -> bytes:
    """Return what is posted, as JSON in UTF-8; equal bulletins give equal bytes."""
    made = {"slack": _slack, "mattermost": _mattermost, "teams": _teams}[shape](bulletin)
    return json.dumps(made, ensure_ascii=False).encode(errors="replace")


def to_text(bulletin: Bulletin) -> str:
    """Return what people will read, for a look before it goes."""
    parts = [bulletin.title, bulletin.greeting]
    parts += ["\n".join([one.title, *_below(one), one.url]) for one in bulletin.lines]
    return "\n\n".join(part for part in parts if part)


def to_receipt(status: int, reason: str = "", was_refused: bool = False) -> Receipt:
    """Return what became of a bulletin; `status` is 0 where no answer came, `reason` says why.

    `was_refused` says that nobody took the connection. Where it broke later, or nothing came in
    time, the service may have the bulletin: UNCERTAIN. Neither address nor answer is repeated.
    """
    said = f"status {status}" if status else reason
    if 200 <= status < 300:
        return Receipt(Fate.SENT)
    if status in _BUSY or status >= 500 or was_refused or reason in _NEVER_THERE:
        return Receipt(Fate.LATER, said)
    if status or reason in _FORBIDDEN:
        return Receipt(Fate.REFUSED, said)
    return Receipt(Fate.UNCERTAIN, said)


def _below(line: Line) -> list[str]:
    """Return what stands under a line's title."""
    facts = " · ".join(part for part in (line.source, line.amount, line.why) if part)
    return [part for part in (line.excerpt, facts) if part]


def _slack(bulletin: Bulletin) -> dict[str, Any]:
    def block(parts: Iterable[str]) -> dict[str, Any]:
        text = "\n".join(parts)
        return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}

    def said(text: str) -> str:
        return text.translate(_IN_SLACK)

    heads = [part for part in (f"*{said(bulletin.title)}*", said(bulletin.greeting)) if part]
    lines = [
        block([f"<{_address(one)}|{said(one.title)}>", *map(said, _below(one))])
        for one in bulletin.lines
    ]
    return {
        "text": said(bulletin.title),
        "blocks": [block(heads), *lines],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _mattermost(bulletin: Bulletin) -> dict[str, Any]:
    def said(text: str) -> str:
        # A sign without width keeps a name after "@" from calling anybody.
        return _MARKS.sub(r"\\\1", text).replace("@", "@\u200b")

    parts = [f"**{said(bulletin.title)}**", said(bulletin.greeting)]
    parts += [
        "\n".join([f"**[{said(one.title)}]({_address(one)})**", *map(said, _below(one))])
        for one in bulletin.lines
    ]
    return {"text": "\n\n".join(part for part in parts if part)}


def _teams(bulletin: Bulletin) -> dict[str, Any]:
    """Return an adaptive card of runs of text, in which no mark means anything."""

    def block(text: str, gap: str = "none", **more: Any) -> dict[str, Any]:
        run = {"type": "TextRun", "text": text, **more}
        return {"type": "RichTextBlock", "spacing": gap, "inlines": [run]}

    body = [block(bulletin.title, weight="bolder", size="large")]
    body += [block(bulletin.greeting, "small")] if bulletin.greeting else []
    for one in bulletin.lines:
        opened = {"type": "Action.OpenUrl", "url": one.url}
        body.append(block(one.title, "medium", weight="bolder", selectAction=opened))
        body += [block(text) for text in _below(one)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": bulletin.language,
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _address(line: Line) -> str:
    return line.url.translate(_IN_ADDRESSES)
