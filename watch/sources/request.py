"""What is asked of the web, and what came back: plain values between a kind and the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Reply", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Secrets stand in `headers` and `secrets`, which are never shown or kept."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent to the origin of `url` alone, never after a redirect elsewhere."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Query parameters that hold keys: put on the address in the moment of asking."""
    body: bytes = b""
    accepts: frozenset[int] = frozenset()
    """Statuses besides 200 whose body is an answer to be read (an error told in JSON)."""
    step: str = ""
    """Where its kind stands in what it asks; for the kind's own `read`."""
    may_fail: bool = False
    """Of a further request: its failure is told to `read` and does not end the visit."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for a request, redirects followed."""

    request: Request
    url: str
    """Where the answer came from in the end; without secrets."""
    body: bytes
    headers: Mapping[str, str]
    asked_at: datetime
    status: int = 200
    reason: str = ""
    """Why nothing came back, of a request that may fail: one of `health.REASONS`."""

    @property
    def content_type(self) -> str:
        """Return what the answer says of its own type, or ""."""
        return self.headers.get("Content-Type", "")
