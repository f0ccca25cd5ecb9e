"""A post through a mail provider's own interface, and what the provider tells of letters later.

The one file that knows django-anymail (the extra `mail-providers`). The letter's Message-ID and
headers go as they are; the provider is asked to count neither openings nor clicks. What it tells
later counts only where it is signed, or comes with the name and password that we gave it.

Sources: django-anymail, "Supported ESPs" and "Securing webhooks"; Mailgun, "Webhooks, securing";
Postmark and Brevo, "Webhooks".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from watch.deliver import Following, nothing
from watch.deliver.bounces import Bounce
from watch.deliver.deadline import Deadline
from watch.deliver.message import check, from_of, headers_of, to_of
from watch.domain import Fate, Letter, Receipt
from watch.errors import PostError, Problem, SettingsError
from watch.text.clean import as_line

__all__ = ["PROVIDERS", "Provider", "ProviderPost", "Told", "read_told"]

PROVIDERS = {"mailgun": "Mailgun", "postmark": "Postmark", "brevo": "Brevo"}
"""By the name in the settings: how django-anymail calls its classes."""

_KEYS = {"mailgun": "api_key", "postmark": "server_token", "brevo": "api_key"}
_SIGNS = frozenset({"mailgun"})
"""Who signs what it tells; the others send the name and the password that they were given."""

_EXTRA = "pip install 'zoom-marche[mail-providers]'"
_TIMEOUT = 30.0
"""Seconds for one letter as a whole: an answer that drips is cut off."""
_MOST_ANSWER = 200_000
# Between us and the provider somebody gave up waiting: the letter may have been taken.
_NOBODY_KNOWS = {502, 504}


@dataclass(frozen=True, slots=True)
class Provider:
    """Who sends for us. `key` lets letters in; `signing` vouches for what comes back."""

    name: str
    """One of `PROVIDERS`."""
    key: str = field(repr=False)
    signing: str = field(default="", repr=False)
    """A key to sign with (Mailgun), else `name:password`; without it nothing is believed."""
    url: str = ""
    """Where its interface lies, where not at the usual place: Mailgun has one in Europe."""

    def __post_init__(self) -> None:
        """Raise SettingsError for a provider that we do not know, or an open address."""
        if self.name not in PROVIDERS:
            raise SettingsError(Problem("[post] provider", self.name, ", ".join(PROVIDERS)))
        if self.url and not self.url.startswith(("https://", "http://127.0.0.1:")):
            raise SettingsError(Problem("[post] provider_url", self.url, "https://…"))


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider tells of one letter."""

    letter: str
    """Its key."""
    kind: str
    """bounced, complained or unsubscribed."""
    bounce: Bounce | None = None


class ProviderPost:
    """A mail provider; one connection, kept between letters."""

    def __init__(self, provider: Provider, timeout: float = _TIMEOUT) -> None:
        """`timeout` is in seconds, for one letter as a whole."""
        module = _module("backends", provider.name)
        place = {"api_url": provider.url} if provider.url else {}
        given = {_KEYS[provider.name]: provider.key, **place, "timeout": timeout}
        # What a provider cannot do is left out, and is nothing but the asking not to count.
        self._backend = module.EmailBackend(ignore_unsupported_features=True, **given)
        self._name = provider.name
        self._timeout = timeout
        self._deadline: Deadline | None = None

    def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
        """Hand one letter over; where the connection breaks, the provider may have it."""
        from anymail.exceptions import AnymailError, AnymailRecipientsRefused
        from requests import RequestException

        from watch.deliver.bounded import bind

        try:
            check(letter)
        except ValueError as reason:
            return Receipt(Fate.REFUSED, str(reason))
        try:
            if self._backend.open():
                # What the environment says of proxies and passwords is not for us, and a key
                # does not follow a redirect.
                self._backend.session.trust_env = False
                self._backend.session.max_redirects = 0
                self._deadline = bind(self._backend.session, self._timeout, _MOST_ANSWER)
            message = _message(letter, self._name)
            self._backend.send_messages([message])
        except AnymailRecipientsRefused as reason:
            return Receipt(Fate.REFUSED, _words(reason))
        except AnymailError as reason:
            return self._failed(reason)
        except RequestException as reason:
            return Receipt(Fate.UNCERTAIN, type(reason).__name__)
        said = message.anymail_status.status or {"unknown"}
        return Receipt(Fate.SENT if said <= {"sent", "queued"} else Fate.LATER, " ".join(said))

    def proceed(self) -> None:
        """Nothing is begun ahead of its letter."""

    def close(self) -> None:
        """Let go of the connection."""
        self._backend.close()
        if self._deadline:
            self._deadline.close()

    def _failed(self, reason: Any) -> Receipt:
        status = reason.status_code or 0
        if status in {401, 403}:
            what = f"{self._name} does not know this key or this sender (status {status})"
            raise PostError(Problem("[post] provider", what, "see ZOOM_MARCHE_PROVIDER_KEY"))
        if status in _NOBODY_KNOWS or (not status and not _was_never_there(reason)):
            return Receipt(Fate.UNCERTAIN, _words(reason))
        return Receipt(Fate.LATER, _words(reason))


def read_told(provider: Provider, request: Any) -> list[Told] | None:
    """Return what a provider tells, a Django request; None where it is not from the provider.

    Only a letter's end counts: that it came back, that its reader complained or unsubscribed.
    """
    if not provider.signing:
        return None
    from anymail.exceptions import AnymailError

    view = getattr(
        _module("webhooks", provider.name), f"{PROVIDERS[provider.name]}TrackingWebhookView"
    )
    vouches = "webhook_signing_key" if provider.name in _SIGNS else "webhook_secret"
    try:
        made = view(**{vouches: provider.signing})
        made.run_validators(request)
        events = made.parse_events(request)
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return [told for event in events if (told := _told(event))]


def _told(event: Any) -> Told | None:
    letter = str((event.metadata or {}).get("letter", ""))
    if not letter or event.event_type not in {"bounced", "rejected", "complained", "unsubscribed"}:
        return None
    if event.event_type in {"complained", "unsubscribed"}:
        return Told(letter, event.event_type)
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    kind = str(raw.get("event") or raw.get("Type") or "").lower()
    # A full mailbox is no wrong address; what a provider itself holds back says nothing of it.
    is_gone = event.event_type == "bounced" and event.reject_reason in {"bounced", "invalid"}
    detail = " ".join(str(event.mta_response or event.description or kind).split())[:300]
    return Told(letter, "bounced", Bounce(letter, is_gone and "soft" not in kind, detail))


def _message(letter: Letter, name: str) -> Any:
    from anymail.message import AnymailMessage

    headers = {"Message-ID": letter.message_id, **headers_of(letter)}
    if name == "postmark":
        headers["X-PM-KeepID"] = "true"  # else Postmark writes a Message-ID of its own
    message = AnymailMessage(letter.subject, letter.text, from_of(letter), [to_of(letter)])
    message.extra_headers = headers
    message.attach_alternative(letter.html, "text/html")
    message.metadata = {"letter": letter.key}
    message.track_clicks = message.track_opens = False
    return message


def _was_never_there(reason: Any) -> bool:
    """Return whether no connection was made, so that the provider cannot have the letter."""
    from requests import exceptions
    from urllib3.exceptions import NewConnectionError

    if isinstance(reason, exceptions.SSLError | exceptions.ConnectTimeout | exceptions.InvalidURL):
        return True
    if isinstance(reason, exceptions.TooManyRedirects):
        return True
    cause = reason.__cause__
    inner = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    return isinstance(inner, NewConnectionError)


def _words(reason: Any) -> str:
    """Return a failure in few words: status and answer, never what was sent."""
    status, response = getattr(reason, "status_code", None), getattr(reason, "response", None)
    said = f"status {status} {response.text[:300]}" if status and response is not None else ""
    return as_line(said) or type(reason).__name__


def _module(kind: str, name: str) -> Any:
    try:
        return import_module(f"anymail.{kind}.{name}")
    except ImportError as reason:
        what = "mail providers need a package that is not installed"
        raise SettingsError(Problem("[post] kind", what, _EXTRA)) from reason
