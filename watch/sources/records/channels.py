"""Feeds whose address is found for the officer: a video channel, a program's releases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from watch.domain import Manners, Source, Visit
from watch.sources.feeds import feed
from watch.sources.health import VisitFailed
from watch.sources.kind import Kind, Option
from watch.sources.raw import RawFeed
from watch.sources.records.asking import base
from watch.sources.request import Reply, Request
from watch.text.urls import canonical

__all__ = ["RELEASES", "VIDEOS"]

_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_HANDLE = re.compile(r"@[\w.·-]{3,60}")
_IN_PAGE = re.compile(
    rb"(?:channel_id=|\"externalId\":\s*\"|itemprop=\"identifier\"\s+content=\")"
    rb"(UC[A-Za-z0-9_-]{22})"
)
_VIDEO_SITE = re.compile(r"https?://(?:www\.|m\.)?youtube\.com(?=[:/])(?::\d+)?")
_PROJECT = re.compile(r"[A-Za-z0-9][\w.-]{0,99}(?:/[\w.-]{1,100}){1,5}", re.ASCII)
_PROGRAM_SITE = re.compile(r"(https?://(?:github\.com|gitlab\.[\w.-]+)(?::\d+)?)/([^?#]+)")


def _origin(visit: Visit) -> str:
    found = re.match(r"https?://[^/]+", visit.source.url)
    return found[0] if found else ""


# -- videos ---------------------------------------------------------------------------------


def _wrong_channel(written: str) -> str:
    is_one = _CHANNEL.fullmatch(written) or _HANDLE.fullmatch(written)
    return "" if is_one else "write the channel's number (UC and 22 signs) or its @name"


def _first_videos(visit: Visit, manners: Manners, now: datetime) -> Request:
    """Return the request for a channel's feed, or for its page where only its @name is known."""
    del manners, now
    stated = visit.source.options.get("channel", "")
    if stated and (wrong := _wrong_channel(stated)):
        raise VisitFailed("bad_options", wrong)
    address = stated or visit.source.url
    number = _CHANNEL.search(address) or _CHANNEL.fullmatch(visit.mark)
    if number:
        return _ask_videos(_origin(visit), number[0])
    name = _HANDLE.search(address)
    if not name:
        raise VisitFailed("bad_options", "no channel in the address: set channel")
    return Request(f"{_origin(visit)}/{name[0]}", step="page")


def _ask_videos(origin: str, number: str) -> Request:
    return Request(f"{origin}/feeds/videos.xml?channel_id={number}", step="feed")


def _read_videos(reply: Reply, visit: Visit, most_entries: int) -> RawFeed:
    if reply.request.step != "page":
        return feed.read(reply, visit, most_entries)
    found = _IN_PAGE.search(reply.body)
    if not found:
        raise VisitFailed("not_a_feed", "the page names no channel", reply.status)
    number = found[1].decode()
    return RawFeed(next=_ask_videos(_origin(visit), number), mark=number)


def _spot_videos(reply: Reply) -> Iterator[Source]:
    """Yield the channel that an address of YouTube names; a page is not needed for it."""
    site = _VIDEO_SITE.match(reply.url)
    if site is None or reply.body:
        return
    origin = site[0].replace("//m.", "//www.")
    number, name = _CHANNEL.search(reply.url), _HANDLE.search(reply.url)
    if number:
        yield Source(canonical(f"{origin}/channel/{number[0]}"), number[0], VIDEOS.name)
    elif name:
        yield Source(canonical(f"{origin}/{name[0]}"), name[0], VIDEOS.name)


VIDEOS = Kind(
    "videos",
    "The videos of a YouTube channel",
    first=_first_videos,
    read=_read_videos,
    options=(
        Option("channel", "The channel's number (UC…) or its @name", complaint=_wrong_channel),
    ),
    most_requests=2,
    # The feed is made for programs: it is named in every page of a channel.
    asks_robots=False,
    spot=_spot_videos,
    item_kind="video",
    example={"url": "https://www.youtube.com/@invented-optics"},
)


# -- releases -------------------------------------------------------------------------------


def _wrong_project(written: str) -> str:
    return "" if _PROJECT.fullmatch(written) else "write owner/project"


def _first_releases(visit: Visit, manners: Manners, now: datetime) -> Request:
    del manners, now
    path = base(visit).removeprefix(_origin(visit)).strip("/")
    project = visit.source.options.get("project", "") or _project(_origin(visit), path)
    if wrong := _wrong_project(project):
        raise VisitFailed("bad_options", wrong)
    within = "-/releases.atom" if _is_gitlab(_origin(visit)) else "releases.atom"
    return Request(f"{_origin(visit)}/{project}/{within}")


def _is_gitlab(origin: str) -> bool:
    return "//gitlab." in origin


def _project(origin: str, path: str) -> str:
    """Return the project of a page's path: on GitLab it may lie some groups deep."""
    if _is_gitlab(origin):
        return path.partition("/-/")[0].removesuffix("/-")
    return "/".join(path.split("/")[:2])


def _spot_releases(reply: Reply) -> Iterator[Source]:
    """Yield the program to which an address belongs; its other feeds (commits) stay feeds."""
    site = _PROGRAM_SITE.match(reply.url)
    if site is None or reply.body or (site[2].endswith(".atom") and "releases" not in site[2]):
        return
    project = _project(site[1], site[2].strip("/"))
    if not _wrong_project(project):
        yield Source(canonical(f"{site[1]}/{project}"), project, RELEASES.name)


RELEASES = Kind(
    "releases",
    "The releases of a program on GitHub or GitLab",
    first=_first_releases,
    read=feed.read,
    options=(Option("project", "owner/project", complaint=_wrong_project),),
    asks_robots=False,
    spot=_spot_releases,
    item_kind="release",
    example={"url": "https://github.com/invented-optics/ray-tracer"},
)
