"""What came back: a message from the bounce mailbox -> which letter did not arrive, and why.

Only a delivery report (RFC 3464) that came to a signed return path of ours counts. Everything
else is left alone: holiday notes, answers, forgeries, letters that go round in circles. Nothing
is ever answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from watch.deliver.verp import returned
from watch.text.clean import as_line

__all__ = ["Bounce", "read_bounce"]

# Where servers write to which address a message came, the surest first.
_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_MOST_HOPS = 50
"""RFC 5321, section 6.3, calls a hundred a loop; honest reports have fewer than ten."""
_MOST_BYTES = 1_000_000

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
# The address does not exist, or its mailbox is closed (RFC 3463); 5.1.7 and 5.1.8 are the sender's.
_THE_ADDRESS = re.compile(r"5\.(?:1\.(?![78]$)\d{1,3}|2\.1)$")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One letter that came back."""

    letter: str
    """Its key."""
    is_for_good: bool
    """The address does not exist: it is not to be written to again."""
    detail: str
    """What the last server said, on one line."""


def read_bounce(raw: bytes, secret: bytes, mailbox: str) -> Bounce | None:
    """Return what a message says of a letter of ours, None where it says nothing that counts.

    A delay is no bounce: that server goes on trying by itself.
    """
    message = message_from_bytes(raw[:_MOST_BYTES])
    if len(message.get_all("Received", [])) > _MOST_HOPS or not _is_report(message):
        return None
    key = next(filter(None, (returned(secret, mailbox, to) for to in _recipients(message))), "")
    said = _said(message)
    if not key or said is None:
        return None
    status, detail = said
    return Bounce(key, bool(_THE_ADDRESS.match(status)), f"{status} {detail}".strip()[:300])


def _is_report(message: Message) -> bool:
    kind = message.get_param("report-type")
    is_delivery = isinstance(kind, str) and kind.lower() == "delivery-status"
    return message.get_content_type() == "multipart/report" and is_delivery


def _recipients(message: Message) -> list[str]:
    written = [str(value) for name in _RECIPIENTS for value in message.get_all(name, [])]
    return [address for _, address in getaddresses(written)]


def _said(message: Message) -> tuple[str, str] | None:
    """Return status and words of the first reader to whom delivery has failed."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.walk():
            status = _STATUS.search(str(fields.get("Status", "")))
            if str(fields.get("Action", "")).strip().lower() == "failed" and status:
                return status[0], as_line(str(fields.get("Diagnostic-Code", "")))
    return None
