"""What others wrote, HTML or not, as safe plain text.

The result holds no tag, no comment, no script, no control or invisible character, and
nothing that a second reading would turn into one: text cleaned twice is the text cleaned once.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import unescape
from unicodedata import combining, normalize

from nh3 import Cleaner

__all__ = ["as_line", "one_line", "shorten", "to_text"]

# A publisher's page in one entry stays below both. An HTML parser is quadratic in the depth of
# some elements: past so many tags they are simply cut out (8 s become 0.1 s for 60,000 of them).
_MOST_MARKUP = 300_000
_MOST_TAGS = 5_000

# Feeds escape once or twice, never more: what is still escaped after this many layers is a trap.
_MOST_LAYERS = 4

# Invisible, without a meaning for a reader: control characters, zero width and soft hyphens,
# signs that turn the direction of writing, tags, lone surrogates, noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe"
    "\uffff\ufdd0-\ufdef\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# Latin letters, typographic signs and symbols, all of them visible, and white space. What holds
# nothing else, as most texts of Europe, needs no closer look but that for NFC. No mark is here.
_PLAIN = re.compile(
    "[\t-\r\x1c-~\x85\xa0-\xac\xae-\u02ff\u2010-\u2029\u202f-\u205f\u2070-\u20cf\u2100-\u2bff]*+"
)

# Where all combining marks stand in Unicode, and the three that only turn into some.
_MARKS = range(0x300, 0x20000)
_HIDDEN_MARKS = "\u0f73\u0f75\u0f81"
# As many marks on one letter as UAX #15 allows a stream (D4): putting a longer pile in order takes
# quadratic time, and no language writes one.
_MOST_MARKS = 30

# The beginning of a tag, a comment or a declaration, as a browser sees it: not "<3", not "a < b".
_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_TAG = re.compile(r"<[A-Za-z/!?][^>]*>")
_CUT_TAG = re.compile(r"<(?:[A-Za-z][\w:-]{0,40}\s{1,9}[\w:-]{1,40}=|/[A-Za-z]|!--)")
_NAME = r"#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31}"
_ENTITY = re.compile(rf"&(?:{_NAME});")
_BARE_AMPERSAND = re.compile(rf"&(?!(?:{_NAME});)")
_ESCAPED_AMPERSANDS = re.compile(r"&(?:(?:amp|AMP|#0{0,4}38|#[xX]0{0,4}26);)+")

_BLOCKS = (
    "address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption"
    "|figure|footer|form|h[1-6]|header|hr|legend|li|main|menu|nav|ol|option|p|pre|section|summary"
    "|table|tbody|tfoot|thead|tr|ul"
)
# Lower or upper case, spelled out: four times as fast as ignoring case.
_BLOCK = re.compile(rf"</?(?:{_BLOCKS}|{_BLOCKS.upper()})(?=[\s/>])[^>]*>")
_CELL = re.compile(r"<(?=(?:td|th|TD|TH)[\s/>])")
# Tags of which a parser makes no text, wherever they stand: without them its text is the same.
# Only as they are mostly written, each attribute in quotes or without any sign of markup; what
# is written otherwise is the parser's to understand. (Cells are here for their tables are cut.)
_PLAIN_TAGS = (
    "a|strong|em|b|i|span|img|u|font|small|sub|sup|code|abbr|cite|time|mark|q|s|del|ins|kbd|wbr"
    "|picture|source|td|th|acronym|strike|nobr|map|area|object|param|embed|tt|big|dfn|var|label"
)
_PLAIN_TAG = re.compile(
    rf"</?(?:{_PLAIN_TAGS}|{_PLAIN_TAGS.upper()})"
    r"""(?:\s++[^\s"'<>=/]++(?:=(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>`=][^\s"'<>`]*+))?)*+\s*+/?>"""
)
# The sanitiser drops formulas with their content; without these tags their letters stay.
_FORMULA = re.compile(
    r"</?(?:math|semantics|mi|mn|mo|ms|mrow|msub|msup|msubsup|mtext|mfrac|mstyle|mover|munder)"
    r"(?=[\s/>])[^>]*>"
)

# Pixels and alternatives for machines: their content goes with them.
_WITHOUT_CONTENT = {"script", "style", "template", "noscript", "iframe", "svg"}
_CLEANER = Cleaner(tags=set(), clean_content_tags=_WITHOUT_CONTENT)

# A stop after one of these ends no sentence ("against A vs. B"); one letter alone never does.
_CUT_SHORT = "".join(
    rf"(?<!\b{word})"
    for word in ("vs", "Mr", "Mrs", "Dr", "St", "No", "no", "al", "cf", "fig", "Fig", "Prof", "env")
)
_SENTENCE_END = re.compile(rf"(?<=[\w)»”\"%]{{2}}){_CUT_SHORT}[.!?…]+[»”\")]*(?=\s)")


def to_text(html: str, most: int = 100_000) -> str:
    """Return what a reader would see of untrusted HTML or text, at most `most` characters.

    Blocks become lines, entities characters, however often they were escaped; white space is
    collapsed; the form is NFC. Template marks such as `{{ }}` stay as they are written.

    >>> to_text("<p>Lidar &amp;amp; LED</p><script>x()</script><p>a < b</p>")
    'Lidar & LED\\na < b'
    """
    text = _seen(html[:_MOST_MARKUP])
    if "<" in text or "&" in text:
        text = _peeled(text)
    return "\n".join(filter(None, map(_collapsed, text.splitlines())))[:most].rstrip()


def one_line(raw: str, most: int = 1000) -> str:
    """Return a title, a name or a category as one line of safe text, cut at a word.

    >>> one_line("Appel &agrave; projets\\r\\nBcc: x")
    'Appel à projets Bcc: x'
    """
    return shorten(" ".join(to_text(raw, 20 * most).split()), most)


def as_line(words: str, most: int = 300) -> str:
    """Return a server's words as one line that neither a terminal nor a database minds.

    >>> as_line("550 no\\r\\n\\x1b[2Jsuch user")
    '550 no [2Jsuch user'
    """
    shown = "".join(sign if sign.isprintable() else " " for sign in words)
    return " ".join(shown.split())[:most]


def shorten(text: str, most: int) -> str:
    """Return the beginning of a text, never longer than `most` characters.

    It ends with the sentence that ends in the last third, else at a word, with "…".

    >>> shorten("Un lidar voit loin. Un autre voit près.", 25)
    'Un lidar voit loin.'
    >>> shorten("Un lidar voit loin", 12)
    'Un lidar…'
    >>> shorten("Un lidar vs. un radar", 14)
    'Un lidar vs.…'
    """
    if len(text) <= most:
        return text
    if most < 2:
        return "…"[:most]
    head = text[: most - 1]
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 2 * most // 3, most)]
    if ends:
        return text[: ends[-1]]
    if not text[most - 1].isspace():
        cut = max(head.rfind(" "), head.rfind("\n"))
        head = head[:cut] if cut > most // 2 else head
    return head.rstrip(" \n,;:–-(«") + "…"


def _collapsed(line: str) -> str:
    """Return a line with one space for each run of white space, and none at its ends."""
    # Most lines are so but for their ends; what is printable holds no white space but spaces.
    if "  " not in line and line.isprintable():
        return line.strip()
    return " ".join(line.split())


def _seen(text: str) -> str:
    """Return the text without its unseen characters, in NFC."""
    if text.isascii() and text.isprintable():
        return text
    if _PLAIN.fullmatch(text):
        return normalize("NFC", text)
    flat = _without_piles(_UNSEEN.sub("", text))
    composed = normalize("NFC", flat)
    # One mark may become two, and so a short pile a long one.
    return flat if composed == flat else _without_piles(composed)


def _without_piles(text: str) -> str:
    """Return the text with at most 30 combining marks in a row."""
    mark, pile = _mark_and_pile()
    # Of 30 signs in a row every 30th sign of the text is one: a look at these will mostly do.
    if not mark.search(text[::_MOST_MARKS]):
        return text
    return pile.sub(lambda found: found[0][:_MOST_MARKS], text)


@cache
def _mark_and_pile() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a combining mark, and what finds more than 30 of them in a row."""
    marks = "".join(filter(combining, map(chr, _MARKS))) + _HIDDEN_MARKS
    # The first may be any sign beyond Latin: twenty times as fast in Latin text, and as good.
    beyond = f"[{chr(_MARKS.start)}-{chr(_MARKS.stop)}]"
    return re.compile(f"[{marks}]"), re.compile(f"{beyond}[{marks}]{{{_MOST_MARKS},}}")


def _peeled(text: str) -> str:
    """Return the text without markup, layer by layer, until nothing is left to peel."""
    for _ in range(_MOST_LAYERS):
        peeled = _without_tags(text)
        # Without entities, nothing that was not in the text comes into it.
        if "&" in peeled or not peeled.isascii():
            peeled = _seen(_characters(peeled))
        if peeled == text or not ("<" in peeled or "&" in peeled):
            return _OPENING.sub("< ", peeled)
        text = peeled
    return _OPENING.sub("< ", text.replace("&", "& "))


def _without_tags(text: str) -> str:
    """Return the text between the tags, still escaped, with a line for each block."""
    if not _OPENING.search(text):
        return text
    end = text.rfind(">") + 1
    marked, tail = text[:end].replace("<![CDATA[", "").replace("]]>", ""), text[end:]
    if cut := _CUT_TAG.search(tail):
        tail = tail[: cut.start()]
    if not _TAG.search(marked):
        return marked + tail
    if marked.count("<") > _MOST_TAGS:
        return _TAG.sub(" ", marked) + tail
    flat = " ".join(marked.splitlines())
    if "<math" in flat:
        flat = _FORMULA.sub("", flat)
    flat = _CELL.sub(" <", _BLOCK.sub("\n", flat))
    # What stands after the last tag is text: "for n <y".
    tail = tail.replace("<", "&lt;")
    plain = _PLAIN_TAG.sub("", flat)
    if not _OPENING.search(plain):
        # A third of the cost, for nine texts in ten.
        return plain + tail
    return _CLEANER.clean(_BARE_AMPERSAND.sub("&amp;", flat + tail))


def _characters(text: str) -> str:
    """Return the text with the characters that its entities stand for."""
    if "&" not in text:
        return text
    return _ENTITY.sub(_character, _ESCAPED_AMPERSANDS.sub("&", text))


def _character(found: re.Match[str]) -> str:
    return _unescaped(found[0])


# A text has few entities, many times each.
_unescaped = lru_cache(maxsize=512)(unescape)
