"""A folder of a mailbox -> the articles of the newsletters that came since the last visit.

The line is encrypted or there is none; the guard looks at each address in the moment in which it
is connected; one deadline ends the whole visit. Letters are looked at, never marked, moved or
answered.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, quote, unquote, urlencode

from watch.domain import Manners, Visit
from watch.sources.door import guard
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.papers.letter import entries_of, read_letter
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.asking import since

__all__ = ["NEWSLETTER", "mailbox_address"]

_PORT = 993
# The first part of a letter holds its words; what comes after two million bytes are pictures.
_MOST_OF_ONE = 2_000_000
_MOST_LETTERS = 50
"""In one visit; the next one reads on."""
_MOST_ANSWER = 4_000_000
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MARK = re.compile(r"(\d{1,10}) (\d{1,10})")
_KEY = re.compile(r"[a-z0-9_]{1,40}")
_FILTER = re.compile(r"[A-Za-z0-9@._+<> -]{1,120}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Which folder of whose mailbox, on which server."""

    user: str
    host: str
    port: int
    folder: str


def mailbox_address(written: str) -> str:
    """Return the one address of a mailbox's folder, or "" for what is none.

    Two sources of one folder are told apart by what they take of it: `?from=...`, `?list=...`.

    >>> mailbox_address("IMAPS://veille@mutuelle.example@IMAP.example.org/Revues de presse")
    'imaps://veille%40mutuelle.example@imap.example.org/Revues%20de%20presse'
    """
    place = _place(written.strip())
    if place is None:
        return ""
    port = "" if place.port == _PORT else f":{place.port}"
    user = quote(place.user, safe="")
    only = {name: text for name, text in _only(written).items() if not _wrong_filter(text)}
    query = f"?{urlencode(only)}" if only else ""
    return f"imaps://{user}@{place.host}{port}/{quote(place.folder, safe='/')}{query}"


def _only(written: str) -> dict[str, str]:
    """Return what an address says of the letters that are wanted."""
    said = dict(parse_qsl(written.partition("?")[2]))
    return {name: said[name] for name in ("from", "list") if name in said}


def _place(written: str) -> _Place | None:
    found = re.fullmatch(
        r"imaps://([^/]{1,200})@([A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?(?:/(.{0,200}))?",
        written.partition("?")[0],
        re.IGNORECASE,
    )
    if not found or any(not sign.isprintable() for sign in unquote(written)):
        return None
    user, folder = unquote(found[1]), unquote(found[4] or "") or "INBOX"
    # A password has no place in an address; neither has what would end a line of the protocol.
    if ":" in user or '"' in folder + user or "\\" in folder + user:
        return None
    return _Place(user, found[2].lower(), int(found[3] or _PORT), folder.strip("/"))


# -- the line -------------------------------------------------------------------------------


class _Line(imaplib.IMAP4):
    """A line to a mail server: encrypted, to an address that the guard lets through, bounded."""

    def __init__(self, place: _Place, manners: Manners, late: threading.Event) -> None:
        self._place = place
        self._manners = manners
        self._late = late
        self._watchdog: threading.Timer | None = None
        super().__init__(place.host, place.port, timeout=manners.deadline.total_seconds())

    def _create_socket(self, timeout: float | None) -> socket.socket:
        place, manners = self._place, self._manners
        listed = manners.directory.get(f"{place.host}:{place.port}")
        found = [listed] if listed else _looked_up(place)
        for address, port in found:
            guard.check(address, port, manners)
        plain = socket.create_connection(found[0], timeout)
        try:
            line = ssl.create_default_context().wrap_socket(
                plain, server_hostname=place.host, do_handshake_on_connect=False
            )
        except BaseException:
            plain.close()
            raise
        # The time of a socket begins anew with every byte: this one ends the visit.
        self._watchdog = threading.Timer(manners.deadline.total_seconds(), self._end, (line,))
        self._watchdog.daemon = True
        self._watchdog.start()
        try:
            line.do_handshake()
        except BaseException:
            self.rest()
            line.close()
            raise
        return line

    def _end(self, line: socket.socket) -> None:
        self._late.set()
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    def rest(self) -> None:
        """Let the deadline go by: the line is closed, or about to be."""
        if self._watchdog:
            self._watchdog.cancel()

    def read(self, size: int) -> bytes:
        """Return so many bytes of an answer, where that is a size that we asked for."""
        if size > _MOST_ANSWER:
            raise self.abort(f"an answer of {size} bytes")
        return super().read(size)


def _looked_up(place: _Place) -> list[tuple[str, int]]:
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    return [(str(address[0]), place.port) for *_, address in found]


@contextmanager
def _open(place: _Place, password: str, manners: Manners) -> Iterator[_Line]:
    """Open a line and sign in; raise `VisitFailed` for whatever goes wrong until it is closed."""
    late = threading.Event()
    try:
        line = _Line(place, manners, late)
        try:
            _signed_in(line, place, password)
            yield line
        finally:
            line.rest()
            with suppress(OSError, imaplib.IMAP4.error):
                line.shutdown()
    except guard.Blocked as error:
        raise VisitFailed("blocked", str(error)) from error
    except ssl.SSLCertVerificationError as error:
        raise VisitFailed("certificate", str(error)) from error
    except socket.gaierror as error:
        raise VisitFailed("dns", str(error)) from error
    except (OSError, imaplib.IMAP4.error) as error:
        is_late = late.is_set() or isinstance(error, TimeoutError)
        raise VisitFailed("timeout" if is_late else "unreachable", str(error)[:200]) from error


def _signed_in(line: _Line, place: _Place, password: str) -> None:
    try:
        # As a literal, so that no sign of a password can end the command.
        line.authenticate("PLAIN", lambda _: f"\0{place.user}\0{password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise VisitFailed("refused", "the mail server does not accept name and password") from error
    status, _ = line.select(f'"{_utf7(place.folder)}"', readonly=True)
    if status != "OK":
        raise VisitFailed("missing", f"no folder {place.folder!r}")


def _utf7(folder: str) -> str:
    """Return a folder's name as IMAP writes it (RFC 3501, 5.1.3).

    >>> _utf7("Été & Co")
    '&AMk-t&AOk- &- Co'
    """
    pieces = re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", folder)
    return "".join(
        piece.replace("&", "&-")
        if piece.isascii()
        else f"&{b64encode(piece.encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-"
        for piece in pieces
    )


# -- the visit ------------------------------------------------------------------------------


def _fetch(visit: Visit, manners: Manners, now: datetime) -> RawFeed:
    place = _place(visit.source.url)
    if place is None:
        raise VisitFailed("bad_address", "write imaps://mailbox@imap.example.org/FOLDER")
    name = visit.source.options.get("key", "imap")
    if not manners.keys.get(name):
        raise VisitFailed("no_key", name)
    with _open(place, manners.keys[name], manners) as line:
        validity = _validity(line)
        mark = _MARK.fullmatch(visit.mark)
        last = int(mark[2]) if mark and mark[1] == validity else 0
        numbers = _numbers(line, visit, last, now)
        entries: list[RawEntry] = []
        taken = 0
        for number in numbers[:_MOST_LETTERS]:
            if len(entries) >= manners.most_entries:
                break
            try:
                raw = _letter(line, number)
            except (OSError, imaplib.IMAP4.error):
                # What came so far is kept; the next visit begins with this letter.
                if not taken:
                    raise
                break
            taken, last = taken + 1, number
            if letter := read_letter(raw):
                entries += entries_of(letter)
    return RawFeed(
        entries=entries,
        skipped_count=len(numbers) - taken,
        mark=f"{validity} {last}" if last else "",
    )


def _validity(line: _Line) -> str:
    _, said = line.response("UIDVALIDITY")
    first = said[0] if said else None
    return first.decode("ascii", "replace") if isinstance(first, bytes) else "0"


def _numbers(line: _Line, visit: Visit, last: int, now: datetime) -> list[int]:
    """Return the numbers (UID) of the letters that nobody has read here, oldest first."""
    day = since(visit, now)
    criteria = ["UID", f"{last + 1}:*"] if last else ["SINCE", _day(day)]
    options = {**_only(visit.source.url), **visit.source.options}
    if sender := options.get("from"):
        criteria += ["FROM", f'"{sender}"']
    if list_id := options.get("list"):
        criteria += ["HEADER", "List-Id", f'"{list_id}"']
    status, said = line.uid("SEARCH", *criteria)
    if status != "OK":
        raise VisitFailed("bad_answer", "the mail server does not search")
    written = b" ".join(one for one in said if isinstance(one, bytes))
    # "9:*" names the last letter even where its number is below nine.
    return sorted({int(one) for one in written.split() if one.isdigit()} - set(range(last + 1)))


def _day(at: datetime) -> str:
    return f"{at.day:02}-{_MONTHS[at.month - 1]}-{at.year}"


def _letter(line: _Line, number: int) -> bytes:
    _, said = line.uid("FETCH", str(number), f"(BODY.PEEK[]<0.{_MOST_OF_ONE}>)")
    return next((bytes(one[1]) for one in said if isinstance(one, tuple)), b"")


def _wrong_key(written: str) -> str:
    if _KEY.fullmatch(written):
        return ""
    return "write a name in small letters, digits and _, such as imap_veille; never the password"


def _wrong_filter(written: str) -> str:
    if _FILTER.fullmatch(written):
        return ""
    return "write a part of an address or of a list's name, without quotes"


NEWSLETTER = Kind(
    "newsletter",
    "Newsletters that come into a mailbox (IMAP)",
    fetch=_fetch,
    options=(
        Option(
            "key",
            "The name under which the password of the mailbox is set: imap_veille",
            complaint=_wrong_key,
        ),
        Option(
            "from",
            "Only letters from this sender: news@journal.example",
            complaint=_wrong_filter,
        ),
        Option(
            "list",
            "Only letters of this list (its List-Id): news.journal.example",
            complaint=_wrong_filter,
        ),
    ),
    is_conditional=False,
    example={
        "url": "imaps://veille@imap.cluster.example/INBOX",
        "key": "imap_veille",
        "from": "news@journal.example",
    },
)
