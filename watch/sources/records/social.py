"""What the world says: GDELT's search of the press, and a hashtag on a Mastodon server."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from watch.domain import Manners, Perimeter, Visit
from watch.sources.encoding import to_utf8
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawEntry, RawFeed
from watch.sources.records.answers import mapping, mappings, word
from watch.sources.records.asking import (
    FIRST_WINDOW,
    base,
    chosen,
    page,
    phrases,
    since,
    with_parameters,
)
from watch.sources.records.wishes import parts, wrong_words
from watch.sources.request import Reply, Request
from watch.text.dates import read_date

__all__ = ["GDELT", "MASTODON"]


# -- GDELT ----------------------------------------------------------------------------------

_PRESS = {"query": "query", "language": "sourcelang"}
_ROWS = 250
_LONGEST_QUERY = 250
_MOST_TERMS = 8
_REST = timedelta(minutes=30)
_SPOKEN = {"french": "fr", "english": "en", "german": "de", "italian": "it", "spanish": "es"}


def _wrong_press(written: str) -> str:
    if len(written) > _LONGEST_QUERY or len(parts(written)) > _MOST_TERMS:
        return "too long for GDELT: at most 8 terms and 250 characters"
    if any(len(term) < 4 for term in parts(written)):
        return "too short for GDELT: at least four letters a term"
    return wrong_words(written)


def _wrong_language(written: str) -> str:
    is_known = not written or written.lower() in _SPOKEN
    return "" if is_known else "no language known here: write french, english, german, italian"


def _first_press(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners
    wished = chosen(visit, _PRESS)
    terms = parts(wished["query"])
    if not terms:
        raise VisitFailed("bad_options", "nothing to look for: set query")
    if wrong := _wrong_press(wished["query"]) or _wrong_language(wished["language"]):
        raise VisitFailed("bad_options", wrong)
    # One word in quotes is refused as too short a phrase.
    said = " OR ".join(term if term.isalnum() else f'"{term}"' for term in terms)
    # The service wants brackets around several terms, and refuses them around one.
    query = f"({said})" if len(terms) > 1 else said
    if wished["language"]:
        query += f" sourcelang:{wished['language'].lower()}"
    return _ask_press(with_parameters(base(visit), query=query), since(visit, now), now)


def _ask_press(url: str, began: datetime, until: datetime) -> Request:
    return Request(
        with_parameters(
            url,
            mode="artlist",
            format="json",
            maxrecords=_ROWS,
            sort="dateasc",
            startdatetime=f"{began.astimezone(UTC):%Y%m%d%H%M%S}",
            enddatetime=f"{until.astimezone(UTC):%Y%m%d%H%M%S}",
        ),
        headers={"Accept": "application/json"},
        accepts=frozenset({429}),
        step=began.isoformat(),
    )


def _read_press(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    del visit
    found = _articles(reply)
    began = datetime.fromisoformat(reply.request.step)
    listed = [(entry, read_date(str(entry.published))) for entry in map(_article, found)]
    reached = max((at for _, at in listed if at), default=None)
    following = None
    # There are no pages: a full answer is read on from the instant that it reached.
    if len(found) >= _ROWS and reached and reached > began:
        following = _ask_press(reply.request.url, reached, reply.asked_at)
    return page(listed, following, began, reply.asked_at, most_entries)


def _articles(reply: Reply) -> list[Mapping[str, Any]]:
    """Return the articles of an answer; errors are told as plain text, with any status."""
    said = " ".join(reply.body[:300].decode("utf-8", "replace").split())
    if reply.status == 429 or "limit requests" in said.lower():
        raise VisitFailed("too_many", said, reply.status, _REST)
    try:
        found = json.loads(to_utf8(reply.body, reply.content_type), strict=False)
    except (ValueError, RecursionError) as error:
        is_query = re.search(r"\b(query|phrase|keyword|search|timespan)\b", said, re.IGNORECASE)
        is_page = said.lstrip().startswith("<")
        reason = "bad_options" if is_query and not is_page else "not_records"
        raise VisitFailed(reason, said or "an empty answer", reply.status) from error
    if not isinstance(found, dict):
        raise VisitFailed("not_records", "JSON, but no object", reply.status)
    return list(mappings(found.get("articles", [])))


def _article(article: Mapping[str, Any]) -> RawEntry:
    seen = re.fullmatch(r"(\d{8})T(\d{6})Z", word(article.get("seendate")))
    outlet = word(article.get("domain"))
    return RawEntry(
        guid=word(article.get("url")),
        url=word(article.get("url")),
        title=word(article.get("title")),
        author=outlet,
        published=f"{seen[1]}T{seen[2]}Z" if seen else "",
        language=_SPOKEN.get(word(article.get("language")).lower(), ""),
        kind="news",
    )


def _derive_press(perimeter: Perimeter) -> Mapping[str, str]:
    found = phrases(perimeter, ("en", "fr"), 160)
    return {"query": ", ".join([term for term in found if len(term) > 3][:_MOST_TERMS])}


GDELT = Kind(
    "gdelt",
    "The press of the world: GDELT (titles only)",
    first=_first_press,
    read=_read_press,
    options=(
        Option("query", "A few terms, separated by commas", True, complaint=_wrong_press),
        Option("language", "Language of the press: french", complaint=_wrong_language),
    ),
    derive=_derive_press,
    most_requests=8,
    is_conditional=False,
    asks_robots=False,
    item_kind="news",
    licence="Found with the GDELT Project, https://www.gdeltproject.org.",
    address="https://api.gdeltproject.org/api/v2/doc/doc",
    example={
        "query": "solid-state lidar, hyperspectral camera",
        "language": "french",
    },
)


# -- Mastodon -------------------------------------------------------------------------------

_POSTS = 40
_TAG = re.compile(r"[^\W_]\w{0,99}")
_TITLE = 120


def _tag(visit: Visit) -> str:
    """Return the hashtag, from the options or from an address like /tags/lidar."""
    stated = visit.source.options.get("tag", "")
    named = re.search(r"/tags?/([^/?#.]+)", base(visit))
    return (stated or (named[1] if named else "")).removeprefix("#").strip()


def _wrong_tag(written: str) -> str:
    bare = written.removeprefix("#").strip()
    return "" if _TAG.fullmatch(bare) else "write one hashtag: letters and digits, no blanks"


def _first_posts(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners, now
    tag = _tag(visit)
    if wrong := _wrong_tag(tag):
        raise VisitFailed("bad_options", wrong)
    server = re.match(r"https?://[^/]+", base(visit))
    url = f"{server[0] if server else ''}/api/v1/timelines/tag/{quote(tag)}"
    return _ask_posts(url, "min_id" if _is_id(visit.mark) else "max_id", visit.mark)


def _is_id(written: str) -> bool:
    return bool(re.fullmatch(r"\d{1,30}", written, re.ASCII))


def _ask_posts(url: str, bound: str, id: str) -> Request:
    wished = {bound: id} if _is_id(id) else {}
    return Request(
        with_parameters(url, limit=_POSTS, **wished),
        headers={"Accept": "application/json"},
        step=f"{bound} {id}",
    )


def _read_posts(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    """Return a page of posts: forward from the last one known, or at first backward from now."""
    posts = _posts(reply)
    bound = reply.request.step.partition(" ")[0]
    ids = sorted((id for id in (word(post.get("id")) for post in posts) if _is_id(id)), key=int)
    url = reply.request.url.partition("?")[0]
    oldest = reply.asked_at - FIRST_WINDOW
    entries = [_post(post) for post in posts if post.get("reblog") is None]
    following, mark = None, None
    if bound == "min_id":
        following = _ask_posts(url, bound, ids[-1]) if ids else None
        mark = ids[-1] if ids else None
    elif ids:
        # The highest number stands on the first page; the pages behind it leave it alone.
        mark = ids[-1] if reply.request.step == f"{bound} " else None
        days = [at for entry in entries if (at := read_date(str(entry.published)))]
        is_past = bool(days) and min(days) < oldest
        following = None if is_past else _ask_posts(url, bound, ids[0])
        entries = [e for e in entries if (read_date(str(e.published)) or oldest) >= oldest]
    return RawFeed(
        title=f"#{_tag(visit)}",
        entries=entries[:most_entries],
        skipped_count=max(len(entries) - most_entries, 0),
        next=following,
        mark=mark,
    )


def _posts(reply: Reply) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(to_utf8(reply.body, reply.content_type))
    except (ValueError, RecursionError) as error:
        raise VisitFailed("not_records", "no JSON", reply.status) from error
    if isinstance(found, dict) and "error" in found:
        raise VisitFailed("refused", word(found["error"]), reply.status)
    if not isinstance(found, list):
        raise VisitFailed("not_records", "no list of posts", reply.status)
    return list(mappings(found))


def _post(post: Mapping[str, Any]) -> RawEntry:
    """Return a post. Who wrote it is a person as a rule, and is left out."""
    content, card = word(post.get("content")), mapping(post.get("card"))
    bare = " ".join(re.sub(r"<[^>]*>", " ", content).split())
    title = word(card.get("title")) or bare
    return RawEntry(
        guid=word(post.get("uri")),
        url=word(post.get("url")) or word(post.get("uri")),
        title=title if len(title) <= _TITLE else title[:_TITLE].rpartition(" ")[0] + "…",
        text=content,
        published=word(post.get("created_at")),
        updated=word(post.get("edited_at")),
        language=word(post.get("language")),
        categories=tuple(word(tag.get("name")) for tag in mappings(post.get("tags"))),
        kind="post",
    )


MASTODON = Kind(
    "mastodon",
    "A hashtag on a Mastodon server",
    first=_first_posts,
    read=_read_posts,
    options=(Option("tag", "One hashtag", complaint=_wrong_tag),),
    most_requests=20,
    is_conditional=False,
    asks_robots=False,
    item_kind="post",
    licence="Posts remain their authors'; quoted with a link.",
    example={"url": "https://social.example/tags/lidar"},
)
