"""One letter as it came by mail -> entries: its articles, or the letter itself where it has none.

A letter is untrusted: its parts are counted, its characters guessed, its pictures and attachments
never opened, and its recipient's address leaves with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from functools import cached_property
from html.parser import HTMLParser

from nh3 import Cleaner

from watch.domain import NO_URL, WebUrl
from watch.sources.encoding import to_utf8
from watch.sources.papers.links import Dropped, is_for_the_reader, is_generic, shown, target
from watch.sources.raw import RawEntry
from watch.text.clean import to_text
from watch.text.dates import read_date

__all__ = ["Letter", "entries_of", "read_letter"]

_MOST_PARTS = 100
_MOST_HTML = 1_000_000
# Past so many tags an HTML parser may take quadratic time; the longest of our letters has 3,000.
_MOST_TAGS = 20_000
_MOST_LINKS = 200
_MOST_HEADER = 2_000
_MOST_TEXT = 20_000
_FEWEST_LETTERS = 12
"""Of a headline; less is a button or a name."""
_LETTERS_OF_A_HEADLINE = 25
"""Where nothing but the words says that a link is an article."""
_SHORT = 60
"""A block with fewer words of its own than that says nothing of its link: the next one may."""

_ROBOTS = re.compile(r"mailer-daemon|postmaster|no-?reply-?bounce|bounces?@", re.IGNORECASE)
_BLOCKS = frozenset(
    {"p", "div", "td", "th", "tr", "table", "li", "ul", "ol", "br", "hr", "section", "article"}
    | {f"h{level}" for level in range(1, 7)}
)
_CLEANER = Cleaner(
    tags={"a", "img", *_BLOCKS},
    attributes={"a": {"href"}, "img": {"alt"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "svg", "title"},
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says of itself. `html` is "" where it came as plain text alone."""

    id: str
    subject: str
    sent: str
    text: str
    html: str
    recipients: tuple[str, ...]


@dataclass
class _Block:
    """One paragraph, cell or line: its words, and the links in it with theirs."""

    words: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """The words on one line; asked for once the block is whole."""
        return " ".join("".join(self.words).split())[:_MOST_TEXT]


@dataclass(slots=True)
class _Article:
    """What a letter says of one address."""

    title: str = ""
    text: str = ""


def read_letter(raw: bytes) -> Letter | None:
    """Return a letter; None for what no one wrote as one: bounces, automatic answers, rubbish."""
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        parts = list(_texts(message))
    except (MessageError, RecursionError, ValueError, LookupError, AssertionError):
        return None
    subject, date = _header(message, "Subject"), _header(message, "Date")
    if not (parts and (subject or date)) or _is_automatic(message):
        return None
    html = next((text for kind, text in parts if kind == "html"), "")
    plain = next((text for kind, text in parts if kind == "plain" and text.strip()), "")
    fields = [_header(message, name) for name in ("To", "Delivered-To", "X-Original-To", "Cc")]
    recipients = {address for _, address in getaddresses(fields) if "@" in address}
    return Letter(
        id=_header(message, "Message-ID").strip("<> "),
        subject=subject,
        sent=date,
        text=plain,
        html=html,
        recipients=tuple(sorted(recipients, key=len, reverse=True)),
    )


def entries_of(letter: Letter) -> list[RawEntry]:
    """Return one entry for each article that the letter tells of; without any, the letter."""
    blocks = list(_blocks(letter))
    found = _articles(blocks)
    sent = read_date(letter.sent) or letter.sent
    if found:
        return [
            RawEntry(
                guid=f"{letter.id}#{number}" if not url else f"{letter.id}#{url}",
                url=url,
                title=_discreet(article.title, letter),
                text=_discreet(article.text, letter),
                published=sent,
            )
            for number, (url, article) in enumerate(found, start=1)
        ]
    words = letter.text or "\n".join(block.text for block in blocks if block.text)
    text = _discreet(_ADDRESS.sub("", to_text(words, _MOST_TEXT)), letter)
    return [RawEntry(guid=letter.id, title=letter.subject, text=text, published=sent)]


# -- the message ----------------------------------------------------------------------------


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    """Yield ("plain" or "html", text) of the parts that are to be read, attachments excluded."""
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            return
        is_text = part.get_content_maintype() == "text" and not part.is_multipart()
        kind = part.get_content_subtype()
        if not is_text or kind not in {"plain", "html"}:
            continue
        if part.get_filename() or "attachment" in str(part.get("Content-Disposition", "")).lower():
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            charset = part.get_content_charset() or ""
            declared = f"text/{kind}; charset={charset}" if charset else ""
            yield kind, to_utf8(body[:_MOST_HTML], declared).decode("utf-8", "replace")


def _header(message: Message, name: str) -> str:
    """Return a header on one line, decoded; what cannot be decoded stays as it is written."""
    written = " ".join(str(message.get(name, "")).split())[:_MOST_HEADER]
    try:
        pieces = [
            piece if isinstance(piece, str) else _decoded(piece, charset or "")
            for piece, charset in decode_header(written)
        ]
    except (MessageError, ValueError):
        return written
    return " ".join("".join(pieces).split())


def _decoded(piece: bytes, charset: str) -> str:
    declared = f"text/plain; charset={charset}" if charset else ""
    return to_utf8(piece, declared).decode("utf-8", "replace")


def _is_automatic(message: Message) -> bool:
    """Return whether a machine answers or reports here (RFC 3834, RFC 3464)."""
    submitted = _header(message, "Auto-Submitted").lower()
    return (
        submitted not in {"", "no"}
        or message.get_content_type() == "multipart/report"
        or _header(message, "Return-Path") == "<>"
        or "X-Autoreply" in message
        or "X-Autorespond" in message
        or "X-Failed-Recipients" in message
        or _header(message, "Precedence").lower() in {"auto_reply", "auto-reply"}
        or bool(_ROBOTS.search(_header(message, "From")))
    )


def _discreet(text: str, letter: Letter) -> str:
    """Return a text without the addresses to which the letter went."""
    for address in letter.recipients:
        text = re.sub(re.escape(address), "…", text, flags=re.IGNORECASE)
    return text


# -- blocks ---------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Cuts clean HTML into blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks = [_Block()]
        self._href = ""
        self._anchor: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "a":
            self._href, self._anchor = said.get("href") or "", []
        elif tag == "img" and self._href:
            self._anchor.append(f" {said.get('alt') or ''} ")
        elif tag in _BLOCKS:
            # A link may hold a whole card: its words stay one anchor.
            if self._href:
                self._anchor.append(" ")
            elif self.blocks[-1].words or self.blocks[-1].links:
                self.blocks.append(_Block())

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            anchor = "".join(self._anchor)
            self.blocks[-1].links.append((self._href, anchor))
            self.blocks[-1].words.append(anchor)
            self._href = ""
        elif tag in _BLOCKS and not self._href and self.blocks[-1].words:
            self.blocks.append(_Block())

    def handle_data(self, data: str) -> None:
        (self._anchor if self._href else self.blocks[-1].words).append(data)


def _blocks(letter: Letter) -> Iterator[_Block]:
    """Yield the blocks of a letter, of its HTML where it has one."""
    html = letter.html
    if html and html.count("<") <= _MOST_TAGS:
        reader = _Reader()
        reader.feed(_CLEANER.clean(html))
        reader.close()
        yield from (block for block in reader.blocks if block.text or block.links)
        return
    for paragraph in re.split(r"\n[^\S\n]*\n", letter.text.replace("\r", "")):
        if paragraph.strip():
            yield _plain_block(paragraph[:_MOST_TEXT])


def _plain_block(paragraph: str) -> _Block:
    """Return a paragraph of plain text: the words before an address are those of its link."""
    block, start = _Block(), 0
    for found in _ADDRESS.finditer(paragraph):
        before = paragraph[start : found.start()]
        line = next((one for one in reversed(before.splitlines()) if len(one.strip()) > 3), "")
        block.links.append((found[0].rstrip(".,;:"), line.strip(" \t-*•:>(<")))
        block.words.append(before)
        start = found.end()
    block.words.append(paragraph[start:])
    return block


# -- articles -------------------------------------------------------------------------------


def _articles(blocks: list[_Block]) -> list[tuple[WebUrl, _Article]]:
    """Return the addresses to which a letter leads, with the headline and words of each.

    Of several links to one address the longest words are the headline. Where only a counter
    knows the address, each headline is an article by itself, without an address.
    """
    found: dict[str, tuple[WebUrl, _Article]] = {}
    for place, block in enumerate(blocks):
        for href, anchor in block.links[:_MOST_LINKS]:
            words = shown(anchor)
            if is_for_the_reader(words) or (not words and not block.text):
                continue
            try:
                url = target(href)
            except Dropped:
                continue
            if len(found) >= _MOST_LINKS:
                return _told(found)
            is_headline = not is_generic(words) and len(words) >= _FEWEST_LETTERS
            if not (url or (is_headline and _stands_alone(words, block.text))):
                continue
            key = url or words
            article = found.setdefault(key, (url, _Article()))[1]
            if is_headline and len(words) > len(article.title):
                article.title = words
            text = _around(blocks, place, words)
            if len(text) > len(article.text):
                article.text = text
    return _told(found)


def _told(found: dict[str, tuple[WebUrl, _Article]]) -> list[tuple[WebUrl, _Article]]:
    """Return the articles of which enough is said to know them by."""
    kept: dict[tuple[str, str], tuple[WebUrl, _Article]] = {}
    for url, article in found.values():
        if not article.title and not (url and len(article.text) >= _SHORT):
            continue
        kept.setdefault((url, "" if url else article.title), (url or NO_URL, article))
    return list(kept.values())


def _around(blocks: list[_Block], place: int, anchor: str) -> str:
    """Return the words beside a link: of its block, of the next where this one has none."""
    whole = blocks[place].text
    own = whole.removeprefix(anchor).strip() if anchor else whole
    if len(own) >= _SHORT:
        return own
    if place + 1 < len(blocks) and not _leads_elsewhere(blocks[place], blocks[place + 1]):
        return f"{own} {blocks[place + 1].text}".strip()
    # A button stands below what it opens.
    if is_generic(anchor) and place and not _leads_elsewhere(blocks[place], blocks[place - 1]):
        return f"{blocks[place - 1].text} {own}".strip()
    return own


def _stands_alone(anchor: str, text: str) -> bool:
    """Return whether a link is a headline, and not some words in the midst of a sentence."""
    return text.startswith(anchor) and len(anchor) >= _LETTERS_OF_A_HEADLINE


def _leads_elsewhere(block: _Block, other: _Block) -> bool:
    own = {href for href, _ in block.links}
    return any(href not in own for href, _ in other.links)
