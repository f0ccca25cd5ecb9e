"""The links of a newsletter: whither they lead, without asking anybody on the way.

Newsletters send their readers through trackers, whose addresses say who is reading. The target is
read out of the address where it stands there; else the link is kept as words without an address.
No address is ever called, and nothing of the recipient stays in one.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from urllib.parse import parse_qsl, unquote, urlencode

from watch.domain import NO_URL, WebUrl
from watch.text.clean import one_line
from watch.text.urls import canonical, host

__all__ = ["Dropped", "is_for_the_reader", "is_generic", "is_social", "target"]

_MOST_LAYERS = 4

# What every newsletter says around its articles, in French and English.
_SERVICE = re.compile(
    r"unsubscri|opt[ -]?out|d[eé]sabonn|d[eé]sinscri|se d[eé]sins|preferences|pr[eé]f[eé]rences"
    r"|manage (?:your|my)|g[eé]rer (?:mes|vos|votre|mon)|in (?:your |a |the )?browser"
    r"|view .{0,20}online|read on the web|click to|powered by"
    r"|web version|version (?:en ligne|web|navigateur)|navigateur|lire en ligne|ouvrir dans"
    r"|affiche (?:pas|mal)|privacy|confidentialit|donn[eé]es personnelles|mentions l[eé]gales"
    r"|terms of|conditions (?:g[eé]n|d)|cookies|forward (?:this|to)|transf[eé]rer|partager"
    r"|share (?:this|on|with|to)|tweet this|follow us|suivez[ -]nous|contact(?:ez)?[ -]?(?:us|nous)"
    r"|(?:aimez|partagez) (?:notre|vos|nos)|rejoignez[ -]nous|join us|like us|get the .{0,8}app\b"
    r"|start writing|sign (?:up|in)|log ?in\b|become a member"
    r"|advertise|annonceurs|subscribe\b|s['’]abonner|abonnez|update your|report abuse|add us to",
    re.IGNORECASE,
)
_SERVICE_PATH = re.compile(
    r"unsub|optout|opt-out|desabonn|desinscri|preferences|manage[-_]?(?:sub|pref)|/profile(?:/|$)"
    r"|mirror|viewonline|view[-_]?in[-_]?browser|webversion|sharer|intent/tweet|shareArticle"
    r"|forward[-_]?to|/(?:signup|login|register|subscribe)(?:$|[/?])|vcard|\.(?:png|jpe?g|gif|webp|svg|css|ico)(?:$|\?)",
    re.IGNORECASE,
)
_SOCIAL = re.compile(
    r"(?:^|\.)(?:facebook|fb|twitter|x|t|linkedin|lnkd|instagram|pinterest|tiktok|threads|whatsapp"
    r"|telegram|reddit|snapchat|bsky|apps\.apple|play\.google|itunes\.apple)"
    r"\.(?:com|co|me|in|net|org|app)$"
)
_GENERIC = re.compile(
    r"(?:read|see|learn|find out|discover|know|view)(?: the)?"
    r"(?: more| full| article| story| now| on)*"
    r"|(?:click )?here|more|continue(?: reading)?|open|details|go|link|download"
    r"|register(?: now| here)?"
    r"|(?:lire|voir|en savoir|d[eé]couvrir)(?: la| l['’]| le)?(?: ?suite| plus| ?article| ?offre)*"
    r"|(?:cliquez )?ici|suite|plus|acc[eé]der|t[eé]l[eé]charger|je m['’]inscris|s['’]inscrire",
    re.IGNORECASE,
)

# Names of parameters that say who reads, and words by which providers call their click counters.
_PERSONAL = re.compile(
    r"e|eid|uid|cid|sid|mid|rid|lid|email|e-?mail|mail|recipient(?:_?id)?|subscriber(?:_?id)?|user_?id"
    r"|contact_?id|member_?id|token|hash|key|auth|sig|signature|s?_?kid|r|redirect|isFreemail"
    r"|publication_id|post_id_token|jwt|tracking|track|click_?id|mail_?id|message_?id|campaign_?id",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"^(?:click|clicks|links?|elink|track|tracking|t|r|email|mail|news|go|redirect)\d*\.[^/]*$"
    r"|sendgrid\.net$|list-manage\.com$|mailgun|mandrillapp|sendibt|emailsys|hubspotlinks|exct\.net$"
    r"|mailchimp|sparkpostmail|mjt\.lu$|createsend|cmail\d|rs6\.net$|awstrack"
)

_COUNTER_PATH = re.compile(
    r"/(?:ls|ss|wf)/(?:c|click)\b|/track(?:ing)?/|/click\b|/clk\b|/c/\d|/app-link/|/redirect/\d?/?|/e3t/"
)


class Dropped(Exception):
    """A link that leads to no article; known to this folder alone."""


def is_for_the_reader(anchor: str) -> bool:
    """Return whether a link serves the reader of the letter (leaving, sharing), by its words."""
    return bool(_SERVICE.search(anchor))


def is_social(name: str) -> bool:
    """Return whether a host is that of a social network.

    >>> is_social("www.linkedin.com"), is_social("lab.example")
    (True, False)
    """
    return bool(_SOCIAL.search(name))


def is_generic(anchor: str) -> bool:
    """Return whether the words of a link could stand on any link.

    >>> is_generic("Lire la suite »"), is_generic("Un lidar sans miroir")
    (True, False)
    """
    words = anchor.strip(" \t\n.…»›>→:!()[]")
    return len(words) < 3 or bool(_GENERIC.fullmatch(words))


def target(address: str) -> WebUrl:
    """Return the page to which a link leads in the end, or NO_URL where only a counter knows it.

    Raises `Dropped` for what is no article: mail, social networks, leaving, a site's first page.

    >>> target("https://click.letter.example/t?u=https%3A%2F%2Fjournal.example%2Flidar&e=42")
    'https://journal.example/lidar'
    """
    url = canonical(address)
    for _ in range(_MOST_LAYERS):
        _refuse(url)
        inner = _inside(url)
        if not inner:
            break
        url = canonical(inner)
    _refuse(url)
    bare = _without_reader(url)
    path = bare.partition("://")[2].partition("/")[2]
    if not path:
        raise Dropped("the first page of a site")
    name = host(bare).partition(":")[0]
    pieces = re.split(r"[/?&=]", url.partition("://")[2].partition("/")[2])
    is_drawn = any(_is_token(piece) for piece in pieces)
    is_named = any(_is_slug(piece) for piece in pieces)
    if _COUNTER.search(name) or _COUNTER_PATH.search(url) or (is_drawn and not is_named):
        return NO_URL
    return bare


def _refuse(url: WebUrl) -> None:
    if not url:
        raise Dropped("no web address")
    if _SOCIAL.search(host(url).partition(":")[0]):
        raise Dropped("a social network")
    if _SERVICE_PATH.search(url.partition("://")[2].partition("/")[2]):
        raise Dropped("for the reader of the letter")


def _inside(url: WebUrl) -> str:
    """Return the address that stands inside another one, plain or in base 64; or ""."""
    path, _, query = url.partition("?")
    values = [value for _, value in parse_qsl(query)]
    pieces = [unquote(piece) for piece in path.split("/")[3:]]
    for value in (*values, *pieces):
        if value.startswith(("http://", "https://")) and len(value) > 10:
            return value
        if found := _decoded(value):
            return found
    start = max(path.find("/http://"), path.find("/https://"))
    return path[start + 1 :] if start > 8 else ""


def _decoded(value: str) -> str:
    """Return the address in a base 64 value: by itself, or as "e" or "url" of a small object."""
    body = value.split(".")[0].rstrip("=")
    if not re.fullmatch(r"(?:aHR0c|eyJ)[A-Za-z0-9_-]{8,3000}", body):
        return ""
    try:
        text = urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode("utf-8")
        if text.startswith("{"):
            said = json.loads(text)
            text = said.get("e") or said.get("url") or ""
    except (ValueError, RecursionError, AttributeError):
        return ""
    is_address = isinstance(text, str) and text.startswith(("http://", "https://"))
    return text if is_address else ""


def _without_reader(url: WebUrl) -> WebUrl:
    """Return an address without the parameters that say who reads."""
    path, _, query = url.partition("?")
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not (_PERSONAL.fullmatch(name) or "@" in value or _is_token(value))
    ]
    return canonical(f"{path}?{urlencode(kept)}" if kept else path)


def _is_token(text: str) -> bool:
    """Return whether a piece of an address looks drawn by lot: long, mixed, no words.

    >>> _is_token("AX1lEgEQaxtvFxLaVo0GBo_geajNrlI1TGeI"), _is_token("un-lidar-sans-miroir-2026")
    (True, False)
    """
    if len(text) < 20 or _is_slug(text):
        return False
    is_hex = bool(re.fullmatch(r"[0-9a-f-]+", text))
    has = [bool(re.search(form, text)) for form in ("[a-z]", "[A-Z]", "[0-9]")]
    return is_hex or sum(has) >= 2


def _is_slug(text: str) -> bool:
    """Return whether a piece of an address is made of words."""
    words = [word for word in re.split(r"[-_.,+]", unquote(text)) if word]
    plain = [word for word in words if word.isalpha() and (word.islower() or word.istitle())]
    return len(plain) >= 2 and len(plain) * 2 >= len(words)


def shown(anchor: str) -> str:
    """Return the words of a link on one line."""
    return one_line(anchor, 300)
