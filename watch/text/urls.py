"""One page, one address: what a source, a file or a person wrote becomes a `WebUrl` or none."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from unicodedata import category, normalize
from urllib.parse import quote, urljoin

from watch.domain import NO_URL, WebUrl

__all__ = ["canonical", "escaped", "host", "joined", "place", "without_www"]

# What browsers and servers agree upon; longer ones carry payloads, not pages.
_MOST_LETTERS = 2_048

_PARTS = re.compile(r"(https?)://([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)

# Parameters that say where a reader came from, not which page it is.
_TRACKING = re.compile(
    r"(?:utm_.*|at_(?:medium|campaign|campaign_group|custom\d|creation|format|variant|general|link.*"
    r"|ptr_.*|recipient_.*|send_date|emailtype|platform|bbc_.*)|mtm_.*|pk_(?:campaign|kwd|keyword"
    r"|source|medium|content|cid)|piwik_.*|matomo_.*|hsa_.*|_hs(?:enc|mi)|__hs.*|mc_[ce]id|vero_.*"
    r"|oly_.*|_openstat|fbclid|fb_(?:action|source|ref).*|gclid|gclsrc|dclid|gbraid|wbraid|msclkid"
    r"|yclid|ysclid|twclid|ttclid|li_fat_id|igshid|igsh|mkt_tok|ml_subscriber.*|ck_subscriber_id|xtor"
    r"|xts|xtref|s_cid|ncid|cmpid|ref_src|ref_url|_ga|_gl|epik|srsltid|rb_clickid|trkcampaign|trk"
    r"|sc_(?:campaign|channel|content|medium|outcome|geo|country)|wt_(?:mc|zmc).*|wt\.mc_.*"
    r"|__twitter_impression|guccounter|guce_referrer.*|phpsessid|jsessionid|aspsessionid.*"
    r"|(?:ref|from|source|src|origin)=(?:rss|feed|rss_?feed|atom|newsletter|twitter|facebook"
    r"|linkedin))",
    re.IGNORECASE,
)


def canonical(address: str, base: str = "") -> WebUrl:
    """Return the one address of a page, or NO_URL for what is no web address.

    `base` is the address of the page or feed in which a relative address was found. Scheme and
    host are in lower case, the host in ASCII; default ports, fragments (but `#!`), dot segments,
    doubled slashes, session ids and tracking parameters are gone; percent-encoding is in one
    form; the order of the query stays. User names, `\\`, control characters, and more than 2,048
    letters are refused. Canonical of canonical is canonical.

    Source: RFC 3986, section 6.2.2.

    >>> canonical("HTTP://Example.ORG:80/a/../b%7e?utm_source=rss&id=3#top")
    'http://example.org/b~?id=3'
    >>> canonical("javascript:alert(1)")
    ''
    """
    written = address.strip()
    if base and not written[:8].lower().startswith(("http://", "https://")):
        try:
            written = urljoin(base, written)
        except ValueError:
            return NO_URL
    parts = _PARTS.fullmatch(written) if len(written) <= _MOST_LETTERS else None
    if parts is None or _FORBIDDEN.search(written):
        return NO_URL
    scheme, where, path, query, fragment = parts.groups(default="")
    scheme = scheme.lower()
    where = place(scheme, where)
    if not where:
        return NO_URL
    url = f"{scheme}://{where}{_path(path)}{_query(query)}{_fragment(fragment)}"
    return WebUrl(url) if len(url) <= _MOST_LETTERS else NO_URL


def host(url: WebUrl) -> str:
    """Return the host of a canonical address, with its port where it has one: "host:port".

    >>> host(canonical("https://Example.org:8443/a"))
    'example.org:8443'
    """
    return url.partition("://")[2].partition("/")[0]


def without_www(name: str) -> str:
    """Return a host, with whatever follows it, without the www. that many sites answer to or not.

    >>> without_www("www.journal.example"), without_www("journal.example/www.")
    ('journal.example', 'journal.example/www.')
    """
    return name.removeprefix("www.")


@lru_cache(maxsize=4096)
def place(scheme: str, written: str) -> str:
    """Return host and port in canonical form, or "" where they are no host and port.

    >>> place("http", "Bücher.example:80"), place("http", "[0:0::1]:81"), place("http", "a@b")
    ('xn--bcher-kva.example', '[::1]:81', '')
    """
    name, colon, port = written.rpartition(":")
    if not colon or "]" in port:
        name, port = written, ""
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        return ""
    name = _address(name) if name.startswith("[") else _name(name)
    number = str(int(port)) if port else ""
    default = {"http": "80", "https": "443"}[scheme]
    return name if not name or number in ("", default) else f"{name}:{number}"


def _address(written: str) -> str:
    """Return an IPv6 address in brackets in its shortest form, or ""."""
    try:
        address = IPv6Address(written.removeprefix("[").removesuffix("]"))
    except AddressValueError:
        return ""
    return "" if address.scope_id else f"[{address.compressed}]"


def _name(written: str) -> str:
    """Return a host's name in lower-case ASCII, or "" where it is not one."""
    name = written.lower().removesuffix(".")
    if not name.isascii():
        # The mapping of browsers (UTS 46) in short: wide forms fold, ideographic dots part.
        name = normalize("NFKC", written).lower().replace("。", ".").removesuffix(".")
        labels = (label if label.isascii() else _punycode(label) for label in name.split("."))
        name = ".".join(labels)
    return name if _NAME.fullmatch(name) else ""


def _punycode(label: str) -> str:
    """Return a label of letters, digits and marks as `xn--...`, or "?" for any other."""
    if any(category(letter)[0] not in "LMN" for letter in label.replace("-", "").replace("·", "")):
        return "?"
    return "xn--" + label.encode("punycode").decode("ascii")


def _path(written: str) -> str:
    """Return a path without dot segments, doubled slashes and session ids; "/" for none."""
    if _PLAIN_PATH.fullmatch(written):
        return written or "/"
    path = _SESSION.sub("", escaped(written, "/:@!$&'()*+,;=~"))
    kept: list[str] = []
    segments = path.split("/")[1:]
    for index, segment in enumerate(segments):
        is_last = index == len(segments) - 1
        if segment in (".", ".."):
            del kept[len(kept) - (segment == "..") :]
            segment = ""
        # An address inside a path ("/web/2026/https://...") keeps its two slashes.
        if segment or is_last or (kept and kept[-1] in ("http:", "https:")):
            kept.append(segment)
    return "/" + "/".join(kept)


def _query(written: str) -> str:
    """Return "?" and the parameters that tell the page, in their order; "" for none."""
    kept = [part for part in written.split("&") if part and not _is_tracking(part)]
    return "?" + escaped("&".join(kept), "/:@!$'()*+,;=~?&[]") if kept else ""


def _is_tracking(parameter: str) -> bool:
    """Return whether a `name=value` says where the reader came from."""
    return bool(_TRACKING.fullmatch(parameter.partition("=")[0]) or _TRACKING.fullmatch(parameter))


def _fragment(written: str) -> str:
    """Return a fragment that names a page (`#!page`), or ""."""
    return "#" + escaped(written, "/:@!$&'()*+,;=~?") if written.startswith("!") else ""


def escaped(written: str, safe: str) -> str:
    """Return a part of an address with one form of percent-encoding."""
    return quote(_PERCENT.sub(_percent, written), safe=safe + "%")


def _percent(found: re.Match[str]) -> str:
    """Return the letter itself where it needs no escape, upper-case digits where it does."""
    if not found[1]:
        return "%25"
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else "%" + found[1].upper()


def joined(base: str, written: str) -> str:
    """Return an address as the page or feed at `base` completes it; `base` where none is one.

    >>> joined("https://a.example/b/c", " ../d "), joined("https://a.example/", "http://[")
    ('https://a.example/d', 'https://a.example/')
    """
    try:
        return urljoin(base, written.strip())
    except ValueError:
        return base
